"""What goes over the wire of a double, and the faults it can play."""

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Self

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
    SLOW = "slow"  # takes it, after some seconds


TAKING = {Fault.ACCEPT_THEN_CUT, Fault.ACCEPT_THEN_STATUS, Fault.SLOW}


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


@dataclass(frozen=True)
class Accepted:
    """One message the provider took: whom it is for, our attempt's id, and what it said."""

    to: str
    attempt_id: str
    ref: str
    content: dict[str, Any]
    headers: dict[str, str]
