"""A server in a thread of its own, and the list of what it accepted."""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any, Self

from tests.doubles.messages import Accepted


class Service(ABC):
    """Something that listens on 127.0.0.1; use it in a `with`, or start() and stop() it."""

    name: str

    def __init__(self, *, port: int = 0, latency: float = 0.0) -> None:
        self.port = port
        self.latency = latency
        self.accepted: list[Accepted] = []
        self.connections = 0
        self.loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def forget(self) -> None:
        """Start to count anew."""
        self.accepted.clear()
        self.connections = 0

    def refuse_connections(self) -> None:
        self.run(self._close_server())

    def listen(self) -> None:
        self.run(self._open_server())

    def sent_to(self, to: str) -> list[Accepted]:
        return [one for one in self.accepted if one.to == to]

    def twice(self) -> dict[str, int]:
        """Return who got more than one message, and how many."""
        counts = Counter(one.to for one in self.accepted)
        return {to: count for to, count in counts.items() if count > 1}

    def start(self) -> Self:
        self._thread.start()
        self.listen()
        return self

    def stop(self) -> None:
        self.run(self._close_server())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @abstractmethod
    def connection(self) -> asyncio.Protocol:
        """Return who speaks with a new client."""

    @abstractmethod
    def cut_connections(self) -> None:
        """Break what is open."""

    async def _open_server(self) -> None:
        if self._server is None:
            self._server = await self.loop.create_server(
                self._counted, "127.0.0.1", self.port, backlog=1024
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self.cut_connections()
            self._server = None
            # Each hears of its end before this one returns.
            await asyncio.sleep(0)

    def _counted(self) -> asyncio.Protocol:
        self.connections += 1
        return self.connection()
