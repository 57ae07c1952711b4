"""Identity keys that change: a new one of one's own, an account's end, the recovery key, and what goes on meanwhile."""

from __future__ import annotations

import contextlib

import pytest

from protocol.errors import HamrazError, Refused, Unreachable
from protocol.log_entries import OWN, RECOVERY, KeyChange
from protocol.messages import Appended, ChangeKey, Recover
from protocol.statements import decode_strict
from tests.agent.cuts import run_with_cut
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.account import identity, kits
from web_client.account import keys as own_keys
from web_client.account.events import LogGrew
from web_client.agent.views.people import person as person_view
from web_client.authority.fallback_prekey import KEPT
from web_client.messages import key_rotation


def key_of(world: World, who: Person) -> bytes | None:
    """The key that the log has for somebody."""
    key = world.authority.state.log.users[who.uid].key
    return key.raw if key else None


def ways(who: Person) -> list[str]:
    """Why each of somebody's keys came, by the authority's log."""
    return [why for _index, _key, why, _by in who.world.authority.state.log.users[who.uid].keys]


def renew(who: Person) -> None:
    before = who.node.ctx.me.key.public.raw
    who.agent().renew_key()
    assert who.node.ctx.me.key.public.raw != before
    assert key_of(who.world, who) == who.node.ctx.me.key.public.raw


def code_of(call: object) -> str:
    with pytest.raises(HamrazError) as refusal:
        call()  # type: ignore[operator]
    return refusal.value.code


def chat(one: Person, other: Person, text: str) -> None:
    """A message there and back, both delivered."""
    one.say(other, text)
    one.world.settle()  # after a cut, the first try may only find out that a connection is gone
    other.say(one, f"{text}, back")
    one.world.settle()
    for who, whom in ((one, other), (other, one)):
        assert who.texts(whom)[-2:] == [text, f"{text}, back"]
        assert not any(shown["gap"] for shown in who.shown(whom))
        assert not [state for state in who.states(whom)[-2:] if state not in ("delivered", "read", "received")]


# --- a new key of one's own ---


def test_the_chat_goes_on_under_the_new_key(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "before")
    renew(sara)
    chat(arash, sara, "after hers")
    renew(arash)
    renew(arash)
    chat(sara, arash, "after his two")
    assert ways(arash) == ["", OWN, OWN]
    for who in (arash, sara):
        assert who.node.ctx.trust.alarm is None
        who.restart()
    chat(arash, sara, "after a restart")


def test_the_old_key_lets_nobody_in(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "so that she knows where he is")
    old = sara.node.ctx.me
    renew(sara)
    world.settle()
    sara.restart(connect=False)
    sara.node.ctx.replace_identity(old)
    assert code_of(sara.node.authority.connect) == "moved"
    assert code_of(lambda: sara.node.links.get(arash.uid)) == "bad_signature"  # nor at another agent


def test_what_waits_here_goes_out_as_it_was_composed(world: World, arash: Person, sara: Person) -> None:
    chat(sara, arash, "first")
    arash.stop()
    ids = [bytes([number]) * 16 for number in range(4)]
    sara.write(arash, "waits 0", ids[0])
    sara.write(arash, "waits 1", ids[1])
    renew(sara)
    sara.write(arash, "by the new one", ids[2])
    arash.restart()
    world.settle()
    assert arash.texts(sara)[-3:] == ["waits 0", "waits 1", "by the new one"]
    assert sara.states(arash)[-3:] == ["delivered"] * 3
    assert not any(shown["gap"] for shown in arash.shown(sara))
    world.now += KEPT  # then the old one is forgotten
    sara.restart()
    sara.settle()
    assert sara.vault.read(lambda rows: rows.execute("SELECT count(*) FROM old_keys").fetchone()[0]) == 0


def test_what_waits_in_the_mailbox_is_opened_by_the_key_of_then(world: World, arash: Person, sara: Person) -> None:
    """Its writer changes the key and is gone; its reader changes the key before it is taken out."""
    sara.stop()
    arash.say(sara, "sealed to her old one, signed by his old one")
    renew(arash)
    arash.stop()
    sara.restart(connect=False)
    sara.node.authority.connect()
    sara.node.keys.renew()
    sara.settle()
    assert sara.texts(arash) == ["sealed to her old one, signed by his old one"]
    arash.restart()
    world.settle()
    assert arash.states(sara) == ["delivered"]


def test_what_waits_for_somebody_with_a_new_key_is_sealed_anew(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "first")
    arash.write(sara, "sealed to one of her old one-time keys")
    sara.node.keys.renew()
    world.settle()
    assert sara.texts(arash)[-1] == "sealed to one of her old one-time keys"
    assert arash.states(sara)[-1] == "delivered"


def test_a_receipt_that_was_given_before_is_given_again_by_the_new_key(
    world: World, arash: Person, sara: Person
) -> None:
    chat(arash, sara, "first")
    dropped: list[bytes] = []

    def lose_one(source: str, target: str, body: bytes) -> list[bytes]:
        if not dropped and (source, target) == ("sara", "arash") and b"delivered" in body[:12]:
            dropped.append(body)
            return []
        return [body]

    world.carry = lose_one
    with contextlib.suppress(HamrazError):
        arash.say(sara, "its receipt is lost")
    assert dropped and arash.states(sara)[-1] in ("waiting", "authority")
    renew(sara)
    world.settle()
    assert arash.states(sara)[-1] == "delivered"
    assert sara.texts(arash).count("its receipt is lost") == 1


def test_receipts_that_wait_are_signed_by_the_new_key(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "first")
    arash.say(sara, "read it")
    sara.read(arash)
    arash.stop()
    renew(sara)
    sara.settle()
    arash.restart()
    world.settle()
    assert arash.states(sara)[-1] == "read"


def test_the_verified_mark_goes_and_the_notice_comes_until_it_is_compared(
    world: World, arash: Person, sara: Person
) -> None:
    arash.agent().set_verified("sara", True)
    renew(sara)
    world.settle()
    shown = person_view(arash.node, arash.node.ctx.trust.log.users[sara.uid])
    entry = world.authority.state.log.size - 1
    assert (shown["verified"], shown["new_key"]) == (False, {"why": "own", "entry": entry, "by": sara.uid.hex()})
    assert LogGrew([entry]) in arash.changes
    arash.agent().set_verified("sara", True)
    shown = person_view(arash.node, arash.node.ctx.trust.log.users[sara.uid])
    assert (shown["verified"], shown["new_key"]) == (True, None)


def test_who_came_later_is_not_told_of_old_changes(world: World, arash: Person, sara: Person) -> None:
    renew(arash)
    mani = world.sign_up("mani")
    world.settle()
    assert person_view(mani.node, mani.node.ctx.trust.log.users[arash.uid])["new_key"] is None
    chat(mani, arash, "hello")


def test_open_connections_by_the_old_key_end(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "first")
    hers = sara.node.links.get(arash.uid)
    his = arash.node.links.get(sara.uid)
    renew(sara)
    world.settle()
    assert hers.closed and his.closed
    assert len([caller for caller in arash.node.links.callers if caller.uid == sara.uid]) <= 1


def test_without_the_authority_there_is_no_new_key_and_then_there_is(world: World, arash: Person, sara: Person) -> None:
    world.cut("authority")
    old = sara.node.ctx.me.key.public.raw
    assert code_of(sara.agent().renew_key) == "authority_down"
    assert sara.node.ctx.me.key.public.raw == old
    arash.reconnect()
    sara.reconnect()  # it was asked for, so it is asked for again
    assert key_of(world, sara) == sara.node.ctx.me.key.public.raw != old
    chat(arash, sara, "goes on")


@pytest.mark.parametrize("lost", [ChangeKey, Appended])
def test_an_answer_that_is_lost_is_found_out_at_the_next_log_in(
    world: World, arash: Person, sara: Person, lost: type
) -> None:
    old = sara.node.ctx.me.key.public.raw
    world.carry = lambda source, target, body: [] if decoded(body, lost) else [body]
    with pytest.raises(HamrazError):
        sara.node.keys.renew()
    assert (key_of(world, sara) == old) == (lost is ChangeKey)
    world.carry = lambda source, target, body: [body]
    sara.restart()
    assert key_of(world, sara) == sara.node.ctx.me.key.public.raw != old
    assert ways(sara) == ["", OWN]
    chat(arash, sara, "goes on")


def test_others_failed_log_ins_keep_nobody_out_whose_new_key_is_undecided(
    world: World, arash: Person, sara: Person
) -> None:
    """Which of the two keys counts isn't known here: the first to be tried fails like anybody's."""
    world.carry = lambda source, target, body: [] if decoded(body, ChangeKey) else [body]
    with pytest.raises(HamrazError):
        sara.node.keys.renew()
    with pytest.raises(HamrazError):
        for _try in range(100):
            world.authority.limits.failed("memory", sara.uid, world.now)
    world.carry = lambda source, target, body: [body]
    sara.restart()
    assert sara.node.authority.up


def test_a_role_that_changes_meanwhile(world: World, arash: Person, sara: Person) -> None:
    """The entry that was signed can't come about any more; another one does."""
    world.carry = lambda source, target, body: [] if decoded(body, ChangeKey) else [body]
    with pytest.raises(HamrazError):
        sara.node.keys.renew()
    world.carry = lambda source, target, body: [body]
    arash.agent().add_permissions("sara", "admin")
    sara.restart()
    assert ways(sara) == [""]
    assert sara.vault.read(own_keys.next_key) is None
    renew(sara)
    chat(arash, sara, "goes on")


def test_an_entry_that_comes_between_look_and_request(world: World, arash: Person, sara: Person) -> None:
    done: list[bool] = []

    def meanwhile(source: str, target: str, body: bytes) -> list[bytes]:
        if not done and decoded(body, ChangeKey):
            done.append(True)
            arash.agent().add_permissions("sara", "admin")
        return [body]

    world.carry = meanwhile
    renew(sara)
    assert done and ways(sara) == ["", OWN]
    assert len(frames_of(world, ChangeKey, "sara", "authority")) == 2


@pytest.mark.timeout(900)
def test_power_cuts_at_every_step_of_a_new_key(long: bool) -> None:
    """Wherever the power fails: one key counts, it is here, and everything arrives once. In the short form it fails at
    every commit and at every other frame.
    """
    texts = ["before", "there", "while she changes", "after"]
    ids = [bytes([number]) * 16 for number in range(1, 5)]

    def new_world() -> World:
        world = World()
        for name in ("arash", "sara"):
            world.sign_up(name)
        world.settle()
        return world

    def scenario(world: World) -> None:
        arash, sara = world.people["arash"], world.people["sara"]
        arash.write(sara, texts[0], ids[0])
        arash.deliver()
        sara.write(arash, texts[1], ids[1])
        arash.write(sara, texts[2], ids[2])
        if len(ways(sara)) == 1:
            sara.node.keys.renew()
        world.settle()
        sara.write(arash, texts[3], ids[3])
        sara.deliver()

    steps = run_with_cut(new_world(), scenario, None, [])
    assert len(steps) > 60
    for at, step in enumerate(steps, 1):
        writing = [[name] for name in ("arash", "sara") if step.startswith(f"{name}, ")]
        if not long and not writing and at % 2:  # every commit, and every other frame
            continue
        for victims in writing or ([["sara"], ["arash"], []] if long else [[["sara"], ["arash"], []][at % 3]]):
            world = new_world()
            assert run_with_cut(world, scenario, at, victims)[-1] == step
            arash, sara = world.people["arash"], world.people["sara"]
            assert key_of(world, sara) == sara.node.ctx.me.key.public.raw, step
            assert ways(sara) == ["", OWN], step
            for one, other in ((arash, sara), (sara, arash)):
                assert sorted(one.texts(other)) == sorted(texts), step
                assert not any(shown["gap"] for shown in one.shown(other)), step
                assert set(one.states(other)) <= {"delivered", "received"}, step
                assert one.node.ctx.trust.alarm is None
            chat(arash, sara, "on")


# --- an account's end ---


def test_an_account_that_has_ended(world: World, arash: Person, sara: Person, mani: Person) -> None:
    chat(sara, mani, "before")
    sara.stop()
    mani.say(sara, "signed by a key that will count no more")
    mani.write(arash, "the same, straight")
    arash.agent().revoke_person("mani")
    assert not mani.node.authority.up
    mani.restart(connect=False)
    assert code_of(mani.node.authority.connect) == "revoked"
    mani.node.authority.trouble = HamrazError("revoked")
    assert mani.node.authority.revoked and code_of(lambda: mani.write(sara, "more")) == "revoked"
    sara.restart()
    world.people.pop("mani")
    world.settle()
    last = sara.shown(mani)[-1]
    assert (last["kind"], last["why"], last["text"]) == ("unreadable", "key_revoked", "")
    shown = person_view(sara.node, sara.node.ctx.trust.log.users[mani.uid])
    assert (shown["revoked"], shown["new_key"]) == (
        True,
        {"why": "admin", "entry": world.authority.state.log.size - 1, "by": arash.uid.hex()},
    )
    assert code_of(lambda: sara.agent().private_chat("sara", "mani", "are you there?")) == "unknown_user"


def test_what_was_to_go_to_an_account_that_has_ended_says_so(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    mani.stop()
    sara.say(mani, "in the mailbox")
    sara.write(mani, "in the outbox")
    arash.agent().revoke_person("mani")
    world.people.pop("mani")
    world.settle()
    assert [(one["state"], one["why"]) for one in sara.shown(mani)] == [("failed", "revoked")] * 2
    assert mani.uid not in sara.node.outbox.waiting()


def test_who_may_not_end_an_account(world: World, arash: Person, sara: Person, mani: Person) -> None:
    for by, name in ((sara, "mani"), (sara, "arash"), (arash, "arash"), (sara, "sara")):
        assert code_of(lambda by=by, name=name: by.agent().revoke_person(name)) == "role_not_allowed"  # type: ignore[misc]
    people = [person_view(arash.node, user) for user in arash.node.ctx.trust.log.users.values()]
    assert [one["may_revoke"] for one in people] == [False, True, True]


def test_the_same_person_begins_anew(world: World, arash: Person, sara: Person, mani: Person) -> None:
    chat(sara, mani, "before")
    sara.agent().set_verified("mani", True)
    arash.agent().revoke_person("mani")
    old = world.people.pop("mani")
    again = world.sign_up("mani", "mani@x.example")  # under the same e-mail
    world.settle()
    assert again.uid != old.uid
    shown = person_view(sara.node, sara.node.ctx.trust.log.users[again.uid])
    ended = world.authority.state.log.users[old.uid].latest
    assert (shown["verified"], shown["role"]) == (False, "beginner user")
    assert shown["new_key"] == {"why": "admin", "entry": ended, "by": arash.uid.hex()}
    chat(sara, again, "hello again")
    sara.agent().set_verified("mani", True)
    shown = person_view(sara.node, sara.node.ctx.trust.log.users[again.uid])
    assert (shown["verified"], shown["new_key"]) == (True, None)


# --- the recovery key ---


def recover(who: Person) -> None:
    """What the agent's call does, with this person's vault."""
    channel = who.network.dial_authority([], 0, lambda message: None, lambda: None)
    size = identity.greet(channel, who.world.link.authority_id).size
    recover_on(channel, who, size)
    channel.close()
    who.start()
    who.node.authority.connect()


def lose_identity_key(who: Person) -> None:
    """As in a vault that was brought back from before a change of the key."""
    from protocol.primitives import SigningKey
    from web_client.vault.database import save_setting

    who.stop()
    other = SigningKey.generate().save()
    who.vault.write(lambda rows: save_setting(rows, "identity_key", other))
    who.restart(connect=False)
    assert code_of(who.node.authority.connect) == "bad_proof"


def test_the_recovery_key_vouches_for_a_new_one(world: World, arash: Person, sara: Person) -> None:
    chat(arash, sara, "before")
    arash.stop()
    sara.say(arash, "signed by the key that is lost")
    sara.stop()
    arash.restart()
    lose_identity_key(sara)
    arash.say(sara, "for her mailbox")
    recover(sara)
    assert ways(sara) == ["", RECOVERY]
    world.settle()
    assert sara.texts(arash)[-1] == "for her mailbox"
    assert [one["state"] for one in arash.shown(sara) if one["text"] == "for her mailbox"] == ["delivered"]
    shown = person_view(arash.node, arash.node.ctx.trust.log.users[sara.uid])
    assert shown["new_key"] and shown["new_key"]["why"] == "recovery"
    chat(arash, sara, "after")


def test_what_the_lost_key_signed_counts_no_more(world: World, arash: Person, sara: Person) -> None:
    """It waits in a mailbox when the recovery key has vouched for another: the reader is told the cause."""
    chat(arash, sara, "before")
    arash.stop()
    sara.say(arash, "signed by the key that is lost")
    sara.stop()
    lose_identity_key(sara)
    recover(sara)
    arash.restart()
    world.settle()
    last = arash.shown(sara)[-1]
    assert (last["kind"], last["why"], last["text"]) == ("unreadable", "key_revoked", "")
    assert [(one["state"], one["why"]) for one in sara.shown(arash)[-1:]] == [("failed", "key_revoked")]
    chat(sara, arash, "after")


@pytest.mark.parametrize("lost", ["recover", "appended"])
def test_a_recovery_whose_answer_is_lost(world: World, arash: Person, sara: Person, lost: str) -> None:
    lose_identity_key(sara)
    seen = 0

    def drop(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal seen
        if lost.encode() in body[:12] and "sara" in (source, target):
            seen += 1
            return [] if seen == (2 if lost == "recover" else 1) else [body]  # the first asks for the right entry
        return [body]

    world.carry = drop
    with pytest.raises(HamrazError):
        recover(sara)
    world.carry = lambda source, target, body: [body]
    sara.restart(connect=False)
    recover(sara)
    chat(arash, sara, "after")
    assert ways(sara) == ["", RECOVERY]


@pytest.mark.parametrize("takes", [0, 1, 2])
@pytest.mark.parametrize("lost", [False, True])
def test_whichever_request_a_lying_authority_takes_its_key_is_here(
    world: World, arash: Person, sara: Person, takes: int, lost: bool
) -> None:
    """It has several signed, by naming other entries as the account's latest, and appends one of them later on: also
    where the old key was good all the time, and its log has gone on.
    """
    chat(arash, sara, "before")
    sara.stop()
    if lost:
        lose_identity_key(sara)
        sara.stop()
    latest, size = world.authority.state.log.users[sara.uid].latest, world.authority.state.log.size
    names = [one for one in range(size) if one != latest][:2]
    names.insert(takes, latest)
    asked: list[Recover] = []

    class Lies:
        """A channel to it, on which only what it is asked counts."""

        def request(self, request: Recover, kind: object) -> None:
            asked.append(request)
            if len(asked) > len(names):
                raise Unreachable("authority_down")
            raise Refused("entry_stale", n=names[len(asked) - 1])

    assert code_of(lambda: recover_on(Lies(), sara, size)) == "authority_down"
    signed = [decode_strict(one.entry.body, KeyChange) for one in asked]
    assert [one.prev for one in signed] == [0, *names] and len({one.new_key for one in signed}) == 1
    if not lost:
        sara.restart()
        world.sign_up("omid")
        world.settle()
        assert sara.node.ctx.trust.log.size > size and sara.vault.read(own_keys.next_key) is not None
        sara.stop()
    channel = sara.network.dial_authority([], 0, lambda message: None, lambda: None)
    identity.greet(channel, world.link.authority_id)
    channel.request(asked[1 + takes], Appended)
    channel.close()
    sara.restart()
    chat(arash, sara, "after")
    assert ways(sara) == ["", RECOVERY]
    assert sara.vault.read(own_keys.next_key) is None
    sara.stop()
    arash.say(sara, "for her mailbox")  # sealed to the prekey that came with the key
    sara.restart()
    world.settle()
    assert sara.texts(arash)[-1] == "for her mailbox"


def test_nothing_is_signed_for_an_entry_that_the_log_has_not_got_to(world: World, sara: Person) -> None:
    lose_identity_key(sara)
    asked: list[Recover] = []
    size = world.authority.state.log.size

    class Lies:
        def request(self, request: Recover, kind: object) -> None:
            asked.append(request)
            raise Refused("entry_stale", n=size)

    assert code_of(lambda: recover_on(Lies(), sara, size)) == "stale"
    assert [decode_strict(one.entry.body, KeyChange).prev for one in asked] == [0]


def recover_on(channel: object, who: Person, size: int) -> None:
    authority_id = who.world.link.authority_id
    kit = who.vault.read(lambda rows: kits.here(rows, authority_id))
    assert kit is not None
    key_rotation.recover(channel, who.vault, authority_id, size, kit)  # type: ignore[arg-type]


def test_another_recovery_key_is_refused(world: World, arash: Person, sara: Person) -> None:
    from protocol.primitives import SigningKey
    from web_client.vault.database import save_setting

    lose_identity_key(sara)
    other = SigningKey.generate().save()
    sara.vault.write(lambda rows: save_setting(rows, "recovery_key", other))
    assert code_of(lambda: recover(sara)) == "bad_proof"
