"""Run all sinks in this process until its input ends; the first line says their ports."""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import partial

import uvloop

from bench.sinks.counts import Counts
from bench.sinks.http import HttpSink, reply
from bench.sinks.providers import JSON, SendGridSink, TwilioSink
from bench.sinks.smtp import SmtpSink

BACKLOG = 2_048


class Control(HttpSink):
    """GET /NAME for the numbers, GET /NAME/times for each delivery, POST /NAME/SECONDS to begin."""

    def __init__(
        self, sinks: dict[str, Counts], counts: Counts, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(counts, loop)
        self.sinks = sinks

    def answer(self, head: bytes, body: bytes) -> bytes:
        method, path = head.split(b" ", 2)[:2]
        name, _slash, detail = path.decode().strip("/").partition("/")
        counts = self.sinks[name]
        if method == b"POST":
            counts.forget(float(detail))
        found = counts.times() if detail == "times" else counts.summary()
        return reply("200 OK", json.dumps(found).encode(), JSON)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    kinds = {"twilio": TwilioSink, "sendgrid": SendGridSink, "smtp": SmtpSink}
    sinks = {name: Counts() for name in kinds}
    makers: dict[str, Callable[[], asyncio.Protocol]] = {
        name: partial(kind, sinks[name], loop) for name, kind in kinds.items()
    }
    makers["control"] = partial(Control, sinks, Counts(), loop)
    ports = {}
    for name, maker in makers.items():
        server = await loop.create_server(maker, "127.0.0.1", 0, backlog=BACKLOG)
        ports[name] = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    # Who started us holds the other end: when it is gone, so are we.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(serve())
