"""Who gives way to whom, and how fast one connection is listened to; by a clock of the test's own."""

from __future__ import annotations

import pytest

from transport import places as places_module
from transport.places import Place, Places


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


def test_an_address_has_a_burst_and_then_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(places_module.time, "monotonic", lambda: now[0])
    places = Places(most=10_000)
    assert [places.enter("a") is not None for _ in range(1100)] == [True] * 1000 + [False] * 100
    assert places.enter("b") is not None
    now[0] += 1
    assert sum(places.enter("a") is not None for _ in range(300)) == 200


def test_nothing_is_left_of_those_who_have_left() -> None:
    places = Places(most=5)
    for n in range(50):
        made = places.enter(f"address {n}")
        assert made is not None
        if n % 2:
            made.prove()
        made.leave()
    assert (places._taken, places._strangers, dict(places._of)) == (0, {}, {})
