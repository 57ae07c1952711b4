"""Somebody with an account and a key of their own who says whatever comes to mind, in every place there is; and what
must hold of the others whatever it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from authority_server.connections.session import Session
from protocol import envelope, group_entries, kinds, messages
from protocol.envelope import PrivateMessage
from protocol.errors import CATALOGUE, HamrazError
from protocol.files import FILE, VOICE, FileBody, VoiceBody
from protocol.group_entries import Content, Header, MessageEntry
from protocol.group_seals import Invitation
from protocol.primitives import SealKey, digest, random_id
from protocol.profiles import Profile, seal_profile
from protocol.roles import Role
from protocol.statements import Envelope, Prekey, Signed, Statement, decode_strict, issue
from tests.groups.group_world import GroupWorld
from tests.properties.forms import every_struct
from tests.properties.values import NUMBERS, Pool, blob, fields, strange, text
from tests.world import Person
from web_client.account.bounds import WHOLE
from web_client.groups import rows as group_rows
from web_client.messages import outgoing

BODIES: dict[str, type[msgspec.Struct]] = {
    **kinds.BODIES,
    FILE: FileBody,
    VOICE: VoiceBody,
    envelope.INVITATION: Invitation,
}
KINDS = [
    *[envelope.TEXT, *BODIES] * 2,
    envelope.TEXT,
    "system",
    "unreadable",
    "deleted",
    "of tomorrow",
    "\u202e",
    "\0",
    "x" * 32,
]
STRUCTS = every_struct()
STATEMENTS = [one for one in STRUCTS if issubclass(one, Statement)]
ENTRIES = get_args(group_entries.Entry)
# places of the wire where somebody with an account speaks, by who listens
PLACES: dict[str, tuple[type[messages.Message], ...]] = {
    "authority": get_args(messages.ToAuthority),
    "stranger": (messages.Hello, *get_args(messages.ToAuthorityBefore)),
    "group": get_args(messages.ToGroup),
    "peer": get_args(messages.ToPeer),
}
ANSWERS = get_args(messages.FromPeer)  # of an agent that is called
OFTEN = [
    "compose", "compose", "private", "group", "group", "entry", "retract", "request", "request", "answer", "profile",
]  # fmt: skip
OURS = {"internal", "peer_failing"}  # codes that say a mistake of ours, or a disk's


class Mistakes(logging.Handler):
    """Whatever is logged as an error, or with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.found.append(record.getMessage() + logging.Formatter().formatException(record.exc_info or (None,) * 3))  # type: ignore[arg-type]

    @contextlib.contextmanager
    def watching(self) -> Iterator[Mistakes]:
        logging.getLogger().addHandler(self)
        try:
            yield self
        finally:
            logging.getLogger().removeHandler(self)


class GroupWithMallory:
    """A group of three, two of whom are honest, with a few words said everywhere; and what mallory knows of it."""

    def __init__(self, role: Role) -> None:
        self.group_world = group_world = GroupWorld(Role.BEGINNER, role)
        group_world.everybody_joins()
        self.arash, self.sara, self.mallory = group_world.people
        self.world = group_world.world
        self.ids = [bytes([at]) * 16 for at in range(1, 8)]
        for writer, reader, id in zip(
            (self.arash, self.sara, self.sara, self.mallory),
            (self.sara, self.arash, self.mallory, self.sara),
            self.ids[:4],
            strict=True,
        ):
            writer.write(reader, "of old", id)
            writer.deliver()
        for writer, id in zip(group_world.people, self.ids[4:], strict=True):
            writer.node.groups.write(group_world.gid, "text", b"of old", id)
            self.world.settle()
        self.pool = self._pool()
        self.world.crossed.clear()

    def _pool(self) -> Pool:
        group, node = self.group_world.kept.group, self.mallory.node
        uids = [person.uid for person in self.group_world.people]
        log = self.world.authority.state.log
        assert node.ctx.trust.head is not None
        raws = [bytes(raw) for raw in self._entries()]
        mine = [[head.body, head.sig] for head in (node.ctx.trust.head, self.group_world.kept.commit)]
        return Pool(
            ids=[bytes(16), b"\xff" * 16, self.group_world.gid, *self.ids],
            hashes=[bytes(32), b"\xff" * 32, *uids, group.hash, group.commit_hash, log.hashes[-1]],
            numbers=[group.epoch, group.epoch + 1, group.n, group.n + 1, log.size - 1, log.size],
            words=[person.name for person in self.group_world.people],
            blobs=[*raws, *(one[0] for one in mine)],
            signed=[[b"", bytes(64)], *mine],
            nested=STRUCTS,
            statements=STATEMENTS,
            sign=lambda context, body: node.ctx.me.key.sign(context, node.ctx.authority_id, body),
            likely={
                "gid": [self.group_world.gid],
                "uid": [node.ctx.me.uid],
                "by": [node.ctx.me.uid],
                "sender": [node.ctx.me.uid],
                "recipient": uids,
                "target": uids,
                "epoch": [group.epoch],
                "commit_hash": [group.commit_hash],
                "to": self.ids,
                "author": uids,
                "rid": [7],
                "re": [7],
                "message_id": self.ids,
            },
        )

    def _entries(self) -> list[Any]:
        question = "SELECT entry FROM group_entries ORDER BY n"
        return self.mallory.vault.read(lambda rows: [row[0] for row in rows.execute(question)])

    # --- what is said ---

    def act(self, what: str, drawn: Any) -> None:
        """Say it; whatever comes back has a name. A minute goes by before the next: what one may do at once comes
        back.
        """
        self.world.now += 60_000
        with contextlib.suppress(HamrazError):
            self.mallory.reconnect()
        try:
            getattr(self, f"_{what}")(**drawn)
        except HamrazError as reason:
            assert reason.code in CATALOGUE and reason.code not in OURS
        self.world.carry = lambda source, target, body: [body]
        self.world.settle()

    def _compose(self, kind: str, body: bytes, time: int, id: bytes) -> None:
        """A right message with claims of its writer's own."""
        me, head = self.mallory.node.ctx.me, self.mallory.node.ctx.trust.head
        assert head is not None
        compose = outgoing.compose
        self.mallory.vault.write(lambda rows: compose(rows, me, self.sara.uid, kind, body, id, time, head))
        self.mallory.deliver()

    def _private(self, message: list[Any], own: list[int], by_mail: bool, id: bytes) -> None:
        """A private message of any form, sealed as it should be; `own` are the fields that mallory has put right."""
        node, to = self.mallory.node, self.sara.uid
        head = node.ctx.trust.head
        assert head is not None
        right = [node.ctx.me.uid, to, self.world.now % 1000 + 10, random_id() * 2, random_id(), self.world.now,
                 [head.body, head.sig], "text", b"words", None]  # fmt: skip
        for at in own:
            message = [*message[:at], right[at], *message[at + 1 :]]
        raw = msgspec.msgpack.encode(message)
        if by_mail:
            answer = node.authority.request(messages.FetchPrekeys(0, [to]), messages.LastResorts).prekeys[0]
            assert answer is not None
            item = messages.MailItem(to, bytes(16), id, "message", *self._seal(raw, answer))
            node.authority.request(messages.Deposit(0, item), messages.Done)
            return
        channel = node.links.get(to).channel
        for prekey in channel.request(messages.MorePrekeys(0), messages.Prekeys).prekeys[:1]:
            channel.request(messages.Deliver(0, *self._seal(raw, prekey)), messages.Delivered)

    def _seal(self, raw: bytes, signed: Signed) -> tuple[bytes, bytes]:
        node = self.mallory.node
        prekey = decode_strict(signed.body, Prekey)
        said = issue(Envelope(prekey.id, digest(b"prekey", prekey.key), raw), node.ctx.me.key, node.ctx.authority_id)
        info = envelope.seal_info(node.ctx.authority_id, node.ctx.me.uid, self.sara.uid)
        return prekey.id, SealKey(prekey.key).seal(msgspec.msgpack.encode(said), info)

    def _group(self, header: list[Any], own: list[int], content: list[Any]) -> None:
        """A message in the group: its header with these fields put right, sealed and signed as it should be."""
        node, room = self.mallory.node, self.group_world.room(self.mallory)
        group, member = room.group, room.group.members[node.ctx.me.uid]
        assert node.ctx.trust.head is not None
        head = [node.ctx.trust.head.body, node.ctx.trust.head.sig]
        right = [self.group_world.gid, group.epoch, group.commit_hash, node.ctx.me.uid, bytes(16), member.sequence + 1,
                 random_id(), member.last, group.n, group.hash, head]  # fmt: skip
        for at in own:
            header = [*header[:at], right[at], *header[at + 1 :]]
        key = node.ctx.vault.read(lambda rows: group_rows.key_of(rows, self.group_world.gid, group.epoch))
        assert key is not None
        raw = msgspec.msgpack.encode(header)
        ciphertext = key.encrypt(raw, msgspec.msgpack.encode(content))
        signed = raw + hashlib.sha256(ciphertext).digest()
        sig = node.ctx.me.key.sign(group_entries.MESSAGE_CONTEXT, node.ctx.authority_id, signed)
        self._post(group_entries.encode_entry(MessageEntry(raw, ciphertext, sig)))

    def _entry(self, entry: list[Any]) -> None:
        self._post(msgspec.msgpack.encode(entry))

    def _retract(self, n: int, reason: bytes) -> None:
        """Of any place, with the hash that is right there."""
        node, group = self.mallory.node, self.group_world.room(self.mallory).group
        at = min(n, group.n)
        hash = node.ctx.vault.read(lambda rows: group_rows.hash_at(rows, self.group_world.gid, at)) or bytes(32)
        said = group_entries.Retract(self.group_world.gid, group.epoch, node.ctx.me.uid, n, hash, reason)
        entry = group_entries.RetractEntry(issue(said, node.ctx.me.key, node.ctx.authority_id))
        self._post(group_entries.encode_entry(entry))

    def _post(self, entry: bytes) -> None:
        channel = self.group_world.room(self.mallory).channel()
        channel.request(messages.Post(0, self.group_world.gid, entry), messages.Posted)

    def _request(self, place: str, message: list[Any]) -> None:
        """Anything, where somebody listens."""
        body = msgspec.msgpack.encode(message)
        match place:
            case "authority":
                self.mallory.node.authority.channel._session.receive(body)  # type: ignore[union-attr]
            case "group":
                self.group_world.room(self.mallory).channel()._session.receive(body)  # type: ignore[attr-defined]
            case "peer":
                self.mallory.node.links.get(self.sara.uid).channel._session.receive(body)  # type: ignore[attr-defined]
            case _:
                quiet = lambda *_: None  # noqa: E731  nobody hears it
                stranger = Session(self.world.authority, self.world.authority_print, quiet, quiet, "10.9.9.9")
                stranger.receive(messages.encode(messages.Hello(messages.VERSION, bytes(32))))
                stranger.receive(body)
                stranger.closed()

    def _answer(self, message: list[Any], follows: bool) -> None:
        """What mallory's agent answers when sara calls it; `follows`: under the number that sara has asked with."""
        said: list[bytes] = []

        def carry(source: str, target: str, body: bytes) -> list[bytes]:
            if (source, target) != ("mallory", "sara"):
                return [body]
            heard = msgspec.msgpack.decode(body, type=list[Any])
            if heard[0] in ("peer_welcome", "failed") or said:
                return [body]
            answer = [message[0], heard[1], *message[2:]] if follows and len(message) > 1 else message
            said.append(msgspec.msgpack.encode(answer))
            return [said[0]]

        self.sara.node.links.drop(self.mallory.uid)
        self.world.carry = carry
        self.sara.write(self.mallory, "what do you say?")
        self.sara.deliver()

    def _profile(self, profile: list[Any], version: int, key: bytes) -> None:
        """A profile of any words, published and told of."""
        node = self.mallory.node
        about = envelope.About(version, key)
        said = Profile(node.ctx.me.uid, version, *profile)
        sealed = seal_profile(said, about, node.ctx.me.key, node.ctx.authority_id)
        node.authority.request(messages.PublishProfile(0, version, sealed), messages.Done)
        head = node.ctx.trust.head
        assert head is not None
        told = [node.ctx.me.uid, self.sara.uid, 0, b"", b"", 0, b"", "text", b"look at me", [version, key]]
        self._private(told, list(range(9)), False, b"")

    # --- what must hold ---

    def check(self, mistakes: Mistakes) -> None:
        """Nothing unnamed has happened; everybody's page shows everything, before and after a restart; people go on."""
        self._quiet(mistakes)
        for person in self.group_world.people[:2]:
            look_at_everything(person)
        for person in self.group_world.people[:2]:
            for conversation in person.agent().snapshot()["conversations"]:
                answer_all(person, conversation["chat"])
            self.world.settle()
            look_at_everything(person)
        for person in self.group_world.people[:2]:
            person.restart()
            self.world.now += 24 * 3_600_000  # what is allowed in a day comes back
        self.group_world.come_to_rest()
        for person in self.group_world.people[:2]:
            look_at_everything(person)
            assert person.node.ctx.trust.alarm is None
            assert self.group_world.room(person).row("trouble") is None
        arash, sara, mallory = self.group_world.people
        for writer, reader in ((arash, sara), (sara, arash)):
            text = f"and on {random_id().hex()}"
            writer.say(reader, text)
            assert reader.texts(writer)[-1] == text and writer.states(reader)[-1] in ("delivered", "read")
            self.group_world.say(writer, text)
            assert self.group_world.texts(reader)[-1] == text
        sara.write(mallory, "still here")
        with contextlib.suppress(HamrazError):
            mallory.reconnect()
        self.world.settle()
        assert sara.states(mallory)[-1] in ("delivered", "authority", "waiting")
        self._quiet(mistakes)

    def _quiet(self, mistakes: Mistakes) -> None:
        assert mistakes.found == []
        for person in self.group_world.people:
            assert person.node.ctx.troubles.count == 0
            assert [trouble for trouble in person.node.ctx.troubles.now() if trouble.code.startswith("vault")] == []
        for source, target, body in self.world.crossed:
            if body[1:8] == b"\xa6failed":
                code = msgspec.msgpack.decode(body, type=list[Any])[2]
                assert source == "mallory" or code not in OURS, (source, target, code)
        self.world.crossed.clear()


def look_at_everything(person: Person) -> None:
    """All that a page may ask for: it comes, in whole numbers and letters that a page has."""
    agent = person.agent()
    snapshot = agent.snapshot()
    fit(snapshot)
    fit(agent.people("", None, 200))
    fit(agent.waiting())
    for kind in (None, "keys", "roles", "groups", "new"):
        fit(agent.log(None, 100, kind))
    for words in ("of old", "x", "\u202e"):
        fit(agent.search(words, None, 100, None))
    for conversation in snapshot["conversations"]:
        look_through(person, conversation["chat"])


def look_through(person: Person, chat: str) -> None:
    """A conversation by pages, both ways, by times and by places; and what vouches for each line."""
    agent = person.agent()
    back: list[dict[str, Any]] = []
    before = None
    while True:
        page = agent.history(chat, before, None, 7)
        fit(page)
        back = [*page["messages"], *back]
        if not page["older"]:
            break
        before = back[0]["position"]
    assert len({message["id"] for message in back}) == len(back)
    forth: list[dict[str, Any]] = []
    while True:
        page = agent.history(chat, None, forth[-1]["position"] if forth else 0, 7)
        forth += page["messages"]
        if not page["newer"]:
            break
    assert [message["order"] for message in forth] == [message["order"] for message in back]
    for at in (0, 1_790_000_000_000, 8_640_000_000_000_000, WHOLE):
        fit(agent.history(chat, None, None, 50, at=at))
    for message in back:
        if message["kind"] != "system":
            fit(agent.message_details(chat, message["order"]))
    if back:
        fit(agent.history(chat, None, None, 5, around=back[len(back) // 2]["order"]))


def answer_all(person: Person, chat: str) -> None:
    """What people do with lines, with the newest ones of others: each call does it, or says by name why it doesn't."""
    agent = person.agent()
    lines = [one for one in agent.history(chat, None, None, 20)["messages"] if not one["mine"]]
    for line in lines:
        order = line["order"]
        for call in (
            lambda: agent.send_message(chat, "what?", order, None),  # noqa: B023
            lambda: agent.react(chat, order, "👍", None),  # noqa: B023
            lambda: agent.file_preview(chat, order),  # noqa: B023
            lambda: agent.file_play(chat, order),  # noqa: B023
            lambda: agent.file_fetch(chat, order),  # noqa: B023
            lambda: agent.retract_message(chat, order, "why") if line["kind"] != "text" else {},  # noqa: B023
        ):
            try:
                fit(call())  # type: ignore[no-untyped-call]
            except HamrazError as reason:
                assert reason.code in CATALOGUE and reason.code not in OURS, reason.code


def fit(shown: Any) -> None:
    """What a page is given is JSON, its numbers are whole ones that JavaScript tells apart, its texts are texts."""
    json.dumps(shown, allow_nan=False).encode()
    stack = [shown]
    while stack:
        match stack.pop():
            case dict() as inner:
                stack += [*inner.keys(), *inner.values()]
            case list() | tuple() as inner:
                stack += inner
            case str() as text:
                text.encode()
            case int() as number:
                assert -WHOLE <= number <= WHOLE, number


# --- what may come to mind ---


@st.composite
def body_of(draw: st.DrawFn, kind: str, pool: Pool) -> bytes:
    """A body of this kind, mostly of its form."""
    form, how = BODIES.get(kind), draw(st.integers(0, 9))
    if kind == envelope.TEXT and how > 1:
        return draw(text(1, None, pool)).encode()
    if form is None or how == 0:
        return draw(blob(0, None, pool))
    try:
        return msgspec.msgpack.encode(draw(fields(form, pool) if how > 1 else strange(form, pool)))
    except (OverflowError, msgspec.MsgspecError):
        return b""


@st.composite
def said(draw: st.DrawFn, pool: Pool) -> tuple[str, bytes]:
    kind = draw(st.sampled_from(KINDS))
    return kind, draw(body_of(kind, pool))


@st.composite
def some(draw: st.DrawFn, count: int, most: int = 2) -> list[int]:
    """All places but a few: those that are not put right."""
    wrong = draw(st.lists(st.integers(0, count - 1), max_size=most))
    return [at for at in range(count) if at not in wrong]


@st.composite
def acts(draw: st.DrawFn, pool: Pool, often: Sequence[str] = OFTEN) -> tuple[str, dict[str, Any]]:
    """One thing that is said: where, and what."""
    what = draw(st.sampled_from(often))
    ids, times = st.sampled_from(pool.ids), st.sampled_from(NUMBERS)
    match what:
        case "compose":
            kind, body = draw(said(pool))
            return what, {"kind": kind, "body": body, "time": draw(times), "id": draw(ids)}
        case "private":
            kind, body = draw(said(pool))
            message = draw(fields(PrivateMessage, pool))
            message[7:9] = [kind, body]
            own = [at for at in draw(some(10)) if at not in (2, 3, 4, 5, 7, 8, 9)] + draw(some(4))[:0]
            own += [at for at in (2, 3) if draw(st.booleans())]
            return what, {"message": message, "own": own, "by_mail": draw(st.booleans()), "id": draw(ids)}
        case "group":
            kind, body = draw(said(pool))
            content = draw(fields(Content, pool))
            content[0], content[2] = kind, body
            if not draw(st.integers(0, 5)):
                content = draw(strange(Content, pool))
            own = [at for at in draw(some(11)) if at != 6] + ([6] if draw(st.booleans()) else [])
            return what, {"header": draw(fields(Header, pool)), "own": own, "content": content}
        case "entry":
            return what, {"entry": draw(fields(draw(st.sampled_from(ENTRIES)), pool))}
        case "retract":
            n = draw(st.sampled_from([*range(pool.numbers[2] + 2), 2**62, 2**63 - 1]))
            return what, {"n": n, "reason": draw(blob(0, 232, pool))}
        case "request":
            place = draw(st.sampled_from(sorted(PLACES)))
            form = draw(st.sampled_from(PLACES[place]))
            return what, {"place": place, "message": draw(fields(form, pool))}
        case "answer":
            form = draw(st.sampled_from(ANSWERS))
            return what, {"message": draw(fields(form, pool)), "follows": draw(st.integers(0, 4)) > 0}
    versions = st.sampled_from([0, 1, 2, 2**32 - 1])
    of = draw(fields(Profile, pool))[2:]
    return what, {"profile": of, "version": draw(versions), "key": draw(st.sampled_from(pool.hashes))}
