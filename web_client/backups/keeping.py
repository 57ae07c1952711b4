"""Backups that are made by themselves and left at the authority (section 8.14): when one is due, how it gets there, and
whether what lies there is still what was left.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading

import msgspec

from protocol.errors import HamrazError, Refused, Unreachable
from protocol.files import count_of, sealed_length
from protocol.messages import Chunk, Done, DropBackups, FileIs, GetChunk, KeepBackup, OfferBackup, PutChunk
from protocol.statements import decode_strict, encode_strict
from transport import threads
from web_client.account import generations, kits
from web_client.account.context import AccountContext
from web_client.account.events import BackupChanged, PersonBlocked
from web_client.account.kits import KeptKit
from web_client.authority.link import AuthorityLink
from web_client.backups.sealing import Sealed, Stopped, seal
from web_client.files import pipeline
from web_client.messages import backup_rows
from web_client.net.channel import Channel
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Rows, save_setting, setting

SOON_MS, DAY_MS, WEEK_MS = 10 * 60 * 1000, 24 * 3600 * 1000, 7 * 24 * 3600 * 1000
LEAVING = 200  # messages since the last one for which leaving waits a little
LEAVING_SECONDS = 20.0
LOOK_SECONDS = 5.0  # how late it is seen that one is due
AGAIN_SECONDS, FULL_SECONDS = 120.0, 3600.0  # until the next try; where there was no room
KEPT = "backup"  # the setting


class Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The newest that is whole at the authority. Its key is nowhere here: what it holds is told by its hashes only."""

    id: bytes
    when: int  # ms
    size: int
    newest: int  # which messages it has (messages/backup_rows.py)
    kit: bytes  # the hash of the kit that opens it
    checked: int  # when some of it was last read again and was the same (ms); 0: not yet
    hashes: bytes  # SHA-256 of each sealed chunk


class Backups:
    """`start` runs it on a thread; in memory, tests call `step`. One backup is made at a time."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink, store: FileStore) -> None:
        self._ctx = ctx
        self._authority = authority
        self._store = store
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = False
        self._until: float | None = None  # who is leaving doesn't wait beyond this, by the context's timer
        self._not_before = 0.0  # by the context's timer
        # how often something has changed that nobody else could give back: now, in what is under way, in what is kept
        self._changes = self._changes_made = self._changes_kept = 0
        self._under_way: Sealed | None = None  # made, and not all of it there yet
        self.done: tuple[int, int] | None = None  # (chunks that are there, chunks in all) of what is being left
        self.why: str | None = None  # what kept the last try from its end

    # --- running ---

    def start(self) -> None:
        threads.keep("backup", self._turn, self._ctx.troubles, self._wake.wait, lambda: self._stopped)

    def close(self) -> None:
        """Give up what is being made."""
        self._stopped = True
        self._wake.set()

    def hurry(self) -> None:
        """There may be something to do now."""
        self._not_before = 0.0
        self._wake.set()

    def on_blocked(self, event: PersonBlocked) -> None:
        """Whom one has blocked nobody else knows: the next one isn't left for tomorrow."""
        self._changes += 1

    def _turn(self) -> None:
        self._ctx.troubles.tend("backup", self.step)
        self._wake.wait(LOOK_SECONDS)
        self._wake.clear()

    def step(self) -> None:
        """Do what is due. Raises what keeps it from being done."""
        ctx = self._ctx
        if not self._authority.up or ctx.timer() < self._not_before or ctx.trust.alarm:
            return
        kept = self.kept
        if not ctx.settings.backups:
            if kept is not None:
                self.drop()
        elif self._kit() is None:
            pass  # nobody could open it
        elif self._is_due(kept):
            self.make()
        elif kept is not None and self._since(max(kept.checked, 0)) >= WEEK_MS:
            self.check()

    def leave(self) -> None:
        """The vault is about to be closed: make one if much is new, and wait a little for it."""
        kept, ctx = self.kept, self._ctx
        new = ctx.vault.read(backup_rows.newest_change) - (kept.newest if kept is not None else 0)
        if not self._authority.up or not ctx.settings.backups or self._kit() is None or new < LEAVING:
            return
        self._until = ctx.timer() + LEAVING_SECONDS
        with contextlib.suppress(HamrazError):
            self.make()
        if self._under_way is not None:
            self._forget(self._under_way)

    # --- what there is ---

    @property
    def kept(self) -> Kept | None:
        """The newest that is whole at the authority, as far as this agent knows."""
        raw = self._ctx.vault.read(lambda rows: setting(rows, KEPT))
        return None if raw is None else decode_strict(raw, Kept)

    @property
    def has_kit(self) -> bool:
        """Whether there is a kit on paper, without which there is no backup."""
        return self._kit() is not None

    def _kit(self) -> KeptKit | None:
        ctx = self._ctx
        return ctx.vault.read(lambda rows: kits.kept(rows, ctx.trust.user(ctx.me.uid)))

    def _is_due(self, kept: Kept | None) -> bool:
        kit = self._kit()
        if kept is None or kit is None or kept.kit != kit.hash:
            return True
        newest, since = self._ctx.vault.read(backup_rows.newest_change), self._since(kept.when)
        return (since >= DAY_MS and newest != kept.newest) or (since >= SOON_MS and self._changes > self._changes_kept)

    def _since(self, when: int) -> int:
        """ms; a clock that was set back is no reason to wait for it."""
        return abs(self._ctx.clock() - when)

    # --- making one ---

    def make(self) -> Kept:
        """Make one now, or go on with the one that is under way. `kit_needed`, `quota_full`, `authority_down` …"""
        with self._lock:
            try:
                made = self._make()
                self._not_before, self.why = 0.0, None
                return made
            except Stopped:
                raise Refused("locked") from None
            except HamrazError as reason:
                self.why = reason.code
                wait = FULL_SECONDS if reason.code in ("quota_full", "file_too_big") else AGAIN_SECONDS
                self._not_before = self._ctx.timer() + wait
                raise
            finally:
                self.done = None
                self._ctx.emit(BackupChanged())

    def _make(self) -> Kept:
        ctx, kit = self._ctx, self._kit()
        if kit is None:
            raise Refused("kit_needed")
        channel = self._authority.line()  # before anything is made
        sealed = self._under_way
        if sealed is not None and sealed.kit != kit.hash:  # another kit is on paper since, which wouldn't open it
            self._forget(sealed)
            sealed = None
        if sealed is None:
            self.done, self._changes_made = (0, 0), self._changes
            ctx.emit(BackupChanged())
            sealed = self._under_way = self._seal(kit)
        try:
            self._put(channel, sealed)
            channel.request(KeepBackup(0, sealed.about.id), Done)
        except HamrazError as reason:
            if not isinstance(reason, Unreachable):  # it isn't taken as it is: the next try makes another
                self._forget(sealed)
            raise
        kept = Kept(
            sealed.about.id, sealed.about.when, sealed.size, sealed.newest, sealed.kit, 0, b"".join(sealed.hashes)
        )
        ctx.vault.write(lambda rows: save_setting(rows, KEPT, encode_strict(kept)))
        self._changes_kept = self._changes_made
        self._forget(sealed)
        return self._check(kept)

    def _seal(self, kit: KeptKit) -> Sealed:
        ctx, head = self._ctx, self._ctx.trust.head
        if head is None:
            raise Unreachable("authority_down")
        number = ctx.vault.read(generations.number)
        who = (ctx.me.uid, ctx.me.name)
        made = seal(
            ctx.vault, self._store, kit.seal_key, ctx.authority_id, who, number, head, ctx.clock(), self._given_up
        )
        made.kit = kit.hash
        return made

    def _put(self, channel: Channel, sealed: Sealed) -> None:
        count = count_of(sealed.size)
        offer = OfferBackup(0, sealed.about.id, sealed.size, sealed.head)
        have = channel.request(offer, FileIs).have
        if not 0 <= have <= count:
            raise Refused("stale")

        def ask(index: int) -> PutChunk:
            if self._given_up():
                raise Stopped
            return PutChunk(0, sealed.about.id, index, self.read(sealed, index))

        def took(index: int, _answer: Done) -> None:
            self.done = (index + 1, count)
            self._ctx.emit(BackupChanged())

        pipeline.run(channel, range(have, count), ask, Done, took, pipeline.BY_AUTHORITY)

    def _given_up(self) -> bool:
        return self._stopped or (self._until is not None and self._ctx.timer() >= self._until)

    def _forget(self, sealed: Sealed) -> None:
        self._under_way = None
        self._store.remove(sealed.path)

    # --- whether it is still there ---

    def check(self) -> Kept:
        """Read some of the newest again. If that isn't what was left, it is none, and another one is due."""
        with self._lock:
            kept = self.kept
            if kept is None:
                raise Refused("no_backup")
            try:
                return self._check(kept)
            finally:
                self._ctx.emit(BackupChanged())

    def _check(self, kept: Kept) -> Kept:
        """One chunk, which nobody knows before: whoever loses some of them is found out sooner or later."""
        ctx, index = self._ctx, secrets.randbelow(max(1, count_of(kept.size)))
        try:
            sealed = self._authority.request(GetChunk(0, ctx.me.uid, kept.id, index), Chunk).sealed
            holds = hashlib.sha256(sealed).digest() == kept.hashes[32 * index : 32 * index + 32]
        except Refused as reason:
            if reason.code != "file_gone":
                raise
            holds = False
        if not holds:
            ctx.vault.write(_forget)
            self.why = "backup_lost"
            raise Refused("backup_lost")
        checked = msgspec.structs.replace(kept, checked=ctx.clock())
        ctx.vault.write(lambda rows: save_setting(rows, KEPT, encode_strict(checked)))
        return checked

    # --- none any more ---

    def drop(self) -> None:
        """The user wants none: what is there goes."""
        with self._lock:
            self._authority.request(DropBackups(0), Done)
            self._ctx.vault.write(_forget)
            self.why = None
        self._ctx.emit(BackupChanged())

    # --- as a file ---

    def to_file(self) -> Sealed:
        """One that is to be taken along; whoever asks for it removes it from the store. `kit_needed`."""
        kit = self._kit()
        if kit is None:
            raise Refused("kit_needed")
        with self._lock:
            return self._seal(kit)

    def read(self, sealed: Sealed, index: int) -> bytes:
        """A chunk of it, sealed."""
        return self._store.read(sealed.path, index, sealed_length(sealed.size, index))

    def remove(self, sealed: Sealed) -> None:
        self._store.remove(sealed.path)


def _forget(rows: Rows) -> None:
    rows.execute("DELETE FROM settings WHERE name = ?", (KEPT,))
