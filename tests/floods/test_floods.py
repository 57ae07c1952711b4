"""What honest people feel of hostile accounts with 64 connections each, on real sockets: the long form, in figures.

Charges, the order of turns and refusals are held by tests in memory (test_charges.py and test_fair_queue.py of the
authority, tests/transport/test_turns.py). What can't
be told from here is a flood of new connections from the very address that a newcomer has.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.floods import attack, flood

SECONDS = 15.0  # `python -m tests.floods --seconds 60` takes a minute for each
SLACK = 0.010  # seconds: what the machine itself does to one in a hundred


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[flood.Field]:
    with flood.Field(tmp_path_factory.mktemp("field"), 12) as running:
        yield running


# every kind by twelve from elsewhere; some of them by one, and from the honest ones' own address
SOME = ("drop_mail", "deposit_big", "post_rubbish", "check_sign_up", "wrong_log_in")
RUNS = [
    *((kind, 12, False) for kind in attack.KINDS),
    *((kind, 1, False) for kind in SOME),
    *((kind, 12, True) for kind in SOME),
]


@pytest.mark.long
@pytest.mark.parametrize(("kind", "count", "same"), RUNS)
def test_honest_ones_are_served(
    field: flood.Field, kind: str, count: int, same: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = field.compare(kind, count, same, SECONDS)
    with capsys.disabled():
        print(f"\n{seen}")
    for what in ("post", "mail", "find"):
        assert seen.loud.worst(what) <= 2 * seen.quiet.worst(what) + SLACK, what
    if not (same and kind in attack.RECONNECTING):
        assert max(seen.loud.times["sign-up"]) < 2.0
        assert not seen.loud.failed
