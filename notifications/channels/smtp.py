"""E-mail through any mail server, for who has none of the others or wants a second one."""

from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as LINES_OF_SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

import aiosmtplib
from django.conf import settings
from django.utils import timezone

from notifications.channels.base import Account, Answer, Message, OneByOne
from notifications.channels.calls import CONNECT_SECONDS, NO_ANSWER, READ_SECONDS
from notifications.channels.smtp_replies import REFUSED, refusal, unreachable
from notifications.kinds import AttemptOutcome
from portal.lib.smtp import mail_server

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class _Mail:
    to: str
    message_id: str
    raw: bytes


class SmtpProvider(OneByOne):
    """A few kept connections, one mail at a time on each; nothing is heard after "accepted"."""

    stride = 32
    most_in_air = 64
    has_receipts = False

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.in_flight = int(account.option("connections", str(CONNECTIONS)))
        self._server = mail_server(account.option("url", settings.SMTP_URL))
        self._sender = account.sender or settings.EMAIL_FROM
        self._from = parseaddr(self._sender)[1]
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: Message) -> Answer:
        try:
            mail = self._written(message)
            line = await self._begun(mail)
        except aiosmtplib.SMTPException as error:
            # The mail itself has not left yet.
            return refusal(error) or unreachable(error)
        except ValueError:
            return Answer(AttemptOutcome.PERMANENT, code="address", detail=REFUSED)
        try:
            await line.data(mail.raw)
        except (aiosmtplib.SMTPException, OSError) as error:
            return refusal(error) or Answer.unknown(NO_ANSWER, code=type(error).__name__)
        finally:
            self._keep(line)
        return Answer.accepted(mail.message_id, 250)

    async def close(self) -> None:
        while self._idle:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._idle.pop().quit(timeout=CONNECT_SECONDS)

    def _written(self, message: Message) -> _Mail:
        """Write the mail; raises ValueError where the address cannot stand in a header."""
        message_id = f"{message.attempt_id}@{self._from.rpartition('@')[2]}"
        mail = EmailMessage(policy=LINES_OF_SMTP)
        mail["From"], mail["To"], mail["Subject"] = self._sender, message.to, message.subject
        mail["Date"] = format_datetime(timezone.now())
        mail["Message-ID"] = f"<{message_id}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return _Mail(message.to, message_id, mail.as_bytes())

    async def _begun(self, mail: _Mail) -> aiosmtplib.SMTP:
        """Return a line on which the mail may follow.

        A kept one that the server has left meanwhile is replaced: no mail was on it.
        """
        while True:
            is_kept = bool(self._idle)
            line = self._idle.pop() if is_kept else await self._opened()
            try:
                await line.mail(self._from)
                await line.rcpt(mail.to)
            except (aiosmtplib.SMTPException, ValueError) as error:
                if not await self._cleared(line) and is_kept and _is_left(error):
                    continue
                raise
            return line

    async def _opened(self) -> aiosmtplib.SMTP:
        server = self._server
        line = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.is_tls,
            start_tls=server.starts_tls,
            timeout=READ_SECONDS,
            # Its own guess asks the name server.
            local_hostname=urlsplit(settings.PUBLIC_URL).hostname or "localhost",
        )
        await line.connect(timeout=CONNECT_SECONDS)
        return line

    async def _cleared(self, line: aiosmtplib.SMTP) -> bool:
        """Take back the envelope and keep the line, if it still stands."""
        with suppress(aiosmtplib.SMTPException):
            if line.is_connected:
                await line.rset()
                self._keep(line)
                return True
        return False

    def _keep(self, line: aiosmtplib.SMTP) -> None:
        if line.is_connected:
            self._idle.append(line)


def _is_left(error: Exception) -> bool:
    """Say whether the server had hung up, with a word of goodbye or without."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code == 421
    return isinstance(error, aiosmtplib.SMTPServerDisconnected)
