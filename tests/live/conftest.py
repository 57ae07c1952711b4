"""What the live tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.in_process_network import InProcessNetwork
from web_client.vault import key_file


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcessNetwork]:
    """An authority in this process, on real sockets, that keeps what crosses them. What a password costs is tried by
    real agents.
    """
    monkeypatch.setattr(key_file, "MEMORY_KIB", 64)
    monkeypatch.setattr(key_file, "PASSES", 1)
    with InProcessNetwork(tmp_path, monkeypatch) as running:
        yield running
