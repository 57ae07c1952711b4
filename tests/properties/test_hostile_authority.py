"""Whatever an authority that holds its own key answers or pushes to one agent, in whatever field: the agent says it by
name, shows all that it has, comes up again, and, where nothing was proved or refused for good, people go on.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from protocol import messages
from protocol.errors import CATALOGUE, HamrazError
from protocol.primitives import random_id
from protocol.roles import Role
from tests import sharing
from tests.properties.hostile import OURS, GroupWithMallory, Mistakes, look_at_everything
from tests.properties.values import fields, value
from tests.protocol.effort import examples
from web_client.account.chat_ids import ChatId

PUSHES = [
    messages.NewHead, messages.Present, messages.Recovering, messages.NewMail, messages.Entries, messages.Acked,
    messages.Seen, messages.Signalled, messages.Regranted, messages.LeftGroup, messages.Ping,
]  # fmt: skip
DOINGS = ["restart", "sync", "write", "group", "reload", "people", "file", "leave a message", "push", "commit"]


class BentAnswers:
    """Stands between the authority and sara, and changes one of the things that come."""

    def __init__(self, with_mallory: GroupWithMallory, data: st.DataObject) -> None:
        self.with_mallory, self.data = with_mallory, data
        key, id = with_mallory.world.authority_key, with_mallory.world.link.authority_id
        with_mallory.pool.sign = lambda context, body: key.sign(context, id, body)
        self.left = -1  # so many more come as they are

    def carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if (source, target) != ("authority", "sara"):
            return [body]
        self.left -= 1
        return [self._bend(body)] if self.left == -1 else [body]

    def _bend(self, body: bytes) -> bytes:
        """The same with a field or two of its own choice."""
        true = msgspec.msgpack.decode(body, type=list[Any])
        kind = messages.TAGS[true[0]]
        inner = inspect.type_info(kind).fields  # type: ignore[attr-defined]
        first = 1 if issubclass(kind, messages.Answer) and self.data.draw(st.integers(0, 9)) else 0
        if len(inner) <= first:
            return body
        for at in self.data.draw(st.lists(st.integers(first, len(inner) - 1), min_size=1, max_size=2)):
            true[at + 1] = self.data.draw(value(inner[at].type, self.with_mallory.pool))
        return msgspec.msgpack.encode(true)

    def push(self) -> None:
        """Something that nobody has asked for, on the line to sara, and on the one of the group."""
        kind = self.data.draw(st.sampled_from(PUSHES))
        body = msgspec.msgpack.encode(self.data.draw(fields(kind, self.with_mallory.pool)))
        for channel in self.with_mallory.sara.network.channels:
            if channel.target == "authority" and not channel.closed:
                channel.take(body)


def do(with_mallory: GroupWithMallory, bent_answers: BentAnswers, what: str) -> None:
    sara, group_world = with_mallory.sara, with_mallory.group_world
    match what:
        case "restart":
            sara.restart()
        case "sync":
            sara.node.authority.log.refresh()
        case "write":
            sara.node.links.drop(with_mallory.arash.uid)  # so that she looks for him anew
            sara.say(with_mallory.arash, "in between")
        case "group":
            group_world.write(sara, "in between")
        case "reload":
            sara.agent().reload_one_chat(group_world.gid.hex())
        case "file":
            sharing.send(sara, ChatId.group(group_world.gid), sharing.content(1000), "notes.txt")
        case "people":
            sara.agent().safety_number("arash")
            sara.node.authority.watch()
        case "leave a message":
            with_mallory.arash.network.new_session, there = None, with_mallory.arash.network.new_session
            try:
                sara.say(with_mallory.arash, "for later")
            finally:
                with_mallory.arash.network.new_session = there
        case "commit":
            group_world.room(with_mallory.arash).refresh()
            with_mallory.arash.node.groups.command(group_world.gid, with_mallory.mallory.uid, False, "")
        case "push":
            bent_answers.push()


@pytest.mark.timeout(3600)
@examples(4)
@given(st.data())
def test_whatever_is_answered_has_a_name_and_everything_is_still_shown(data: st.DataObject) -> None:
    with_mallory = GroupWithMallory(Role.BEGINNER)
    world, sara, arash, group_world = (
        with_mallory.world,
        with_mallory.sara,
        with_mallory.arash,
        with_mallory.group_world,
    )
    bent_answers = BentAnswers(with_mallory, data)
    with Mistakes().watching() as mistakes:
        for _ in range(6):
            world.now += 60_000
            bent_answers.left = data.draw(st.integers(0, 6))
            world.carry = bent_answers.carry
            try:
                do(with_mallory, bent_answers, data.draw(st.sampled_from(DOINGS)))
                sara.settle()
            except HamrazError as reason:
                assert reason.code in CATALOGUE and reason.code not in OURS
            look_at_everything(sara)
        world.carry = lambda source, target, body: [body]
        count = sara.node.ctx.troubles.count
        with contextlib.suppress(HamrazError):
            sara.restart()
        world.now += 24 * 3_600_000
        with contextlib.suppress(HamrazError):
            group_world.come_to_rest()
        look_at_everything(sara)
        assert mistakes.found == [] and count == sara.node.ctx.troubles.count == arash.node.ctx.troubles.count == 0
        for writer, reader in ((arash, sara), (sara, arash)):
            if sara.node.ctx.trust.alarm is None and arash.node.ctx.trust.alarm is None and sara.node.authority.up:
                text = f"and on {random_id().hex()}"
                writer.say(reader, text)
                assert reader.texts(writer)[-1] == text
