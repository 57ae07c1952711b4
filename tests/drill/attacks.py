"""What attackers did to an earlier version of ours, seen running then; each is one of its kind."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from protocol import kinds
from protocol.authority_messages import MAIL_TOGETHER
from protocol.envelope import TEXT
from protocol.group_entries import Retract, RetractEntry, encode_entry
from protocol.log import link_hash
from protocol.log_entries import GroupEntry
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.messages import (
    Committed,
    Deposit,
    Done,
    DropMail,
    Entered,
    Failed,
    LastResorts,
    LogPart,
    MailItem,
    MakeCommit,
    Message,
    NewHead,
    Post,
    Posted,
)
from protocol.primitives import random_id, random_nonce
from protocol.statements import NO_DEVICE, Head, issue
from tests.drill.announcements import announced
from tests.drill.drill import Outcome
from tests.drill.drill_network import DrillNetwork, key, node, refusal, room, when_whole
from tests.drill.flaws import show_log, tell
from tests.drill.lies import in_circle
from tests.processes import PASSWORD, until
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.groups import commits as group_commits
from web_client.groups.rows import JOINED
from web_client.messages import amendments
from web_client.vault.database import Vault

EDITS = 200  # of one message; each was read for the next one once
SHOWABLE = 8_640_000_000_000_000  # ms: the last moment that a browser's Date can hold


@contextmanager
def wrong_clock(agent: Agent, time: int) -> Iterator[None]:
    """What this agent writes meanwhile says that it was written then."""
    ctx, clock = node(agent).ctx, node(agent).ctx.clock
    object.__setattr__(ctx, "clock", lambda: time)  # all of its parts have this one context
    try:
        yield
    finally:
        object.__setattr__(ctx, "clock", clock)


@contextmanager
def errors() -> Iterator[list[str]]:
    """What is logged as an error meanwhile: mistakes of ours."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    keep = Keep(logging.ERROR)
    logging.getLogger("hamraz").addHandler(keep)
    try:
        yield found
    finally:
        logging.getLogger("hamraz").removeHandler(keep)


def far_future(drill_network: DrillNetwork) -> Outcome:
    victim = drill_network.newcomer()
    uid = node(victim).ctx.me.uid
    until(lambda: node(drill_network.mallory).ctx.trust.user(uid), what="the log")
    with wrong_clock(drill_network.mallory, 2**63 - 1):
        drill_network.write(drill_network.mallory, victim, "a message from the end of time")
    chat = ChatId.private(node(drill_network.mallory).ctx.me.uid)
    shown = victim.history(chat, None, None, 5)["messages"][-1]
    victim.snapshot()
    time = shown["time"]
    through = time is not None and not 0 <= time < SHOWABLE
    return Outcome(
        "one message with the time 2⁶³ − 1",
        "it is shown, without a time" if time is None else f"it is shown, with the time {time}",
        through,
        "the agent bounds what its page is shown",
    )


def bricked_group(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)
    when_whole(lambda: drill_network.alice.send_public_message("mallory", gid.hex(), True, True, "", None))
    drill_network.join(drill_network.mallory, gid)
    id, mallory = random_id(), node(drill_network.mallory)
    for rubbish in (id, random_id()):
        item = MailItem(node(victim).ctx.me.uid, NO_DEVICE, rubbish, "message", random_id(), bytes(1200))
        mallory.authority.request(Deposit(0, item), Done)
    until(
        lambda: any(
            one["kind"] == "unreadable"
            for one in victim.history(ChatId.private(mallory.ctx.me.uid), None, None, 50)["messages"]
        ),
        what="the rubbish",
    )
    with errors() as logged:
        mallory.groups.write(gid, TEXT, b"a right message", id)
        until(lambda: "a right message" in drill_network.read_group(drill_network.alice, gid), what="the message")
        drill_network.post(drill_network.alice, "and on it goes", gid)
        until(lambda: "and on it goes" in drill_network.read_group(victim, gid), what="the message after it")
    both = "a right message" in drill_network.read_group(victim, gid)
    return Outcome(
        "rubbish under a chosen id in the mailbox, then a message with that id in the group",
        "both messages stand there",
        not both or bool(logged),
        "rows of a group are named by their place in the chain",
    )


def dribble(drill_network: DrillNetwork) -> Outcome:
    victim = drill_network.newcomer()
    trust = node(victim).ctx.trust
    rule_breaker = encode_log_entry(GroupEntry(random_id(), 7, random_nonce()))
    hash = link_hash(trust.log.hashes[-1], trust.log.size, rule_breaker)
    assert hash
    head = issue(Head(1 << 61, random_nonce()), drill_network.key, drill_network.authority.id)
    asked: list[float] = []

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to != node(victim).ctx.me.uid or not isinstance(message, LogPart):
            return None
        asked.append(time.monotonic())
        return [LogPart(message.re, [rule_breaker], head)] if len(asked) == 1 else []  # then nothing any more

    with drill_network.lying(lie):
        start = time.monotonic()
        tell(drill_network, victim, NewHead(head))
        until(lambda: node(victim).ctx.trust.alarm, 15, what="the alarm")
        took = time.monotonic() - start
        code = refusal(lambda: victim.private_chat(node(victim).ctx.me.name, "alice", "hello", False, None))
    return Outcome(
        "a head of 2⁶¹ entries, one that breaks a rule, and then silence",
        f"the alarm after {took:.1f} s; then {code}",
        took > 5 or not code,
        "the alarm stands before anything more is asked",
    )


def heads_in_groups(drill_network: DrillNetwork) -> Outcome:
    one, two = drill_network.newcomer(), drill_network.newcomer()
    gid = drill_network.circle(one, two)
    size = drill_network.authority.state.log.size
    for agent in (one, two):
        until(lambda agent=agent: node(agent).ctx.trust.log.size == size, what="the log")  # type: ignore[misc]
        show_log(drill_network, agent, [encode_log_entry(GroupEntry(random_id(), 1, random_nonce()))])
        until(lambda agent=agent: node(agent).ctx.trust.log.size > size, what="the log")  # type: ignore[misc]
    one.send_public_message("hello", gid.hex(), False, None, "", None)
    until(lambda: node(one).ctx.trust.alarm or node(two).ctx.trust.alarm, what="the alarm")
    alarm = node(one).ctx.trust.alarm or node(two).ctx.trust.alarm
    assert alarm is not None
    return Outcome(
        "a log of its own to each of two, who talk in a group only",
        f"the alarm ({alarm['why']}) at the first message",
        False,
        "the head in every group message is compared",
    )


def empty_commit(drill_network: DrillNetwork) -> Outcome:
    mallory, group = node(drill_network.mallory), room(drill_network.mallory, drill_network.gid).group
    size = drill_network.authority.state.log.size
    code = refusal(lambda: group_commits.make(mallory.ctx, mallory.authority, group, list(group.members), "", None))
    return Outcome(
        "a commit that changes nothing, by a beginner",
        code,
        not code or drill_network.authority.state.log.size != size,
        code,
    )


def flood_of_drops(drill_network: DrillNetwork) -> Outcome:
    mallory, ended = node(drill_network.mallory), threading.Event()
    items = [(random_nonce(), random_id()) for _ in range(MAIL_TOGETHER)]

    def flood() -> None:
        while not ended.is_set():
            refusal(lambda: mallory.authority.request(DropMail(0, items), Done))

    threads = [threading.Thread(target=flood, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    drill_network.post(drill_network.alice, "through the flood")
    took = time.monotonic() - start
    ended.set()
    for thread in threads:
        thread.join()
    return Outcome(
        "1,000 deletions a request, eight requests at once, without end",
        f"alice's message is in the chain after {took * 1000:.0f} ms",
        took > 3,
        "charged by items; accounts take turns at the disk",
    )


def wrapped_too_long(drill_network: DrillNetwork) -> Outcome:
    mallory = node(drill_network.mallory)
    group = room(drill_network.mallory, drill_network.gid).group
    assert group.commit is not None
    false = [msgspec.structs.replace(group.commit, wrapped=bytes(size)) for size in (60, 59)]
    signed = [issue(commit, key(drill_network.mallory), drill_network.authority.id) for commit in false]
    with errors() as logged:
        codes = [
            refusal(lambda one=one: mallory.authority.request(MakeCommit(0, one, b""), Committed))  # type: ignore[misc]
            for one in signed
        ]
        drill_network.post(drill_network.alice, "and nothing was rolled back")
    return Outcome(
        "a commit with a wrong way back",
        f"{codes[0]}; nothing in the server's log",
        not all(codes) or bool(logged),
        codes[0],
    )


def others_log_ins(drill_network: DrillNetwork) -> Outcome:
    from tests.live.hostile import Raw

    honest = drill_network.newcomer()
    name = node(honest).ctx.me.name
    honest.log_out()
    from protocol import messages
    from protocol.messages import Hello, LogIn

    code = ""
    for n in range(30):
        with Raw(drill_network.server.port) as raw:
            raw.send(Hello(messages.VERSION, random_nonce()))
            raw.answer(messages.Welcomed)
            wrong = issue(Head(n, bytes(32)), key(drill_network.mallory), drill_network.authority.id)
            fields = {
                "rid": 1,
                "uid": node(drill_network.bob).ctx.me.uid,
                "proof": wrong,
                "presence": wrong,
                "head": None,
                "shown": True,
            }
            extra = {one: wrong for one in LogIn.__struct_fields__ if one not in fields}
            raw.send(LogIn(**fields, **extra))
            code = raw.answer(Failed).code
    honest.login(name, PASSWORD)
    until(lambda: node(honest).authority.up, what="the link")
    return Outcome(
        "thirty wrong log-ins from the same address",
        f"{code} to them; who has the proof comes in",
        False,
        "the proof is looked at first",
    )


def false_removal(drill_network: DrillNetwork) -> Outcome:
    victim, gid = in_circle(drill_network)

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to == node(victim).ctx.me.uid and isinstance(message, Entered):
            return [Failed(message.re, "not_member", None, {})]
        return None

    with drill_network.lying(lie):
        room(victim, gid).link.close()
        code = refusal(lambda: room(victim, gid).refresh())
        during = room(victim, gid).state
    refusal(lambda: room(victim, gid).refresh())
    until(lambda: room(victim, gid).state == JOINED, what="the group")
    drill_network.post(drill_network.alice, "still here", gid)
    until(lambda: "still here" in drill_network.read_group(victim, gid), what="the message")
    return Outcome(
        "“not_member”, without a commit that says so",
        f"{code}; still {during}, and it goes on when the lie ends",
        during != JOINED,
        "only a commit in the chain ends membership",
    )


def short_answer(drill_network: DrillNetwork) -> Outcome:
    victim = drill_network.newcomer()

    def lie(to: bytes | None, message: Message) -> list[Message] | None:
        if to == node(victim).ctx.me.uid and isinstance(message, LastResorts):
            return [LastResorts(message.re, [])]
        return None

    from protocol.roles import Role

    drill_network.give(node(victim).ctx.me.name, Role.ADVANCED.value)
    until(lambda: node(victim).ctx.trust.log.users[node(victim).ctx.me.uid].role is Role.ADVANCED, what="the role")
    with errors() as logged, drill_network.lying(lie):
        try:
            code = refusal(lambda: victim.public_chat_method(["bob"], "circle", "all"))
        except ValueError as reason:
            code = ""
            logged.append(str(reason))
    return Outcome(
        "one prekey was asked for, and none is in the answer",
        code or "a mistake of ours",
        not code or bool(logged),
        code,
    )


def flood_of_edits(drill_network: DrillNetwork) -> Outcome:
    # nobody new: what the drill before has shown of a false log is compared as soon as the true one is as long
    writer, reader = drill_network.mallory, drill_network.bob
    name, id = node(reader).ctx.me.name, random_id()
    writer.private_chat(node(writer).ctx.me.name, name, "the first words", False, id.hex())
    chat = ChatId.private(node(writer).ctx.me.uid)

    def shown() -> list[str]:
        found = reader.history(chat, None, None, 50)["messages"]
        return [one["text"] for one in found if one["id"] == id.hex()]

    until(lambda: shown() == ["the first words"], 30, "the message")
    for number in range(EDITS):
        body = kinds.encode_body(kinds.Edit(id, f"edit {number} " + "x" * 2000))
        node(writer).messages.compose(node(reader).ctx.me.uid, kinds.EDIT, body, random_id())
    until(lambda: [text[:9].strip() for text in shown()] == [f"edit {EDITS - 1}"], 60, "the last of them")
    kept = _kept_bodies(node(reader).ctx.vault, kinds.EDIT)
    return Outcome(
        f"{EDITS:,} edits of one message",
        f"the words of {kept} are kept, {len(shown())} line is shown",
        kept > amendments.KEPT[kinds.EDIT] + 1 or len(shown()) != 1,
        "what is superseded is dropped: the next one costs the same",
    )


def _kept_bodies(vault: Vault, kind: str) -> int:
    """How many messages of a kind are kept with their words."""
    question = "SELECT count(*) FROM messages WHERE kind = ? AND length(body) > 0"
    count: int = vault.read(lambda rows: rows.execute(question, (kind,)).fetchone()[0])
    return count


def taken_away(drill_network: DrillNetwork) -> Outcome:
    drill_network.post(drill_network.alice, "these words stay")
    mallory, there = node(drill_network.mallory), room(drill_network.mallory, drill_network.gid)
    until(
        lambda: "these words stay" in drill_network.read_group(drill_network.mallory, drill_network.gid),
        what="the message",
    )
    n, hash, group = there.group.n, there.group.hash, there.group
    said = Retract(drill_network.gid, group.epoch, mallory.ctx.me.uid, n, hash, b"")
    as_alice = msgspec.structs.replace(said, by=node(drill_network.alice).ctx.me.uid)
    codes = [
        refusal(lambda one=one: there.channel().request(Post(0, drill_network.gid, one), Posted))  # type: ignore[misc]
        for one in (
            encode_entry(RetractEntry(issue(word, key(drill_network.mallory), drill_network.authority.id)))
            for word in (said, as_alice)
        )
    ]
    gone = "these words stay" not in drill_network.read_group(drill_network.bob, drill_network.gid)
    return Outcome(
        "take alice's message away, as a beginner and in her name", ", ".join(codes), gone or not all(codes), codes[0]
    )


ATTACKS: list[tuple[str, str, Callable[[DrillNetwork], Outcome]]] = [
    ("one message makes the page unusable", "take somebody's page away", far_future),
    ("a member bricks a group", "end a group for everybody", bricked_group),
    ("an alarm that never comes", "be caught, and go on", dribble),
    ("empty commits", "own every group one is in", empty_commit),
    ("a flood of deletions", "stop all writing", flood_of_drops),
    ("a batch that is rolled back", "make the server do everything again", wrapped_too_long),
    ("others' failed log-ins", "keep a whole address out", others_log_ins),
    ("a false removal", "end somebody's membership by word alone", false_removal),
    ("a short answer", "end a thread", short_answer),
    ("announcements", "be heard where only some write", announced),  # before there is a false log about
    ("heads in group messages", "show each member another log", heads_in_groups),
    ("a flood of edits", "make each message dearer than the one before", flood_of_edits),
    ("somebody else's words", "make everybody forget what was said", taken_away),
]
