"""What all doubles with an HTTP API share: how a call is answered, and the faults they play."""

import asyncio
import contextlib
import json
import random
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.doubles.http import Connection
from tests.doubles.messages import TAKING, Accepted, Fault, Plan, Reply, Request
from tests.doubles.service import Service

HALF_SECONDS = 0.02  # until the reset, so that the first half is on its way


class Double(Service):
    """A provider with an HTTP API; a test tells it which faults to play."""

    def __init__(self, *, seed: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.calls = 0
        self._plans: list[Plan] = []
        self._random = random.Random(seed)
        self._open: set[Connection] = set()

    # What a test says to it -------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def play(self, fault: Fault | str, **details: Any) -> None:
        """Answer the next fitting calls with a fault (`times=None`: until forgive())."""
        self._plans.append(Plan(Fault(fault), **details))

    def forgive(self) -> None:
        """Play no more faults, and take connections again."""
        self._plans.clear()
        self.listen()

    def forget(self) -> None:
        super().forget()
        self.calls = 0

    # What a provider is ------------------------------------------------------------------

    @abstractmethod
    def read(self, request: Request) -> Sequence[Accepted] | Reply:
        """Understand a call: the messages in it, or the provider's refusal."""

    @abstractmethod
    def yes(self, accepted: Sequence[Accepted]) -> Reply:
        """Answer as the provider does when it takes what was in a call."""

    @abstractmethod
    def no(self, plan: Plan) -> Reply:
        """Refuse in the provider's own words."""

    def too_many(self, plan: Plan) -> Reply:
        """Ask for a pause as the provider does."""
        headers = {"Retry-After": plan.retry_after} if plan.retry_after else {}
        return Reply.json(429, {"code": 20429, "status": 429}, **headers)

    # The server ----------------------------------------------------------------------------

    def connection(self) -> asyncio.Protocol:
        return Connection(self._asked, self._open)

    def cut_connections(self) -> None:
        for connection in list(self._open):
            connection.reset()

    def _asked(self, request: Request, client: Connection) -> None:
        if request.path.startswith("/_double/"):
            client.reply(self._control(request))
            return
        self.calls += 1
        read = self.read(request)
        self._after(self.latency, lambda: self._answer(read, client))

    def _after(self, seconds: float, then: Callable[[], None]) -> None:
        if seconds:
            self.loop.call_later(seconds, then)
        else:
            then()

    def _answer(self, read: Sequence[Accepted] | Reply, client: Connection) -> None:
        if isinstance(read, Reply):
            client.reply(read)
            return
        plan = self._next_plan(read)
        if plan is None:
            client.reply(self._take(read))
        elif plan.fault in {Fault.HANG, Fault.SLOW}:
            self._after(plan.seconds, lambda: self._fault(plan, read, client))
        else:
            self._fault(plan, read, client)

    def _fault(self, plan: Plan, read: Sequence[Accepted], client: Connection) -> None:
        yes = self._take(read) if plan.fault in TAKING else None
        reply = yes if plan.fault == Fault.SLOW else self._refusal(plan)
        if reply:
            client.reply(reply)
        elif yes and plan.fault == Fault.DRIP:
            self._drip(yes.to_bytes(), plan.seconds, client)
        elif yes and plan.fault == Fault.ACCEPT_THEN_HALF:
            raw = yes.to_bytes()
            client.write(raw[: len(raw) // 2])
            self._after(HALF_SECONDS, client.reset)
        else:
            client.reset()

    def _drip(self, raw: bytes, seconds: float, client: Connection) -> None:
        for place in range(len(raw)):
            piece = raw[place : place + 1]
            self.loop.call_later(seconds * place / len(raw), client.write, piece)

    def _refusal(self, plan: Plan) -> Reply | None:
        match plan.fault:
            case Fault.STATUS | Fault.ACCEPT_THEN_STATUS:
                return Reply.json(plan.status, {})
            case Fault.THROTTLE:
                return self.too_many(plan)
            case Fault.CODE:
                return self.no(plan)
            case Fault.RUBBISH:
                return Reply(200, b"<html>Welcome to the hotel's Wi-Fi</html>")
        return None

    def _take(self, accepted: Sequence[Accepted]) -> Reply:
        self.accepted.extend(accepted)
        return self.yes(accepted)

    def _next_plan(self, read: Sequence[Accepted]) -> Plan | None:
        for plan in self._plans:
            if plan.times == 0 or (plan.to and all(plan.to != one.to for one in read)):
                continue
            if plan.chance < 1 and self._random.random() > plan.chance:
                continue
            if plan.times is not None:
                plan.times -= 1
            return plan
        return None

    def _control(self, request: Request) -> Reply:
        """Let a person or a script at the terminal play faults and read the counts."""
        if request.path == "/_double/faults":
            self.play(**json.loads(request.body))
        elif request.path == "/_double/forgive":
            self._plans.clear()
        elif request.path == "/_double/forget":
            self.forget()
        return Reply.json(
            200,
            {
                "double": self.name,
                "calls": self.calls,
                "accepted": len(self.accepted),
                "twice": self.twice(),
            },
        )


@contextlib.contextmanager
def running(*doubles: Service) -> Iterator[tuple[Service, ...]]:
    """Start several doubles, and stop them all whatever happens."""
    with contextlib.ExitStack() as stack:
        yield tuple(stack.enter_context(double) for double in doubles)
