"""Which files an account's move may bring (section 7.8)."""

from __future__ import annotations

import pytest

from protocol import moving
from protocol.errors import Forged
from protocol.move_messages import MOST_BYTES, MovedFile
from protocol.moving import DATABASE, FOLDER, KEY, LINK, check_files

NEEDED = [MovedFile(KEY, 4096), MovedFile(DATABASE, 1)]


def chunks(count: int) -> list[MovedFile]:
    return [MovedFile(f"{FOLDER}/{number:032x}", 0) for number in range(count)]


def test_as_many_and_as_large_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOST_FILES", 5)
    check_files([*NEEDED, MovedFile(LINK, 65_536), *chunks(2)])
    check_files([MovedFile(KEY, 1), MovedFile(DATABASE, MOST_BYTES - 1)])
    for wrong in (
        [*NEEDED, *chunks(4)],
        [MovedFile(KEY, 1), MovedFile(DATABASE, MOST_BYTES)],
        [*NEEDED, MovedFile(LINK, 65_537)],
        [*NEEDED, MovedFile(LINK, 0)],
        [MovedFile(KEY, 4096), MovedFile(DATABASE, 0)],
        [*NEEDED, *chunks(1), *chunks(1)],
        NEEDED[:1],
    ):
        with pytest.raises(Forged) as reason:
            check_files(wrong)
        assert reason.value.code == "bad_move"
