"""An agent that moves to another network, in memory: what it cuts, whom it tells, and that nothing waits too long."""

from __future__ import annotations

import pytest

from protocol.errors import Unreachable
from protocol.statements import Presence, decode_strict
from tests.world import Person, World


def hosts_at_authority(world: World, person: Person) -> list[str]:
    signed = world.authority.state.accounts[person.uid].presence
    assert signed is not None
    return list(decode_strict(signed.body, Presence).hosts)


def look(world: World, person: Person, seconds: float = 2) -> None:
    world.now += int(seconds * 1000)
    person.node.roaming.look()


def test_connections_of_an_address_that_is_gone_end_at_once(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    assert arash.node.authority.up and not arash.node.links.get(sara.uid).closed
    link = arash.node.links.get(sara.uid)
    arash.network.here = ["172.16.0.9"]
    look(world, arash)
    assert not arash.node.authority.up and link.closed
    arash.reconnect()
    assert hosts_at_authority(world, arash) == ["172.16.0.9"]
    sara.say(arash, "where are you?")
    assert arash.texts(sara) == ["hello", "where are you?"]


def test_an_address_more_is_told_on_the_link_that_lives(world: World, arash: Person, sara: Person) -> None:
    channel, before = arash.node.authority.channel, hosts_at_authority(world, arash)
    arash.network.here = [*before, "172.16.0.9"]
    look(world, arash)
    arash.node.authority.publish_hosts()  # what its loop does when it is woken
    assert arash.node.authority.channel is channel and arash.node.authority.up
    assert hosts_at_authority(world, arash) == [*before, "172.16.0.9"]
    sequence = world.authority.state.accounts[arash.uid].sequence
    look(world, arash)
    arash.node.authority.publish_hosts()  # nothing has changed, nothing is said
    assert world.authority.state.accounts[arash.uid].sequence == sequence


def test_a_sleep_asks_every_connection_for_a_sign_of_life(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "hello")
    asked: list[str] = []
    for channel in arash.network.channels:
        channel.probe = lambda seconds=0, target=channel.target: asked.append(target)  # type: ignore[method-assign, misc]
    look(world, arash)
    assert asked == []
    look(world, arash, 3600)
    assert sorted(asked) == ["authority", "sara"]


def test_what_waited_is_tried_as_soon_as_the_network_is_another(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    world.authority_up = False
    world.cut("authority")
    arash.write(sara, "one")
    for _ in range(8):
        world.now += 100_000
        arash.node.outbox.step(sara.uid)
    assert arash.node.outbox.due(arash.node.ctx.timer()) == []
    arash.network.here = ["172.16.0.9"]
    look(world, arash)
    assert arash.node.outbox.due(arash.node.ctx.timer()) == [sara.uid]


def test_whom_a_firewall_keeps_apart_is_not_dialled_for_every_message(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled: list[int] = []

    def wall(hosts: list[str], port: int, *_: object) -> None:
        dialled.append(port)
        raise Unreachable("timed_out")

    monkeypatch.setattr(arash.network, "dial_peer", wall)

    def say(text: str) -> None:
        arash.write(sara, text)
        arash.node.outbox.step(sara.uid)

    say("one")
    say("two")
    assert arash.states(sara) == ["authority", "authority"] and len(dialled) == 1
    sara.settle()
    assert sara.texts(arash) == ["one", "two"]
    world.now += 61_000
    say("three")
    assert len(dialled) == 2
    sara.restart()  # she is somewhere else now
    say("four")
    assert len(dialled) == 3
    monkeypatch.undo()
    arash.node.outbox.try_now()  # somebody wants it tried
    say("five")
    assert arash.states(sara)[-1] == "delivered"


def test_who_logs_in_anew_is_asked_on_the_old_link(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    link, asked = arash.node.links.get(sara.uid), []
    link.channel.probe = asked.append  # type: ignore[method-assign]
    sara.node.authority.channel.close()  # type: ignore[union-attr]
    sara.reconnect()
    assert len(asked) == 1
