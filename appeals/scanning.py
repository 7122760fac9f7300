"""Asks ClamAV about a file, where there is one; without a clear answer nothing counts as clean."""

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

CHUNK_BYTES = 64 * 1024
DEFAULT_PORT = 3310
CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner gave no verdict: the file must wait."""


class VirusFound(Exception):
    """The scanner named what it found."""


def is_scanner_set() -> bool:
    return bool(settings.CLAMD_URL)


def scan(content: IO[bytes]) -> None:
    """Return if the scanner calls the content clean; VirusFound or ScannerAway otherwise."""
    try:
        with _connect() as connection:
            answer = _stream(connection, content)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from error
    if answer.endswith("FOUND"):
        raise VirusFound(answer)
    if answer != "stream: OK":
        raise ScannerAway("the scanner did not say OK")


def _connect() -> socket.socket:
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
    elif address.scheme == "tcp" and address.hostname:
        place = (address.hostname, address.port or DEFAULT_PORT)
        connection = socket.create_connection(place, timeout=CONNECT_SECONDS)
    else:
        raise ValueError("CLAMD_URL must begin with tcp:// or unix:")
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _stream(connection: socket.socket, content: IO[bytes]) -> str:
    """Speak INSTREAM: each piece with its length, an empty one at the end, then one line back."""
    content.seek(0)
    connection.sendall(b"zINSTREAM\0")
    while piece := content.read(CHUNK_BYTES):
        connection.sendall(struct.pack(">I", len(piece)) + piece)
    connection.sendall(struct.pack(">I", 0))
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode().strip()
