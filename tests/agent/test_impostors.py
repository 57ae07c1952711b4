"""Somebody with an account of their own, or with the authority's key, who pretends to be somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from protocol import envelope, messages
from protocol.envelope import FIRST, PrivateMessage, check_prekey, encode_message, seal_info
from protocol.errors import HamrazError
from protocol.messages import Deliver, Delivered, Found, Prekeys, Receipts
from protocol.primitives import SealKey, SigningKey, digest, random_id
from protocol.statements import (
    NO_DEVICE,
    PROOF_PEER,
    Envelope,
    FoundUser,
    Prekey,
    Presence,
    Receipt,
    Signed,
    decode_strict,
    issue,
    prove,
    uid_of,
)
from tests.agent.wire import decoded, frames_of
from tests.world import MemoryNetwork, Person, World
from web_client.authority import directory
from web_client.messages import incoming


def refusal(run: Callable[[], Any]) -> str:
    """The code of the error that comes of it."""
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def last_envelope(world: World, sender: Person, receiver: Person) -> Signed:
    """What the receiver got out of the newest message: the sender's signature over prekey and message."""
    question = "SELECT envelope FROM messages WHERE sender = ? ORDER BY ord DESC LIMIT 1"
    raw = receiver.vault.read(lambda rows: rows.execute(question, (sender.uid,)).fetchone()[0])
    return decode_strict(bytes(raw), Signed)


def prekey_for(holder: Person, of: Person) -> Prekey:
    """A one-time prekey of somebody's, as a link of the holder has brought it."""
    holder.node.links.get(of.uid)
    question = "SELECT signed FROM peer_prekeys WHERE peer = ? AND signed IS NOT NULL LIMIT 1"
    raw = holder.vault.read(lambda rows: rows.execute(question, (of.uid,)).fetchone()[0])
    user = holder.node.ctx.trust.user(of.uid)
    assert user is not None and user.key is not None
    return check_prekey(decode_strict(bytes(raw), Signed), of.uid, user.key, holder.node.ctx.authority_id)


def new_message(world: World, writer: Person, to: Person, **changes: Any) -> PrivateMessage:
    head = writer.node.ctx.trust.head
    assert head is not None
    message = PrivateMessage(writer.uid, to.uid, 1, FIRST, random_id(), world.now, head, "text", b"hello", None)
    return msgspec.structs.replace(message, **changes)


# --- what is sealed, and to whom ---


def test_a_prekey_opens_one_message_only(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    (sent,) = frames_of(world, Deliver, "arash", "sara")
    prekey = next(
        prekey
        for answer in frames_of(world, Prekeys, "sara", "arash")
        for signed in answer.prekeys
        if (prekey := decode_strict(signed.body, Prekey)).id == sent.prekey_id
    )
    another = envelope.seal(
        encode_message(new_message(world, arash, sara)), prekey, arash.node.ctx.me.key, world.link.authority_id
    )
    assert refusal(lambda: arash.node.links.get(sara.uid).deliver(prekey.id, another)) == "prekey_used"
    assert sara.texts(arash) == ["one"]


def test_a_prekey_given_to_one_person_is_not_for_another(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    theirs = prekey_for(mani, sara)
    sealed = envelope.seal(
        encode_message(new_message(world, arash, sara)), theirs, arash.node.ctx.me.key, world.link.authority_id
    )
    assert refusal(lambda: arash.node.links.get(sara.uid).deliver(theirs.id, sealed)) == "prekey_unknown"
    assert sara.texts(arash) == []


def test_what_was_written_to_me_can_not_be_passed_on_as_written_to_another(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """The original's flaw 8: sara seals arash's words, with his signature, to mani."""
    arash.say(sara, "I quit")
    signed = last_envelope(world, arash, sara)
    prekey = prekey_for(sara, mani)
    link = sara.node.links.get(mani.uid)
    # as sara's own, and as if arash's agent had sealed it
    for claimed, code in ((sara, "bad_signature"), (arash, "cannot_open")):
        info = seal_info(world.link.authority_id, claimed.uid, mani.uid)
        sealed = SealKey(prekey.key).seal(encode_message(signed), info)
        assert refusal(lambda sealed=sealed: link.deliver(prekey.id, sealed)) == code
    assert mani.texts(arash) == mani.texts(sara) == []


def test_his_own_words_of_another_place_are_refused_too(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """arash himself hands mani an envelope that he signed for sara, over his own proven connection."""
    arash.say(sara, "I quit")
    signed = last_envelope(world, arash, sara)
    prekey = prekey_for(arash, mani)
    sealed = SealKey(prekey.key).seal(encode_message(signed), seal_info(world.link.authority_id, arash.uid, mani.uid))
    assert refusal(lambda: arash.node.links.get(mani.uid).deliver(prekey.id, sealed)) == "prekey_invalid"
    assert mani.texts(arash) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": "mani"}, "wrong_recipient"),
        ({"recipient": "mani"}, "wrong_recipient"),
        ({"sequence": 0}, "chain_broken"),
        ({"previous": b"\x01" * 32}, "chain_broken"),
    ],
    ids=["sender", "recipient", "sequence 0", "previous"],
)
def test_names_and_chain_inside_must_be_right(
    world: World, arash: Person, sara: Person, mani: Person, changes: dict[str, Any], code: str
) -> None:
    prekey = prekey_for(arash, sara)
    changes = {name: world.people[value].uid if isinstance(value, str) else value for name, value in changes.items()}
    signed = issue(
        Envelope(prekey.id, digest(b"prekey", prekey.key), encode_message(new_message(world, arash, sara, **changes))),
        arash.node.ctx.me.key,
        world.link.authority_id,
    )
    sealed = SealKey(prekey.key).seal(encode_message(signed), seal_info(world.link.authority_id, arash.uid, sara.uid))
    assert refusal(lambda: arash.node.links.get(sara.uid).deliver(prekey.id, sealed)) == code
    assert sara.texts(arash) == sara.texts(mani) == []


def test_two_histories_of_one_sender_are_refused(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    arash.say(sara, "two")
    for sequence, previous in [(1, FIRST), (2, FIRST), (2, first_hash(sara)), (3, first_hash(sara))]:
        prekey = prekey_for(arash, sara)
        message = new_message(world, arash, sara, sequence=sequence, previous=previous)
        sealed = envelope.seal(encode_message(message), prekey, arash.node.ctx.me.key, world.link.authority_id)
        link = arash.node.links.get(sara.uid)
        assert refusal(lambda link=link, id=prekey.id, sealed=sealed: link.deliver(id, sealed)) == "chain_broken"
    assert sara.texts(arash) == ["one", "two"]


def first_hash(reader: Person) -> bytes:
    return reader.vault.read(
        lambda rows: bytes(rows.execute("SELECT hash FROM messages WHERE sequence = 1").fetchone()[0])
    )


def test_another_message_under_the_same_id_is_refused(world: World, arash: Person, sara: Person) -> None:
    id = random_id()
    arash.write(sara, "one", id)
    arash.deliver()
    prekey = prekey_for(arash, sara)
    message = new_message(world, arash, sara, id=id, sequence=2, previous=first_hash(sara))
    sealed = envelope.seal(encode_message(message), prekey, arash.node.ctx.me.key, world.link.authority_id)
    assert refusal(lambda: arash.node.links.get(sara.uid).deliver(prekey.id, sealed)) == "chain_broken"
    assert sara.texts(arash) == ["one"]


# --- prekeys and receipts that are not what they say ---


@pytest.mark.parametrize("how", ["by another key", "for another person", "a last resort", "of low order"])
def test_a_false_prekey_is_not_sealed_to(world: World, arash: Person, sara: Person, mani: Person, how: str) -> None:
    def meddle(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, Prekeys)
        if answer is None or source != "sara":
            return [body]
        key = mani.node.ctx.me.key if how == "by another key" else sara.node.ctx.me.key
        changes: dict[str, Any] = {
            "for another person": {"uid": mani.uid},
            "a last resort": {"sequence": 3},
            "of low order": {"key": bytes(1216)},
        }.get(how, {})
        false = [
            issue(msgspec.structs.replace(decode_strict(one.body, Prekey), **changes), key, world.link.authority_id)
            for one in answer.prekeys
        ]
        return [messages.encode(Prekeys(answer.re, false))]

    world.carry = meddle
    arash.write(sara, "one")
    arash.deliver()
    assert frames_of(world, Deliver, "arash", "sara") == []
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (
        ["waiting"],
        "bad_signature" if how == "by another key" else "prekey_invalid",
    )
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert sara.texts(arash) == ["one"]


@pytest.mark.parametrize("how", ["by another", "for another message", "for another hash", "of no kind"])
def test_a_false_receipt_confirms_nothing(world: World, arash: Person, sara: Person, mani: Person, how: str) -> None:
    arash.say(sara, "before")

    def meddle(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, Delivered)
        if answer is None:
            return [body]
        receipt = decode_strict(answer.receipt.body, Receipt)
        changes: dict[str, Any] = {
            "for another message": {"message_id": bytes(16)},
            "for another hash": {"message_hash": bytes(32)},
            "of no kind": {"what": "seen"},
        }.get(how, {})
        key = mani.node.ctx.me.key if how == "by another" else sara.node.ctx.me.key
        false = issue(msgspec.structs.replace(receipt, **changes), key, world.link.authority_id)
        return [messages.encode(Delivered(answer.re, false))]

    world.carry = meddle
    arash.write(sara, "one")
    arash.deliver()
    assert (arash.states(sara)[-1], arash.shown(sara)[-1]["why"]) == (
        "waiting",
        "bad_signature" if how == "by another" else "bad_receipt",
    )
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert arash.states(sara) == ["delivered", "delivered"]


def test_a_receipt_for_the_message_before_does_not_confirm_this_one(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "before")
    (old,) = frames_of(world, Delivered, "sara", "arash")
    world.carry = lambda source, target, body: (
        [messages.encode(Delivered(answer.re, old.receipt))] if (answer := decoded(body, Delivered)) else [body]
    )
    arash.write(sara, "one")
    arash.deliver()
    assert arash.states(sara) == ["delivered", "waiting"]


def test_a_third_person_s_receipts_count_for_nothing(world: World, arash: Person, sara: Person, mani: Person) -> None:
    arash.say(sara, "one")
    (delivered,) = frames_of(world, Delivered, "sara", "arash")
    link = mani.node.links.get(arash.uid)
    assert refusal(lambda: link.channel.request(Receipts(0, [delivered.receipt]), messages.Done)) == "bad_receipt"


# --- somebody else's address, somebody else's name ---


def republish(person: Person, port: int, fingerprint: bytes) -> None:
    """Publish a presence record of one's own that leads to somebody else's listener."""
    person.node.ctx.network.port, person.node.ctx.network.fingerprint = port, fingerprint  # type: ignore[misc]
    person.node.authority.request(
        messages.ChangePresence(0, person.node.authority._presence(person.node.ctx.me)), messages.Done
    )


def test_who_gives_another_s_listener_for_their_own_gets_no_message_of_theirs(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """mani publishes sara's address and fingerprint under his own uid: sara hears who was called, and refuses."""
    republish(mani, sara.network.port, sara.network.fingerprint)
    arash.write(mani, "for mani only")
    arash.deliver()
    assert (arash.states(mani), arash.shown(mani)[0]["why"]) == (["waiting"], "wrong_recipient")
    assert sara.texts(arash) == sara.texts(mani) == []
    arash.say(sara, "hello")
    assert sara.texts(arash) == ["hello"]


def test_who_sits_on_another_s_port_is_refused_by_the_certificate(world: World, arash: Person, sara: Person) -> None:
    """The original's flaw 6, with a listener that would answer. tests/live shows the same on real sockets."""
    port = sara.network.port
    impostor = MemoryNetwork(world, "mallory")
    impostor.new_session = sara.network.new_session
    world.listeners[port] = impostor
    arash.write(sara, "for sara only")
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "wrong_certificate")


def test_a_knock_that_was_meant_for_another_connection_is_refused(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """mani, whom arash calls, hands arash's proof on to sara: it names mani, and mani's certificate."""
    arash.node.links.get(mani.uid)
    (knock,) = frames_of(world, messages.Knock, "arash", "mani")
    network = MemoryNetwork(world, "mallory")
    channel = network.dial_peer([], sara.network.port, sara.network.fingerprint)
    channel.first(messages.PeerHello(messages.VERSION), messages.FromPeerFirst)
    assert refusal(lambda: channel.request(knock, Prekeys)) == "wrong_recipient"
    assert channel.closed


def test_a_stranger_without_an_account_is_refused(world: World, sara: Person) -> None:
    key, network = SigningKey.generate(), MemoryNetwork(world, "mallory")
    channel = network.dial_peer([], sara.network.port, sara.network.fingerprint)
    welcome = channel.first(messages.PeerHello(messages.VERSION), messages.FromPeerFirst)
    uid = uid_of(world.link.authority_id, key.public)
    proof = prove(PROOF_PEER, sara.uid, welcome.nonce, channel.fingerprint, uid, key, world.link.authority_id)
    assert refusal(lambda: channel.request(messages.Knock(0, uid, proof, welcome.head), Prekeys)) == "bad_proof"
    assert channel.closed


# --- an authority that answers falsely ---


def answering(world: World, change: Callable[[FoundUser], FoundUser], key: SigningKey | None = None) -> None:
    """The authority's answers about people are changed, and signed with its own key."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, Found)
        if answer is None:
            return [body]
        found = change(decode_strict(answer.found.body, FoundUser))
        return [messages.encode(Found(answer.re, issue(found, key or world.authority_key, world.link.authority_id)))]

    world.carry = carry


FALSE: dict[str, Callable[[World, FoundUser], FoundUser]] = {
    "name": lambda world, found: msgspec.structs.replace(found, name="mani"),
    "nonce": lambda world, found: msgspec.structs.replace(found, nonce=bytes(32)),
    "key": lambda world, found: msgspec.structs.replace(
        found, identity_key=world.people["mani"].node.ctx.me.key.public.raw
    ),
    "uid": lambda world, found: msgspec.structs.replace(found, uid=world.people["mani"].uid),
    "entry": lambda world, found: msgspec.structs.replace(found, entry=found.entry - 1),
    "entry to come": lambda world, found: msgspec.structs.replace(found, entry=99),
}


@pytest.mark.parametrize("what", FALSE)
def test_an_answer_to_another_question_is_refused(
    world: World, arash: Person, sara: Person, mani: Person, what: str
) -> None:
    answering(world, lambda found: FALSE[what](world, found))
    arash.write(sara, "one")
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "wrong_answer")
    assert frames_of(world, messages.PeerHello, "arash", "sara") == []
    assert refusal(lambda: directory.look_up(sara.node.ctx, sara.node.authority, "arash")) == "wrong_answer"


def test_an_answer_that_is_not_the_authority_s_is_refused(world: World, arash: Person, sara: Person) -> None:
    answering(world, lambda found: found, SigningKey.generate())
    assert refusal(lambda: directory.look_up(arash.node.ctx, arash.node.authority, "sara")) == "bad_signature"


def test_an_older_presence_record_is_refused(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    old = directory.look_up(arash.node.ctx, arash.node.authority, "sara")[1].presence
    sara.restart()
    arash.say(sara, "two")
    answering(world, lambda found: msgspec.structs.replace(found, presence=old) if found.name == "sara" else found)
    arash.node.links.drop(sara.uid)
    arash.write(sara, "three")
    arash.deliver()
    assert (arash.states(sara)[-1], arash.shown(sara)[-1]["why"]) == ("waiting", "stale_presence")
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert sara.texts(arash) == ["one", "two", "three"]


@pytest.mark.parametrize("whose", ["mani", "mallory"])
def test_a_presence_record_that_is_not_theirs_is_refused(
    world: World, arash: Person, sara: Person, mani: Person, whose: str
) -> None:
    """mani's real record in the place of sara's; and one for sara that mallory signed."""
    theirs = directory.look_up(arash.node.ctx, arash.node.authority, "mani")[1].presence
    if whose == "mallory":
        forged = Presence(sara.uid, NO_DEVICE, 99, ["mallory"], mani.network.port, mani.network.fingerprint)
        theirs = issue(forged, SigningKey.generate(), world.link.authority_id)
    answering(world, lambda found: msgspec.structs.replace(found, presence=theirs))
    arash.write(sara, "one")
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "bad_signature")
    assert mani.texts(arash) == []


def test_a_listener_that_lies_about_who_called_it_learns_nothing(world: World, arash: Person, sara: Person) -> None:
    """A head that somebody shows without having proved who they are is nobody's word."""
    network = MemoryNetwork(world, "mallory")
    channel = network.dial_peer([], sara.network.port, sara.network.fingerprint)
    welcome = channel.first(messages.PeerHello(messages.VERSION), messages.FromPeerFirst)
    nobodys = Signed(b"no proof", bytes(64))
    before = sara.node.ctx.trust.seen_by()
    assert (
        refusal(lambda: channel.request(messages.Knock(0, arash.uid, nobodys, welcome.head), Prekeys))
        == "bad_signature"
    )
    assert sara.node.ctx.trust.seen_by() == before == 0
    arash.say(sara, "one")
    assert sara.node.ctx.trust.seen_by() == 1


def test_prekeys_for_one_are_the_same_again_on_a_new_connection(world: World, arash: Person, sara: Person) -> None:
    """At most sixteen unused ones for each peer, however often they come."""
    for _ in range(3):
        arash.node.links.get(sara.uid)
        arash.node.links.drop(sara.uid)
    answers = frames_of(world, Prekeys, "sara", "arash")
    assert len(answers) == 3
    assert all(
        sorted(one.body for one in answer.prekeys) == sorted(one.body for one in answers[0].prekeys)
        for answer in answers
    )
    assert len(answers[0].prekeys) == incoming.PREKEYS_PER_PEER
