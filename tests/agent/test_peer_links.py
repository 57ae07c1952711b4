"""The links to other agents: one a peer, whoever needs it at once."""

from __future__ import annotations

import pytest

from protocol.messages import PeerHello
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.peers.outgoing import PeerLink, PeerLinks


@pytest.fixture
def two() -> tuple[World, Person, Person]:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    for one in (arash, sara):
        one.node.links._close_all()
    return world, arash, sara


def open_ones(arash: Person, sara: Person) -> int:
    return sum(not one.closed for one in arash.network.channels if one.target == sara.name)


def test_two_who_need_a_link_at_once_have_one(two: tuple[World, Person, Person]) -> None:
    """As a restore and the outbox do: the second one would stay open for ever, through a lock and a change of keys."""
    world, arash, sara = two
    links, made = arash.node.links, list[PeerLink]()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if (source, target) == ("arash", "sara") and decoded(body, PeerHello) is not None and not made:
            made.append(made_in_between(links, sara))
        return [body]

    def made_in_between(links: PeerLinks, sara: Person) -> PeerLink:
        world.carry = lambda source, target, body: [body]
        return links.get(sara.uid)

    world.carry = carry
    assert links.get(sara.uid) is made[0]
    assert open_ones(arash, sara) == 1
    links.close()
    assert open_ones(arash, sara) == 0


def test_whoever_found_none_drops_none_that_was_made_since(
    two: tuple[World, Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    _world, arash, sara = two
    links = arash.node.links
    stale = links.get(sara.uid)
    stale.close()
    fresh = list[PeerLink]()
    forget = links._forget

    def slow(uid: bytes, link: PeerLink | None) -> None:
        monkeypatch.undo()
        fresh.append(links.get(uid))  # another thread is quicker
        forget(uid, link)

    monkeypatch.setattr(links, "_forget", slow)
    assert links.get(sara.uid) is fresh[0] and not fresh[0].closed
    assert open_ones(arash, sara) == 1
