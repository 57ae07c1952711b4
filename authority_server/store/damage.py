"""What on this disk has turned out not to be what was written: named to whoever runs the authority, to nobody else."""

from __future__ import annotations

import logging

from transport.ready import SystemLock

SAID = 100  # rows that are named one by one in the log; of more, the number stands in the status

log = logging.getLogger("hamraz.authority")


class Damage:
    """Rows that don't hold, and entries of groups' chains that agents are to give back. Called by any thread."""

    def __init__(self) -> None:
        self._lock = SystemLock()
        self._rows: dict[tuple[str, str], None] = {}
        self._wanted: dict[bytes, set[int]] = {}
        self._untold = False

    def note(self, table: str, what: str) -> None:
        """A row doesn't hold; said once."""
        with self._lock:
            fresh = (table, what) not in self._rows
            self._rows[table, what] = None
            count = len(self._rows)
        if fresh and count <= SAID:
            log.error(
                "a row of %(table)s (%(row)s) is not what was written: it is given to nobody. Look at the disk, and "
                "keep your newest backup.",
                {"table": table, "row": what},
            )

    def want(self, gid: bytes, n: int) -> None:
        """This entry of a chain is to be given back."""
        with self._lock:
            places = self._wanted.setdefault(gid, set())
            self._untold = self._untold or n not in places
            places.add(n)

    def wanted(self, gid: bytes) -> int | None:
        """The first entry of a chain that is to be given back."""
        with self._lock:
            places = self._wanted.get(gid)
            return min(places) if places else None

    def repaired(self, gid: bytes, up_to: int) -> None:
        """These are what was written, again."""
        with self._lock:
            left = {n for n in self._wanted.pop(gid, set()) if n > up_to}
            if left:
                self._wanted[gid] = left

    def take_news(self) -> bool:
        """Whether agents are to be asked for something that they have not been asked for."""
        with self._lock:
            untold, self._untold = self._untold, False
            return untold

    @property
    def wants(self) -> bool:
        return bool(self._wanted)

    def status(self) -> list[str]:
        """The rows, by table."""
        with self._lock:
            return [f"{table} {what}" for table, what in self._rows]
