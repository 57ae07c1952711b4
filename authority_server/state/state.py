"""What the authority knows, in memory: the replayed log, accounts, settings; the database plus the open batch."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from authority_server.state.changes import (
    AccountIs,
    Change,
    ClaimIs,
    Ended,
    Holds,
    LogIs,
    MailHolds,
    NodeIs,
    SettingsAre,
    Told,
    Whole,
)
from authority_server.state.groups import GroupState
from authority_server.state.mail_shares import MailHeld
from authority_server.state.shares import Held
from authority_server.store import files as file_store
from authority_server.store import gone as gone_store
from authority_server.store import mail as mail_store
from authority_server.store import nodes as node_store
from authority_server.store.database import Account, Rows
from authority_server.store.nodes import Claim
from protocol.errors import Damaged, Forged, error
from protocol.log import Log, link_hash
from protocol.log_entries import Genesis, GenesisEntry, KeyEntry, RegisterEntry, encode_entry, read_key_change
from protocol.lookalikes import look
from protocol.messages import Message, encode
from protocol.primitives import SigningKey, digest, random_id
from protocol.statements import Signed, authority_id_of, issue
from protocol.undo import Undo

# 80 bits keep strangers out of a port that answers some tries a second; 128 bits make the owner.
INVITATION_LENGTH = 16
OWNER_CODE_LENGTH = 26
RECOVERING = "recovering"  # the setting that is there while nothing is appended (section 6.5)
BY_ITSELF, BY_HAND = b"1", b"2"  # who has declared it: the latter is the stronger
LINEAGE = "lineage"  # on which cluster of servers this database is, and how often another has taken over there
ERA = "era"  # 16 random bytes: others as soon as something that was acknowledged may be lost
NEEDED = {"invitation", ERA}  # settings without which nobody can be served
BATCH = "batch"  # how many transactions there have been
RUNNING = "running"  # ms for which this authority has run in all: the age of what waits is counted in it


def begin(rows: Rows, key: SigningKey) -> None:
    """The first rows of a new authority: GENESIS and its invitation."""
    authority_id = authority_id_of(key.public)
    raw = encode_entry(GenesisEntry(issue(Genesis(key.public.raw), key, authority_id)))
    log = Log(authority_id)
    log.append(raw)
    rows.add_entry(0, raw, log.hashes[-1])
    rows.save_setting("invitation", new_code(INVITATION_LENGTH).encode())
    rows.save_setting(ERA, random_id())


def new_code(length: int) -> str:
    """A random code of 5 bits a character, as links carry it."""
    return b32encode(secrets.token_bytes(length)).decode().lower()[:length]


@dataclass(slots=True)
class State:
    """Changed by jobs only, together with their rows; whoever reads outside a job cuts the log at the durable size."""

    log: Log
    entries: list[bytes] = field(default_factory=list)
    accounts: dict[bytes, Account] = field(default_factory=dict)
    emails: dict[bytes, bytes] = field(default_factory=dict)  # keyed hash: uid
    looks: dict[str, bytes] = field(default_factory=dict)  # lookalikes.look: uid
    settings: dict[str, bytes] = field(default_factory=dict)
    groups: GroupState = field(default_factory=GroupState)
    ended: set[bytes] = field(default_factory=set)  # whose connections the open batch ends: another key made them
    undo: Undo = field(default_factory=Undo)  # of the open batch
    # what `repair` writes anew: keys of rows that don't hold, accounts that have none, and whether settings didn't hold
    broken_accounts: list[Any] = field(default_factory=list)
    lost_accounts: list[bytes] = field(default_factory=list)
    broken_settings: bool = False
    mail: MailHeld = field(init=False)  # what waits in mailboxes
    files: Held[bytes] = field(init=False)  # what files take, by owner
    backups: Held[bytes] = field(init=False)  # and what backups do
    gone: Held[bytes] = field(init=False)  # items that senders are to be told of
    ran: int = 0  # ms, as RUNNING was at the start
    lost: list[tuple[bytes, bytes]] = field(default_factory=list)  # whose chunks the open batch has no more use for
    # of several nodes on one database:
    noted: list[Change] | None = None  # what the open batch has changed; None: there is nobody to tell
    mark: bytes = b""  # of the newest batch, which no other has
    claims: dict[bytes, Claim] = field(default_factory=dict)  # whose agent is where
    nodes: dict[bytes, tuple[bytes, str, int]] = field(default_factory=dict)  # place, hosts and port of all that run

    def __post_init__(self) -> None:
        self.log.undo = self.undo
        self._join(self.groups)

        def holds(whole: Whole) -> Held[bytes]:
            return Held(self.undo, lambda uid, by: self.note(Holds(whole, uid, by)))

        self.mail = MailHeld(self.undo, lambda *change: self.note(MailHolds(*change)))
        self.files, self.backups, self.gone = holds("files"), holds("backups"), holds("gone")

    def _join(self, groups: GroupState) -> None:
        self.groups, groups.undo, groups.note = groups, self.undo, self.note

    def note(self, change: Change) -> None:
        """Other nodes are to know of this with the batch."""
        noted = self.noted
        if noted is not None:
            # once the commit is there they are let go, and the batch may fail all the same
            self.undo.add(partial(noted.__delitem__, slice(len(noted), None)))
            noted.append(change)

    def followed(self) -> None:
        """What other nodes have written is durable, whatever becomes of the batch."""
        self.undo.clear()
        if self.noted is not None:
            self.noted.clear()

    @classmethod
    def load(cls, rows: Rows, authority_id: bytes, path: str) -> State:
        """Read and check everything; `database_damaged`, or `database_foreign` if it is another key's."""
        state = cls(Log(authority_id), settings=rows.settings())
        for raw, hash in rows.entries():
            state.replay(raw, hash, path)
        state._take_accounts(*rows.accounts(), path)
        if not state.entries or state.accounts.keys() != state.log.users.keys():
            raise Damaged("database_damaged", path=path)
        state.broken_settings = any(table == "settings" for table, _name in rows.damaged)
        if state.broken_settings:  # what is gone of them is made anew
            state.settings.setdefault("invitation", new_code(2 * INVITATION_LENGTH).encode())  # lets nobody in
            state.settings.setdefault(ERA, random_id())
        if not state.settings.keys() >= NEEDED:
            raise Damaged("database_damaged", path=path)
        state._join(GroupState.load(rows, state.log, path))
        state.mail.load(mail_store.waiting(rows))
        for file in file_store.everything(rows):
            held = state.backups if file.is_backup else state.files
            held.change(file.owner, file_store.cost(file.have))
        for sender, count in gone_store.counts(rows):
            state.gone.change(sender, count)
        state.ran = state._running(rows)
        state.mark = node_store.mark_of(rows, state.batch)
        state.claims = dict(node_store.claims(rows))
        state.nodes = node_store.nodes(rows)
        state.undo.clear()
        state.halt(RECOVERING in state.settings)
        return state

    @property
    def running(self) -> int:
        """As it was kept last."""
        return int.from_bytes(self.settings.get(RUNNING, b""))

    def _running(self, rows: Rows) -> int:
        """As it was kept. Where that isn't known, what waits has waited for less than it has: nothing goes early."""
        kept = self.settings.get(RUNNING)
        if kept is not None and len(kept) == 8:
            return self.running
        return max(mail_store.newest(rows), file_store.newest(rows))

    def _take_accounts(self, sound: list[Account], broken: list[Any], path: str) -> None:
        """A row that doesn't hold costs its account what stood there, which its agent says again: no more than that."""
        for account in sound:
            self.accounts[account.uid] = account
            self.emails[account.email] = account.uid
        lost = [uid for uid in self.log.users if uid not in self.accounts]
        if len(lost) > len(broken) or not self.accounts.keys() <= self.log.users.keys():
            raise Damaged("database_damaged", path=path)
        for uid in lost:
            account = Account(uid, self.no_email(uid), 0)
            self.accounts[uid] = account
            self.emails[account.email] = uid
        self.broken_accounts, self.lost_accounts = broken, lost

    @property
    def is_repaired(self) -> bool:
        """Something was made anew at the start, in the place of rows that didn't hold."""
        return bool(self.broken_accounts or self.lost_accounts or self.broken_settings)

    def repair(self, rows: Rows) -> None:
        """Write that, under indexes that are made anew first: they lead to what stood there before."""
        if self.is_repaired:
            rows.rebuild_indexes()
        for key in self.broken_accounts:
            rows.drop_account(key)
        for uid in self.lost_accounts:
            rows.add_account(self.accounts[uid])
        if self.broken_settings:
            for name in sorted(NEEDED):
                rows.save_setting(name, self.settings[name])
            self.note(SettingsAre())
        self.broken_accounts, self.lost_accounts, self.broken_settings = [], [], False

    def replay(self, raw: bytes, hash: bytes, path: str) -> None:
        """The next entry, as the database has it; `database_damaged`, or `key_damaged` if another key has begun it."""
        try:
            self._apply(raw)
        except Forged as reason:
            foreign = reason.values.get("why") in ("wrong_authority", "bad_signature") and not self.entries
            if foreign and link_hash(self.log.hashes[-1], 0, raw) == hash:  # as it was written: by another key
                raise Damaged("key_damaged", path=str(Path(path).with_name("authority.key"))) from reason
            raise Damaged("database_damaged", path=path) from reason
        if self.log.hashes[-1] != hash:
            raise Damaged("database_damaged", path=path)

    def _apply(self, raw: bytes) -> None:
        entry = self.log.append(raw)
        self.undo.add(self.entries.pop)
        self.entries.append(raw)
        if isinstance(entry, RegisterEntry):
            user = next(reversed(self.log.users.values()))
            self.undo.put(self.looks, look(user.name), user.uid)
        elif isinstance(entry, KeyEntry) and read_key_change(entry).new_key is None:
            uid = read_key_change(entry).uid
            self.undo.drop(self.looks, look(self.log.users[uid].name))  # the name is free

    @property
    def halted(self) -> bool:
        """Recovering (section 6.5): nothing is appended."""
        return self.groups.halted

    def halt(self, on: bool = True) -> None:
        self.groups.halted = on

    @property
    def log_halted(self) -> bool:
        """Nothing is appended to the log: recovering, or something that it had is not back yet."""
        return self.halted or self.log.size < self.groups.floor.log

    @property
    def batch(self) -> int:
        """How many transactions the database has had."""
        return int.from_bytes(self.settings.get(BATCH, b""))

    def append(self, rows: Rows, raw: bytes) -> int:
        """Check the next entry, apply it and write it; its index. Raises Forged or `recovering`, with nothing done."""
        if self.log_halted:
            raise error("recovering")
        return self.give_back(rows, raw)

    def give_back(self, rows: Rows, raw: bytes) -> int:
        """The same for an entry that our own signature proves to have been here."""
        self._apply(raw)
        self.note(LogIs())
        n = self.log.size - 1
        rows.add_entry(n, raw, self.log.hashes[-1])
        return n

    def add_account(self, rows: Rows, account: Account) -> None:
        rows.add_account(account)
        self.note(AccountIs(account.uid))
        self.undo.put(self.accounts, account.uid, account)
        self.undo.put(self.emails, account.email, account.uid)

    def save_presence(self, rows: Rows, uid: bytes, presence: Signed, sequence: int) -> None:
        self._change(rows, uid, presence=presence, sequence=sequence)

    def save_log_in(self, rows: Rows, uid: bytes, presence: Signed, sequence: int, generation: Signed) -> None:
        """What a log-in brings, in one row."""
        self._change(rows, uid, presence=presence, sequence=sequence, generation=generation)

    def forget_presence(self, rows: Rows, uid: bytes) -> None:
        """The key that signed it counts no more, and its sequence and the vault's generation with it."""
        self._change(rows, uid, presence=None, sequence=0, generation=None)

    def free_email(self, rows: Rows, uid: bytes) -> None:
        """Another account may have this one's e-mail: what stands there from now on is no e-mail's hash."""
        self.undo.drop(self.emails, self.accounts[uid].email)
        self._change(rows, uid, email=self.no_email(uid))
        self.undo.put(self.emails, self.no_email(uid), uid)  # as it is loaded

    def _change(self, rows: Rows, uid: bytes, **fields: Any) -> None:
        account = replace(self.accounts[uid], **fields)
        rows.save_account(account)
        self.note(AccountIs(uid))
        self.undo.put(self.accounts, uid, account)

    def no_email(self, uid: bytes) -> bytes:
        """What stands for the e-mail of an account that has none (any more)."""
        return digest(b"no e-mail", uid)

    def end(self, uid: bytes) -> None:
        """This account's connections end with the batch."""
        self.undo.add(partial(setattr, self, "ended", self.ended))
        self.ended = self.ended | {uid}
        self.note(Ended(uid))

    def take_ended(self) -> set[bytes]:
        """Whose connections end, once it is durable."""
        ended, self.ended = self.ended, set()
        return ended

    def lose(self, names: list[tuple[bytes, bytes]]) -> None:
        """Chunks that are to go once the batch is durable: (owner, id)."""
        self.undo.add(partial(setattr, self, "lost", self.lost))
        self.lost = self.lost + names

    def take_lost(self) -> list[tuple[bytes, bytes]]:
        """They are to go now."""
        lost, self.lost = self.lost, []
        return lost

    def save_setting(self, rows: Rows, name: str, value: bytes) -> None:
        rows.save_setting(name, value)
        self.note(SettingsAre())
        self.undo.put(self.settings, name, value)

    def drop_setting(self, rows: Rows, name: str) -> None:
        rows.drop_setting(name)
        self.note(SettingsAre())
        self.undo.drop(self.settings, name)

    def claim(self, rows: Rows, uid: bytes, claim: Claim) -> None:
        """An account's agent is there from now on, and nowhere else."""
        node_store.put_claim(rows, uid, claim)
        self.undo.put(self.claims, uid, claim)
        self.note(ClaimIs(uid, claim.node, claim.token, claim.shown, claim.address))

    def release(self, rows: Rows, uid: bytes, token: bytes) -> None:
        """This claim ends, unless another one has taken its place."""
        claim = self.claims.get(uid)
        if claim is not None and claim.token == token:
            node_store.drop_claim(rows, uid)
            self.undo.drop(self.claims, uid)
            self.note(ClaimIs(uid, b"", token, False, ""))

    def tell(self, gid: bytes, uids: Iterable[bytes] | None, message: Message) -> None:
        """Have other nodes push this, as the one that writes it does itself: see `changes.Told`."""
        if self.noted is not None:
            self.note(Told(gid, None if uids is None else sorted(uids), encode(message)))

    def replace_node(self, rows: Rows, node: bytes, place: bytes) -> None:
        """A process begins in this place: the one before it there has ended, or says that it hasn't."""
        for former in node_store.in_place(rows, place):
            if former != node:
                self.end_node(rows, former)

    def begin_node(self, rows: Rows, node: bytes, place: bytes, hosts: str, port: int) -> None:
        """A process runs from now on."""
        node_store.put_node(rows, node, place, hosts, port)
        self.undo.put(self.nodes, node, (place, hosts, port))
        self.note(NodeIs(node, True, place, hosts, port))

    def end_node(self, rows: Rows, node: bytes) -> None:
        """It holds nothing any more."""
        node_store.drop_node(rows, node)
        self.undo.drop(self.nodes, node)
        for uid, claim in list(self.claims.items()):
            if claim.node == node:
                self.undo.drop(self.claims, uid)
        self.note(NodeIs(node, False, b"", "", 0))

    @property
    def invitation(self) -> str | None:
        """What the join link carries; None if it was revoked: what stands there then fits in no link."""
        found = self.settings["invitation"].decode()
        return found if len(found) == INVITATION_LENGTH else None

    def is_invitation(self, code: str) -> bool:
        return hmac.compare_digest(code.encode(), self.settings["invitation"])

    def is_owner_code(self, code: str) -> bool:
        return hmac.compare_digest(owner_hash(code), self.settings.get("owner_code", b""))


def owner_hash(code: str) -> bytes:
    """What is kept of the owner code, 32 bytes."""
    return digest(b"owner code", code.encode())
