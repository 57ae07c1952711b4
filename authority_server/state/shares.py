"""How much of a whole each account holds: kept in memory beside the rows, so that asking costs nothing.

Changed by jobs only, together with their rows; what a job did is taken back with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from protocol.shares import part
from protocol.undo import Undo

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Held(Generic[K]):
    """Amounts by key, and their sum; a key that holds nothing is not stored."""

    undo: Undo
    note: Callable[[K, int], None] = lambda key, by: None  # called with each change
    amounts: dict[K, int] = field(default_factory=dict)
    total: int = 0

    def of(self, key: K) -> int:
        return self.amounts.get(key, 0)

    def change(self, key: K, by: int) -> None:
        """More or less of it is held from now on."""
        if by:
            self._put(key, by)
            self.note(key, by)
            self.undo.add(lambda: self._put(key, -by))

    def fits(self, key: K, more: int, whole: int, each: int) -> bool:
        """Whether this key may have so much more of a whole: at most `each`, and its part of what is left."""
        return self.of(key) + more <= min(each, part(whole, whole - self.total))

    def _put(self, key: K, by: int) -> None:
        amount = self.amounts.get(key, 0) + by
        if amount:
            self.amounts[key] = amount
        else:
            self.amounts.pop(key, None)
        self.total += by
