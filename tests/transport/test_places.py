"""Who gives way to whom, and how fast one connection is listened to; by a clock of the test's own."""

from __future__ import annotations

import pytest

from tests.processes import until
from transport import places as places_module
from transport.places import Place, Places
from transport.threads import Troubles
from transport.token_buckets import TokenBuckets


def enter(places: Places, address: str, gone: list[str], name: str) -> Place:
    made = places.enter(address)
    assert made is not None
    made.on_give_up(lambda: gone.append(name))
    return made


def test_the_oldest_stranger_gives_way_and_nobody_who_is_known() -> None:
    places, gone = Places(most=10, strangers=3, of_one=3), list[str]()
    enter(places, "a", gone, "a1").prove()
    for name in ("b1", "c1", "d1", "e1", "f1"):
        enter(places, name[0], gone, name)
    assert gone == ["b1", "c1"]


def test_one_address_pushes_out_its_own_only() -> None:
    places, gone = Places(most=100, strangers=50, of_one=3), list[str]()
    enter(places, "honest", gone, "honest")
    for n in range(20):
        enter(places, "rude", gone, f"rude {n}")
    assert gone == [f"rude {n}" for n in range(17)]


def test_full_of_those_who_are_known_it_takes_nobody_until_one_leaves() -> None:
    places, gone = Places(most=2, strangers=2), list[str]()
    one, two = enter(places, "a", gone, "one"), enter(places, "b", gone, "two")
    one.prove()
    enter(places, "c", gone, "three").prove()  # two gives way
    assert gone == ["two"]
    two.leave()
    assert places.enter("d") is None
    one.leave()
    assert places.enter("d") is not None


def test_who_is_given_up_before_there_is_anything_to_cut() -> None:
    places, gone = Places(most=1), list[str]()
    early = places.enter("a")
    assert early is not None and places.enter("b") is not None
    early.on_give_up(lambda: gone.append("early"))
    assert gone == ["early"]


def speak(places: Places, address: str, told: list[str], name: str) -> Place:
    """Somebody comes and says something."""
    made = places.enter(address)
    assert made is not None
    made.let_in(lambda: told.append(f"{name} in"), lambda: (told.append(f"{name} away"), made.leave())[0], Troubles())
    return made


class Door:
    """Who waits outside is let in when the test says so, by its own clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
        self.now, self.told = 100.0, list[str]()
        monkeypatch.setattr(places_module.time, "monotonic", lambda: self.now)
        self.places = Places(**{"most": 10_000, **limits})
        self.places._letting_in = True  # no thread does it

    def after(self, seconds: float) -> list[str]:
        """What is done when so many have passed."""
        self.now += seconds
        before = len(self.told)
        for do in self.places._next():
            do()
        return self.told[before:]

    def use_up(self, address: str) -> None:
        self.places._calls.spend(address, self.now, places_module.BURST)


def test_an_address_has_a_burst_and_then_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch)
    for n in range(1300):
        speak(door.places, "a", door.told, str(n)).prove() if n < 1000 else speak(door.places, "a", door.told, str(n))
    assert door.told == [f"{n} in" for n in range(1000)]
    speak(door.places, "b", door.told, "another")
    assert door.told[-1] == "another in"
    assert len(door.after(1)) == 200


def test_who_says_nothing_takes_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch)
    for _ in range(3000):
        made = door.places.enter("a")
        assert made is not None
        made.leave()
    assert not len(door.places._calls)
    speak(door.places, "a", door.told, "who speaks")
    assert door.told == ["who speaks in"]


def test_of_one_address_the_newest_and_the_oldest_are_let_in_by_turns_and_the_oldest_gives_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door(monkeypatch, of_one=3)
    door.use_up("a")
    for name in ("first", "second", "third", "fourth"):
        speak(door.places, "a", door.told, name)
    assert door.told == ["first away"]
    assert door.after(places_module.INTERVAL) == ["fourth in"]
    speak(door.places, "a", door.told, "fifth")
    assert door.told.count("second away") == 1  # it had to go for the fifth
    assert door.after(places_module.INTERVAL) == ["third in"]
    assert door.after(2 * places_module.INTERVAL) == ["fifth in"]
    assert not door.places._outside


def test_who_calls_again_and_again_is_not_before_everybody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch)
    door.use_up("a")
    speak(door.places, "a", door.told, "once")
    for number in range(4):
        speak(door.places, "a", door.told, f"again {number}")
        door.after(places_module.INTERVAL)
    assert door.told == ["again 0 in", "once in", "again 2 in", "again 1 in"]


def test_where_others_wait_who_comes_when_there_is_a_token_waits_like_them(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch)
    door.use_up("a")
    speak(door.places, "a", door.told, "first")
    door.now += 2 * places_module.INTERVAL
    speak(door.places, "a", door.told, "second")
    assert door.told == [] and sorted(door.after(places_module.INTERVAL)) == ["first in", "second in"]


def test_who_has_waited_for_longer_than_anybody_would_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(monkeypatch)
    door.use_up("a")
    speak(door.places, "a", door.told, "patient")
    door.now += places_module.PATIENCE_SECONDS - 1
    door.use_up("a")
    assert door.after(0) == []
    door.use_up("a")
    assert door.after(1.1) == ["patient away"]
    assert (door.places._taken, door.places._strangers, door.places._outside) == (0, {}, {})


def test_a_thread_lets_in_who_waits_and_ends() -> None:
    places, told = Places(8), list[str]()
    places._calls = TokenBuckets(1, 0.02)
    for n in range(4):
        speak(places, "a", told, str(n))
    until(lambda: len(told) == 4)
    assert told in (["0 in", "3 in", "1 in", "2 in"], ["0 in", "1 in", "3 in", "2 in"])
    until(lambda: not places._letting_in)


def test_who_comes_when_the_last_one_is_let_in_is_let_in_by_the_same_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    places, told, begun, spawn = Places(8), list[str](), list[str](), places_module.threads.spawn
    places._calls = TokenBuckets(1, 0.01)
    monkeypatch.setattr(places_module.threads, "spawn", lambda name, *how: (begun.append(name), spawn(name, *how))[1])
    speak(places, "a", told, "first")
    waits = places.enter("a")
    assert waits is not None
    waits.let_in(lambda: told.append(speak(places, "a", told, "last").address), pytest.fail, Troubles())
    until(lambda: told == ["first in", "a", "last in"] and not places._letting_in)
    assert begun == ["listener"]


def test_of_many_addresses_others_have_a_turn_after_each_who_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    places, order = Places(8), list[str]()
    places._letting_in = True
    monkeypatch.setattr(places_module.time, "sleep", lambda seconds: order.append("turn"))

    monkeypatch.setattr(places, "_next", lambda: [lambda: order.append("let in")] * 3)
    places._let_all_in(Troubles())
    assert order == ["turn", *["let in", "turn"] * 3]


def test_nothing_is_left_of_those_who_have_left() -> None:
    places = Places(most=5)
    for n in range(50):
        made = places.enter(f"address {n}")
        assert made is not None
        if n % 2:
            made.prove()
        made.leave()
    assert (places._taken, places._strangers, dict(places._of)) == (0, {}, {})
