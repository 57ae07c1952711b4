"""What this agent has checked by itself: the log, replayed and kept, and every head of it that anybody shows.

Two heads signed by the authority that contradict each other are evidence: sending stops, both are kept, the alarm
goes up.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from protocol import evidence, log_entries
from protocol.errors import Damaged, Forged, HamrazError, Refused, Unreachable
from protocol.group_entries import ChainHead
from protocol.log import Log, User
from protocol.messages import FetchLog, LogPart
from protocol.primitives import VerifyKey
from protocol.statements import FoundUser, Head, Signed, check, decode_strict, encode_strict
from web_client.account import checkpoint
from web_client.vault.database import Rows, Vault, save_setting, setting

# Heads ahead of our log that wait for it to grow; a peer can only add heads that the authority signed.
MAX_PENDING = 64

# what follows from new entries, in the transaction that keeps them: the log with them, and they
OnStore = Callable[[Rows, Log, list[log_entries.Entry]], None]

Fetch = Callable[[FetchLog], LogPart]

# What is fetched and not proved by a head yet: a liar's log has no end, or comes a drop at a time. Honest ones are
# slower than this only where nothing works.
MOST_UNPROVEN = 256 * 1024 * 1024  # bytes: a million entries
PATIENCE, SLOW = 20.0, 2048  # seconds, and bytes a second after them
# Evidence that is gathered after the alarm.
MOST_EVIDENCE, MOST_EVIDENCE_BYTES, EVIDENCE_SECONDS = 100_000, 16 * 1024 * 1024, 20.0
SLICE = 256  # entries that are verified in a native thread at a time: some 30 ms, after which whoever ends may end

logger = logging.getLogger("hamraz.trust")


@dataclass(slots=True)
class _Fetched:
    """Entries as they came and decoded, the head that proves them, and all that were shown on the way."""

    entries: list[bytes]
    told: list[log_entries.Entry]
    signed: Signed
    shown: list[Signed]


class VerifiedLog:
    """The replayed log with its signed head, kept in the vault. Thread-safe."""

    def __init__(
        self,
        vault: Vault,
        authority_id: bytes,
        on_alarm: Callable[[dict[str, Any]], None],
        clock: Callable[[], int],
    ) -> None:
        self._vault = vault
        self._clock = clock
        self.on_store: OnStore = lambda rows, log, told: None
        self._lock = threading.RLock()
        self._on_alarm = on_alarm
        self._pending: dict[tuple[int, bytes], tuple[Signed, bytes | None]] = {}
        # of another history: from where, what is held, its size
        self._wanted: tuple[int, list[bytes], int] | None = None
        self._unsaved: Callable[[Rows], None] | None = None
        self.authority_id = authority_id

        def load(rows: Rows) -> tuple[list[bytes], bytes | None, bytes | None, Any]:
            return _entries(rows), setting(rows, "head"), setting(rows, "alarm"), checkpoint.load(rows)

        entries, head, alarm, kept = vault.read(load)
        self.log = checkpoint.take_over(kept, authority_id, entries)
        self._kept = self.log.size  # entries that the checkpoint spares the next opening
        self.unverified = self._kept > 0  # those haven't been verified again since this one
        self.doubt: Damaged | None = None  # they have, and don't hold
        for entry in entries[self.log.size :]:
            self.log.append(entry)
        self.head: Signed | None = decode_strict(head, Signed) if head else None
        self.alarm: dict[str, Any] | None = msgspec.json.decode(alarm) if alarm else None

    # --- the log ---

    def sync(self, fetch: Fetch, welcome_head: Signed, authority_key: VerifyKey) -> list[int]:
        """Fetch and replay up to the newest head; returns the new entries' indexes. A lie raises the alarm
        and `log_split`, before anything more is asked. No lock is held while the network is asked.
        """
        while True:
            with self._lock:  # nobody sees an entry before the head has proved it
                branch = self.log.branch()
            target = self.check_head(welcome_head, authority_key)
            if target.size <= branch.begins:
                self.compare(welcome_head, authority_key, None)
                return []
            try:
                fetched = self._fetch(fetch, branch, welcome_head, authority_key)
            except Forged as reason:
                if reason.code == "wrong_answer":  # what the authority has signed, it doesn't show
                    self.compare(welcome_head, authority_key, None)
                raise
            with self._lock:
                if fetched is None or self.log.size != branch.begins:
                    continue  # somebody else was quicker
                self._store(fetched, branch)
                self.log.join(branch)
            for head in fetched.shown:  # an earlier one may belong to another history than the one that was fetched
                self.compare(head, authority_key, None)
            self._settle_pending(authority_key)
            return list(range(branch.begins, branch.size))

    def _fetch(self, fetch: Fetch, log: Log, welcome_head: Signed, authority_key: VerifyKey) -> _Fetched | None:
        """Replay on this branch what leads to the head, or to a newer one; None if our log has grown meanwhile, so that
        it is a branch no more. Asks for nothing after it has found a lie.
        """
        start, begun, size = log.begins, time.monotonic(), 0
        target, signed = self.check_head(welcome_head, authority_key), welcome_head
        found = _Fetched([], [], welcome_head, [welcome_head])
        received: list[bytes] = []
        try:
            while log.size < target.size:
                part = fetch(FetchLog(0, log.size))
                newest = self.check_head(part.head, authority_key)
                found.shown.append(part.head)
                received += part.entries
                size += sum(len(entry) for entry in part.entries)
                if newest.size >= target.size:
                    target, signed = newest, part.head
                if not part.entries or log.size + len(part.entries) > target.size:
                    raise Forged("wrong_answer")
                with self._lock:
                    if self.log.size != start:
                        return None
                    for entry in part.entries:
                        found.entries.append(entry)
                        found.told.append(log.append(entry))
                seconds = time.monotonic() - begun
                if log.size < target.size and (size > MOST_UNPROVEN or (seconds > PATIENCE and size < SLOW * seconds)):
                    raise Forged("wrong_answer")  # without end, or a drop at a time: nothing of it is proved
            if log.head.hash != target.hash:
                raise Forged("log_split")
        except Forged as reason:
            if reason.code in ("log_invalid", "log_split"):
                n, why = int(reason.values.get("n", start)), str(reason.values.get("why", reason.code))
                # what follows ours is evidence as it came, the entry at fault within, up to the head that covers it; of
                # a history that doesn't lead to its head, the whole is asked for, later
                fork, held = (start, received) if reason.code == "log_invalid" else (0, [])
                if self._raise_alarm(n, None, self.head, signed, why, (fork, held[: target.size - fork])):
                    self._wanted = (fork, held, target.size)
            raise
        found.signed = signed
        return found

    # --- the checkpoint ---

    def keep_checkpoint(self) -> None:
        """Keep what the log has come to, once it has grown by much that each opening would verify first."""
        if self.unverified or self.doubt is not None or not checkpoint.is_due(self.log, self._kept):
            return
        with self._lock:  # it grows meanwhile for nobody
            self._vault.write(lambda rows: checkpoint.keep(rows, self.log))
            self._kept = self.log.size

    def check_again(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Verify each entry that the checkpoint has spared the opening, in native threads, so that nobody waits for it,
        and hold what they come to against what was taken over. If that isn't the same: `doubt`, for good.
        """
        again = Log(self.authority_id)
        try:
            while self.unverified and not self._has_come_to(again):
                if stopped():
                    return
                part = self.raw_entries(range(again.size, min(again.size + SLICE, self.log.size)))
                if not part:
                    raise Forged("log_invalid", n=again.size, why="missing")
                self._vault.offload(_append, again, part)
        except Forged as reason:
            logger.error("the checkpoint of the log doesn't hold: %s", reason)
            self.doubt = Damaged("vault_damaged")
            try:
                self._vault.write(checkpoint.drop)  # the next opening verifies everything first
            finally:
                self._vault.report(self.doubt)
        self.unverified = False

    def _has_come_to(self, again: Log) -> bool:
        """Whether this one has all entries, and is the same then: `log_invalid` otherwise."""
        with self._lock:
            if again.size < self.log.size:
                return False
            if not self._vault.offload(again.__eq__, self.log):
                raise Forged("log_invalid", n=again.size, why="checkpoint")
        return True

    @property
    def wants_evidence(self) -> bool:
        """Whether there is more to be had of a lie that was found a moment ago."""
        return self._wanted is not None

    def gather(self, fetch: Fetch) -> None:
        """After the alarm: the rest of the other history, as far as the authority gives it and the bounds go."""
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        fork, held, size = wanted
        entries, total, until = held[:MOST_EVIDENCE], sum(map(len, held)), time.monotonic() + EVIDENCE_SECONDS
        with contextlib.suppress(HamrazError):
            while fork + len(entries) < size and time.monotonic() < until:
                part = fetch(FetchLog(0, fork + len(entries)))
                if not part.entries:
                    break
                for entry in part.entries[: size - fork - len(entries)]:
                    total += len(entry)
                    if total > MOST_EVIDENCE_BYTES or len(entries) >= MOST_EVIDENCE:
                        until = 0.0
                        break
                    entries.append(entry)
        other = (fork, entries[: size - fork])
        self._vault.write(lambda rows: save_setting(rows, "other_history", encode_strict(other)))

    def _store(self, fetched: _Fetched, log: Log) -> None:
        now = self._clock()

        def change(rows: Rows) -> None:
            new = [(n, entry, now) for n, entry in enumerate(fetched.entries, log.begins)]
            rows.executemany("INSERT INTO log (n, entry, noticed) VALUES (?, ?, ?)", new)
            save_setting(rows, "head", encode_strict(fetched.signed))
            self.on_store(rows, log, fetched.told)

        self._vault.write(change)
        self.head = fetched.signed

    # --- heads ---

    def check_head(self, signed: Signed, authority_key: VerifyKey) -> Head:
        """The head, if the authority signed it; `bad_signature` otherwise."""
        return check(signed, Head, authority_key, self.authority_id)

    def compare(self, signed: Signed, authority_key: VerifyKey, shown_by: bytes | None) -> None:
        """Hold a head that somebody shows against our log.

        Smaller is behind; larger waits; different raises `log_split`.
        """
        head = self.check_head(signed, authority_key)
        first: Signed | None = None
        with self._lock:
            fits = head.size <= self.log.size
            if fits:
                lie, first = self.log.hashes[head.size] != head.hash, self.head
            else:
                others = [
                    other
                    for (size, hash), (other, _by) in self._pending.items()
                    if size == head.size != 0 and hash != head.hash
                ]
                lie, first = bool(others), others[0] if others else None
                if not lie and len(self._pending) < MAX_PENDING:
                    self._pending[head.size, head.hash] = (signed, shown_by)
        if lie:
            self._raise_alarm(max(0, head.size - 1), shown_by, first, signed, "heads")
            raise Forged("log_split")
        if fits and shown_by is not None:
            self._note_head(shown_by, head.size, signed)

    def _settle_pending(self, authority_key: VerifyKey) -> None:
        with self._lock:
            ready = {key: value for key, value in self._pending.items() if key[0] <= self.log.size}
            for key in ready:
                del self._pending[key]
        for signed, shown_by in ready.values():
            self.compare(signed, authority_key, shown_by)

    @property
    def behind(self) -> bool:
        """True while somebody has shown a head that our log doesn't reach yet."""
        return bool(self._pending)

    @property
    def lacking(self) -> Signed | None:
        """The largest head that our log doesn't reach."""
        with self._lock:
            return max(self._pending.items(), key=lambda item: item[0][0])[1][0] if self._pending else None

    def remember(self, signed: Signed) -> None:
        """A head that our log didn't reach when this agent ran last: held against it as before."""
        head = decode_strict(signed.body, Head)
        with self._lock:
            if head.size > self.log.size:
                self._pending[head.size, head.hash] = (signed, None)

    def require_whole(self) -> None:
        """Raise `log_behind` while the authority has signed more of its log than is here: who is new, and who may
        command, isn't known for certain then.
        """
        if self._pending:
            raise Unreachable("log_behind")

    def _note_head(self, uid: bytes, size: int, signed: Signed) -> None:
        known = self._vault.value("SELECT size FROM heads WHERE uid = ?", uid)
        if known is None or known < size:
            self._vault.execute(
                "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (uid) DO UPDATE SET size = excluded.size, "
                "head = excluded.head WHERE excluded.size > size",
                uid, size, encode_strict(signed),
            )  # fmt: skip

    def condemn_chain(self, n: int, first: Signed | None, second: Signed) -> None:
        """Two heads of one group's chain, both signed by the authority, contradict each other."""
        self._raise_alarm(n, None, first, second, "chain", (0, []))

    def _raise_alarm(
        self,
        entry: int,
        shown_by: bytes | None,
        first: Signed | None,
        second: Signed,
        why: str,
        other: tuple[int, list[bytes]] = (0, []),  # where the other history leaves ours, and its entries from there on
    ) -> bool:
        """It stands from now on: sending has stopped, it is kept, and the page is told. False if there is one already:
        the first contradiction is the evidence, later ones follow from it.
        """
        shower = self.log.users.get(shown_by) if shown_by else None
        alarm: dict[str, Any] = {
            "entry": entry,
            "name": shower.name if shower else None,
            "why": why,
            "first": shown_head(first),
            "second": shown_head(second),
        }
        with self._lock:
            if self.alarm is not None:
                return False
            self.alarm = alarm

        def change(rows: Rows) -> None:
            save_setting(rows, "alarm", msgspec.json.encode(alarm))
            save_setting(rows, "other_history", encode_strict(other))

        try:
            self._vault.write(change)
        except HamrazError:  # it stands all the same, and is kept as soon as the disk takes it
            self._unsaved = change
            logger.exception("the alarm could not be kept")
        self._on_alarm(alarm)
        return True

    def save_alarm(self) -> None:
        """Keep what a failing disk didn't take; called once it takes something again."""
        unsaved = self._unsaved
        if unsaved is not None:
            self._vault.write(unsaved)
            self._unsaved = None

    def evidence(self) -> dict[str, Any]:
        """Everything that a third person needs to check the lie by the authority's id alone (section 6.6)."""

        def kept(rows: Rows) -> tuple[list[bytes], tuple[int, list[bytes]], list[bytes]]:
            other = decode_strict(setting(rows, "other_history") or b"\x92\x00\x90", tuple[int, list[bytes]])
            chain = rows.execute("SELECT entry FROM group_entries WHERE gid = ? ORDER BY n", (condemned,))
            return _entries(rows), other, [bytes(row[0]) for row in chain]

        condemned = None  # the group whose chain the alarm is about
        if self.alarm is not None and self.alarm["why"] == "chain":
            condemned = decode_strict(bytes.fromhex(self.alarm["second"]["body"]), ChainHead).gid
        log, (fork, refused), chain = self._vault.read(kept)
        return self._evidence(log) | {
            "alarm": self.alarm,
            "fork": fork,
            "refused": [entry.hex() for entry in refused],
            "chain": [evidence.entry_hash(entry) for entry in chain],
        }

    def evidence_of(self, code: str, shown: dict[str, Any]) -> dict[str, Any]:
        """The same for a state that is no alarm: what was signed, and the log beside it."""
        return self._evidence(self._vault.read(_entries)) | {"state": code} | shown

    def _evidence(self, log: list[bytes]) -> dict[str, Any]:
        key = self.log.authority_key
        return {
            "what": evidence.FORM,
            "authority_id": self.authority_id.hex(),
            "authority_key": key.raw.hex() if key else None,
            "log": [entry.hex() for entry in log],
        }

    def require_sending(self) -> None:
        """Raise `sending_stopped` while the alarm is up, `vault_damaged` if the log isn't what was taken for it, and
        `folder_gone` while nothing that is sent could be kept.
        """
        if self.alarm is not None:
            raise Refused("sending_stopped")
        if self.doubt is not None:
            raise self.doubt
        self._vault.require_place()

    # --- people ---

    def user(self, uid: bytes) -> User | None:
        """The account of this uid, as replayed."""
        return self.log.users.get(uid)

    def check_found(self, found: FoundUser, name: str, nonce: bytes) -> User:
        """The directory's answer must be ours word for word: nonce, name, uid, key and entry. `wrong_answer`
        otherwise.
        """
        user = self.log.by_name(name)
        if found.nonce != nonce or found.name != name or user is None or user.uid != found.uid or user.key is None:
            raise Forged("wrong_answer")
        if found.identity_key != user.key.raw or found.entry != user.key_entry:
            raise Forged("wrong_answer")
        return user

    def entries(self, indexes: range) -> list[tuple[int, log_entries.Entry]]:
        """Decoded entries of the log, for the timeline."""
        question = "SELECT n, entry FROM log WHERE n >= ? AND n < ? ORDER BY n DESC"
        found = self._vault.read(lambda rows: rows.execute(question, (indexes.start, indexes.stop)).fetchall())
        return [(n, log_entries.decode_entry(bytes(entry))) for n, entry in found]

    def noticed(self, indexes: range) -> dict[int, int | None]:
        """When this agent first had these entries, in ms; None for what came with a backup, or before it was kept."""
        question = "SELECT n, noticed FROM log WHERE n >= ? AND n < ?"
        return dict(self._vault.read(lambda rows: rows.execute(question, (indexes.start, indexes.stop)).fetchall()))

    def raw_entries(self, indexes: range) -> list[bytes]:
        """Entries of the log as they came, in their order."""
        question = "SELECT entry FROM log WHERE n >= ? AND n < ? ORDER BY n"
        found = self._vault.read(lambda rows: rows.execute(question, (indexes.start, indexes.stop)).fetchall())
        return [bytes(entry) for (entry,) in found]

    def seen_by(self) -> int:
        """How many people have shown a head that agrees with our log."""
        return int(self._vault.value("SELECT count(*) FROM heads"))


def _append(log: Log, entries: list[bytes]) -> None:
    for entry in entries:
        log.append(entry)


def _entries(rows: Rows) -> list[bytes]:
    return [bytes(row[0]) for row in rows.execute("SELECT entry FROM log ORDER BY n")]


def shown_head(signed: Signed | None) -> dict[str, Any] | None:
    if signed is None:
        return None
    try:
        head = decode_strict(signed.body, Head)
        size, hash = head.size, head.hash
    except Forged:
        chain = decode_strict(signed.body, ChainHead)
        size, hash = chain.n, chain.hash
    return {"size": size, "hash": hash.hex(), **signed.hex()}
