"""What a sink took: how many, when, and whether any delivery came twice."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

# The last bits of an attempt's id are its number; the rest is its delivery (notifications/ids.py).
NUMBER_BITS = 10


@dataclass
class Counts:
    """Deliveries by the id that came with each message, with the moment of the call."""

    latency: float = 0.0
    calls: int = 0
    accepted: int = 0
    # Fingerprints of what differs from message to message.
    different: set[int] = field(default_factory=set)
    at: dict[int, float] = field(default_factory=dict)
    # What was taken, by whom it is for, where the provider can be asked about it.
    kept: dict[bytes, list[tuple[bytes, bytes]]] = field(default_factory=dict)

    def take(self, attempt_id: str) -> None:
        self.accepted += 1
        self.at.setdefault(int(attempt_id.replace("-", ""), 16) >> NUMBER_BITS, time.time())

    def summary(self) -> dict[str, Any]:
        named = len(self.at)
        return {
            "calls": self.calls,
            "accepted": self.accepted,
            "twice": self.accepted - named if named else 0,
            "different": len(self.different),
            "first_at": min(self.at.values(), default=0),
            "last_at": max(self.at.values(), default=0),
        }

    def times(self) -> dict[str, float]:
        return {str(UUID(int=key << NUMBER_BITS)): moment for key, moment in self.at.items()}

    def forget(self, latency: float) -> None:
        self.latency = latency
        self.calls = self.accepted = 0
        self.different.clear()
        self.at.clear()
        self.kept.clear()
