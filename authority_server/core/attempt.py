"""The authority's one broad catch: a connection, or a job of a batch, that fails takes no other with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def attempt(run: Callable[[], T]) -> T | Exception:
    """What `run` returns, or the exception that it raised, for the caller to tell apart and to log."""
    try:
        return run()
    except Exception as reason:
        return reason
