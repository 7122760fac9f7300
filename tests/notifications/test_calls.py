"""Whether a call that failed may have gone out: what decides between "again" and "nobody knows"."""

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from django.utils.http import http_date
from yarl import URL

from notifications.channels import calls
from notifications.channels.base import Answer
from notifications.channels.calls import CALL_FAULTS, KeptSession, failed_call, retry_after
from tests.doubles import TwilioDouble
from tests.doubles.twilio import ACCOUNT_SID, AUTH_TOKEN


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as double:
        yield double


def on_a_loop(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run it in a thread of its own: a browser of another test may hold this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def outcome_of(url: str, *, times: int = 1, **headers: str) -> Answer:
    """Post to an address over one session, and class the last call, which must fail."""

    async def post() -> Answer:
        kept = KeptSession(4, headers)
        try:
            for _ in range(times):
                answer = await kept.call("POST", URL(url), data=b"To=%2B1&Body=x")
        except CALL_FAULTS as error:
            return failed_call(error)
        finally:
            await kept.close()
        raise AssertionError(f"it was answered with {answer.status}")

    return on_a_loop(post())


def outcome_of_sms(double: TwilioDouble, *, times: int = 1) -> Answer:
    """Post what the double understands."""
    login = encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)
    url = f"{double.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    return outcome_of(url, times=times, Authorization=login)


def self_signed(folder: Path) -> Path:
    """Make a certificate that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = timezone.now()
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "server.pem"
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def listening(handler: Any, ask: Any, **options: Any) -> Answer:
    """Class a call to a server that lives as long as the call."""

    async def both() -> Answer:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, **options)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await asyncio.to_thread(ask, port)

    return on_a_loop(both())


def test_a_refused_connection_did_not_go_out(double):
    double.refuse_connections()

    assert outcome_of(double.url).outcome == "retry"


def test_a_host_that_is_not_there_did_not_go_out():
    answer = outcome_of("http://no-such-host.invalid/")

    assert (answer.outcome, answer.detail) == ("retry", calls.UNREACHABLE)


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/"])
def test_an_address_that_is_none_did_not_go_out(url):
    assert outcome_of(url).outcome == "retry"


def test_a_certificate_that_is_nobodys_did_not_go_out(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    heard = []
    context.load_cert_chain(self_signed(tmp_path))

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    answer = listening(hear, lambda port: outcome_of(f"https://127.0.0.1:{port}/"), ssl=context)

    assert (answer.outcome, answer.code) == ("retry", "ClientConnectorCertificateError")
    assert heard in ([], [b""])


def test_a_handshake_that_never_ends_did_not_go_out(monkeypatch):
    monkeypatch.setattr("notifications.channels.calls.CONNECT_SECONDS", 0.2)

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    answer = listening(never, lambda port: outcome_of(f"https://127.0.0.1:{port}/"))

    assert (answer.outcome, answer.code) == ("retry", "ConnectionTimeoutError")


@pytest.mark.parametrize("fault", ["cut", "accept_then_cut", "accept_then_half"])
def test_a_cut_after_the_request_leaves_a_doubt(double, fault):
    double.play(fault)

    assert outcome_of_sms(double).outcome == "unknown"
    assert double.calls == 1


def test_a_kept_connection_that_is_cut_leaves_a_doubt_and_nothing_is_repeated(double):
    double.play("status", status=400)
    double.play("accept_then_cut")

    answer = outcome_of_sms(double, times=2)

    assert (answer.outcome, double.calls, double.connections) == ("unknown", 2, 1)
    assert len(double.accepted) == 1


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_an_answer_that_does_not_come_leaves_a_doubt(double, monkeypatch, fault):
    monkeypatch.setattr("notifications.channels.calls.CONNECT_SECONDS", 0.1)
    monkeypatch.setattr("notifications.channels.calls.READ_SECONDS", 0.2)
    double.play(fault, seconds=60.0)

    answer = outcome_of_sms(double)

    assert (answer.outcome, answer.detail) == ("unknown", calls.NO_ANSWER)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("30", 30),
        (" 30 ", 30),
        ("999999999999", 6 * 3600),
        ("-5", None),
        ("soon", None),
    ],
)
def test_a_wait_is_read(header, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(header) == expected


@pytest.mark.parametrize(("ahead", "low", "high"), [(600, 590, 600), (-600, 0, 0)])
def test_a_wait_may_be_a_date(ahead, low, high):
    wait = retry_after(http_date(timezone.now().timestamp() + ahead))

    assert wait is not None
    assert timedelta(seconds=low) <= wait <= timedelta(seconds=high)
