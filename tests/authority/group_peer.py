"""Groups as raw clients make them: they sign what a test wants signed, and send it to the authority themselves."""

from __future__ import annotations

import hashlib
import secrets
import weakref
from dataclasses import dataclass, field
from typing import Any

import msgspec

from authority_server.connections.session import GroupSession
from authority_server.core.authority import Authority, Done, Job
from authority_server.state.published import PublishedGroup
from protocol import messages
from protocol.group_entries import (
    ALL,
    MESSAGE_CONTEXT,
    NONE,
    WRAPPED_SIZE,
    Commit,
    CommitEntry,
    Header,
    Join,
    JoinEntry,
    KeyAck,
    Leave,
    LeaveEntry,
    Listed,
    MessageEntry,
    commit_hash,
    encode_entry,
    message_hash,
)
from protocol.messages import (
    Acknowledge,
    ChangeRole,
    ChatStarted,
    Committed,
    Enter,
    Entered,
    Entries,
    Granted,
    GrantKeys,
    LeftGroup,
    MakeCommit,
    Post,
    Posted,
    StartGroup,
)
from protocol.messages import (
    Done as DoneAnswer,
)
from protocol.primitives import SigningKey, random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE, PROOF_GROUP, Signed, issue, prove
from tests.authority.peer import FINGERPRINT, Peer, Person, agent, member, owner

PORT = 4000


class GroupPeer(Peer):
    """A connection to a group's port, in memory."""

    SESSION = GroupSession
    KINDS = messages.FromGroup | messages.Welcomed

    def pushed(self) -> list[tuple[int, bytes]]:
        """(place, entry) of all that has been pushed, in the order of its coming."""
        found = []
        for message in self.inbox:
            if isinstance(message, Entries):
                found += list(enumerate(message.entries, message.start))
        return found

    def left_with(self, circle: Circle) -> str:
        """Why this connection speaks in the group no more."""
        told = [message for message in self.inbox if isinstance(message, LeftGroup)]
        (code,) = [message.code for message in told if message.gid == circle.gid]
        return code


class Batch:
    """From now on the authority's writes wait until `run`, which puts them in one transaction."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.queue: list[tuple[Job[Any], Done]] = []
        authority.run_write = lambda job, done, *_: self.queue.append((job, done))

    def add(self, job: Job[Any]) -> None:
        self.queue.append((job, lambda outcome: None))

    def run(self) -> None:
        queue, self.queue = self.queue, []
        self._authority.settle([done for _, done in queue], self._authority.execute([job for job, _ in queue]))


def people(authority: Authority, **roles: Role) -> dict[str, Person]:
    """Accounts of these names and roles, and `owner`, the super admin, who has given them."""
    first = owner(authority)
    found, peer = {"owner": first}, agent(authority, first)
    for name, role in roles.items():
        found[name] = member(authority, name)
        if role is not Role.BEGINNER:
            latest = authority.state.log.users[found[name].uid].latest
            change = first.role_change(found[name].uid, role, latest)
            peer.ask(ChangeRole(0, change), messages.Appended)
    peer.hang_up()
    return found


_lines: weakref.WeakKeyDictionary[Authority, dict[bytes, Peer]] = weakref.WeakKeyDictionary()


def line(authority: Authority, who: Person) -> Peer:
    """Somebody's connection to the main port, logged in: an account has one."""
    lines = _lines.setdefault(authority, {})
    if who.uid not in lines or lines[who.uid].closed:
        lines[who.uid] = agent(authority, who)
    return lines[who.uid]


@dataclass
class Circle:
    """A group, and what its members have sent so far."""

    authority: Authority
    gid: bytes = field(default_factory=random_id)
    port: int = PORT
    epoch: int = 0
    hash: bytes = NONE
    sent: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)  # uid: newest sequence and hash, in this epoch

    # --- commits ---

    def commit(self, by: Person, members: list[Person], signer: SigningKey | None = None, **changes: Any) -> Signed:
        """The next commit, signed; `changes` replace fields of what would be right."""
        listed = sorted((Listed(who.uid, who.key.public.fingerprint()) for who in members), key=lambda one: one.uid)
        epoch, key_id = self.epoch + 1, secrets.token_bytes(32)
        right = Commit(self.gid, epoch, self.hash, listed, by.uid, key_id, ALL, False, b"", "all", NONE, b"")
        said = msgspec.structs.replace(right, **changes)
        if "wrapped" not in changes and said.history == ALL and said.epoch > 1 and not said.cut:
            said = msgspec.structs.replace(said, wrapped=bytes(WRAPPED_SIZE))  # the authority can't open it
        return issue(said, signer or by.key, self.authority.id)

    def adopt(self, signed: Signed) -> None:
        """This commit is in force from now on."""
        self.epoch, self.hash, self.sent = self.epoch + 1, commit_hash(signed), {}

    def grants(self, members: list[Person]) -> list[Granted]:
        return [Granted(who.uid, NO_DEVICE, b"sealed for " + who.uid) for who in members]

    def start(self, by: Peer, port: int | None = None) -> None:
        by.ask(StartGroup(0, self.gid, self.port if port is None else port), ChatStarted)

    def send_commit(self, by: Peer, signed: Signed, members: list[Person], settings: bytes = b"") -> Committed:
        """Keys and commit, on a connection; raises what it is refused with."""
        by.ask(GrantKeys(0, self.gid, self.epoch + 1, self.grants(members)), DoneAnswer)
        return by.ask(MakeCommit(0, signed, settings), Committed)

    def change(self, peer: Peer, by: Person, members: list[Person]) -> Committed:
        """Commit to these members."""
        signed = self.commit(by, members)
        answer = self.send_commit(peer, signed, members)
        self.adopt(signed)
        return answer

    def create(self, by: Person, members: list[Person]) -> Circle:
        """From the port to the first commit, and everybody comes in and hangs up again."""
        peer = line(self.authority, by)
        self.start(peer)
        self.change(peer, by, members)
        for who in members:
            if who is not by:
                self.join(who).hang_up()
        return self

    # --- on its port ---

    def enter_request(self, peer: Peer, who: Person, **changes: Any) -> Enter:
        nonce = peer.welcome.server_nonce
        proof = prove(PROOF_GROUP, self.gid, nonce, FINGERPRINT, who.uid, who.key, self.authority.id)
        return msgspec.structs.replace(Enter(0, self.gid, who.uid, proof), **changes)

    def enter(self, who: Person) -> GroupPeer:
        """A connection that has come in."""
        peer = GroupPeer(self.authority)
        peer.hello()
        peer.ask(self.enter_request(peer, who), Entered)
        return peer

    def join(self, who: Person) -> GroupPeer:
        """A connection of one who takes the invitation."""
        peer = self.enter(who)
        peer.ask(self.post(self.join_entry(who)), Posted)
        return peer

    def join_entry(self, who: Person) -> bytes:
        return encode_entry(JoinEntry(issue(Join(self.gid, self.epoch, who.uid), who.key, self.authority.id)))

    def leave_entry(self, who: Person) -> bytes:
        return encode_entry(LeaveEntry(issue(Leave(self.gid, self.epoch, who.uid), who.key, self.authority.id)))

    def ack(self, who: Person, **changes: Any) -> Acknowledge:
        right = KeyAck(self.gid, self.epoch, self.hash, who.uid)
        signed = issue(msgspec.structs.replace(right, **changes), who.key, self.authority.id)
        return Acknowledge(0, self.gid, signed)

    def post(self, entry: bytes) -> Post:
        return Post(0, self.gid, entry)

    def message(self, who: Person, text: bytes = b"", signer: SigningKey | None = None, **changes: Any) -> bytes:
        """The next message of somebody; it counts as sent. The authority never opens it, so nothing is sealed."""
        sequence, last = self.sent.get(who.uid, (0, NONE))
        head = self.authority.published.head
        right = Header(
            self.gid, self.epoch, self.hash, who.uid, NO_DEVICE, sequence + 1, random_id(), last, 0, NONE, head
        )
        header = messages.encode(msgspec.structs.replace(right, **changes))
        text += secrets.token_bytes(16)
        signed = header + hashlib.sha256(text).digest()
        entry = MessageEntry(header, text, (signer or who.key).sign(MESSAGE_CONTEXT, self.authority.id, signed))
        self.sent[who.uid] = sequence + 1, message_hash(entry)
        return encode_entry(entry)

    def commit_entry(self, signed: Signed) -> bytes:
        return encode_entry(CommitEntry(signed))


def make_commit(signed: Signed) -> MakeCommit:
    """The request for this commit, whose keys have been brought."""
    return MakeCommit(0, signed, b"")


def known(authority: Authority) -> dict[bytes, Any]:
    """All that an authority knows of its groups, to be compared: as it replays them, and as it answers."""
    return {
        gid: (
            kept.port,
            kept.commit,
            *[getattr(kept.group, name) for name in ("n", "hash", "epoch", "commit_hash", "commit", "creator")],
            kept.group.members,
            kept.group.stale,
            kept.group.ended,
            shown(authority, gid),
        )
        for gid, kept in authority.state.groups.groups.items()
    }


def shown(authority: Authority, gid: bytes) -> PublishedGroup | None:
    """What is published of a group, with its chain head as it is answered now: signed beside the whole log."""
    if gid in authority.published_groups:
        authority.chain_now(gid)
    return authority.published_groups.get(gid)


def reloaded(authority: Authority) -> Authority:
    """What another start makes of the same database."""
    return Authority(authority.store, authority.key, authority.clock)
