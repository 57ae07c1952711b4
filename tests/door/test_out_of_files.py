"""The page where each thread is the system's own, and there is no descriptor for whoever calls. (Green: test_green.)"""

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest

from web_client.page import server


def test_who_cant_be_accepted_is_not_asked_for_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's loop did nothing else meanwhile, with all of a processor."""
    pauses: list[float] = []
    monkeypatch.setattr(server, "time", SimpleNamespace(sleep=pauses.append))

    def refuse() -> None:
        raise OSError(errno.EMFILE, "too many open files")

    with pytest.raises(OSError, match="too many"):
        server._caller(refuse)
    assert pauses == [0.05] and server._caller(lambda: "a caller") == "a caller"
