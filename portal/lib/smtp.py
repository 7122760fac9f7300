"""The address of a mail server as one line: smtp://user:password@host:587?starttls=true."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to hand mail in, and how safe the way there is."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    # From the first byte, or from the second word on; None: where the server offers it.
    is_tls: bool = False
    starts_tls: bool | None = None

    @property
    def is_safe(self) -> bool:
        """Say whether nobody on the way can read the mail and the password."""
        return self.is_tls or self.starts_tls is True


def mail_server(url: str) -> MailServer:
    """Read the address; raises ValueError, without the password, where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it must start with smtp:// or smtps:// and name a host")
    wish = parse_qs(parts.query).get("starttls", [""])[0]
    if wish not in {"", "true", "false"}:
        raise ValueError("starttls must be true or false")
    is_tls = parts.scheme == "smtps"
    if is_tls and wish == "true":
        raise ValueError("smtps:// is encrypted from the start and needs no starttls")
    starts_tls = False if is_tls else {"": None, "true": True, "false": False}[wish]
    return MailServer(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        is_tls,
        starts_tls,
    )
