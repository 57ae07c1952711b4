"""Who leaves a group and is in again at once has one thread for it: not two, and not none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.processes import until
from web_client.groups.rows import JOINED, LEFT
from web_client.groups.session import Room


class Loops:
    """sara's room and its threads; `before` is done by the first of them in its first turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        group_world = GroupWorld(Role.BEGINNER)
        group_world.everybody_joins()
        sara = group_world.people[1]
        self.room, self._groups = group_world.room(sara), sara.node.groups
        self._groups._threaded = True
        self.first = threading.Thread(target=self.room.run)
        self.turns: list[threading.Thread] = []  # whose each turn was
        self.before: Callable[[], object] = lambda: None
        monkeypatch.setattr(self.room, "step", self._step)

    def _step(self) -> None:
        me = threading.current_thread()
        self.turns.append(me)
        if me is self.first and self.turns.count(me) == 1:
            self.before()

    def come_in(self) -> None:
        """By another thread, as by a page's call; returns when the new loop has had a turn."""
        thread = threading.Thread(target=self._groups._come_in, args=[self.room])
        thread.start()
        thread.join(10)
        until(lambda: any(one is not self.first for one in self.turns))

    def others(self) -> int:
        return sum(one is not self.first for one in self.turns)


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loops]:
    loops = Loops(monkeypatch)
    yield loops
    loops.room.close()
    loops.first.join(10)
    assert not loops.first.is_alive()


def test_the_loop_of_before_ends(loops: Loops) -> None:
    """One that was in the midst of a turn, and has seen nothing of the leaving."""
    loops.before = loops.come_in
    loops.first.start()
    loops.first.join(10)
    assert not loops.first.is_alive()
    loops.room.wake.set()
    until(lambda: loops.others() >= 2)


def test_the_loop_of_before_ends_no_other(loops: Loops, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has seen that we are out, and says so only when we are in again."""

    def state(room: Room) -> str:
        if threading.current_thread() is not loops.first:
            return JOINED
        loops.come_in()
        return LEFT

    monkeypatch.setattr(Room, "state", property(state))
    loops.first.start()
    loops.first.join(10)
    assert not loops.first.is_alive()
    before = loops.others()
    loops.room.wake.set()
    until(lambda: loops.others() > before)
