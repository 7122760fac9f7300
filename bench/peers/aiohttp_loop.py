"""The least that sends an SMS: a bare aiohttp loop, no database, no client library.

The parent gives the address, how many, and how many at once. It says when it is ready, a line on
its input begins it, and its last line says when it began and ended.
"""

import asyncio
import itertools
import sys
import time
from uuid import UUID

import aiohttp

from bench.sinks.providers import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID

BODY = (
    "Recourse: One of your credit lines has changed. Sign in to see what changed and why: "
    "https://portal.lender.example"
)


async def send(
    url: str, ids: "itertools.count[int]", last: int, session: aiohttp.ClientSession
) -> None:
    while (number := next(ids)) <= last:
        named = UUID(int=number << 10)
        form = {
            "To": f"+1202{number % 10_000_000:07d}",
            "Body": BODY,
            "MessagingServiceSid": SERVICE_SID,
            "StatusCallback": f"https://portal.lender.example/webhooks/twilio/{named}/#rc=5&rp=all",
        }
        async with session.post(url, data=form) as answer:
            if answer.status != 201:
                raise RuntimeError(f"status {answer.status}")
            await answer.json()


async def main() -> None:
    address, first, count, in_flight = sys.argv[1], *(int(word) for word in sys.argv[2:])
    url = f"{address}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    ids = itertools.count(first)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=in_flight),
        auth=aiohttp.BasicAuth(ACCOUNT_SID, AUTH_TOKEN),
    ) as session:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        began = time.time()
        await asyncio.gather(
            *(send(url, ids, first + count - 1, session) for _ in range(in_flight))
        )
        sys.stdout.write(f"{began} {time.time()}\n")


if __name__ == "__main__":
    asyncio.run(main())
