"""The original's 28 flaws, tried against ours: each returns what came back, and the check that stopped it."""

from __future__ import annotations

import http.client
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from launch.agent_api import AgentApi
from protocol import frames, messages
from protocol.envelope import INVITATION, seal_info
from protocol.errors import Forged
from protocol.group_entries import MESSAGE_CONTEXT, Leave, LeaveEntry, MessageEntry, encode_entry
from protocol.log import User, link_hash
from protocol.log_entries import GroupEntry, KeyChange, KeyEntry, RoleChange
from protocol.log_entries import encode_entry as encode_log_entry
from protocol.messages import (
    Appended,
    ChangeRole,
    ChatStarted,
    CheckSignUp,
    Deliver,
    Enter,
    Entries,
    Failed,
    Find,
    Found,
    Hello,
    LogPart,
    MorePrekeys,
    NewHead,
    Ping,
    Pong,
    Post,
    Posted,
    Prekeys,
    Reload,
    Reloaded,
    StartGroup,
)
from protocol.primitives import SealKey, random_id, random_nonce
from protocol.roles import Role
from protocol.statements import FoundUser, Head, Prekey, Presence, Signed, decode_strict, issue
from tests.drill.drill import Outcome
from tests.drill.drill_network import WORD, DrillNetwork, key, node, refusal, room
from tests.live.hostile import Mallory, Raw
from tests.live.in_process_network import InProcessNetwork
from tests.processes import LOOPBACK, PASSWORD, Network, free_port, until
from transport.listener import Listener
from transport.places import Places
from transport.tls import Certificate, server_context
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.authority import directory
from web_client.groups import commits as group_commits

_encode = msgspec.msgpack.Encoder().encode


def seen(drill_network: DrillNetwork, kind: str, *where: list[bytes]) -> list[bytes]:
    """The frames of one kind that have crossed."""
    mark = msgspec.msgpack.encode(kind)
    crossed = where or (drill_network.at_authority, drill_network.between_agents, drill_network.at_groups)
    return [body for bodies in crossed for body in bodies if body[1:].startswith(mark)]


def passwords(drill_network: DrillNetwork) -> Outcome:
    drill_network.newcomer()
    crossed = [*drill_network.at_authority, *drill_network.between_agents]
    words = [PASSWORD.encode(form) for form in ("utf-8", "utf-16-le")]
    read = any(word in body for word in words for body in crossed)
    came = f"{len(crossed)} frames, even with TLS taken off: no password in any"
    return Outcome(
        "listened at the wire",
        came,
        read,
        "no password crosses a socket (7.2)",
        (("sign_up", seen(drill_network, "sign_up")[-1]),),
    )


def first_come(drill_network: DrillNetwork) -> Outcome:
    folder = drill_network.folder / f"empty{drill_network.names}"
    folder.mkdir()
    drill_network.names += 1

    def first(link: str) -> str:
        return refusal(lambda: Mallory(link, "firstcome"))

    with pytest.MonkeyPatch.context() as patch, InProcessNetwork(folder, patch) as empty:
        codes = [first(empty.join_link)]
        raw = Raw(empty.server.port)
        raw.send(Hello(messages.VERSION, random_nonce()))
        raw.answer(messages.Welcomed)
        raw.send(CheckSignUp(1, "mallory", "m@example.org", empty.authority.state.invitation, "a" * 26))
        codes.append(raw.answer(Failed).code)
        raw.close()
        through = bool(empty.authority.state.log.users)
    return Outcome("signed up first; then with a made-up owner code", ", ".join(codes), through, codes[0])


def found_by(drill_network: DrillNetwork, agent: Agent, other: Agent, change: Callable[[FoundUser], FoundUser]) -> str:
    """What an agent makes of a changed, rightly signed answer about somebody."""

    def lie(to: bytes | None, message: messages.Message) -> list[messages.Message] | None:
        if isinstance(message, Found):
            words = change(decode_strict(message.found.body, FoundUser))
            return [Found(message.re, issue(words, drill_network.key, drill_network.authority.id))]
        return None

    with drill_network.lying(lie):
        return refusal(lambda: directory.locate(node(agent).ctx, node(agent).authority, node(other).ctx.me.uid))


def foreign_key(drill_network: DrillNetwork) -> Outcome:
    mallory = node(drill_network.mallory).ctx.me

    def change(words: FoundUser) -> FoundUser:
        return msgspec.structs.replace(words, uid=mallory.uid, identity_key=mallory.key.public.raw)

    code = found_by(drill_network, drill_network.newcomer(), drill_network.bob, change)
    return Outcome("the authority's signed “bob is mallory”", code, not code, code)


def redirected(drill_network: DrillNetwork) -> Outcome:
    def change(words: FoundUser) -> FoundUser:
        assert words.presence is not None
        record = decode_strict(words.presence.body, Presence)
        moved = _encode(msgspec.structs.replace(record, port=free_port()))
        return msgspec.structs.replace(words, presence=Signed(moved, words.presence.sig))

    code = found_by(drill_network, drill_network.newcomer(), drill_network.bob, change)
    return Outcome("bob's record with another port", code, not code, code)


def anonymous(drill_network: DrillNetwork) -> Outcome:
    with Raw(drill_network.server.port) as raw:
        raw.send(Hello(messages.VERSION, random_nonce()))
        raw.answer(messages.Welcomed)
        asked = Find(1, "alice", random_nonce())
        raw.send(asked)
        code = raw.answer(Failed).code
    return Outcome("asked for alice, as nobody", code, not code, code, (("find", messages.encode(asked)),))


def impostor(drill_network: DrillNetwork) -> Outcome:
    heard: list[bytes] = []

    def pose(connection: Any) -> None:
        body = connection.receive(2)
        if body is not None:
            heard.append(body)

    context = server_context(Certificate.generate())
    trap = Listener(LOOPBACK, 0, context, node(drill_network.mallory).ctx.network._flusher, pose, Places(4))
    trap.start()
    uid = node(drill_network.bob).ctx.me.uid
    _, record = directory.locate(node(drill_network.alice).ctx, node(drill_network.alice).authority, uid)
    dial = node(drill_network.alice).ctx.network.dial_peer
    code = refusal(lambda: dial([LOOPBACK], trap.port, record.fingerprint, lambda message: None))
    trap.close()
    return Outcome(
        "listened where bob's record says, with a certificate of one's own", code, bool(heard) or not code, code
    )


def guesses(drill_network: DrillNetwork) -> Outcome:
    drill_network.write(drill_network.alice, drill_network.bob, "yes")
    sealed = messages.decode(seen(drill_network, "deliver", drill_network.between_agents)[-1], Deliver).sealed
    hits = 0
    for at in range(len(sealed) - 63):
        for word in (b"yes", b"no"):
            for context in (b"private", b"message", b"text"):
                try:
                    key(drill_network.alice).public.verify(
                        context, drill_network.authority.id, word, sealed[at : at + 64]
                    )
                    hits += 1
                except Forged:
                    pass
    came = f"no signature among the {len(sealed)} bytes: it is sealed with the words"
    return Outcome(
        "tried words against all 64 bytes in a row", came, hits > 0, "signed, then sealed (8.4)", (("sealed", sealed),)
    )


def passed_on(drill_network: DrillNetwork) -> Outcome:
    drill_network.write(drill_network.alice, drill_network.bob, WORD)
    bob = node(drill_network.bob)
    question = "SELECT envelope FROM messages WHERE sender = ? AND envelope IS NOT NULL ORDER BY ord DESC LIMIT 1"
    row = bob.ctx.vault.read(lambda rows: rows.execute(question, (node(drill_network.alice).ctx.me.uid,)).fetchone())
    carol = node(drill_network.carol).ctx.me
    link = bob.links.get(carol.uid)
    prekey = decode_strict(link.channel.request(MorePrekeys(0), Prekeys).prekeys[-1].body, Prekey)
    sealed = SealKey(prekey.key).seal(bytes(row[0]), seal_info(drill_network.authority.id, bob.ctx.me.uid, carol.uid))
    code = refusal(lambda: link.deliver(prekey.id, sealed))
    through = not code or WORD in drill_network.read(drill_network.carol, drill_network.alice)
    return Outcome("alice's signed envelope, sealed anew for carol by bob", code, through, code, (("sealed", sealed),))


def replayed(drill_network: DrillNetwork) -> Outcome:
    drill_network.write(drill_network.alice, drill_network.bob, "only once")
    recorded = messages.decode(seen(drill_network, "deliver", drill_network.between_agents)[-1], Deliver)
    uid = node(drill_network.bob).ctx.me.uid
    node(drill_network.alice).links.get(uid).deliver(recorded.prekey_id, recorded.sealed)
    code = refusal(lambda: node(drill_network.mallory).links.get(uid).deliver(recorded.prekey_id, recorded.sealed))
    count = drill_network.read(drill_network.bob, drill_network.alice).count("only once")
    came = f"the same receipt to alice, {code} to mallory; bob has it {count} time"
    return Outcome(
        "the same bytes once more, by alice and by mallory",
        came,
        count != 1 or not code,
        code,
        (("deliver", recorded.sealed),),
    )


def long_and_past(drill_network: DrillNetwork) -> Outcome:
    text = "x" * 60_000
    drill_network.write(drill_network.alice, drill_network.bob, text)
    recorded = messages.decode(seen(drill_network, "deliver", drill_network.between_agents)[-1], Deliver)
    own = "SELECT 1 FROM own_prekeys WHERE id = ?"
    kept = node(drill_network.bob).ctx.vault.read(lambda rows: rows.execute(own, (recorded.prekey_id,)).fetchone())
    arrived = drill_network.read(drill_network.bob, drill_network.alice)[-1] == text
    came = "60,000 letters arrive; of the key to what was recorded bob has nothing any more"
    through = not arrived or kept is not None
    return Outcome(
        "60,000 letters; a recorded message, with all keys of today",
        came,
        through,
        "a prekey is used once, then deleted (8.5)",
    )


def segments(drill_network: DrillNetwork) -> Outcome:
    with Raw(drill_network.server.port) as raw:
        for byte in frames.encode(messages.encode(Hello(messages.VERSION, random_nonce()))):
            raw.stream(bytes([byte]))
        raw.answer(messages.Welcomed)
        raw.stream(frames.encode(messages.encode(Ping(1))) + frames.encode(messages.encode(Ping(2))))
        answered = [raw.answer(Pong).n for _ in range(2)]
        raw.stream(b"\0\0\0\0")
        codes = raw.refusals()
    came = f"both pings answered; {codes[0]} for the empty frame"
    return Outcome(
        "hello byte by byte, two pings in one segment, an empty frame",
        came,
        answered != [1, 2] or codes != ["bad_frame"],
        "frames (3.2)",
    )


def delimiters(drill_network: DrillNetwork) -> Outcome:
    other = drill_network.circle(drill_network.carol)
    text = f"hello,={other.hex()}"
    drill_network.post(drill_network.bob, text)
    until(lambda: text in drill_network.read_group(drill_network.carol), what="the message")
    return Outcome(
        f"“{text[:14]}…”",
        "the same words, in the same group",
        bool(drill_network.read_group(drill_network.carol, other)),
        "MessagePack, and the group's id in a signed header",
    )


def invited_by(drill_network: DrillNetwork, inviter: Agent, other: Agent, body: bytes) -> str:
    """Why an invitation that somebody sends isn't one; empty if it is."""
    before = set(node(other).groups.rooms)
    node(inviter).messages.compose(node(other).ctx.me.uid, INVITATION, body, random_id())
    chat = ChatId.private(node(inviter).ctx.me.uid)

    def judged() -> str | None:
        newest = other.history(chat, None, None, 1)["messages"]
        return newest[0]["why"] if newest else None

    until(lambda: judged() or set(node(other).groups.rooms) - before, what="the invitation at its reader")
    return judged() or ""


def forged_invitation(drill_network: DrillNetwork) -> Outcome:
    true = msgspec.msgpack.decode(_invitation(drill_network))
    true[0] = [
        true[0][0],
        key(drill_network.mallory).sign(b"group certificate", drill_network.authority.id, true[0][0]),
    ]
    code = invited_by(drill_network, drill_network.mallory, drill_network.newcomer(), _encode(true))
    return Outcome("a certificate that mallory has signed", code, not code, code)


def _invitation(drill_network: DrillNetwork, agent: Agent | None = None) -> bytes:
    question = "SELECT invitation FROM groups WHERE gid = ?"
    found = node(agent or drill_network.bob).ctx.vault.read(
        lambda rows: rows.execute(question, (drill_network.gid,)).fetchone()
    )
    return bytes(found[0])


def old_certificate(drill_network: DrillNetwork) -> Outcome:
    out = drill_network.newcomer()
    gid = drill_network.circle(drill_network.bob, out)
    question = "SELECT invitation FROM groups WHERE gid = ?"
    body = bytes(node(out).ctx.vault.read(lambda rows: rows.execute(question, (gid,)).fetchone())[0])
    drill_network.alice.send_public_message(node(out).ctx.me.name, gid.hex(), True, False, "", None)
    until(lambda: room(out, gid).state != "joined", what="the removal")
    again = random_id()
    node(drill_network.bob).messages.compose(node(out).ctx.me.uid, INVITATION, body, again)
    known = "SELECT 1 FROM messages WHERE id = ?"  # it is no line of their talk
    until(
        lambda: node(out).ctx.vault.read(lambda rows: rows.execute(known, (again,)).fetchone()),
        what="the invitation at its reader",
    )
    code = refusal(lambda: out.answer_invitation(gid.hex(), True))
    return Outcome(
        "the certificate from before the removal, and “join”", code, not code or room(out, gid).state == "joined", code
    )


def port_race(drill_network: DrillNetwork) -> Outcome:
    with socket.create_server((LOOPBACK, free_port())) as taken:
        port = taken.getsockname()[1]
        code = refusal(
            lambda: node(drill_network.alice).authority.request(StartGroup(0, random_id(), port), ChatStarted)
        )
    return Outcome(
        "a port that somebody has taken", f"{code}: it binds before it answers, and another is proposed", not code, code
    )


def beginner_creates(drill_network: DrillNetwork) -> Outcome:
    code = refusal(
        lambda: node(drill_network.mallory).authority.request(StartGroup(0, random_id(), free_port()), ChatStarted)
    )
    return Outcome("start_group by a client of one's own", code, not code, code)


def as_another(drill_network: DrillNetwork) -> Outcome:
    real = next(
        messages.decode(body, Post).entry
        for body in reversed(seen(drill_network, "post"))
        if _is_message(messages.decode(body, Post).entry)
    )
    entry = msgspec.msgpack.decode(real, type=list[Any])
    header = entry[1]
    forged = MessageEntry(
        header,
        entry[2],
        key(drill_network.mallory).sign(MESSAGE_CONTEXT, drill_network.authority.id, header + bytes(32)),
    )
    channel = room(drill_network.mallory, drill_network.gid).channel()
    before = room(drill_network.mallory, drill_network.gid).group.n
    code = refusal(lambda: channel.request(Post(0, drill_network.gid, encode_entry(forged)), Posted))
    through = not code or drill_network.authority.state.groups.groups[drill_network.gid].group.n != before
    return Outcome(
        "a message with alice's header, signed by mallory", code, through, code, (("entry", encode_entry(forged)),)
    )


def _is_message(raw: bytes) -> bool:
    return bool(msgspec.msgpack.decode(raw, type=list[Any])[0] == "message")


def server_reads(drill_network: DrillNetwork) -> Outcome:
    word = "a word that only members know"
    drill_network.post(drill_network.alice, word)
    until(lambda: word in drill_network.read_group(drill_network.bob), what="the message")
    files = b"".join(file.read_bytes() for file in drill_network.folder.glob("authority.db*"))
    read = word.encode() in files or any(word.encode() in body for body in drill_network.at_authority)

    def lie(to: bytes | None, message: messages.Message) -> list[messages.Message] | None:
        if to != node(victim).ctx.me.uid or not isinstance(message, Reloaded | Entries) or not message.entries:
            return None
        changed = [*message.entries[:-1], message.entries[-1][:-80] + bytes(80)]
        return [msgspec.structs.replace(message, entries=changed)]

    victim = drill_network.newcomer()
    gid = drill_network.circle(victim)
    with drill_network.lying(lie):
        room(victim, gid).link.close()
        drill_network.post(drill_network.alice, "don't come", gid)
        code = until(lambda: refusal(lambda: room(victim, gid).refresh()), what="the refusal")
    return Outcome(
        "looked for a word in all it has; changed an entry", f"not there; {code} at the reader", read or not code, code
    )


def proof_again(drill_network: DrillNetwork) -> Outcome:
    recorded = messages.decode(seen(drill_network, "enter")[-1], Enter)
    with Raw(room(drill_network.bob, drill_network.gid).row("port")) as raw:
        raw.send(Hello(messages.VERSION, random_nonce()))
        raw.answer(messages.Welcomed)
        raw.send(recorded)
        code = raw.answer(Failed).code
    return Outcome(
        "a member's proof, from another connection", code, not code, code, (("enter", messages.encode(recorded)),)
    )


def targets_role(drill_network: DrillNetwork) -> Outcome:
    mallory, group = node(drill_network.mallory), room(drill_network.mallory, drill_network.gid).group
    without = [uid for uid in group.members if uid != node(drill_network.alice).ctx.me.uid]
    code = refusal(lambda: group_commits.make(mallory.ctx, mallory.authority, group, without, "", None))
    through = (
        not code
        or node(drill_network.alice).ctx.me.uid
        not in drill_network.authority.state.groups.groups[drill_network.gid].group.members
    )
    return Outcome("a commit without alice, by a beginner", code, through, code)


def roles(drill_network: DrillNetwork) -> Outcome:
    mallory, id = node(drill_network.mallory), drill_network.authority.id

    def user(agent: Agent) -> User:
        uid = node(agent).ctx.me.uid
        until(lambda: node(drill_network.alice).ctx.trust.user(uid), what="the log")
        return node(drill_network.alice).ctx.trust.log.users[uid]

    def ask(signer: Agent, target: Agent, role: Role, prev: int | None = None) -> str:
        uid = node(target).ctx.me.uid
        change = RoleChange(uid, role, node(signer).ctx.me.uid, user(target).latest if prev is None else prev)
        entry = issue(change, key(signer), id)
        return refusal(lambda: node(signer).authority.request(ChangeRole(0, entry), Appended))

    codes = [
        ask(drill_network.mallory, drill_network.mallory, Role.ADMIN),
        ask(drill_network.mallory, drill_network.alice, Role.BEGINNER),
    ]
    guest = drill_network.newcomer()
    first = user(guest).latest
    for role in (Role.ADVANCED, Role.BEGINNER):
        drill_network.give(node(guest).ctx.me.name, role.value)
    codes.append(ask(drill_network.alice, guest, Role.ADVANCED, first))
    through = drill_network.authority.state.log.users[mallory.ctx.me.uid].role is not Role.BEGINNER or not all(codes)
    return Outcome(
        "make me an admin; make alice a beginner; an old promotion again", ", ".join(codes), through, ", ".join(codes)
    )


def removed_reads(drill_network: DrillNetwork) -> Outcome:
    out = drill_network.newcomer()
    gid = drill_network.circle(drill_network.bob, out)
    leave = encode_entry(LeaveEntry(issue(Leave(gid, 1, node(out).ctx.me.uid), key(out), drill_network.authority.id)))
    drill_network.alice.send_public_message(node(out).ctx.me.name, gid.hex(), True, False, "", None)
    until(lambda: room(out, gid).state != "joined", what="the removal")
    drill_network.post(drill_network.alice, "now that you are out", gid)
    channel = room(out, gid).link.open()
    served = channel.request(Reload(0, gid, 0), Reloaded).entries
    code = refusal(lambda: channel.request(Post(0, gid, leave), Posted))
    question = "SELECT max(epoch) FROM group_keys WHERE gid = ?"
    newest = node(out).ctx.vault.read(lambda rows: rows.execute(question, (gid,)).fetchone())[0]
    last = msgspec.msgpack.decode(served[-1], type=list[Any])[0]
    through = (
        newest != 1 or last != "commit" or not code or "now that you are out" in drill_network.read_group(out, gid)
    )
    came = f"the chain ends for them with the {last} that took them out, whose key they don't get; {code} for the rest"
    return Outcome("reload, and the keys from before", came, through, code)


def key_replaced(drill_network: DrillNetwork) -> Outcome:
    victim, id = drill_network.newcomer(), drill_network.authority.id
    log = drill_network.authority.state.log
    bob, mallory = log.users[node(drill_network.bob).ctx.me.uid], key(drill_network.mallory)
    change = KeyChange(bob.uid, mallory.public.raw, "own", bob.uid, bob.latest)
    signed = issue(change, mallory, id)
    entry = encode_log_entry(KeyEntry(signed, None, signed.sig))
    return lied_to(drill_network, victim, [entry], "a KEY entry for bob, under the authority's signed head")


def lied_to(drill_network: DrillNetwork, victim: Agent, entries: list[bytes], sent: str) -> Outcome:
    """A victim is shown these log entries under a head that the authority's key has signed."""
    show_log(drill_network, victim, entries)
    until(lambda: node(victim).ctx.trust.alarm, what="the alarm")
    alarm = node(victim).ctx.trust.alarm
    assert alarm is not None
    code = refusal(lambda: victim.private_chat(node(victim).ctx.me.name, "alice", "anybody there?", False, None))
    return Outcome(
        sent,
        f"the alarm ({alarm['why']}); then {code}",
        not code,
        alarm["why"],
        tuple(("entry", raw) for raw in entries),
    )


def show_log(drill_network: DrillNetwork, victim: Agent, entries: list[bytes]) -> None:
    """Let the authority tell a victim that its log goes on with these, and sign that; until it has been asked."""
    trust, asked = node(victim).ctx.trust, threading.Event()
    size, hash = trust.log.size, trust.log.hashes[-1]
    for n, raw in enumerate(entries, size):
        hash = link_hash(hash, n, raw)
    head = issue(Head(size + len(entries), hash), drill_network.key, drill_network.authority.id)

    def lie(to: bytes | None, message: messages.Message) -> list[messages.Message] | None:
        if to == node(victim).ctx.me.uid and isinstance(message, LogPart):
            asked.set()
            return [LogPart(message.re, entries, head)]
        return None

    with drill_network.lying(lie):
        tell(drill_network, victim, NewHead(head))
        assert asked.wait(10)


def tell(drill_network: DrillNetwork, agent: Agent, message: messages.Message) -> None:
    """The authority says something to somebody, out of turn."""
    caller = drill_network.authority.online.occupant(node(agent).ctx.me.uid)
    assert caller is not None
    with drill_network.authority.lock:
        caller.send(message)


def killed(drill_network: DrillNetwork) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, Network(Path(folder)) as network:
        agent = network.account("sara")
        with agent.program() as api:
            made = api.call("public_chat_method", user_to_add=[], name="workshop", history="all")
            api.call("send_public_message", message=WORD, group_id=made["group_id"])

            def stored() -> bool:
                found = api.call("history", chat=made["chat"], limit=5)["messages"]
                return any(one["text"] == WORD and one["state"] not in ("waiting", "sending") for one in found)

            until(stored, what="the message in the chain")
            network.authority.kill()
            network.authority.start()

            def back() -> bool:
                api.call("try_now")
                return bool(api.call("snapshot")["link"]["up"])

            until(back, 20, "the link")
            answer = api.call("reload_one_chat", group_id=made["group_id"])
        there = any(one["text"] == WORD for one in answer["messages"])
        foreign = foreign_calls(network)
    drill_network.page = foreign
    return Outcome(
        "kill -9 to the authority; started it again",
        "account, group, port and words are there",
        not there,
        "durable before it is acknowledged",
    )


def foreign_calls(network: Network) -> list[str]:
    """What an agent's page says to strangers."""
    port, found = network.agents[0].port, []
    for host, origin, path in (
        ("evil.example", None, "/"),
        (f"localhost:{port}", "http://evil.example", "/"),
        (f"127.0.0.1:{port}", "http://evil.example", "/socket.io/?EIO=4&transport=websocket"),
    ):
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        if origin:
            connection.putheader("Origin", origin)
        connection.endheaders()
        found.append(str(connection.getresponse().status))
        connection.close()
    try:
        with AgentApi(port, token="0" * 32) as api:
            api.call("snapshot")
        found.append("let in")
    except Exception as reason:
        found.append(getattr(reason, "code", type(reason).__name__))
    return found


def foreign_page(drill_network: DrillNetwork) -> Outcome:
    if not drill_network.page:
        killed(drill_network)
    codes = drill_network.page
    return Outcome(
        "a foreign Host, a foreign Origin, both at its socket, a made-up token",
        ", ".join(codes),
        codes[:3] != ["421", "403", "403"] or codes[3] == "let in",
        "Host, Origin and token",
    )


def lost_segment(drill_network: DrillNetwork) -> Outcome:
    drill_network.write(drill_network.alice, drill_network.bob, "before")
    uid = node(drill_network.bob).ctx.me.uid
    cut: list[bytes] = []

    def hear(body: bytes) -> bool:
        if not cut and body[1:].startswith(msgspec.msgpack.encode("deliver")):
            cut.append(body)
            node(drill_network.alice).links.drop(uid)
            return False
        return True

    drill_network.hear = hear
    drill_network.write(drill_network.alice, drill_network.bob, "through a cut")
    drill_network.hear = lambda body: True
    count = drill_network.read(drill_network.bob, drill_network.alice).count("through a cut")
    return Outcome(
        "cut the line as the message crossed it",
        f"it is sent again by itself: bob has it {count} time",
        not cut or count != 1,
        "outbox until the receipt (8.7)",
    )


def two_histories(drill_network: DrillNetwork) -> Outcome:
    one, two = drill_network.newcomer(), drill_network.newcomer()
    size = drill_network.authority.state.log.size
    for agent in (one, two):
        until(lambda agent=agent: node(agent).ctx.trust.log.size == size, what="the log")  # type: ignore[misc]
        show_log(drill_network, agent, [encode_log_entry(GroupEntry(random_id(), 1, random_nonce()))])
        until(lambda agent=agent: node(agent).ctx.trust.log.size > size, what="the log")  # type: ignore[misc]
    one.private_chat(node(one).ctx.me.name, node(two).ctx.me.name, "hello", False, None)
    until(lambda: node(one).ctx.trust.alarm or node(two).ctx.trust.alarm, what="the alarm")
    alarm = node(one).ctx.trust.alarm or node(two).ctx.trust.alarm
    assert alarm is not None
    return Outcome(
        "another history to each of two", f"the alarm ({alarm['why']}) as soon as they talk", False, alarm["why"]
    )


def look_alike(drill_network: DrillNetwork) -> Outcome:
    codes = []
    with Raw(drill_network.server.port) as raw:
        raw.send(Hello(messages.VERSION, random_nonce()))
        raw.answer(messages.Welcomed)
        for n, name in enumerate(("аlice", "ALICE", "al\u200cice"), 1):
            raw.send(CheckSignUp(n, name, "m@example.org", drill_network.authority.state.invitation, None))
            codes.append(raw.answer(Failed).code)
    return Outcome(
        "“аlice” with a Cyrillic а, “ALICE”, “al ice” with a half-space", ", ".join(codes), not all(codes), codes[1]
    )


OURS: list[Callable[[DrillNetwork], Outcome]] = [
    passwords, first_come, foreign_key, redirected, anonymous, impostor, guesses, passed_on, replayed, long_and_past,
    segments, delimiters, forged_invitation, old_certificate, port_race, beginner_creates, as_another, server_reads,
    proof_again, targets_role, roles, removed_reads, key_replaced, killed, lost_segment, two_histories,
    foreign_page, look_alike,
]  # fmt: skip
