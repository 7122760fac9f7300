"""Everything the staff admin shows of decisions and appeals."""

from appeals.admin import (
    appeals,
    bulk,
    calendars,
    conflicts,
    decisions,
    exports,
    feed,
    instructions,
    notice_documents,
    notices,
    queues,
    reply_texts,
    restores,
    reviewers,
    routing_rules,
    tokens,
)

__all__ = [
    "appeals",
    "bulk",
    "calendars",
    "conflicts",
    "decisions",
    "exports",
    "feed",
    "instructions",
    "notice_documents",
    "notices",
    "queues",
    "reply_texts",
    "restores",
    "reviewers",
    "routing_rules",
    "tokens",
]
