"""What if the line breaks after the server's work, and before the browser hears of it?"""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from random import Random

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


class CuttingProxy:
    """Passes requests to ``port`` and answers back, but for a ``share`` of these: it hangs up."""

    def __init__(self, port: int, share: float, seed: int = 1) -> None:
        self.passed = self.cut = 0
        self._to, self._share, self._dice = port, share, Random(seed)
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._receive, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._door.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, socket.create_connection(("127.0.0.1", self._to)) as server, suppress(OSError):
            while request := whole_message(line):
                server.sendall(request)
                answer = whole_message(server)
                if not answer:
                    return
                with self._lock:
                    cut = self._dice.random() < self._share
                    self.cut += cut
                    self.passed += not cut
                    kept = self._dice.randrange(len(answer)) if cut else len(answer)
                line.sendall(answer[:kept])  # a part of it, or nothing
                if cut:
                    return


def whole_message(line: socket.socket) -> bytes:
    """The next request or answer; empty when the other side has hung up."""
    data = b""
    while (end := data.find(_HEAD_END)) < 0:
        part = line.recv(65_536)
        if not part:
            return b""
        data += part
    length = _LENGTH.search(data, 0, end + 2)
    size = end + len(_HEAD_END) + (int(length[1]) if length else 0)
    while len(data) < size:
        part = line.recv(65_536)
        if not part:
            return b""
        data += part
    return data
