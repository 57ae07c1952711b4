"""The driver's connections to PostgreSQL, which don't wait for ever: a server that keeps its line open and says nothing
is left after a while, and what was under way there is in doubt. Knows no tables. Loads the driver.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg2
from psycopg2 import extensions

from transport.ready import new_poll, wait

CONNECT_SECONDS = 5.0
READING, WRITING = 1, 4  # as poll has them


class Session(extensions.connection):  # type: ignore[misc]
    """One connection. `patience`: s without a word from the server; None: as long as it takes."""

    patience: float | None = CONNECT_SECONDS
    lineage: tuple[int, int] | None = None  # the cluster and its timeline


def connect(*arguments: Any, **options: Any) -> Session:
    """A connection; psycopg2.OperationalError if there is none."""
    extensions.set_wait_callback(_wait)
    made: Session = psycopg2.connect(*arguments, connection_factory=Session, **options)
    made.patience = None
    return made


def _wait(connection: Any) -> None:
    """What the driver does between a question and its answer. After an error it closes the connection."""
    patience = getattr(connection, "patience", None)
    while (state := connection.poll()) != extensions.POLL_OK:
        if not _is_ready(connection, state == extensions.POLL_WRITE, patience):
            raise psycopg2.OperationalError(f"no answer from the server in {patience:g} s")


def _is_ready(connection: Any, writing: bool, seconds: float | None) -> bool:
    # green threads must not take turns here: whoever reads holds what nobody else may see in between
    if new_poll is None:
        return wait(connection, writing, None if seconds is None else time.monotonic() + seconds)
    one = new_poll()
    one.register(connection.fileno(), WRITING if writing else READING)
    return bool(one.poll(None if seconds is None else seconds * 1000))
