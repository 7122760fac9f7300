"""The engine's feed: one JSON object a line. Knows the contract, not the database."""

from appeals.feed.decoding import MAX_LINE_BYTES
from appeals.feed.reader import FeedUnreadable, OpenFeed, open_feed
from appeals.feed.record import (
    FeedConsent,
    FeedCustomer,
    FeedDecision,
    FeedLine,
    FeedReason,
    FeedRule,
    LineRejected,
)
from appeals.feed.validation import parse_line

__all__ = [
    "MAX_LINE_BYTES",
    "FeedConsent",
    "FeedCustomer",
    "FeedDecision",
    "FeedLine",
    "FeedReason",
    "FeedRule",
    "FeedUnreadable",
    "LineRejected",
    "OpenFeed",
    "open_feed",
    "parse_line",
]
