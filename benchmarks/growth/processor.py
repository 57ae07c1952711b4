"""The processor time of something that is done in this process."""

from __future__ import annotations

import time
from collections.abc import Callable


def processor(action: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of all threads, for one of so many."""
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) * 1000 / times
