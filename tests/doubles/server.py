"""What all doubles share: a small HTTP server in a thread, a list of faults, a list of accepted."""

import asyncio
import contextlib
import json
import random
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

from tests.doubles.messages import TAKING, Accepted, Fault, Plan, Reply, Request


class Double(ABC):
    """A provider on 127.0.0.1; use it in a `with`, or start() and stop() it."""

    name: str

    def __init__(self, *, port: int = 0, latency: float = 0.0, seed: int = 0) -> None:
        self.port = port
        self.latency = latency
        self.accepted: list[Accepted] = []
        self.calls = 0
        self.connections = 0
        self._plans: list[Plan] = []
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

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
        """Start to count anew."""
        self.accepted.clear()
        self.calls = self.connections = 0

    def refuse_connections(self) -> None:
        self._run(self._close_server())

    def listen(self) -> None:
        self._run(self._open_server())

    def sent_to(self, to: str) -> list[Accepted]:
        return [one for one in self.accepted if one.to == to]

    def twice(self) -> dict[str, int]:
        """Return who got more than one message, and how many."""
        counts = Counter(one.to for one in self.accepted)
        return {to: count for to, count in counts.items() if count > 1}

    # What a provider is ------------------------------------------------------------------

    @abstractmethod
    def read(self, request: Request) -> Accepted | Reply:
        """Understand a call, or refuse it as the provider would."""

    @abstractmethod
    def yes(self, accepted: Accepted) -> Reply:
        """Answer as the provider does when it takes a message."""

    @abstractmethod
    def no(self, plan: Plan) -> Reply:
        """Refuse in the provider's own words."""

    # The server ----------------------------------------------------------------------------

    def start(self) -> Self:
        self._thread.start()
        self.listen()
        return self

    def stop(self) -> None:
        self._run(self._close_server())
        self._run(self._stop_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open_server(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._serve, "127.0.0.1", self.port, backlog=1024
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close_server(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            self._server = None

    async def _stop_tasks(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                reply = await self._answer(request)
                if reply is None:
                    _reset(writer)
                    return
                writer.write(_bytes(reply))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, request: Request) -> Reply | None:
        """Return the reply, or None to break the connection."""
        if request.path.startswith("/_double/"):
            return self._control(request)
        self.calls += 1
        read = self.read(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        if isinstance(read, Reply):
            return read
        plan = self._next_plan(read.to)
        return await self._fault(plan, read) if plan else self._take(read)

    async def _fault(self, plan: Plan, read: Accepted) -> Reply | None:
        if plan.fault in {Fault.HANG, Fault.SLOW}:
            await asyncio.sleep(plan.seconds)
        if plan.fault in TAKING:
            yes = self._take(read)
            if plan.fault == Fault.SLOW:
                return yes
        return self._refusal(plan)

    def _refusal(self, plan: Plan) -> Reply | None:
        match plan.fault:
            case Fault.STATUS | Fault.ACCEPT_THEN_STATUS:
                return Reply.json(plan.status, {})
            case Fault.THROTTLE:
                headers = {"Retry-After": plan.retry_after} if plan.retry_after else {}
                return Reply.json(429, {"code": 20429, "status": 429}, **headers)
            case Fault.CODE:
                return self.no(plan)
            case Fault.RUBBISH:
                return Reply(200, b"<html>Welcome to the hotel's Wi-Fi</html>")
        return None

    def _take(self, accepted: Accepted) -> Reply:
        self.accepted.append(accepted)
        return self.yes(accepted)

    def _next_plan(self, to: str) -> Plan | None:
        for plan in self._plans:
            if (plan.to and plan.to != to) or plan.times == 0:
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


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, urlsplit(target).path, headers, body)


def _bytes(reply: Reply) -> bytes:
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} X\r\n{lines}\r\n".encode("latin-1") + reply.body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection as a dying machine does: no goodbye."""
    kept: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def running(*doubles: Double) -> Iterator[tuple[Double, ...]]:
    """Start several doubles, and stop them all whatever happens."""
    with contextlib.ExitStack() as stack:
        yield tuple(stack.enter_context(double) for double in doubles)
