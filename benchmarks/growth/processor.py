"""The processor time of something that is done in this process, as it would be anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable

from protocol.primitives import VerifyKey


def processor(action: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of all threads, for one of so many.

    `tests/world.py` works each signature out once for everybody in its process; here whoever looks at one pays for it.
    """
    known = VerifyKey.holds
    VerifyKey.holds = getattr(known, "__wrapped__", known)  # type: ignore[method-assign]
    try:
        began = time.process_time()
        for _ in range(times):
            action()
        return (time.process_time() - began) * 1000 / times
    finally:
        VerifyKey.holds = known  # type: ignore[method-assign]
