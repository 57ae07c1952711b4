"""Waiting for one socket, and the system's way to wait for many; and its locks.

Green threads take that away from where it stands, so `run.py` loads this, which starts nothing, before it makes them.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

# Where there is none (macOS, Windows), each of the many has a thread.
new_epoll: Any = getattr(select, "epoll", None)
new_poll: Any = getattr(select, "poll", None)  # of all threads: whoever waits by it lets no green one go on
# A lock that threads of the system's own take as well as green ones: one of green threads is never given to these once
# it has to be waited for. Nothing may be waited for while it is held: all green threads stand still with who wants it.
SystemLock = threading.Lock
READABLE_ONCE: int = getattr(select, "EPOLLIN", 0) | getattr(select, "EPOLLONESHOT", 0)


class Descriptor(Protocol):
    def fileno(self) -> int: ...


# Green threads have one place where all of them wait. `watch(descriptor, call)`, which `run.py` puts here then, has
# `call()` called there whenever it can be read, until what it returns is called; `call` may not wait for anything.
# To wait for an epoll as for a socket would have the system look through all that is in it, each time.
watch: Callable[[Descriptor, Callable[[], object]], Callable[[], None]] | None = None
# `begin(function, *arguments)` has it called soon, in a green thread of its own, by `run.py` too.
begin: Callable[..., object] | None = None


def wait(sock: Descriptor, writing: bool, deadline: float | None) -> bool:
    """True once the socket is ready; False at the deadline (monotonic seconds)."""
    seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
    try:
        # `poll` has no limit on file descriptor numbers; green threads have a `select` without that limit and no `poll`
        if hasattr(select, "poll"):
            poller = select.poll()
            poller.register(sock, select.POLLOUT if writing else select.POLLIN)
            return bool(poller.poll(None if seconds is None else seconds * 1000))
        reading = [] if writing else [sock]
        readable, writable, _ = select.select(reading, [sock] if writing else [], [], seconds)
        return bool(readable or writable)
    except (OSError, ValueError):
        return True  # closed meanwhile: the next read or write says so
