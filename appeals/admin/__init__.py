"""Everything the staff admin shows of decisions and appeals."""

from appeals.admin import (
    appeals,
    calendars,
    conflicts,
    decisions,
    feed,
    instructions,
    notices,
    queues,
    reply_texts,
    reviewers,
    routing_rules,
    tokens,
)

__all__ = [
    "appeals",
    "calendars",
    "conflicts",
    "decisions",
    "feed",
    "instructions",
    "notices",
    "queues",
    "reply_texts",
    "reviewers",
    "routing_rules",
    "tokens",
]
