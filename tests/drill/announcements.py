"""What a member without rank tries in a group where only some write, with a client of their own making."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from protocol.group_entries import Content, Policy
from protocol.messages import Post, Posted
from protocol.primitives import random_id
from tests.drill.drill import Outcome
from tests.drill.drill_network import DrillNetwork, node, refusal, room, when_whole
from web_client.groups import membership as group_membership
from web_client.groups import outgoing as group_outgoing
from web_client.groups.settings import Change


def announced(drill_network: DrillNetwork) -> Outcome:
    mallory, alice = drill_network.newcomer(), drill_network.alice
    name = node(mallory).ctx.me.name
    made = when_whole(lambda: alice.public_chat_method([name], "news", "all", "ranked"))
    gid = bytes.fromhex(made["group_id"])
    drill_network.join(mallory, gid)
    there = room(mallory, gid)

    def write() -> None:
        sealed = group_outgoing._seal(there, random_id(), Content("text", 0, b"no lessons today", None))
        there.channel().request(Post(0, gid, sealed), Posted)

    def commit(policy: Policy | None, change: Change | None) -> Callable[[], object]:
        return lambda: group_membership.commit_once(there, group_membership.staying(there), "", policy, change)

    with there.work.alone():
        codes = [
            refusal(action)
            for action in (
                write,
                commit("all", None),
                commit(None, lambda now: msgspec.structs.replace(now, name="no news", picture=b"\xff\xd8\xff")),
            )
        ]
    shown = next(one for one in alice.snapshot()["conversations"] if one["chat"] == f"g:{gid.hex()}")
    changed = drill_network.read_group(alice, gid) or shown["name"] != "news" or shown["group"]["write"] != "ranked"
    return Outcome(
        "write an announcement, let everybody write, give the group another name: as a beginner",
        ", ".join(codes),
        bool(changed) or not all(codes),
        codes[0],
    )
