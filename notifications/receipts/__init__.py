"""What providers say later about a message: each word counts once and moves forward only."""

from notifications.receipts.applying import apply_receipts, remember
from notifications.receipts.words import Word

__all__ = ["Word", "apply_receipts", "remember"]
