"""A line between two programs that can be made bad: slow, cut, held up, or not to be had. Knows no protocol."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from queue import SimpleQueue
from types import TracebackType

PART = 65_536


class Proxy:
    """Takes connections at `listen` and carries their bytes to `target` and back, with what is wrong now.

    With `known_as`, who listens there is called by that name, of the same length, in what is said to it: a page's agent
    answers to its own names only.
    """

    def __init__(self, listen: tuple[str, int], target: tuple[str, int], known_as: str | None = None) -> None:
        self._target = target
        self._names = (listen[0].encode(), (known_as or listen[0]).encode())
        assert len(self._names[0]) == len(self._names[1])
        family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(listen)
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self.latency = 0.0  # s, each way, without making the line narrower
        self.away = False  # nobody gets through
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.cuts = 0  # connections that were cut
        self._closed = False
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._flowing.set()
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Every connection breaks, with whatever was on its way."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.cuts += len(ends) // 2

    def stall(self) -> None:
        """Nothing moves, and nobody is told."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            try:
                if self.away:
                    raise ConnectionRefusedError
                far = socket.create_connection(self._target, 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink, names in ((near, far, self._names), (far, near, None)):
                sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                queue: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
                threading.Thread(target=self._read, args=(source, queue, names), daemon=True).start()
                threading.Thread(target=self._write, args=(sink, queue), daemon=True).start()

    def _read(
        self, source: socket.socket, queue: SimpleQueue[tuple[float, bytes]], names: tuple[bytes, bytes] | None
    ) -> None:
        while True:
            try:
                part = source.recv(PART)
            except OSError:
                part = b""
            if names is not None:
                part = part.replace(*names)
            queue.put((time.monotonic() + self.latency, part))
            if not part:
                return

    def _write(self, sink: socket.socket, queue: SimpleQueue[tuple[float, bytes]]) -> None:
        while True:
            moment, part = queue.get()
            time.sleep(max(0.0, moment - time.monotonic()))
            self._flowing.wait()
            try:
                if not part:
                    sink.shutdown(socket.SHUT_RDWR)
                    return
                sink.sendall(part)
            except OSError:
                return
