"""What the live tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.in_process_network import InProcessNetwork
from tests.passwords import cheapen


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessNetwork]:
    """An authority in this process, on real sockets, that keeps what crosses them. What a password costs is tried by
    real agents.
    """
    cheapen(monkeypatch)
    with InProcessNetwork(tmp_path, monkeypatch) as running:
        yield running
