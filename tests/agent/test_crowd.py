"""A new entry of a large log isn't fetched by everybody in one moment, and at once by whoever has a reason."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.messages import FetchLog, NewHead
from protocol.statements import Head, issue
from tests.agent.wire import frames_of
from tests.world import Person, World
from web_client.authority import log_sync


@pytest.fixture
def latest(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Three accounts are a crowd, and chance is always at its latest; what it was asked for."""
    asked: list[tuple[float, float]] = []

    def uniform(least: float, most: float) -> float:
        asked.append((least, most))
        return most

    monkeypatch.setattr(log_sync, "CROWD", 2)
    monkeypatch.setattr(log_sync, "EACH_SECOND", 2)
    monkeypatch.setattr(log_sync.random, "uniform", uniform)
    return asked


def fetches(world: World) -> int:
    return len(frames_of(world, FetchLog, "arash", "authority"))


@pytest.fixture
def log(world: World, arash: Person, sara: Person, mani: Person) -> Any:
    """Arash's, who is told of a newcomer's entry and hasn't fetched it."""
    world.settle()
    world.sign_up("omid")
    world.crossed.clear()
    return arash.node.authority.log


def test_it_is_fetched_in_turn(world: World, arash: Person, log: Any, latest: list[tuple[float, float]]) -> None:
    log.follow()
    assert latest == [(0.0, 1.5)] and log.fetch_later == 1.5 and not fetches(world)
    world.now += 1400
    world.sign_up("nima")
    log.follow()
    assert len(latest) == 1 and 0 < log.fetch_later < 0.11 and not fetches(world), "its turn was drawn once"
    world.now += 100
    log.follow()
    assert log.fetch_later is None and fetches(world) == 1
    assert arash.node.ctx.trust.log.by_name("nima") is not None
    log.follow()
    assert log.fetch_later is None and fetches(world) == 1 and len(latest) == 1


def test_a_large_crowd_takes_five_seconds(
    log: Any, latest: list[tuple[float, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_sync, "EACH_SECOND", 0.01)
    log.follow()
    assert latest == [(0.0, 5.0)]


def test_few_fetch_at_once(world: World, arash: Person, log: Any) -> None:
    log.follow()
    assert fetches(world) == 1 and arash.node.ctx.trust.log.by_name("omid") is not None


def test_whoever_is_written_to_fetches_at_once(
    world: World, arash: Person, log: Any, latest: list[tuple[float, float]]
) -> None:
    log.follow()
    world.people["omid"].say(arash, "hello, I am new here")
    assert fetches(world) >= 1 and arash.texts(world.people["omid"]) == ["hello, I am new here"]


def test_what_an_answer_has_said_is_fetched_at_once(
    world: World, arash: Person, log: Any, latest: list[tuple[float, float]]
) -> None:
    log.follow()
    log.expect(world.authority.published.head)
    log.follow()
    assert fetches(world) == 1 and log.fetch_later is None


def test_a_head_that_contradicts_ours_waits_for_nothing(
    world: World, arash: Person, log: Any, latest: list[tuple[float, float]]
) -> None:
    size = arash.node.ctx.trust.log.size
    lie = issue(Head(size, bytes(32)), world.authority_key, world.link.authority_id)
    arash.node.authority._take(NewHead(lie))
    with pytest.raises(HamrazError) as reason:
        log.follow()
    assert reason.value.code == "log_split" and arash.node.ctx.trust.alarm is not None and not latest
