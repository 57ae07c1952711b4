"""Memory for long bodies that are on their way in: an account has so much for all of its connections together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from transport.turns import Account

LONG = 64 * 1024  # bytes: shorter ones need not ask
EACH = 4 * 1024 * 1024  # bytes of one account: four of the longest frames, or a dozen chunks and messages


class BodyMemory:
    """For all connections of one process. Whoever finds none reads on later; nobody takes another's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[Account] = Counter()

    def enter(self, account: Account, size: int) -> bool:
        """Take room for a body of so many bytes; False if this account has too much on its way. One always fits."""
        with self._lock:
            taken = self._taken[account]
            if taken and taken + size > EACH:
                return False
            self._taken[account] = taken + size
            return True

    def of(self, account: Callable[[], Account]) -> tuple[Callable[[int], bool], Callable[[int], None]]:
        """How one connection finds room and gives it back, whoever it belongs to by then."""
        holder: list[Account] = []

        def find(size: int) -> bool:
            who = account()
            found = self.enter(who, size)
            if found:
                holder.append(who)
            return found

        return find, lambda size: self.leave(holder.pop(), size)

    def leave(self, account: Account, size: int) -> None:
        """The body has been carried out, or will never be whole."""
        with self._lock:
            self._taken[account] -= size
            if not self._taken[account]:
                del self._taken[account]
