"""What goes over the wire of a double, and the faults it can play."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.utils import timezone

LONG_SECONDS = 3600.0


class Fault(enum.StrEnum):
    STATUS = "status"  # answers with another status, takes nothing
    THROTTLE = "throttle"  # 429 with Retry-After
    CODE = "code"  # refuses in the provider's own words
    RUBBISH = "rubbish"  # 200 and a page of somebody's proxy
    HANG = "hang"  # takes nothing, never answers
    CUT = "cut"  # takes nothing, resets the connection
    ACCEPT_THEN_CUT = "accept_then_cut"  # takes it, and the answer is lost
    ACCEPT_THEN_STATUS = "accept_then_status"  # takes it, and says 500
    ACCEPT_THEN_HALF = "accept_then_half"  # takes it, and half of the answer comes
    SLOW = "slow"  # takes it, after some seconds
    DRIP = "drip"  # takes it, and the answer comes a byte at a time, in all so many seconds


TAKING = frozenset(
    {
        Fault.ACCEPT_THEN_CUT,
        Fault.ACCEPT_THEN_STATUS,
        Fault.ACCEPT_THEN_HALF,
        Fault.SLOW,
        Fault.DRIP,
    }
)


@dataclass
class Plan:
    """One fault to play: how often, to whom, and with what details."""

    fault: Fault
    times: int | None = 1
    to: str = ""
    chance: float = 1.0
    status: int = 500
    code: int | str = ""
    retry_after: str = ""
    seconds: float = LONG_SECONDS


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, content: Any, **headers: str) -> Self:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps(content).encode()
        return cls(status, body, {"Content-Type": "application/json", **named})

    def to_bytes(self) -> bytes:
        headers = {**self.headers, "Content-Length": str(len(self.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message the provider took: whom it is for, our attempt's id, and what it said."""

    to: str
    attempt_id: str
    ref: str
    content: Mapping[str, Any]
    headers: dict[str, str]
    at: datetime = field(default_factory=timezone.now)
