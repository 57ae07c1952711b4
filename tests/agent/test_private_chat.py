"""Two people write to each other: what each sees, which state a message is in, what a resend or a gap does."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from protocol import messages
from protocol.envelope import TEXT_LIMIT
from protocol.errors import CATALOGUE, LOCAL, HamrazError
from protocol.messages import Answer, Deliver, Delivered, Done, Failed, Prekeys
from protocol.primitives import random_id
from protocol.statements import Signed, decode_strict
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.account.events import MessageChanged
from web_client.messages import incoming, outgoing, prekeys, receipts


def test_both_ways(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "سلام")
    sara.say(arash, "hello")
    arash.say(sara, "how are you?")
    assert arash.texts(sara) == sara.texts(arash) == ["سلام", "hello", "how are you?"]
    assert arash.states(sara) == ["delivered", "received", "delivered"]
    assert sara.states(arash) == ["received", "delivered", "received"]
    assert [shown["from"] for shown in sara.shown(arash)] == [each.uid.hex() for each in (arash, sara, arash)]
    assert not any(shown["gap"] for shown in sara.shown(arash))


def test_a_message_waits_is_delivered_is_read(world: World, arash: Person, sara: Person) -> None:
    order = arash.write(sara, "one")
    assert arash.states(sara) == ["waiting"]
    arash.deliver()
    assert arash.states(sara) == ["delivered"]
    sara.read(arash)
    sara.deliver()
    assert arash.states(sara) == ["read"]
    assert MessageChanged(order) in arash.changes  # the page was told each time
    assert arash.changes.count(MessageChanged(order)) == 3


def test_reading_is_told_once_and_only_of_what_is_new(world: World, arash: Person, sara: Person) -> None:
    for text in ("one", "two"):
        arash.say(sara, text)
    first, second = (shown["order"] for shown in sara.shown(arash))
    sara.read(arash, first)
    sara.deliver()
    assert arash.states(sara) == ["read", "delivered"]
    sara.read(arash, second)
    sara.read(arash, first)  # an old page
    sara.deliver()
    assert arash.states(sara) == ["read", "read"]
    before = len(world.crossed)
    sara.read(arash, second)
    sara.deliver()
    assert len(world.crossed) == before


def test_a_read_receipt_that_comes_before_the_delivered_one(world: World, arash: Person, sara: Person) -> None:
    """The answer to the first try is lost; the receipt that says more comes on its own way."""
    order = arash.write(sara, "one")
    world.carry = lambda source, target, body: [] if decoded(body, Delivered) else [body]
    arash.deliver()
    assert (arash.states(sara), sara.texts(arash)) == (["authority"], ["one"])  # in the mailbox as well
    sara.read(arash)
    sara.deliver()
    assert arash.states(sara) == ["read"]
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert arash.states(sara) == ["read"]
    assert order not in waiting(arash)
    kept = sara.vault.read(lambda rows: bytes(rows.execute("SELECT receipt FROM messages").fetchone()[0]))
    receipts.take(arash.node.ctx, arash.node.ctx.trust.log.users[sara.uid], [decode_strict(kept, Signed)])
    assert arash.states(sara) == ["read"]  # and never back to `delivered`


def test_to_two_people_at_once(world: World, arash: Person, sara: Person, mani: Person) -> None:
    for number in range(3):
        arash.write(sara, f"to sara {number}")
        arash.write(mani, f"to mani {number}")
    arash.deliver()
    assert sara.texts(arash) == [f"to sara {number}" for number in range(3)]
    assert mani.texts(arash) == [f"to mani {number}" for number in range(3)]
    assert not any(shown["gap"] for shown in sara.shown(arash) + mani.shown(arash))  # sequences are per pair


def test_more_messages_than_prekeys(world: World, arash: Person, sara: Person) -> None:
    count = 3 * incoming.PREKEYS_PER_PEER
    for number in range(count):
        arash.write(sara, str(number))
    arash.deliver()
    assert sara.texts(arash) == [str(number) for number in range(count)]
    used = [each.prekey_id for each in frames_of(world, Deliver, "arash", "sara")]
    assert len(set(used)) == len(used) == count
    assert max(len(each.prekeys) for each in frames_of(world, Prekeys, "sara", "arash")) == 16
    assert prekey_ids(sara).isdisjoint(used)


def test_the_same_id_again_is_the_same_message(world: World, arash: Person, sara: Person) -> None:
    id = random_id()
    order = arash.write(sara, "once", id)
    assert arash.write(sara, "once", id) == order
    arash.deliver()
    assert arash.write(sara, "once", id) == order
    arash.deliver()
    assert sara.texts(arash) == arash.texts(sara) == ["once"]
    with pytest.raises(HamrazError, match="form"):
        arash.write(sara, "another text", id)


def test_a_resend_is_the_same_bytes_and_gets_the_same_receipt(world: World, arash: Person, sara: Person) -> None:
    arash.write(sara, "one")
    world.carry = lambda source, target, body: [] if decoded(body, Delivered) else [body]
    for _ in range(3):
        arash.deliver()
        world.cut("sara")
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    sent = frames_of(world, Deliver, "arash", "sara")
    assert len(sent) == 4
    assert len({(each.prekey_id, each.sealed) for each in sent}) == 1
    assert sara.texts(arash) == ["one"]
    assert arash.states(sara) == ["delivered"]


def test_a_doubled_frame_makes_one_message_and_two_equal_receipts(world: World, arash: Person, sara: Person) -> None:
    world.carry = lambda source, target, body: [body, body] if decoded(body, Deliver) else [body]
    arash.say(sara, "one")
    answers = [each.receipt for each in frames_of(world, Delivered, "sara", "arash")]
    assert len(answers) == 2 and answers[0] == answers[1]
    assert sara.texts(arash) == ["one"]


def test_sealed_anew_to_another_prekey_it_is_still_the_same_message(world: World, arash: Person, sara: Person) -> None:
    order = arash.write(sara, "one")
    world.carry = lambda source, target, body: [] if decoded(body, Delivered) else [body]
    arash.deliver()
    prekeys.reseal(arash.node.ctx, sara.uid, order, forget=False)
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    first, second = frames_of(world, Deliver, "arash", "sara")
    assert first.prekey_id != second.prekey_id
    assert sara.texts(arash) == ["one"]
    assert arash.states(sara) == ["delivered"]
    assert {first.prekey_id, second.prekey_id}.isdisjoint(prekey_ids(sara))


def test_a_prekey_that_the_other_has_lost_is_replaced(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    sara.vault.write(lambda rows: rows.execute("DELETE FROM own_prekeys"))
    arash.say(sara, "two")
    assert sara.texts(arash) == ["one", "two"]
    assert arash.states(sara) == ["delivered", "delivered"]


def test_a_peer_that_refuses_every_prekey_ends_in_a_named_failure(world: World, arash: Person, sara: Person) -> None:
    def refuse(source: str, target: str, body: bytes) -> list[bytes]:
        delivered = decoded(body, Delivered)
        if delivered is None:
            return [body]
        return [messages.encode(messages.Failed(delivered.re, "prekey_unknown", None, {}))]

    world.carry = refuse
    arash.write(sara, "one")
    arash.deliver()
    assert arash.states(sara) == ["failed"]
    assert arash.shown(sara)[0]["why"] == "prekey_unknown"
    world.carry = lambda source, target, body: [body]
    arash.say(sara, "two")
    assert arash.states(sara) == ["failed", "delivered"]


def refusing(code: str, kind: type[Answer]) -> Callable[[str, str, bytes], list[bytes]]:
    """In the place of each answer of this kind there comes a refusal."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, kind)
        return [body if answer is None else messages.encode(Failed(answer.re, code, None, {}))]

    return carry


@pytest.mark.parametrize("code", ["locked", "internal", "slow_down", "disk_full", "bad_signature", "not_logged_in"])
def test_what_passes_makes_a_message_wait(world: World, arash: Person, sara: Person, code: str) -> None:
    """Such as a vault that is locked this very moment: that is no fault of the message."""
    world.carry = refusing(code, Delivered)
    arash.say(sara, "one")
    why = "internal" if code in LOCAL else code  # her vault and her disk are no words about his
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], why)
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert arash.states(sara) == ["delivered"]
    assert sara.texts(arash) == ["one"]


@pytest.mark.parametrize(
    "code", ["chain_broken", "message_too_long", "wrong_recipient", "bad_statement", "of the future"]
)
def test_what_is_wrong_with_the_message_itself_ends_it(world: World, arash: Person, sara: Person, code: str) -> None:
    world.carry = refusing(code, Delivered)
    arash.say(sara, "one")
    known = code if code in CATALOGUE else "unknown_error"
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["failed"], known)
    world.carry = lambda source, target, body: [body]
    arash.say(sara, "two")
    assert arash.states(sara) == ["failed", "delivered"]


@pytest.mark.parametrize("kind", [Prekeys, Done], ids=["at the knock", "at the receipts"])
def test_a_read_receipt_waits_too(world: World, arash: Person, sara: Person, kind: type[Answer]) -> None:
    arash.say(sara, "one")
    sara.read(arash)
    world.carry = refusing("locked", kind)
    sara.deliver()
    assert arash.states(sara) == ["delivered" if kind is Prekeys else "read"]
    assert count(sara, "receipts") == 1
    world.carry = lambda source, target, body: [body]
    sara.deliver()
    assert arash.states(sara) == ["read"]
    assert count(sara, "receipts") == 0


def test_a_receipt_that_the_other_has_no_message_for_is_dropped(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    sara.read(arash)
    arash.vault.write(lambda rows: rows.execute("DELETE FROM messages"))
    sara.deliver()
    assert count(sara, "receipts") == 0


def count(person: Person, table: str) -> int:
    return int(person.vault.read(lambda rows: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


def test_out_of_order_a_gap_is_marked_until_it_is_filled(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    held = seal_three(arash, sara)
    link = arash.node.links.get(sara.uid)
    link.deliver(*held[2])
    assert marked(sara, arash) == [("one", False), ("four", True)]
    link.deliver(*held[0])
    assert marked(sara, arash) == [("one", False), ("four", True), ("two", False)]
    link.deliver(*held[1])
    assert marked(sara, arash) == [("one", False), ("four", False), ("two", False), ("three", False)]


def seal_three(sender: Person, to: Person) -> list[tuple[bytes, bytes]]:
    """Three messages, sealed but not sent: what a sender whose receipts were all lost holds."""
    held = []
    for text in ("two", "three", "four"):
        sender.write(to, text)
        out = sender.vault.write(
            lambda rows: outgoing.next_outgoing(rows, sender.node.ctx.me, to.uid, sender.node.ctx.authority_id)
        )
        assert out is not None
        sender.vault.write(lambda rows, order=out.ord: rows.execute("DELETE FROM outbox WHERE ord = ?", (order,)))
        held.append((out.prekey_id, out.sealed))
    return held


def marked(reader: Person, of: Person) -> list[tuple[str, bool]]:
    return [(shown["text"], shown["gap"]) for shown in reader.shown(of)]


def test_the_longest_text_passes_and_one_more_byte_is_refused(world: World, arash: Person, sara: Person) -> None:
    longest = "ی" * (TEXT_LIMIT // 2)
    assert outgoing.check_text(longest) == longest.encode()
    arash.say(sara, longest)
    assert sara.texts(arash) == [longest]
    with pytest.raises(HamrazError) as reason:
        outgoing.check_text(longest + "x")
    assert (reason.value.code, reason.value.field) == ("message_too_long", "message")


def test_a_longer_text_of_a_hostile_sender_is_refused_by_name(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "x" * (TEXT_LIMIT + 1))  # below the page's check
    why = arash.vault.read(lambda rows: rows.execute("SELECT state, why FROM messages").fetchall())
    assert why == [("failed", "message_too_long")]
    assert arash.shown(sara)[0]["kind"] == "unreadable"  # nor does one's own page show so long a text
    assert sara.texts(arash) == []


UNSEEN = ["\u200c", "\u200b", "\u200e\u200f", "\u2060", "\u00ad", "\u2066\u2069", "\u0301", "\u3164", "\u2065"]


@pytest.mark.parametrize("text", ["a", ".", "🙂", "\U0001fae9", "سلام", "e\u0301", "\u200cب"])
def test_what_is_seen_is_a_message(text: str) -> None:
    assert outgoing.check_text(text) == text.encode()


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0\u2003", *UNSEEN])
def test_nothing_but_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(HamrazError) as reason:
        outgoing.check_text(text)
    assert (reason.value.code, reason.value.field) == ("message_empty", "message")


@pytest.mark.parametrize("text", ["\ud83d", "a\udc00b", "\udfff\ud800"])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(HamrazError) as reason:
        outgoing.check_text(text)
    assert (reason.value.code, reason.value.field) == ("message_chars", "message")


@pytest.mark.parametrize(
    "text",
    [
        "  kept as typed \n",
        "\x00\x01\x1b[31m\x7f",
        "\u202eright to left\u202c \u2066isolated\u2069 \u200f\u200e\u200c\u200d",
        "\ufeff\ufffe\uffff\U0010ffff",
        "👩‍👩‍👧‍👦🇮🇷",
        "سلام Sara، ساعت ۱۰:۳۰ (room 12)",
        "<script>alert(1)</script>&amp;",
        ",=other-group",
        "e\u0301 and \u00e9",
    ],
)
def test_every_other_text_arrives_as_typed(world: World, arash: Person, sara: Person, text: str) -> None:
    arash.node.messages.compose(sara.uid, "text", outgoing.check_text(text), random_id())
    arash.deliver()
    assert sara.texts(arash) == arash.texts(sara) == [text]


@pytest.mark.parametrize("kind", ["poll", "system", "unreadable", "Text"])
def test_a_kind_that_nobody_may_send_is_named(world: World, arash: Person, sara: Person, kind: str) -> None:
    """`system` is what an agent itself notes in a conversation: nobody else may put words into its mouth."""
    body = msgspec.msgpack.encode(["added", arash.uid, [sara.uid], "because"])
    arash.node.messages.compose(sara.uid, kind, body, random_id())
    arash.deliver()
    (shown,) = sara.shown(arash)
    assert (shown["kind"], shown["why"], shown["text"]) == ("unreadable", "unknown_kind", "")
    assert arash.states(sara) == ["delivered"]


def test_away_it_waits_at_the_authority_and_is_delivered_on_return(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    arash.write(sara, "are you there?")
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["authority"], None)
    sara.restart()
    arash.deliver()
    assert sara.texts(arash) == ["are you there?"]
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["delivered"], None)


def test_waiting_times_double_and_are_dropped_when_the_other_comes(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    arash.write(sara, "one")
    outbox, waits = arash.node.outbox, []
    for _ in range(9):
        before = world.now
        while sara.uid not in outbox.due(world.now / 1000):
            world.now += 100
        waits.append((world.now - before) / 1000)
        outbox.step(sara.uid)
    longest = [0, 2, 4, 8, 16, 32, 60, 60, 60]  # cut by chance, to half at most
    assert all(most / 2 <= wait <= most + 0.1 for wait, most in zip(waits, longest, strict=True))
    sara.restart()  # the authority tells arash
    assert outbox.due(world.now / 1000) == [sara.uid]


def test_without_the_authority_people_who_know_each_other_go_on(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    world.authority_up = False
    world.cut("authority")
    arash.node.links.drop(sara.uid)  # a new connection needs the stored presence record
    arash.say(sara, "two")
    sara.say(arash, "three")
    assert arash.texts(sara) == sara.texts(arash) == ["one", "two", "three"]


def test_without_the_authority_a_stranger_s_message_waits(world: World, arash: Person, sara: Person) -> None:
    world.authority_up = False
    world.cut("authority")
    arash.say(sara, "one")
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "authority_down")
    world.authority_up = True
    for person in (arash, sara):
        person.reconnect()
    arash.deliver()
    assert sara.texts(arash) == ["one"]


def test_after_a_restart_of_everybody_nothing_is_lost(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    world.restart_authority()
    for person in (arash, sara):
        person.restart()
    sara.say(arash, "two")
    arash.say(sara, "three")
    assert arash.texts(sara) == sara.texts(arash) == ["one", "two", "three"]
    assert not any(shown["gap"] for shown in arash.shown(sara))


def waiting(person: Person) -> list[int]:
    return person.vault.read(lambda rows: [row[0] for row in rows.execute("SELECT ord FROM outbox")])


def prekey_ids(person: Person) -> set[bytes]:
    """One's own prekeys that nobody has used yet."""
    return person.vault.read(lambda rows: {bytes(row[0]) for row in rows.execute("SELECT id FROM own_prekeys")})
