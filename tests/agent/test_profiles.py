"""Profiles between agents: told to whom one writes, fetched late, verified, kept; and every lie about one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority_server.store import profiles as at_authority
from protocol.about import About
from protocol.group_ephemeral import ABOUT, seal_about
from protocol.messages import Done, FetchProfile, ProfileIs, PublishProfile, Signalled
from protocol.primitives import random_id
from protocol.profiles import Profile, seal_profile
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.protocol.effort import examples
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.groups import ephemeral
from web_client.groups import rows as group_rows
from web_client.messages import profile_rows

PICTURE = b"\xff\xd8\xff" + bytes(20_000)


def make(person: Person, name: str, picture: bytes = b"") -> About:
    made = person.node.profiles.make(name, "a line", picture)
    person.node.profiles.step()
    return made.about


def seen(reader: Person, of: Person) -> str | None:
    """The display name that is here."""
    found = reader.vault.read(lambda rows: profile_rows.profile_of(rows, of.uid))
    return None if found is None else found.name


def asked(world: World, since: int = 0) -> int:
    """How often a profile was asked for."""
    return sum(body[1:15] == b"\xadfetch_profile" for _, _, body in world.crossed[since:])


def test_it_is_told_with_a_message_and_fetched_once_something_was_read(
    world: World, arash: Person, sara: Person
) -> None:
    make(arash, "Arash R.", PICTURE)
    arash.say(sara, "hello")
    world.settle()
    assert seen(sara, arash) is None and asked(world) == 0  # the authority isn't told of an interest that there isn't
    sara.read(arash)
    world.settle()
    assert seen(sara, arash) == "Arash R." and asked(world) == 1
    kept = sara.vault.read(lambda rows: profile_rows.profile_of(rows, arash.uid))
    assert (kept.uid, kept.line, kept.picture) == (arash.uid, "a line", PICTURE)  # type: ignore[union-attr]
    sara.restart()
    world.settle()
    assert seen(sara, arash) == "Arash R." and asked(world) == 1


def told(world: World, arash: Person, sara: Person) -> list[int | None]:
    """The version that each of Arash's messages to Sara says."""
    from protocol.envelope import decode_message

    found = sara.vault.read(
        lambda rows: rows.execute("SELECT raw FROM messages WHERE sender = ? ORDER BY ord", (arash.uid,)).fetchall()
    )
    abouts = [decode_message(bytes(row[0])).about for row in found]
    return [None if about is None else about.version for about in abouts]


def test_it_is_told_until_it_has_arrived(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "nothing to tell yet")
    make(arash, "one")
    sara.stop()
    arash.write(sara, "first")
    arash.write(sara, "second")
    sara.restart()
    world.settle()
    arash.say(sara, "third")
    make(arash, "two")
    arash.say(sara, "fourth")
    arash.say(sara, "fifth")
    world.settle()
    assert told(world, arash, sara) == [None, 1, 1, None, 2, None]


def test_nothing_is_told_before_the_authority_has_it(world: World, arash: Person, sara: Person) -> None:
    world.authority_up = False
    world.cut("authority")
    arash.node.profiles.make("Arash R.", "", b"")
    arash.say(sara, "hello")
    world.authority_up = True
    for person in (arash, sara):
        person.reconnect()
    world.settle()
    arash.say(sara, "again")
    assert told(world, arash, sara) == [None, 1]


def test_a_newer_one_takes_the_place_and_an_older_one_never(world: World, arash: Person, sara: Person) -> None:
    first = make(arash, "one")
    arash.say(sara, "x")
    sara.read(arash)
    world.settle()
    old = arash.node.authority.request(FetchProfile(0, arash.uid, 1), ProfileIs).sealed
    make(arash, "two")
    arash.say(sara, "y")
    world.settle()
    assert seen(sara, arash) == "two"
    # the authority brings back the first: nobody asks for it
    world.authority.write_now(lambda _, rows: at_authority.drop(rows, arash.uid))
    arash.node.authority.request(PublishProfile(0, 1, old), Done)
    sara.vault.write(lambda rows: profile_rows.hear(rows, arash.uid, _print(arash), "x", first))
    world.settle()
    assert seen(sara, arash) == "two"


def _print(person: Person) -> bytes:
    return person.node.ctx.me.key.public.fingerprint()


def test_what_the_authority_serves_instead_is_no_profile(world: World, arash: Person, sara: Person) -> None:
    make(arash, "mine")
    own = sara.node.profiles.make("Arash", "", b"").sealed  # Sara's, sealed under Sara's key
    answers = [bytes(1024), b"", own, bytes(65_536)]

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == "sara" and b"profile_is" in body[:14]:
            answer = msgspec.msgpack.decode(body, type=ProfileIs)
            return [msgspec.msgpack.encode(ProfileIs(answer.re, answers[0]))]
        return [body]

    world.carry = carry
    for text in ("a", "b", "c", "d"):
        arash.vault.write(arash.node.profiles.renew)
        arash.node.authority.look()
        arash.node.profiles.step()
        arash.say(sara, text)
        sara.read(arash)
        world.settle()
        assert seen(sara, arash) is None
        answers.append(answers.pop(0))
    before = asked(world)
    world.settle()
    sara.node.profiles.step()
    assert asked(world) == before == 4  # once for each that was told
    world.carry = lambda source, target, body: [body]
    sara.restart()  # what failed is tried again with the next log-in
    world.settle()
    assert seen(sara, arash) == "mine"


def publish(person: Person, profile: Profile, signer: Any = None, version: int | None = None) -> About:
    """Whatever it says, published as this person's."""
    about = About(profile.version if version is None else version, random_id() * 2)
    sealed = seal_profile(profile, about, signer or person.node.ctx.me.key, person.node.ctx.authority_id)
    person.node.authority.request(PublishProfile(0, about.version, sealed), Done)
    return about


@pytest.mark.parametrize("lie", ["another's name on it", "another's key", "another version inside", "a key that isn't"])
def test_a_liars_profile_isnt_kept(world: World, arash: Person, sara: Person, lie: str) -> None:
    right = Profile(sara.uid, 1, "arash", "", b"")
    if lie == "another's name on it":
        about = publish(sara, msgspec.structs.replace(right, uid=arash.uid))
    elif lie == "another's key":
        about = publish(sara, right, arash.node.ctx.me.key)
    elif lie == "another version inside":
        about = publish(sara, msgspec.structs.replace(right, version=2), version=1)
    else:
        about = msgspec.structs.replace(publish(sara, right), key=bytes(32))
    arash.say(sara, "hello")
    arash.vault.write(lambda rows: profile_rows.hear(rows, sara.uid, _print(sara), _chat(sara), about))
    world.settle()
    assert asked(world) == 1 and seen(arash, sara) is None
    make(sara, "really me")  # it goes on
    sara.say(arash, "hello")
    world.settle()
    assert seen(arash, sara) == "really me"


def _chat(person: Person) -> ChatId:
    return ChatId.private(person.uid)


def test_a_vault_that_has_lost_count_goes_on_after_the_last_one(world: World, arash: Person, sara: Person) -> None:
    for name in ("one", "two", "three"):
        make(arash, name)
    arash.vault.write(lambda rows: rows.execute("DELETE FROM settings WHERE name = 'profile'"))
    arash.node.profiles.make("four", "", b"")
    arash.node.profiles.step()
    arash.say(sara, "x")
    sara.read(arash)
    world.settle()
    assert seen(sara, arash) == "four"
    assert arash.vault.read(profile_rows.published) == arash.vault.read(profile_rows.own).about  # type: ignore[union-attr]


def test_a_newer_identity_key_beats_any_version_of_the_older_one(world: World, arash: Person, sara: Person) -> None:
    """A thief has used up the numbers; the owner's new key begins anew, and counts."""
    about = publish(arash, Profile(arash.uid, 2**32 - 1, "thief", "", b""))
    arash.say(sara, "x")
    sara.read(arash)
    sara.vault.write(lambda rows: profile_rows.hear(rows, arash.uid, _print(arash), _chat(arash), about))
    world.settle()
    assert seen(sara, arash) == "thief"
    arash.node.keys.renew()
    world.settle()
    world.authority.write_now(lambda _, rows: at_authority.drop(rows, arash.uid))
    make(arash, "owner")
    arash.say(sara, "y")
    world.settle()
    assert seen(sara, arash) == "owner"


def test_after_a_restore_it_is_published_again(world: World, arash: Person, sara: Person) -> None:
    make(arash, "mine")
    world.authority.write_now(lambda _, rows: at_authority.drop(rows, arash.uid))
    world.authority.recovery.begin("a test")
    world.settle()
    world.authority.recovery.end()
    world.settle()
    assert sara.node.authority.request(FetchProfile(0, arash.uid, 1), ProfileIs).sealed


# --- in groups ---


def test_in_a_group_with_the_first_message_of_an_epoch() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    make(sara, "Sara K.")
    group_world.say(sara, "one")
    group_world.say(sara, "two")
    group_world.say(owner, "three")
    group_world.world.settle()
    assert seen(owner, sara) == "Sara K."
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(sara, "four")
    group_world.say(omid, "five")
    group_world.world.settle()
    assert seen(omid, sara) == "Sara K."


def test_who_joins_a_small_group_is_told_beside_the_chain() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    make(sara, "Sara K.")
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(omid, "hello")  # nobody else has said a word
    group_world.world.settle()
    assert seen(omid, sara) == "Sara K."


def test_what_is_said_aside_never_holds_back_what_was_signed() -> None:
    """Omid has the epoch's key and the authority's help: he says in Sara's name what leads nowhere."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    room = group_world.room(owner)
    key = omid.vault.read(lambda rows: group_rows.key_of(rows, group_world.gid, 1))
    assert key is not None
    false = seal_about(About(2**32 - 1, bytes(32)), key, group_world.gid, 1, sara.uid, random_id())
    ephemeral.take_signal(room, Signalled(group_world.gid, sara.uid, 1, ABOUT, false))
    make(sara, "Sara K.")
    group_world.say(sara, "x")
    group_world.say(owner, "y")
    group_world.world.settle()
    assert seen(owner, sara) == "Sara K."
    ephemeral.take_signal(room, Signalled(group_world.gid, sara.uid, 1, ABOUT, false))
    make(sara, "Sara Kay")
    group_world.say(sara, "z")
    group_world.world.settle()
    assert seen(owner, sara) == "Sara Kay"


@pytest.mark.parametrize("what", ["poll", "seen", "about\0"])
def test_a_signal_that_isnt_known_is_passed_over(what: str) -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara = group_world.people
    ephemeral.take_signal(group_world.room(owner), Signalled(group_world.gid, sara.uid, 1, what, b"x" * 128))
    group_world.say(sara, "it goes on")
    group_world.check()


# --- whatever is told ---


@examples(20)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), max_size=12))
def test_the_newest_that_was_signed_is_looked_for(said: list[tuple[int, bool, bool]]) -> None:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    best: tuple[bool, int] | None = None
    for version, aside, _ in said:
        about = About(version, bytes([version]) * 32)
        news = sara.vault.write(
            lambda rows, a=about, s=aside: profile_rows.hear(rows, arash.uid, _print(arash), "x", a, s)  # type: ignore[misc]
        )
        better = best is None or (not aside, version) > best if best is None or best[0] == (not aside) else not aside
        assert news == better
        if better:
            best = (not aside, version)
    row = sara.vault.read(lambda rows: rows.execute("SELECT version, aside FROM profile_told").fetchone())
    assert (None if best is None else (best[1], int(not best[0]))) == (None if row is None else tuple(row))
