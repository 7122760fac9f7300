"""The least HTTP/1.1 a provider's client needs: requests with a length, kept connections."""

import asyncio
from abc import abstractmethod
from typing import cast

from bench.sinks.counts import Counts

HEAD_END = b"\r\n\r\n"


class HttpSink(asyncio.Protocol):
    """One kept connection; a subclass reads the body and says what is answered."""

    def __init__(self, counts: Counts, loop: asyncio.AbstractEventLoop) -> None:
        self.counts = counts
        self.loop = loop
        self.buffer = bytearray()
        self.transport: asyncio.Transport | None = None

    @abstractmethod
    def answer(self, head: bytes, body: bytes) -> bytes:
        """Take the request, and return the whole answer."""

    def latency(self, head: bytes) -> float:
        return self.counts.latency

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by birth, only by what it can do.
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(HEAD_END)) >= 0:
            head = bytes(self.buffer[:end])
            whole = end + len(HEAD_END) + _length(head)
            if len(self.buffer) < whole:
                return
            body = bytes(self.buffer[end + len(HEAD_END) : whole])
            del self.buffer[:whole]
            answer = self.answer(head, body)
            wait = self.latency(head)
            if wait:
                self.loop.call_later(wait, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(answer)


def reply(status: str, body: bytes = b"", *headers: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status}".encode(), *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + HEAD_END + body


def _length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    if place < 0:
        return 0
    return int(head[place + 17 :].split(b"\r\n", 1)[0])
