"""A node's two lines to the others, beside the writer: what is said at once, without a transaction, and may be lost.
PostgreSQL passes it on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from authority_server.store import sessions
from authority_server.store.nodes import LAPSE_MS, NOW_WORDS
from transport.ready import wait

T = TypeVar("T")

LIMIT = 7_900  # characters of what is said at once
_CHANNEL = "SELECT 'hamraz_' || oid::bigint FROM pg_namespace WHERE nspname = current_schema()"
_SAY = "SELECT pg_notify(%s, %s)"
_BEAT = f"UPDATE nodes SET seen = {NOW_WORDS} WHERE node = %s"
_LAPSED = f"SELECT count(*) FROM nodes WHERE seen < {NOW_WORDS} - {LAPSE_MS}"


class Lines:
    """Made and used by the thread that has it, whoever blocks for it; each function raises `database_unusable` once the
    line is lost, and the next one begins a new line.
    """

    def __init__(self, connect: Callable[[sessions.Prepare], Any], path: str) -> None:
        """`connect`: one of the driver's own, prepared."""
        self._connect, self._path = connect, path
        self._line: Any = None
        self._channel = ""

    def listen(self) -> None:
        """From now on what others say is heard."""
        self._do(lambda cursor: cursor.execute(f'LISTEN "{self._channel}"'))

    @property
    def up(self) -> bool:
        return self._line is not None

    def heard(self, seconds: float) -> list[str]:
        """What has been said meanwhile, after so long at most; nothing if it was nothing."""

        def hear(cursor: Any) -> list[str]:
            wait(self._line, False, time.monotonic() + seconds)
            self._line.poll()
            said = [notice.payload for notice in self._line.notifies]
            self._line.notifies.clear()
            return said

        return self._do(hear)

    def say(self, words: Sequence[str]) -> None:
        """To all nodes, also to this one."""
        self._do(lambda cursor: [cursor.execute(_SAY, (self._channel, one)) for one in words])

    def beat(self, node: bytes) -> bool:
        """Say that this one runs; whether there is another that hasn't said so for long."""

        def beat(cursor: Any) -> bool:
            cursor.execute(_BEAT, (node,))
            cursor.execute(_LAPSED)
            return bool(cursor.fetchone()[0])

        return self._do(beat)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _do(self, what: Callable[[Any], T]) -> T:
        import psycopg2

        try:
            if self._line is None:
                self._line = self._connect(self._prepare)
            return what(self._line.cursor())
        except (psycopg2.Error, OSError, ValueError) as reason:
            self.close()
            raise sessions.unusable(self._path, reason) from reason

    def _prepare(self, connection: Any, path: str) -> None:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(_CHANNEL)
        (self._channel,) = cursor.fetchone()
        cursor.execute("SET synchronous_commit = off")  # a heartbeat may be lost
