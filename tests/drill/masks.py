"""What somebody, or a hostile authority, makes of a profile to be taken for another or to harm who looks at it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from protocol.about import About
from protocol.messages import Done, FetchProfile, Message, ProfileIs, PublishProfile
from protocol.primitives import ProfileKey
from protocol.profiles import Profile, seal_profile
from tests.drill.drill import Outcome
from tests.drill.drill_network import DrillNetwork, key, node
from tests.processes import until
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.messages import profile_rows
from web_client.messages.profile_rows import Own
from web_client.vault.database import value


def show(drill_network: DrillNetwork, by: Agent, to: Agent, profile: Profile, version: int | None = None) -> None:
    """A profile with whatever in it, published, told of and fetched; `version` as it is told."""
    about = About(profile.version if version is None else version, ProfileKey.generate().save())
    sealed = seal_profile(profile, about, key(by), node(by).ctx.authority_id)
    node(by).authority.request(PublishProfile(0, about.version, sealed), Done)
    node(by).ctx.vault.write(lambda rows: profile_rows.keep_own(rows, Own(about, profile, sealed, True)))
    tell(drill_network, by, to, about)


def tell(drill_network: DrillNetwork, by: Agent, to: Agent, about: About) -> None:
    """Write, have it read, and wait until the reader has done with what it tells of the profile."""
    drill_network.write(by, to, "have a look at me")
    chat = ChatId.private(node(by).ctx.me.uid)
    to.mark_read(chat, to.history(chat, None, None, 1)["messages"][-1]["position"])
    told = "SELECT tried FROM profile_told WHERE uid = ? AND version = ?"
    until(
        lambda: node(to).ctx.vault.read(lambda rows: value(rows, told, node(by).ctx.me.uid, about.version)),
        what="the look at the profile",
    )


def seen(by: Agent, of: Agent) -> dict[str, Any]:
    uid = node(of).ctx.me.uid.hex()
    found: dict[str, Any] = next(one for one in by.snapshot()["people"] if one["uid"] == uid)
    return found


def said(by: Agent, of: Agent) -> list[Any]:
    shown = seen(by, of)
    return [shown[name] for name in ("display_name", "alike", "line", "picture")]


def bomb(drill_network: DrillNetwork) -> Outcome:
    mallory, victim = drill_network.newcomer(), drill_network.alice
    uid = node(mallory).ctx.me.uid
    head = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(40_000_000), 9)
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + bytes(4) + pixels
    show(drill_network, mallory, victim, Profile(uid, 1, "A friend", "", picture[:48_000]))
    shown = seen(victim, mallory)
    given = victim.picture(uid.hex())["picture"]
    return Outcome(
        f"{len(picture[:48_000]):,} bytes that become 2.7 GB of pixels, as a face",
        f"{shown['display_name']} stands there with a letter" if given is None else "the page gets it",
        given is not None or shown["picture"] is None,  # the latter: it has not even come
        "a face says that it has a million pixels at most, or is none; the page looks again before it decodes",
    )


def look_alike(drill_network: DrillNetwork) -> Outcome:
    mallory, victim = drill_network.newcomer(), drill_network.alice
    name = "Саrol \u2713"  # its first letters are Cyrillic
    show(drill_network, mallory, victim, Profile(node(mallory).ctx.me.uid, 1, name, "", b""))
    shown = seen(victim, mallory)
    return Outcome(
        f"a profile that calls mallory “{name}”",
        f"the page shows “{shown['display_name'] or shown['name']}”",
        bool(shown["display_name"]) or not shown["alike"],
        "a display name that looks like anybody's here isn't shown",
    )


def older(drill_network: DrillNetwork) -> Outcome:
    friend, victim = drill_network.newcomer(), drill_network.alice
    uid = node(friend).ctx.me.uid
    show(drill_network, friend, victim, Profile(uid, 1, "at the old school", "", b""))
    asked = node(friend).authority.request(FetchProfile(0, uid, 1), ProfileIs)

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if isinstance(message, ProfileIs) and to == node(victim).ctx.me.uid:
            return [msgspec.structs.replace(message, sealed=asked.sealed)]
        return None

    show(drill_network, friend, victim, Profile(uid, 2, "at the new school", "", b""))
    with drill_network.lying(lie):
        show(drill_network, friend, victim, Profile(uid, 3, "retired", "", b""))
    shown = seen(victim, friend)["display_name"]
    return Outcome(
        "version 1 in the place of version 3, by the authority",
        f"“{shown}” stays, which was version 2",
        shown != "at the new school",
        "cannot_open: each version has a key of its own, and an older one takes no newer one's place",
    )


def another(drill_network: DrillNetwork) -> Outcome:
    mallory, victim, carol = drill_network.newcomer(), drill_network.alice, drill_network.carol
    before = said(victim, carol)
    claim = Profile(node(carol).ctx.me.uid, 1, "I have a new number", "write to mallory", b"")
    show(drill_network, mallory, victim, claim)
    return Outcome(
        "a profile with carol's uid in it, signed and published by mallory",
        "nobody's profile changes",
        bool(seen(victim, mallory)["line"]) or said(victim, carol) != before,
        "wrong_recipient",
    )


ATTACKS: list[tuple[str, str, Callable[[DrillNetwork], Outcome]]] = [
    ("a face that is a bomb", "take the memory of whoever looks", bomb),
    ("a display name like somebody else's", "be taken for carol", look_alike),
    ("an older profile", "show what somebody has taken back", older),
    ("a profile with another's uid", "speak for carol", another),
]
