"""What members of a group say to the authority: opaque keys and texts of the right size, real proofs and signatures."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import msgspec

from benchmarks.generator import Line, Script
from benchmarks.member import Member, request
from protocol import messages
from protocol.group_entries import (
    MESSAGE_CONTEXT,
    NONE,
    WRAPPED_SIZE,
    ChainHead,
    Commit,
    Header,
    Join,
    JoinEntry,
    Listed,
    MessageEntry,
    commit_hash,
    encode_entry,
    message_hash,
)
from protocol.messages import (
    ChatStarted,
    Committed,
    Done,
    Enter,
    Entered,
    FetchGroup,
    Granted,
    GrantKeys,
    GroupIs,
    MakeCommit,
    Post,
    Posted,
    Reload,
    Reloaded,
    StartGroup,
)
from protocol.primitives import SEAL_OVERHEAD
from protocol.statements import NO_DEVICE, PROOF_GROUP, Signed, Welcome, decode_strict, issue, prove

GRANT_SIZE = SEAL_OVERHEAD + 300  # an EPOCH statement, its signature, and what sealing adds
GRANTS_AT_ONCE = 400
_TAG = 16  # what AEAD adds to a text

_encode = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class Plan:
    """A group as its commander makes it. `commit` is replaced by each change of membership."""

    authority_id: bytes
    gid: bytes
    port: int
    epoch: int = 0
    hash: bytes = NONE

    def commit(self, commander: Member, members: list[Member]) -> Signed:
        """The next commit, signed; these are its members from then on."""
        listed = [Listed(member.uid, member.key.public.fingerprint()) for member in members]
        listed.sort(key=lambda one: one.uid)
        wrapped = secrets.token_bytes(WRAPPED_SIZE) if self.epoch else b""  # the key before, as history is shared
        commit = Commit(
            self.gid, self.epoch + 1, self.hash, listed, commander.uid, secrets.token_bytes(32), "all", False,
            wrapped, "all", NONE, b"",
        )  # fmt: skip
        signed = issue(commit, commander.key, self.authority_id)
        self.epoch, self.hash = commit.epoch, commit_hash(signed)
        return signed

    def create(self, commander: Member, members: list[Member]) -> Script:
        """Negotiate the port and make the first commit, on a connection that is logged in."""
        yield from request(StartGroup(1, self.gid, self.port), ChatStarted)
        yield from self.change(commander, members)

    def change(self, commander: Member, members: list[Member]) -> Script:
        """A commit with the keys that belong to it."""
        signed = self.commit(commander, members)
        grants = [Granted(member.uid, NO_DEVICE, secrets.token_bytes(GRANT_SIZE)) for member in members]
        for first in range(0, len(grants), GRANTS_AT_ONCE):
            part = grants[first : first + GRANTS_AT_ONCE]
            yield from request(GrantKeys(2, self.gid, self.epoch, part), Done)
        yield from request(MakeCommit(3, signed, b""), Committed)

    def enter(self, member: Member, line: Line) -> Script:
        """Come in on the group's port."""
        welcome = yield from member.greet(line)
        yield from self.show(member, line, welcome)

    def show(self, member: Member, line: Line, welcome: Welcome) -> Script:
        """The same on a connection that has been greeted, for one group of perhaps several."""
        proof = prove(
            PROOF_GROUP,
            self.gid,
            welcome.server_nonce,
            line.fingerprint,
            member.uid,
            member.key,
            self.authority_id,
        )
        yield from request(Enter(1, self.gid, member.uid, proof), Entered)

    def join(self, member: Member, line: Line) -> Script:
        """Come in and say that one takes the invitation."""
        yield from self.enter(member, line)
        yield from self.accept(member)

    def accept(self, member: Member) -> Script:
        """Say on a connection that has come in that one takes the invitation."""
        entry = JoinEntry(issue(Join(self.gid, self.epoch, member.uid), member.key, self.authority_id))
        yield from request(Post(2, self.gid, encode_entry(entry)), Posted)

    def newest(self) -> Script:
        """The chain's newest head, on a connection that has come in."""
        answer = yield from request(FetchGroup(3, self.gid), GroupIs)
        return decode_strict(answer.chain.body, ChainHead)

    def reload(self, after: int = 0) -> Script:
        """Fetch the chain after this place; up to which place it came."""
        end = after + 1
        while after < end:
            part = yield from request(Reload(4, self.gid, after), Reloaded)
            end = decode_strict(part.chain.body, ChainHead).n
            after += len(part.entries)
        return after

    def write(self, sender: Member, seen: ChainHead, head: Signed, count: int, text_size: int) -> list[bytes]:
        """So many messages of one sender, chained and signed; texts of `text_size` random bytes."""
        entries, previous = [], NONE
        for sequence in range(1, count + 1):
            header = Header(
                self.gid,
                self.epoch,
                self.hash,
                sender.uid,
                NO_DEVICE,
                sequence,
                secrets.token_bytes(16),
                previous,
                seen.n,
                seen.hash,
                head,
            )
            raw, ciphertext = _encode(header), secrets.token_bytes(text_size + _TAG)
            signed = raw + hashlib.sha256(ciphertext).digest()
            entry = MessageEntry(raw, ciphertext, sender.key.sign(MESSAGE_CONTEXT, self.authority_id, signed))
            previous = message_hash(entry)
            entries.append(encode_entry(entry))
        return entries

    def posts(self, entries: list[bytes]) -> list[bytes]:
        """The requests that carry them, encoded; they are numbered from 1."""
        return [messages.encode(Post(number, self.gid, entry)) for number, entry in enumerate(entries, 1)]
