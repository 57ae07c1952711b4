"""A hostile authority, which holds its real key and signs what it likes: what agents make of its lies."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from authority_server.store import groups as group_store
from protocol.group_entries import (
    ChainHead,
    CommitEntry,
    Listed,
    MessageEntry,
    chain_hash,
    commit_hash,
    decode_entry,
    decode_header,
)
from protocol.group_entries import encode_entry as encode_chain_entry
from protocol.log_entries import GroupEntry, RoleEntry
from protocol.log_entries import decode_entry as decode_log_entry
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.messages import Entered, Entries, LastResorts, LogPart, Message, NewHead, Reloaded, Welcomed
from protocol.primitives import OpenKey, SigningKey, random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE, FoundUser, Prekey, Presence, Welcome, decode_strict, issue
from tests.drill.drill import Outcome
from tests.drill.drill_network import DrillNetwork, key, node, refusal, room, when_whole
from tests.drill.flaws import found_by, lied_to, show_log
from tests.processes import until
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.authority import directory


def raws(drill_network: DrillNetwork, gid: bytes) -> list[bytes]:
    """A group's true chain, entry 1 first."""
    read = drill_network.authority.write_now  # in the one thread that uses the database
    return read(lambda state, rows: list(group_store.entries(rows, gid, 0, state.groups.groups[gid].group.n, 1 << 30)))


def shown(
    drill_network: DrillNetwork, victim: Agent, gid: bytes, entries: list[bytes], epoch: int | None = None
) -> str:
    """By which name a victim refuses these entries as the chain's next, under a head that the authority signs."""
    group = room(victim, gid).group
    n, hash = group.n, group.hash
    for raw in entries:
        n += 1
        hash = chain_hash(hash, n, raw)
    head = issue(
        ChainHead(gid, n, hash, epoch or group.epoch, node(victim).ctx.trust.log.size),
        drill_network.key,
        drill_network.authority.id,
    )

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to != node(victim).ctx.me.uid:
            return None
        match message:
            case Entered():
                return [Entered(message.re, head)]
            case Reloaded():
                return [Reloaded(message.re, group.n + 1, entries, head)]
            case Entries():
                return []
        return None

    with drill_network.lying(lie):
        room(victim, gid).link.close()
        return str(until(lambda: refusal(lambda: room(victim, gid).refresh()), what="the refusal"))


def verdict(drill_network: DrillNetwork, victim: Agent, gid: bytes, code: str) -> tuple[str, str]:
    """(what came, the check): a broken group says by which rule."""
    alarm = node(victim).ctx.trust.alarm
    if alarm is not None:
        return f"the alarm ({alarm['why']})", str(alarm["why"])
    why = room(victim, gid).row("trouble") or code
    return f"{code} ({why}): nothing of it is kept", str(why)


def in_circle(drill_network: DrillNetwork) -> tuple[Agent, bytes]:
    """A guest who is in a new group with alice and bob."""
    victim = drill_network.newcomer()
    return victim, drill_network.circle(drill_network.bob, victim)


def away(drill_network: DrillNetwork, victim: Agent, gid: bytes, say: Callable[[], None]) -> list[bytes]:
    """What comes into the chain while a victim hears nothing of it."""
    before = room(victim, gid).group.n

    def silent(to: bytes | None, message: Message) -> list[Message] | None:
        return [] if to == node(victim).ctx.me.uid and isinstance(message, Entries) else None

    with drill_network.lying(silent):
        say()
    return raws(drill_network, gid)[before:]


# --- the lies ---


def swapped_key(drill_network: DrillNetwork) -> Outcome:
    alice, bob, mallory = node(drill_network.alice).ctx.me, node(drill_network.bob).ctx.me, key(drill_network.mallory)

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to == alice.uid and isinstance(message, LastResorts):
            forged = issue(
                Prekey(bob.uid, NO_DEVICE, random_id(), 9, OpenKey.generate().public.raw),
                mallory,
                drill_network.authority.id,
            )
            whose = [one and decode_strict(one.body, Prekey).uid for one in message.prekeys]
            mixed = [forged if uid == bob.uid else one for uid, one in zip(whose, message.prekeys, strict=True)]
            return [LastResorts(message.re, mixed)]
        return None

    with drill_network.lying(lie):
        code = refusal(lambda: drill_network.alice.public_chat_method([bob.name], "circle", "all"))
    return Outcome("its own key as bob's, to have a group's key sealed to it", code, not code, code)


def swapped_presence(drill_network: DrillNetwork) -> Outcome:
    mallory = key(drill_network.mallory)

    def own(words: FoundUser) -> FoundUser:
        record = Presence(words.uid, NO_DEVICE, 1 << 40, ["127.0.0.1"], 4040, bytes(32))
        return msgspec.structs.replace(words, presence=issue(record, mallory, drill_network.authority.id))

    victim = drill_network.newcomer()
    _, newest = directory.locate(node(victim).ctx, node(victim).authority, node(drill_network.bob).ctx.me.uid)
    old = issue(msgspec.structs.replace(newest, sequence=0), key(drill_network.bob), drill_network.authority.id)
    codes = [
        found_by(drill_network, victim, drill_network.bob, own),
        found_by(drill_network, victim, drill_network.bob, lambda words: msgspec.structs.replace(words, presence=old)),
    ]
    return Outcome(
        "where bob is, by its own signature; and an old record of bob's", ", ".join(codes), not all(codes), codes[0]
    )


def ghost(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)
    group, mallory = room(victim, gid).group, node(drill_network.mallory).ctx.me
    listed = [Listed(uid, member.key) for uid, member in group.members.items()]
    listed.append(Listed(mallory.uid, mallory.key.public.fingerprint()))
    before = group.commit
    assert before is not None
    commit = msgspec.structs.replace(
        before,
        epoch=group.epoch + 1,
        previous=group.commit_hash,
        members=sorted(listed, key=lambda one: one.uid),
        key_id=bytes(32),
        cut=False,
        wrapped=bytes(60),
    )
    signed = issue(commit, SigningKey.generate(), drill_network.authority.id)  # alice's key isn't to be had
    show_log(drill_network, victim, [encode_log_entry(GroupEntry(gid, commit.epoch, commit_hash(signed)))])
    until(lambda: len(node(victim).ctx.trust.log.groups[gid]) == commit.epoch, what="the log")
    entry = encode_chain_entry(CommitEntry(signed))
    code = shown(drill_network, victim, gid, [entry], commit.epoch)
    came, check = verdict(drill_network, victim, gid, code)
    through = not code or mallory.uid in room(victim, gid).group.members
    return Outcome("a commit in alice's name with one more member, and its entry in the log", came, through, check)


def forked(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)
    group = room(victim, gid).group
    head = issue(
        ChainHead(gid, group.n, bytes(32), group.epoch, node(victim).ctx.trust.log.size),
        drill_network.key,
        drill_network.authority.id,
    )

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        forked = to == node(victim).ctx.me.uid and isinstance(message, Entered)
        return [Entered(message.re, head)] if forked and isinstance(message, Entered) else None

    with drill_network.lying(lie):
        room(victim, gid).link.close()
        code = until(lambda: refusal(lambda: room(victim, gid).refresh()), what="the refusal")
    came, check = verdict(drill_network, victim, gid, code)
    return Outcome("another hash of the chain, signed", came, node(victim).ctx.trust.alarm is None, check)


def reordered(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)
    first, second = away(
        drill_network,
        victim,
        gid,
        lambda: (
            drill_network.post(drill_network.alice, "one", gid),
            drill_network.post(drill_network.alice, "two", gid),
        )[0],
    )
    came, check = verdict(drill_network, victim, gid, shown(drill_network, victim, gid, [second, first]))
    return Outcome(
        "two messages the other way round, under a new head",
        came,
        "two" in drill_network.read_group(victim, gid),
        check,
    )


def truncated(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)

    def say() -> None:
        drill_network.post(drill_network.alice, "one", gid)
        until(lambda: "one" in drill_network.read_group(drill_network.bob, gid), what="the message")
        drill_network.post(drill_network.bob, "I agree", gid)

    _gone, answer = away(drill_network, victim, gid, say)
    came, check = verdict(drill_network, victim, gid, shown(drill_network, victim, gid, [answer]))
    return Outcome(
        "the answer without what it answers", came, "I agree" in drill_network.read_group(victim, gid), check
    )


def old_role(drill_network: DrillNetwork) -> Outcome:
    victim = drill_network.newcomer()
    name = node(victim).ctx.me.name
    for role in (Role.ADVANCED, Role.BEGINNER):
        drill_network.give(name, role.value)
    size = drill_network.authority.state.log.size
    until(lambda: node(victim).ctx.trust.log.size == size, what="the log")
    entries = drill_network.authority.state.entries
    promoted = next(raw for raw in reversed(entries[:-1]) if isinstance(decode_log_entry(raw), RoleEntry))
    return lied_to(drill_network, victim, [promoted], "an old promotion once more, as the log's newest entry")


def two_logs(drill_network: DrillNetwork) -> Outcome:
    one, two = drill_network.newcomer(), drill_network.newcomer()
    size = drill_network.authority.state.log.size
    for agent in (one, two):
        until(lambda agent=agent: node(agent).ctx.trust.log.size == size, what="the log")  # type: ignore[misc]
        show_log(
            drill_network,
            agent,
            [encode_log_entry(GroupEntry(random_id(), 1, bytes([node(agent).ctx.me.uid[0]]) * 32))],
        )
        until(lambda agent=agent: node(agent).ctx.trust.log.size > size, what="the log")  # type: ignore[misc]
    code = one.safety_number(node(two).ctx.me.name)["code"]
    verdict = two.compare_safety(node(one).ctx.me.name, code)["log"]
    alarm = node(two).ctx.trust.alarm
    came = f"“{verdict}” when they compare in person, and the alarm" if alarm else f"“{verdict}”"
    return Outcome("a log of its own to each of two", came, verdict != "split" or alarm is None, "log_split")


def foreign_certificate(drill_network: DrillNetwork) -> Outcome:
    victim = drill_network.newcomer()

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if not isinstance(message, Welcomed):
            return None
        words = decode_strict(message.welcome.body, Welcome)
        return [
            Welcomed(
                issue(
                    msgspec.structs.replace(words, fingerprint=bytes(32)), drill_network.key, drill_network.authority.id
                )
            )
        ]

    link = node(victim).authority
    with drill_network.lying(lie):
        assert link.channel is not None
        link.channel.close()
        code = until(lambda: refusal(lambda: link.connect()), what="the refusal")
    until(lambda: link.up, 20, "the link")
    return Outcome("WELCOME for another certificate than is on the socket", code, False, code)


def old_epoch(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)
    drill_network.post(drill_network.bob, "said before", gid)
    until(lambda: "said before" in drill_network.read_group(victim, gid), what="the message")
    old = raws(drill_network, gid)[-1]
    header = decode_header(_message(old).header)
    third = drill_network.newcomer()
    node(drill_network.alice).authority.log.refresh()
    when_whole(
        lambda: drill_network.alice.send_public_message(node(third).ctx.me.name, gid.hex(), True, True, "", None)
    )
    until(lambda: room(victim, gid).group.epoch == 2, what="the new epoch")
    code = shown(drill_network, victim, gid, [old])
    came, check = verdict(drill_network, victim, gid, code)
    assert header.epoch == 1
    return Outcome("a message of the epoch before, as the newest", came, not code, check)


def _message(raw: bytes) -> MessageEntry:
    entry = decode_entry(raw)
    assert isinstance(entry, MessageEntry)
    return entry


def withheld_receipts(drill_network: DrillNetwork) -> Outcome:
    reader = drill_network.newcomer()
    name, uid = node(reader).ctx.me.name, node(reader).ctx.me.uid
    until(lambda: node(drill_network.bob).ctx.trust.log.by_name(name), what="the log")
    reader.log_out()
    drill_network.bob.private_chat("bob", name, "are you there?", False, None)
    chat = ChatId.private(uid)

    def state() -> str:
        return str(drill_network.bob.history(chat, None, None, 1)["messages"][0]["state"])

    until(lambda: state() not in ("waiting", "sending"), what="the message at the authority")
    now = state()
    came = f"it says “{now}”, and stays in the outbox until the reader's own receipt"
    return Outcome(
        "“it is stored”, and no receipt", came, now in ("delivered", "read"), "receipts are the reader's (8.6)"
    )


def withheld_removal(drill_network: DrillNetwork) -> Outcome:
    out = drill_network.newcomer()
    victim, gid = drill_network.newcomer(), b""
    gid = drill_network.circle(victim, out)
    group = room(victim, gid).group
    head = issue(
        msgspec.structs.replace(_chain_head(drill_network, gid), n=group.n, hash=group.hash, epoch=group.epoch),
        drill_network.key,
        drill_network.authority.id,
    )

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to != node(victim).ctx.me.uid:
            return None
        match message:
            case Entries():
                return []
            case Entered():
                return [msgspec.structs.replace(message, chain=head)]
            case Reloaded():
                return [msgspec.structs.replace(message, entries=[], chain=head)]
        return None

    with drill_network.lying(lie):
        drill_network.alice.send_public_message(node(out).ctx.me.name, gid.hex(), True, False, "", None)
        until(lambda: len(node(victim).ctx.trust.log.groups[gid]) == 2, what="the log")
        victim.send_public_message("between us", gid.hex(), False, None, "", None)
        room(victim, gid).link.close()
        until(lambda: node(victim).ctx.states.has("change_withheld", gid), what="the name for it")
        written = "between us" in drill_network.read_group(drill_network.alice, gid)
    shown = [one["code"] for one in victim.snapshot()["states"]]
    came = f"{', '.join(shown)}: what the victim writes waits"
    return Outcome("the log with the removal, the chain without it", came, written, "change_withheld")


def _chain_head(drill_network: DrillNetwork, gid: bytes) -> ChainHead:
    return decode_strict(drill_network.authority.published_groups[gid].chain.body, ChainHead)


def withheld_log(drill_network: DrillNetwork) -> Outcome:
    victim, friend = drill_network.newcomer(), drill_network.newcomer()
    name = node(friend).ctx.me.name
    until(lambda: node(victim).ctx.trust.log.by_name(name), what="the log")
    size = node(victim).ctx.trust.log.size

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to != node(victim).ctx.me.uid:
            return None
        if isinstance(message, NewHead):
            return []
        if isinstance(message, LogPart):
            return [
                LogPart(
                    message.re,
                    [],
                    issue(node(victim).ctx.trust.log.head, drill_network.key, drill_network.authority.id),
                )
            ]
        return None

    with drill_network.lying(lie):
        drill_network.newcomer()  # a new entry, which the victim isn't told of
        until(lambda: node(friend).ctx.trust.log.size > size, what="the log")
        code = friend.safety_number(node(victim).ctx.me.name)["code"]
        verdict = victim.compare_safety(name, code)["log"]
        friend.private_chat(name, node(victim).ctx.me.name, "look", False, None)
        until(lambda: node(victim).ctx.states.has("log_behind", b""), 30, what="the name for it")
    return Outcome(
        "no entry more, though its signed head says there are",
        f"log_behind; “{verdict}” in person",
        verdict == "same",
        "log_behind",
    )


LIES: list[tuple[str, str, Callable[[DrillNetwork], Outcome]]] = [
    ("a swapped key", "read a group", swapped_key),
    ("a swapped presence record", "be called in bob's place", swapped_presence),
    ("a ghost member", "sit in a group unseen", ghost),
    ("a forked history", "tell each member another story", forked),
    ("a reordered history", "turn what was said round", reordered),
    ("a truncated history", "leave out what was said", truncated),
    ("replayed role entries", "give back a role that was taken away", old_role),
    ("two logs", "show each person other keys", two_logs),
    ("a foreign certificate", "stand between", foreign_certificate),
    ("a message under an old epoch", "have old words count as new", old_epoch),
    ("a withheld removal", "have somebody read on who was removed", withheld_removal),
    ("a withheld log", "keep an ended account alive for somebody", withheld_log),
    ("withheld receipts", "have a message count as read", withheld_receipts),
]
