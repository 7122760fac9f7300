"""Is the port free to listen on? Run by make, by path and before anything is installed."""

import socket
import sys

LARGEST = 65535


def complaint(text: str) -> str:
    """Return why we cannot listen there, in words that say what to do, or nothing."""
    if not text.isdecimal() or not 0 < int(text) <= LARGEST:
        return f"PORT must be a number from 1 to {LARGEST}, not {text!r}."
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the web server does, so that a connection of a minute ago does not count as in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            return f"Port {text} is for root only. Choose a higher one: make run PORT=8000"
        except OSError:
            other = int(text) + 1 if int(text) < LARGEST else 8000
            return f"Port {text} is in use. Choose another: make run PORT={other}"
    return ""


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1]) or 0)
