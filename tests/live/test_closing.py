"""An authority that ends while it is asked: its database is closed after the last answer and never during one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from authority_server.store.database import Rows
from protocol.errors import HamrazError
from tests.live.in_process_network import InProcessNetwork


def test_the_server_is_closed_after_what_is_being_read(in_process: InProcessNetwork) -> None:
    in_process.account("arash")
    store, inside, go_on = in_process.authority.store, threading.Event(), threading.Event()
    reading, order = store.reading, []

    @contextmanager
    def slow() -> Iterator[Rows]:
        with reading() as rows:
            inside.set()
            assert go_on.wait(30)
            yield rows
            order.append("read")

    def ask() -> None:
        with suppress(HamrazError):  # its connection ends while it logs in
            in_process.account("sara")

    def close() -> None:
        in_process.server.close()
        order.append("closed")

    store.reading = slow  # type: ignore[method-assign]
    asking, closing = threading.Thread(target=ask), threading.Thread(target=close)
    asking.start()
    assert inside.wait(30)
    closing.start()
    closing.join(0.3)
    assert order == []
    go_on.set()
    for thread in (closing, asking):
        thread.join(30)
        assert not thread.is_alive()
    assert order == ["read", "closed"]
