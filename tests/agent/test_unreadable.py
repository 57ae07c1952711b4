"""Every cause of the closed list for which a message can't be read: where it comes from, and what heals it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol import kinds
from protocol.group_seals import Invitation, seal_message
from protocol.messages import Deliver, FetchGrant
from protocol.primitives import EpochKey, random_id
from protocol.roles import Role
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageRemoved
from web_client.groups import outgoing as group_outgoing
from web_client.groups import rows as group_rows

API = (Path(__file__).parents[2] / "docs" / "agent-api.md").read_text(encoding="utf-8")


def private() -> tuple[Person, Person]:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    return arash, sara


def whys(shown: list[dict[str, Any]]) -> list[str]:
    return [message["why"] for message in shown if message["kind"] == "unreadable"]


def without_its_key() -> list[str]:
    """The grant of an epoch doesn't come; it is asked for again at every step, and opens what waited for it."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest, other = group_world.people
    asked: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "sara" and decoded(body, FetchGrant):
            asked.append(body)
            return []
        return [body]

    group_world.world.carry = carry
    owner.node.groups.command(group_world.gid, other.uid, False, "")
    group_world.say(owner, "with a new key")
    found = whys(group_world.shown(guest))
    before = len(asked)
    group_world.room(guest).wake.set()
    group_world.come_to_rest()
    assert len(asked) > before  # again, and not once only
    group_world.world.carry = lambda source, target, body: [body]
    guest.network.cut("authority")
    group_world.come_to_rest()
    assert whys(group_world.shown(guest)) == [] and group_world.texts(guest)[-1] == "with a new key"
    return found


def written_before_one_came() -> list[str]:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1, history="joining")
    owner, _guest, late = group_world.people
    group_world.everybody_joins()
    for text in ("one", "two"):
        group_world.say(owner, text)
    owner.node.groups.command(group_world.gid, late.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(owner, "three")
    assert group_world.texts(late) == ["three"]
    (chat,) = [one for one in late.agent().snapshot()["conversations"] if one["kind"] == "group"]
    assert chat["unread"] == 1  # what is closed is not unread
    return whys(group_world.shown(late))


def sealed_with_another_key(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A member whose agent encrypts with a key of its own: the others say so, and the chain goes on."""
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people

    def wrong(header: Any, content: Any, epoch_key: Any, key: Any, authority_id: bytes) -> Any:
        return seal_message(header, content, EpochKey.generate(), key, authority_id)

    with monkeypatch.context() as then:
        then.setattr(group_outgoing, "seal_message", wrong)
        group_world.say(owner, "to nobody")
    group_world.say(owner, "to everybody")
    assert group_world.texts(guest) == ["to everybody"]
    return whys(group_world.shown(guest))


def of_another_form() -> list[str]:
    arash, sara = private()
    arash.node.messages.compose(sara.uid, kinds.REPLY, b"\x90", random_id())
    arash.deliver()
    return whys(sara.shown(arash))


def of_an_unknown_kind() -> list[str]:
    arash, sara = private()
    arash.node.messages.compose(sara.uid, "poll", b"", random_id())
    arash.deliver()
    return whys(sara.shown(arash))


def with_a_certificate_that_does_not_hold() -> list[str]:
    """An invitation into a group that the log doesn't have."""
    group_world = GroupWorld(Role.BEGINNER)
    owner, guest = group_world.people
    body = owner.vault.read(
        lambda rows: bytes(rows.execute("SELECT body FROM messages WHERE kind = 'invitation'").fetchone()[0])
    )
    good = msgspec.msgpack.decode(body, type=Invitation)
    other = owner.node.groups.create("other", [owner.uid], "all")
    entry = owner.vault.read(lambda rows: group_rows.commit_of(rows, other.gid, 1))
    assert entry is not None
    commit = entry.signed
    owner.node.messages.compose(
        guest.uid, "invitation", msgspec.msgpack.encode(Invitation(good.certificate, commit, "a trap")), random_id()
    )
    group_world.world.settle()
    return whys(guest.shown(owner))


CAUSES: dict[str, Callable[..., list[str]]] = {
    "no_key": without_its_key,
    "before_you": written_before_one_came,
    "cannot_open": sealed_with_another_key,
    "bad_statement": of_another_form,
    "unknown_kind": of_an_unknown_kind,
    "bad_certificate": with_a_certificate_that_does_not_hold,
}
# With tests of their own: an invitation signed by another key, and a message under a key that counts no more.
ELSEWHERE = {"bad_signature", "key_revoked"}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_is_named(cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CAUSES[cause]
    found = made(monkeypatch) if made is sealed_with_another_key else made()
    assert set(found) == {cause}


def test_the_list_is_the_document_s() -> None:
    listed = API.split("`why` names the cause: ")[1].split(", or the code")[0]
    assert set(re.findall(r"`([a-z_]+)`", listed)) == CAUSES.keys() | ELSEWHERE


def test_a_message_that_opens_takes_the_place_of_what_could_not_be_read(
    world: World, arash: Person, sara: Person
) -> None:
    """By the mailbox something comes that doesn't open; the same message straight, and even as a mark, mends it."""
    order = arash.say(sara, "one")
    sara.stop()
    world.carry = lambda source, target, body: [body]
    edit = arash.agent().edit_message
    edit(ChatId.private(sara.uid), order, "two", None)
    arash.deliver()  # waits in the mailbox, sealed to a key that sara is about to lose
    sara.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET key = (SELECT randomblob(96))"))
    sara.restart()
    sara.node.mailbox.step()
    assert whys(sara.shown(arash)) != []
    sara.changes.clear()
    arash.deliver()
    assert sara.texts(arash) == ["two"] and whys(sara.shown(arash)) == []
    assert [True for event in sara.changes if isinstance(event, MessageRemoved)] == [True]
    assert not [body for _source, _target, body in world.crossed if decoded(body, Deliver) is None and b"two" in body]
