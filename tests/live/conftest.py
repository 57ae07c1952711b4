"""What the live tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.in_process_network import InProcessNetwork


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessNetwork]:
    """An authority in this process, on real sockets, that keeps what crosses them."""
    with InProcessNetwork(tmp_path, monkeypatch) as running:
        yield running
