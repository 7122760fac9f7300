"""A mail server that says what a test wants it to say."""

import asyncio
import base64
import contextlib
import email
import email.message
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from tests.doubles.messages import Accepted
from tests.doubles.service import Service

USER, PASSWORD = "recourse", "smtp-double:password"
GREETING, HELLO, LOGIN, MAIL, RCPT, DATA, BODY = (
    *("GREETING", "EHLO", "AUTH", "MAIL", "RCPT"),
    *("DATA", "BODY"),
)
USUAL = {
    GREETING: "220 double",
    LOGIN: "235 2.7.0 welcome",
    MAIL: "250 2.1.0 ok",
    RCPT: "250 2.1.5 ok",
    DATA: "354 go on",
    BODY: "250 2.0.0 queued",
}


@dataclass
class Line:
    """What is said at a step instead of the usual; "" hangs up without a word."""

    step: str
    reply: str
    to: str = ""
    times: int | None = 1
    # The mail is taken all the same.
    is_taking: bool = False


class SmtpDouble(Service):
    """Takes everything unless told otherwise; the login is checked if one comes."""

    name = "smtp"

    def __init__(self, *, needs_login: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.needs_login = needs_login
        self._lines: list[Line] = []
        self._open: set[_Session] = set()

    @property
    def url(self) -> str:
        login = f"{USER}:{PASSWORD.replace(':', '%3A')}@" if self.needs_login else ""
        return f"smtp://{login}127.0.0.1:{self.port}"

    def say(self, step: str, reply: str, **details: Any) -> None:
        self._lines.append(Line(step, reply, **details))

    def hang_up(self, step: str, **details: Any) -> None:
        self.say(step, "", **details)

    def forgive(self) -> None:
        self._lines.clear()
        self.listen()

    def connection(self) -> asyncio.Protocol:
        return _Session(self, self._open)

    def cut_connections(self) -> None:
        for session in list(self._open):
            session.hang_up()

    def line_for(self, step: str, to: str) -> Line | None:
        for line in self._lines:
            if line.step == step and line.times != 0 and line.to in {"", to}:
                if line.times is not None:
                    line.times -= 1
                return line
        return None

    def take(self, to: str, raw: bytes) -> None:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        attempt_id = mail["Message-ID"].strip("<>").partition("@")[0]
        headers = {name.lower(): str(value) for name, value in mail.items()}
        text = mail.get_body(("plain",))
        html = mail.get_body(("html",))
        content = {
            "subject": mail["Subject"],
            "text": _lines(text),
            "html": _lines(html),
        }
        self.accepted.append(Accepted(to, attempt_id, mail["Message-ID"], content, headers))


def _lines(part: email.message.MIMEPart | None) -> str:
    return part.get_content().replace("\r\n", "\n") if part else ""


class _Session(asyncio.Protocol):
    """One client: a line comes, a line goes, and between DATA and the lone dot a mail."""

    def __init__(self, double: SmtpDouble, others: "set[_Session]") -> None:
        self._double = double
        self._others = others
        self._came = bytearray()
        self._to = ""
        self._is_begun = False
        self._is_body = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._others.add(self)
        self._answer(GREETING)

    def connection_lost(self, _error: Exception | None) -> None:
        self._others.discard(self)
        self._transport = None

    def hang_up(self) -> None:
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._came += data
        end = b"\r\n.\r\n" if self._is_body else b"\r\n"
        while (stop := self._came.find(end)) >= 0:
            part = bytes(self._came[:stop])
            del self._came[: stop + len(end)]
            if self._is_body:
                self._mail(part)
            else:
                self._command(part.decode())
            end = b"\r\n.\r\n" if self._is_body else b"\r\n"

    def _command(self, line: str) -> None:
        verb = line[:4].upper()
        match verb:
            case "EHLO":
                self._say("250-double\r\n250-AUTH PLAIN\r\n250 8BITMIME")
            case "AUTH":
                self._login(line)
            case "RCPT":
                self._to = line.partition("<")[2].rstrip(">")
                self._answer(RCPT)
            case "DATA":
                self._is_body = self._answer(DATA).startswith("354")
            case "MAIL":
                self._begin()
            case "RSET":
                self._is_begun = False
                self._say("250 2.0.0 ok")
            case "QUIT":
                self._say("221 bye")
            case _:
                self._say("250 ok")

    def _begin(self) -> None:
        if self._is_begun:
            self._say("503 5.5.1 one mail after the other")
        else:
            self._is_begun = self._answer(MAIL).startswith("250")

    def _login(self, line: str) -> None:
        with contextlib.suppress(ValueError):
            if base64.b64decode(line.split()[-1]).decode() == f"\0{USER}\0{PASSWORD}":
                self._answer(LOGIN)
                return
        self._say("535 5.7.8 wrong password")

    def _mail(self, raw: bytes) -> None:
        self._is_body = self._is_begun = False
        to, double = self._to, self._double
        line = double.line_for(BODY, to)
        if line is None or line.is_taking:
            double.take(to, raw.replace(b"\r\n..", b"\r\n."))
        reply = line.reply if line else USUAL[BODY]
        double.loop.call_later(double.latency, self._say, reply)

    def _answer(self, step: str) -> str:
        line = self._double.line_for(step, self._to)
        reply = line.reply if line else USUAL[step]
        self._say(reply)
        return reply

    def _say(self, reply: str) -> None:
        if not reply:
            self.hang_up()
        elif self._transport:
            self._transport.write(f"{reply}\r\n".encode())
            if reply.startswith("421"):
                self._transport.close()
