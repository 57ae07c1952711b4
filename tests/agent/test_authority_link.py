"""The loop that keeps the link to the authority: what it survives, when it tries again, when it waits for a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from protocol import messages
from protocol.errors import HamrazError, error
from protocol.messages import Failed, LoggedIn, Welcomed
from tests.agent.wire import decoded
from tests.processes import until
from tests.world import Person, World
from web_client.account.events import LinkChanged
from web_client.authority import link as authority_link
from web_client.net.backoff import Backoff

Carry = Callable[[str, str, bytes], list[bytes]]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority_link, "Backoff", lambda: Backoff(0.01, 0.02))


@pytest.fixture
def running(world: World, arash: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Thread]:
    """arash's loop; a thread that ends by an exception is noted."""
    died: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    thread = threading.Thread(target=arash.node.authority.run)
    thread.start()
    yield thread
    arash.node.authority.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert died == []


def twice(kind: Any, instead: Callable[[Any], list[bytes]]) -> tuple[Carry, list[int]]:
    """The first two messages of this kind are replaced; and how many have come."""
    seen: list[int] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        message = decoded(body, kind)
        if message is None or target != "arash":
            return [body]
        seen.append(1)
        return instead(message) if len(seen) <= 2 else [body]

    return carry, seen


@pytest.mark.parametrize(
    ("kind", "instead", "code"),
    [
        (Welcomed, lambda message: [b"\xc1 no message"], "bad_message"),
        (Welcomed, lambda message: [], "timed_out"),
        (Welcomed, lambda message: [messages.encode(Failed(0, "busy", None, {}))], "busy"),
        (LoggedIn, lambda message: [b"\x93\xa5ping\x01"], "timed_out"),
        (LoggedIn, lambda message: [messages.encode(messages.Watching(message.re, []))], "unexpected_message"),
        (LoggedIn, lambda message: [messages.encode(Failed(message.re, "slow_down", None, {"n": 1}))], "slow_down"),
        (LoggedIn, lambda message: [messages.encode(Failed(message.re, "other_agent", None, {}))], "other_agent"),
        (LoggedIn, lambda message: [messages.encode(Failed(message.re, "internal", None, {}))], "internal"),
    ],
)
def test_it_tries_again_whatever_comes(
    world: World, arash: Person, running: threading.Thread, kind: Any, instead: Any, code: str
) -> None:
    link = arash.node.authority
    troubles: set[str] = set()
    world.carry, seen = twice(kind, instead)
    arash.node.ctx.events.subscribe(LinkChanged, lambda event: troubles.add(link.trouble.code if link.trouble else ""))
    world.cut("authority")
    until(lambda: len(seen) >= 3 and link.up, what="the third try")
    assert code in troubles
    assert (link.trouble, link.retry_in) == (None, None)


def test_a_disk_that_fails_for_a_moment_ends_nothing(world: World, arash: Person, running: threading.Thread) -> None:
    write, failures = arash.vault.write, iter([error("disk_full"), error("disk_failing")])

    def failing(change: Any) -> Any:
        for failure in failures:
            raise failure
        return write(change)

    arash.vault.write = failing  # type: ignore[method-assign]
    world.cut("authority")
    until(lambda: next(failures, None) is None and arash.node.authority.up)


@pytest.mark.parametrize("code", sorted(authority_link.FINAL))
def test_what_needs_a_person_is_not_tried_again_by_itself(
    world: World, arash: Person, running: threading.Thread, code: str
) -> None:
    link = arash.node.authority
    world.carry, seen = twice(LoggedIn, lambda message: [messages.encode(Failed(message.re, code, None, {}))])
    world.cut("authority")
    until(lambda: link.trouble is not None and link.trouble.code == code)
    assert not link.up
    tried = len(seen)
    for _ in range(3):  # only when somebody asks
        link.try_now()
        until(lambda tried=tried: len(seen) > tried or link.up)
        tried = len(seen)
    until(lambda: link.up)


@pytest.mark.parametrize("code", sorted(authority_link.FINAL - {"replaced"}))
def test_the_authority_s_word_ends_nothing_for_good(
    world: World, arash: Person, running: threading.Thread, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to press anything: what was said by mistake, or as a lie, holds as long as it is said."""
    monkeypatch.setattr(authority_link, "ASKED_AGAIN_SECONDS", 0.02)
    world.carry, seen = twice(LoggedIn, lambda message: [messages.encode(Failed(message.re, code, None, {}))])
    world.cut("authority")
    until(lambda: len(seen) >= 3 and arash.node.authority.up)


def test_a_message_that_waits_goes_out_when_the_link_is_back(
    world: World, arash: Person, sara: Person, running: threading.Thread
) -> None:
    world.authority_up = False
    world.cut("authority")
    order = arash.write(sara, "one")
    arash.deliver()
    assert arash.node.outbox.due(arash.node.ctx.timer()) == []
    world.authority_up = True
    sara.reconnect()
    until(lambda: arash.node.authority.up and arash.node.outbox.due(arash.node.ctx.timer()) == [sara.uid])
    arash.deliver()
    assert sara.texts(arash) == ["one"]
    assert order


def test_a_request_without_a_link_is_named(world: World, arash: Person) -> None:
    world.cut("authority")
    with pytest.raises(HamrazError) as reason:
        arash.node.authority.log.refresh()
    assert reason.value.code == "authority_down"
