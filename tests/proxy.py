"""A link that is cut: a TCP proxy on loopback that drops its connections after so many bytes."""

import contextlib
import socket
import struct
import threading
import time

PIECE_BYTES = 16 * 1024
# A link holds little of what is on its way; loopback would hold megabytes.
BUFFER_BYTES = 64 * 1024
# Close with a reset, as a link that is gone does once somebody sends again.
AT_ONCE = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Passes everything on to a port; at each of `cuts` bytes from the client all is dropped.

    `sent` counts what clients sent, with every header.
    """

    def __init__(self, port: int, *, bytes_a_second: int = 0) -> None:
        self.port = port
        self.seconds_a_byte = 1 / bytes_a_second if bytes_a_second else 0.0
        self.sent = 0
        self.cuts_made = 0
        self.is_down = False
        self._cuts: list[int] = []
        self._stays_down = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._thread = threading.Thread(target=self._welcome, daemon=True)

    @property
    def url(self) -> str:
        return f"http://localhost:{self._door.getsockname()[1]}"

    def cut_after(self, *cuts: int, stays_down: bool = False) -> None:
        """Cut at so many more bytes, counted from now."""
        with self._lock:
            self._cuts = sorted(self.sent + cut for cut in cuts)
            self._stays_down = stays_down

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        # Wakes the thread that waits in accept(), which closing alone does not.
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._drop()
        self._thread.join()

    def come_back(self) -> None:
        """After a cut that stayed."""
        self.is_down = self._stays_down = False

    def _welcome(self) -> None:
        while True:
            try:
                client, _address = self._door.accept()
            except OSError:
                return
            if self.is_down:
                _reset(client)
                continue
            server = socket.create_connection(("127.0.0.1", self.port))
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            with self._lock:
                self._open |= {client, server}
            for source, target, is_client in ((client, server, True), (server, client, False)):
                words = (source, target, is_client)
                threading.Thread(target=self._pass_on, args=words, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_client: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                if is_client and self._is_cut(len(piece)):
                    self._drop()
                    return
                if is_client and self.seconds_a_byte:
                    time.sleep(len(piece) * self.seconds_a_byte)
                target.sendall(piece)
        for each in (source, target):
            with self._lock:
                self._open.discard(each)
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _is_cut(self, count: int) -> bool:
        with self._lock:
            self.sent += count
            if not self._cuts or self.sent < self._cuts[0]:
                return False
            self._cuts.pop(0)
            self.cuts_made += 1
            self.is_down = self._stays_down
            return True

    def _drop(self) -> None:
        with self._lock:
            dropped, self._open = self._open, set()
        for each in dropped:
            _reset(each)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        # Another thread may be waiting in recv() on it, and close() alone would not end that.
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()
