"""What changes seldom and is shown on every page, put together every few seconds, not each time."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
FRESH_SECONDS = 5
MOST = 500


@dataclass(frozen=True)
class _Kept(Generic[Value]):
    value: Value
    until: float


class KeptShortly(Generic[Value]):
    """Values of this process by key; nothing that decides what a person may see or do."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept[Value]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value, made anew when it is older than a few seconds."""
        kept, now = self._kept.get(key), time.monotonic()
        if kept is not None and kept.until > now:
            return kept.value
        if len(self._kept) >= MOST:
            self._kept.clear()
        value = make()
        self._kept[key] = _Kept(value, now + FRESH_SECONDS)
        return value
