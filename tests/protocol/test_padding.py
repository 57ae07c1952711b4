"""Size classes (section 2.7): each holds exactly what it says, and nothing longer than the largest is padded."""

from __future__ import annotations

import pytest

from protocol.errors import Forged
from protocol.padding import SIZES, pad, unpad

OVERHEAD = 49


@pytest.mark.parametrize("at", range(len(SIZES)))
def test_a_class_is_filled_to_its_last_byte(at: int) -> None:
    most = SIZES[at] - 4 - OVERHEAD
    assert len(pad(bytes(most), OVERHEAD)) == SIZES[at] - OVERHEAD
    assert unpad(pad(b"x" * most, OVERHEAD), OVERHEAD) == b"x" * most
    if at + 1 < len(SIZES):
        assert len(pad(bytes(most + 1), OVERHEAD)) == SIZES[at + 1] - OVERHEAD
    else:
        with pytest.raises(Forged) as reason:
            pad(bytes(most + 1), OVERHEAD)
        assert reason.value.code == "bad_statement"
