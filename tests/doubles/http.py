"""The HTTP of the doubles: just enough of it, and quick, for it shares its machine with a bench."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.doubles.messages import Reply, Request

END_OF_HEAD = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One client; its requests come one after the other, as all our clients send them."""

    def __init__(
        self, ask: Callable[[Request, "Connection"], None], others: set["Connection"]
    ) -> None:
        self._ask = ask
        self._others = others
        self._came = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._others.add(self)

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (request := self._next()) is not None:
            self._ask(request, self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._others.discard(self)
        self._transport = None

    def reply(self, reply: Reply) -> None:
        self.write(reply.to_bytes())

    def write(self, raw: bytes) -> None:
        if self._transport:
            self._transport.write(raw)

    def reset(self) -> None:
        """Break the connection as a dying machine does: no goodbye."""
        if self._transport is None:
            return
        kept: socket.socket = self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _next(self) -> Request | None:
        end = self._came.find(END_OF_HEAD)
        if end < 0:
            return None
        first, *lines = self._came[:end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        start = end + len(END_OF_HEAD)
        stop = start + int(headers.get("content-length", "0"))
        if len(self._came) < stop:
            return None
        body = bytes(self._came[start:stop])
        del self._came[:stop]
        method, target, _version = first.split(" ", 2)
        parts = urlsplit(target)
        return Request(method, parts.path, headers, body, parts.query)
