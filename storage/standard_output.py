"""What a running process prints for whoever has started it. Knows nothing of what it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def printed() -> Iterator[None]:
    """Around `print`: where nobody reads any more, or the disk to which it goes is full, it leads nowhere from then on,
    and the process goes on.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # what waits to be written would fail again at the end
        os.close(nowhere)
