"""A mail server that takes everything, after the same latency as the other side's sink."""

import asyncio
from typing import cast

from bench.sinks.counts import Counts

END_OF_MAIL = b"\r\n.\r\n"
OK = b"250 ok\r\n"


class SmtpSink(asyncio.Protocol):
    """One client's connection: EHLO, then mails, then QUIT; pipelined commands too."""

    def __init__(self, counts: Counts, loop: asyncio.AbstractEventLoop) -> None:
        self.counts = counts
        self.loop = loop
        self.buffer = bytearray()
        self.is_mail = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by birth, only by what it can do.
        self.transport = cast(asyncio.Transport, transport)
        self._say(b"220 sink\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._mail() if self.is_mail else self._command():
            pass

    def _mail(self) -> bool:
        end = self.buffer.find(END_OF_MAIL)
        if end < 0:
            return False
        del self.buffer[: end + len(END_OF_MAIL)]
        self.is_mail = False
        self.counts.calls += 1
        self.counts.accepted += 1
        if self.counts.latency:
            self.loop.call_later(self.counts.latency, self._say, OK)
        else:
            self._say(OK)
        return True

    def _command(self) -> bool:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        word = bytes(self.buffer[:4]).upper()
        del self.buffer[: end + 2]
        if word == b"DATA":
            self.is_mail = True
            self._say(b"354 go on\r\n")
        elif word == b"QUIT":
            self._say(b"221 bye\r\n")
            if self.transport:
                self.transport.close()
        else:
            self._say(OK)
        return True

    def _say(self, words: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(words)
