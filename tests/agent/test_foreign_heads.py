"""A head of the log that the authority hasn't signed (section 6.4): refused, and what it stands in with it."""

from __future__ import annotations

import msgspec
import pytest

from protocol import envelope
from protocol.errors import HamrazError
from protocol.messages import Failed, Welcomed
from protocol.primitives import SigningKey
from protocol.statements import Head, Signed, Welcome, decode_strict, issue
from tests.agent.wire import frames_of
from tests.world import Person, World
from web_client.account import identity

FOREIGN = SigningKey.generate()


def test_in_a_private_message(world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = envelope.seal

    def with_a_foreign_head(message: bytes, *more: object) -> bytes:
        read = envelope.decode_message(message)
        head = issue(Head(9, bytes(32)), FOREIGN, arash.node.ctx.authority_id)
        return seal(envelope.encode_message(msgspec.structs.replace(read, head=head)), *more)  # type: ignore[arg-type]

    monkeypatch.setattr(envelope, "seal", with_a_foreign_head)
    arash.say(sara, "look what I know")
    assert sara.shown(arash) == [] and sara.node.ctx.trust.alarm is None
    assert [answer.code for answer in frames_of(world, Failed, "sara", "arash")] == ["bad_signature"]
    assert arash.states(sara) == ["waiting"]


def test_in_the_authoritys_welcome(world: World, arash: Person, sara: Person) -> None:
    """Nothing is sent after it: no name, no proof, no sign-up."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and body[1:].startswith(b"\xa8welcomed"):
            said = decode_strict(msgspec.msgpack.decode(body, type=Welcomed).welcome.body, Welcome)
            false = msgspec.structs.replace(said, head=issue(Head(0, bytes(32)), FOREIGN, world.link.authority_id))
            return [msgspec.msgpack.encode(Welcomed(issue(false, world.authority_key, world.link.authority_id)))]
        return [body]

    world.carry = carry
    sara.stop()
    world.crossed.clear()
    channel = arash.network.dial_authority([], 0, lambda message: None, lambda: None)
    with pytest.raises(HamrazError) as reason:
        identity.greet(channel, world.link.authority_id)
    assert reason.value.code == "bad_signature"
    assert [target for _, target, _ in world.crossed].count("authority") == 1  # the hello


def test_signed_and_none(world: World, arash: Person) -> None:
    """What the authority has signed for another purpose is no head either."""
    body = msgspec.msgpack.encode([1, 2])
    signed = Signed(body, world.authority_key.sign(Head.CONTEXT, world.link.authority_id, body))
    with pytest.raises(HamrazError) as reason:
        arash.node.ctx.trust.compare(signed, world.authority_key.public, None)
    assert reason.value.code == "bad_statement"
