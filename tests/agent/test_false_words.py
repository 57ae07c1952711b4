"""Words of the authority, and of others, that an agent can't check: none of them decides anything for good."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from protocol import envelope, messages
from protocol.envelope import DELIVERED, RECEIPTS_LIMIT
from protocol.errors import Forged, HamrazError
from protocol.messages import (
    Deposit,
    Done,
    Failed,
    FetchPrekeys,
    LastResorts,
    LogPart,
    Mail,
    MailItem,
    NewHead,
    NewMail,
    Ping,
    PublishProfile,
    Typing,
)
from protocol.primitives import OpenKey, VerifyKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Receipt, Signed, decode_strict, issue
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.messages import mailbox, profile_rows
from web_client.net.channel import UNASKED


def test_no_false_version_uses_up_all_versions_of_a_profile(world: World, arash: Person, sara: Person) -> None:
    asked: list[int] = []

    def carry(lie: int, source: str, target: str, body: bytes) -> list[bytes]:
        if (asks := decoded(body, PublishProfile)) is not None:
            asked.append(asks.rid)
        done = decoded(body, Done)
        if target == "sara" and done is not None and done.re in asked:
            return [messages.encode(Failed(done.re, "profile_stale", None, {"n": lie}))]
        return [body]

    for lie in (2**32 - 2, 2**32 - 1, 2**31, 2**31 - 1, 2**31 - 2):
        world.carry = partial(carry, lie)
        sara.node.profiles.make("Sara", "", b"")
        sara.node.profiles.step()
        world.carry = lambda source, target, body: [body]
        world.settle()
    for name in ("again", "and again"):
        sara.node.profiles.make(name, "", b"")
        world.settle()
        sara.say(arash, name)
        arash.read(sara)
        world.settle()
        profile = arash.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))
        assert profile is not None and profile.name == name


def test_a_mailbox_that_never_ends_keeps_nothing_else_from_its_turn(world: World, arash: Person, sara: Person) -> None:
    never = [MailItem(arash.uid, NO_DEVICE, random_id(), "receipts", random_id(), b"nothing")]

    def endless(source: str, target: str, body: bytes) -> list[bytes]:
        asked = decoded(body, Mail)
        return [body] if asked is None or not liar else [messages.encode(Mail(asked.re, never, True))]

    liar, world.carry = True, endless
    link = sara.node.authority
    link._on_push(NewMail())
    for turn in range(1, 3):
        sara.node.mailbox.step()
        assert len(frames_of(world, Mail, "authority", "sara")) >= turn * mailbox.TURN_ANSWERS
        assert link._wake.is_set(), "there is more: the next turn comes at once"
        link._wake.clear()
    liar = False
    sara.stop()
    order = arash.write(sara, "one")
    arash.deliver()
    assert arash.states(sara) == ["authority"] and order
    sara.restart()
    world.settle()
    assert sara.texts(arash) == ["one"] and not sara.node.mailbox._may_hold


def leave_receipts(writer: Person, reader: Person, receipts: list[Signed]) -> None:
    asked = writer.node.authority.request(FetchPrekeys(0, [reader.uid]), LastResorts).prekeys[0]
    assert asked is not None
    prekey = decode_strict(asked.body, Prekey)
    sealed = envelope.seal_receipts(receipts, prekey, writer.uid, reader.uid, writer.node.ctx.authority_id)
    item = MailItem(reader.uid, NO_DEVICE, random_id(), "receipts", prekey.id, sealed)
    writer.node.authority.request(Deposit(0, item), Done)


def receipt(by: Person, to: Person, id: bytes, hash: bytes, sig: bytes | None = None) -> Signed:
    made = issue(Receipt(by.uid, to.uid, id, hash, DELIVERED), by.node.ctx.me.key, by.node.ctx.authority_id)
    return made if sig is None else Signed(made.body, sig)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The contexts of all signatures that somebody looks at."""
    seen: list[bytes] = []
    verify = VerifyKey.verify

    def counted(self: VerifyKey, context: Any, authority_id: bytes, body: bytes, sig: bytes) -> None:
        seen.append(context)
        verify(self, context, authority_id, body, sig)

    monkeypatch.setattr(VerifyKey, "verify", counted)
    return seen


def test_receipts_of_nothing_cost_no_signature(
    world: World, arash: Person, sara: Person, verified: list[bytes]
) -> None:
    """A thousand of them in one item, by somebody with many keys, were a second of the reader's time."""
    for _change in range(3):
        sara.node.keys.renew()
    world.settle()
    rubbish = [receipt(sara, arash, random_id(), bytes(32), bytes(64)) for _ in range(RECEIPTS_LIMIT)]
    leave_receipts(sara, arash, rubbish)  # arash has never written to her: it isn't even opened
    del verified[:]
    world.settle()
    assert Receipt.CONTEXT not in verified
    order = arash.write(sara, "one")
    arash.deliver()
    id, hash = arash.vault.read(
        lambda rows: rows.execute("SELECT id, hash FROM messages WHERE ord = ?", (order,)).fetchone()
    )
    leave_receipts(sara, arash, rubbish)
    del verified[:]
    world.settle()
    assert Receipt.CONTEXT not in verified
    forged = [receipt(sara, arash, bytes(id), bytes(hash), bytes(64)) for _ in range(RECEIPTS_LIMIT)]
    leave_receipts(sara, arash, forged)
    del verified[:]
    world.settle()
    assert verified.count(Receipt.CONTEXT) <= 2 * len(arash.node.ctx.trust.log.users[sara.uid].counting)


def test_an_item_holds_so_many_receipts(world: World, arash: Person, sara: Person) -> None:
    key = OpenKey.generate()
    prekey = Prekey(arash.uid, NO_DEVICE, random_id(), 1, key.public.raw)
    for count in (RECEIPTS_LIMIT, RECEIPTS_LIMIT + 1):
        many = [receipt(sara, arash, bytes(16), bytes(32))] * count
        sealed = envelope.seal_receipts(many, prekey, sara.uid, arash.uid, arash.node.ctx.authority_id)
        try:
            assert len(envelope.open_receipts(sealed, key, sara.uid, arash.uid, arash.node.ctx.authority_id)) == count
        except Forged as reason:
            assert (count, reason.code) == (RECEIPTS_LIMIT + 1, "bad_statement")


def test_a_note_that_is_left_again_and_again_is_no_tower_of_calls(world: World, arash: Person, sara: Person) -> None:
    """Somebody who writes while it is delivered leaves one each time."""
    deliver_all, times = arash.node.outbox._deliver_all, 0

    def noted(peer: bytes) -> None:
        nonlocal times
        times += 1
        deliver_all(peer)
        if times < 2_000:
            arash.node.outbox.step(peer)

    arash.node.outbox._deliver_all = noted  # type: ignore[method-assign]
    arash.say(sara, "one")
    assert times == 2_000 and arash.states(sara) == ["delivered"]


def test_what_had_arrived_doesn_t_wait_again_for_a_lost_key(world: World, arash: Person, sara: Person) -> None:
    """Its reader asks for it again, and then the recovery key vouches for another key of theirs."""
    arash.say(sara, "one")
    world.settle()
    sara.stop()
    arash.vault.write(
        lambda rows: rows.execute("INSERT INTO outbox (ord, chat, position) SELECT ord, chat, position FROM messages")
    )
    from tests.agent.test_key_changes import recover

    recover(sara)
    arash.node.authority.log.sync()
    assert arash.states(sara) == ["delivered"]


def test_who_is_called_doesn_t_talk_for_ever(world: World, arash: Person, sara: Person) -> None:
    """A stranger's message is receipted, and whoever is called for that says one thing after the other."""
    arash.say(sara, "one")
    said = (Typing(True), Typing(False), Ping(1), Done(2**32 - 1))
    for body in [*map(messages.encode, said), msgspec.msgpack.encode(["unheard", 1])]:
        link = arash.node.links.get(sara.uid)
        channel: Any = link.channel
        for _number in range(UNASKED):
            channel.take(body)
        assert not link.closed
        for _number in range(3):  # time goes on meanwhile
            channel.take(body)
        assert link.closed, body
        arash.say(sara, "goes on")
    assert sara.texts(arash) == ["one"] + ["goes on"] * 5 and set(arash.states(sara)) == {"delivered"}


def test_a_new_key_whose_answer_is_followed_by_nonsense_is_taken_all_the_same(
    world: World, arash: Person, sara: Person
) -> None:
    """The authority has it already, and says so: who goes on with the old one is nobody there."""
    before = sara.node.ctx.me.key

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart)
        if target == "sara" and part is not None:
            return [messages.encode(Failed(part.re, "internal", None, {}))]
        return [] if target == "sara" and decoded(body, NewHead) else [body]

    world.carry = carry
    with pytest.raises(HamrazError):
        sara.node.keys.renew()
    assert sara.node.ctx.me.key is before and sara.node.authority.up
    world.carry = lambda source, target, body: [body]
    sara.node.authority.log.sync()
    assert sara.node.ctx.me.key is not before
    sara.say(arash, "by the new one")
    assert arash.texts(sara) == ["by the new one"]
