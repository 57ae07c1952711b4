"""Something older than was seen: the presence record, the last-resort prekey, the certificate that the authority shows.
It is refused when it is used, by name, and goes on with the newer; in private and in groups, for who is there and who
isn't.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import msgspec
import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.messages import FetchGroup, FetchPrekeys, GroupIs, LastResorts
from protocol.statements import Prekey, Signed, decode_strict
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account import newest_seen
from web_client.authority.fallback_prekey import RENEWED


def newest(person: Person, other: Person) -> Signed:
    """What the authority has of the other, as one asks it."""
    (signed,) = person.node.authority.request(FetchPrekeys(0, [other.uid]), LastResorts).prekeys
    assert signed is not None
    return signed


def renew(world: World, person: Person) -> None:
    """A week passes, and with the next link there is a newer last-resort prekey."""
    world.now += RENEWED + 1
    person.restart()


@contextlib.contextmanager
def showing(world: World, old: Signed) -> Iterator[None]:
    """The authority shows this one in the place of the same person's newest."""
    uid = decode_strict(old.body, Prekey).uid

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, LastResorts)
        if answer is None:
            return [body]
        shown = [old if one and decode_strict(one.body, Prekey).uid == uid else one for one in answer.prekeys]
        return [messages.encode(LastResorts(answer.re, shown))]

    before, world.carry = world.carry, carry
    yield
    world.carry = before


def refusal(run: Callable[[], object]) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def test_nothing_is_left_for_somebody_under_an_older_key(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    old = newest(arash, sara)
    renew(world, sara)
    arash.node.authority.log.sync()
    sara.stop()
    arash.say(sara, "two")  # left in her mailbox, under the newer one
    assert arash.states(sara)[-1] == "authority"
    with showing(world, old):
        arash.restart()
        arash.say(sara, "three")
        assert (arash.states(sara)[-1], arash.shown(sara)[-1]["why"]) == ("waiting", "prekey_older")
    arash.deliver()
    assert arash.states(sara)[-1] == "authority"
    sara.restart()
    world.settle()
    assert sara.texts(arash) == ["one", "two", "three"]


def test_what_was_first_seen_is_the_newest(world: World, arash: Person, sara: Person) -> None:
    """Who has never seen a newer one can't tell; who sees the same again isn't kept waiting."""
    old = newest(arash, sara)
    renew(world, sara)
    user = arash.node.ctx.trust.user(sara.uid)
    assert user is not None
    note = lambda signed: newest_seen.note_prekeys(arash.node.ctx, [(user, signed)])  # noqa: E731
    assert note(old) == note(old) == note(None) == set()
    assert note(newest(arash, sara)) == set()
    assert note(old) == {sara.uid} and note(newest(arash, sara)) == set()
    by_nobody = msgspec.structs.replace(old, sig=bytes(64))
    assert note(by_nobody) == set(), "it is no key at all, which its user finds out"
    sara.node.keys.renew()
    world.settle()
    user = arash.node.ctx.trust.user(sara.uid)
    assert user is not None and note(newest(arash, sara)) == set(), "of another identity key it begins anew"


def test_no_group_s_key_is_sealed_to_an_older_one(group_world: GroupWorld) -> None:
    world, (arash, sara, omid) = group_world.world, group_world.people
    old = newest(arash, sara)
    arash.node.groups.room(group_world.gid)
    renew(world, sara)
    world.settle()
    arash.node.groups.create("second", [sara.uid], "all")  # it sees the newer one
    with showing(world, old):
        assert refusal(lambda: arash.node.groups.create("third", [sara.uid], "all")) == "prekey_older"
    gid = arash.node.groups.create("fourth", [sara.uid], "all").gid
    world.settle()
    assert gid in sara.node.groups.rooms
    assert omid.node.ctx.trust.alarm is None


def test_an_invitation_is_not_answered_by_an_older_certificate(group_world: GroupWorld) -> None:
    world, (arash, sara, _omid) = group_world.world, group_world.people
    zal = world.sign_up("zal")
    world.settle()
    arash.node.groups.command(group_world.gid, zal.uid, True, "")
    world.settle()
    kept = zal.node.authority.request(FetchGroup(0, group_world.gid), GroupIs)
    arash.node.groups.command(group_world.gid, sara.uid, False, "")
    world.settle()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, GroupIs)
        return [body if answer is None else messages.encode(msgspec.structs.replace(kept, re=answer.re))]

    world.carry = carry
    assert refusal(lambda: zal.node.groups.answer(group_world.gid, True)) == "certificate_older"
    assert group_world.room(zal).state == "invited"
    world.carry = lambda source, target, body: [body]
    zal.node.groups.answer(group_world.gid, True)
    world.settle()
    assert group_world.room(zal).state == "joined"
