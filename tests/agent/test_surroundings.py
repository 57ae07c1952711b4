"""What counts as another network, and what as a sleep."""

import pytest

from web_client.net.change_detector import Surroundings

HOME, CAFE = ("10.0.0.2", "fd00::2"), ("192.168.7.4",)


@pytest.mark.parametrize(
    ("addresses", "timer", "wall", "moved", "woke"),
    [
        (HOME, 2.0, 2.0, None, None),
        (HOME[::-1], 2.0, 2.0, None, None),  # another order is the same place
        (HOME, 5.0, 5.0, None, None),  # a busy machine
        (HOME, 2.0, -3600.0, None, None),  # the clock was set back
        (CAFE, 2.0, 2.0, True, False),
        ((), 2.0, 2.0, True, False),
        (HOME, 2.0, 3600.0, False, True),  # slept, and the timer with it
        (HOME, 3600.0, 3600.0, False, True),  # slept, and the timer went on; or the process was stopped
        (CAFE, 2.0, 3600.0, True, True),
    ],
)
def test_a_look(addresses: tuple[str, ...], timer: float, wall: float, moved: bool | None, woke: bool | None) -> None:
    there = Surroundings(HOME, 0.0, 0.0)
    change = there.look(addresses, timer, wall)
    assert (change and (change.moved, change.woke)) == (None if moved is None else (moved, woke))
    assert there.look(addresses, timer + 2, wall + 2) is None  # it is told once
