"""How many descriptors a process has."""

from __future__ import annotations

import logging
import resource

import pytest

from authority_server import main
from transport.file_limit import raise_file_limit

NO_LIMIT = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("now", "most", "allowed", "raised"),
    [(256, NO_LIMIT, 4096, True), (256, 1024, 1024, True), (8192, NO_LIMIT, 8192, False), (64, 64, 64, False)],
)
def test_it_is_raised_as_far_as_may_be_and_never_lowered(
    monkeypatch: pytest.MonkeyPatch, now: int, most: int, allowed: int, raised: bool
) -> None:
    limits = [(now, most)]
    monkeypatch.setattr(resource, "getrlimit", lambda which: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda which, given: limits.append(given))
    assert raise_file_limit(4096) == allowed
    assert limits[1:] == ([(allowed, most)] if raised else [])


@pytest.mark.parametrize(("files", "connections"), [(10_064, 10_000), (20_000, 10_000), (1024, 960), (64, 32)])
def test_an_authority_that_may_have_fewer_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, files: int, connections: int
) -> None:
    monkeypatch.setattr(main, "raise_file_limit", lambda wanted: files)
    with caplog.at_level(logging.WARNING):
        assert main._connections() == connections
    assert [f"no more than {connections} connections" in line for line in caplog.messages] == [True] * (files < 10_000)
