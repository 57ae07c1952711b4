"""What the live tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An authority in this process, on real sockets, that keeps what crosses them."""
    with House(tmp_path, monkeypatch) as running:
        yield running
