"""A stand-in for ClamAV's daemon: speaks INSTREAM on a socket of the test's own."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

# The harmless file every scanner must call a virus, in two parts so that this one is none.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """What it heard, and what it says in place of a verdict when told to."""

    url: str
    says: bytes = b""
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def clamd(path: Path | None = None, *, says: bytes = b"") -> Iterator[Clamd]:
    """Listen on a Unix socket at `path`, or on a port of its own."""
    family = socket.AF_UNIX if path else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    url = f"unix:{path}" if path else f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    double = Clamd(url, says)
    thread = threading.Thread(target=_serve, args=[listener, double], daemon=True)
    thread.start()
    try:
        yield double
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(listener: socket.socket, double: Clamd) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            double.heard.append(_read(cast(BinaryIO, stream)))
            found = b"stream: Eicar-Test-Signature FOUND" if EICAR in double.heard[-1] else b""
            connection.sendall((double.says or found or b"stream: OK") + b"\0")


def _read(stream: BinaryIO) -> bytes:
    assert stream.read(10) == b"zINSTREAM\0"
    content = b""
    while length := struct.unpack(">I", stream.read(4))[0]:
        content += stream.read(length)
    return content
