"""One group of ours, live (section 9): its chain here, its keys, what waits to be posted, over a link to its own port.

`step` does everything that can be done now, in one thread at a time; a push only leaves a note for it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from protocol.errors import Forged, HamrazError, Refused, Unreachable, WireError
from protocol.group_batch import check_batch
from protocol.group_entries import ChainHead, CommitEntry, decode_entry
from protocol.groups import Change, Group
from protocol.messages import Acked, Regranted, Reload, Reloaded, Seen
from protocol.statements import Signed, check, decode_strict, encode_strict
from transport import threads
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.account.events import GroupChanged
from web_client.authority import give_back
from web_client.groups import commits as group_commits
from web_client.groups import (
    ephemeral,
    epoch_keys,
    invitations,
    join_links,
    letting_in,
    mending,
    regrants,
    replay,
    standing,
)
from web_client.groups import heads as group_heads
from web_client.groups import incoming as group_incoming
from web_client.groups import membership as group_membership
from web_client.groups import outgoing as group_outgoing
from web_client.groups import rows as group_rows
from web_client.groups import settings as group_settings
from web_client.groups.connection import GroupLink
from web_client.groups.context import GroupContext
from web_client.groups.ephemeral import EphemeralState
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.messages import outbox_rows, outgoing
from web_client.messages.delivery import note_waiting
from web_client.messages.showing import show
from web_client.net.backoff import Backoff
from web_client.net.channel import Channel
from web_client.net.one_at_a_time import OneAtATime
from web_client.vault.database import Rows

SOON = 0.1  # seconds: a command is under way
SHOWN = {"group_broken", "chain_split", "log_split", "log_invalid"}  # what the page tells in a place of its own

T = TypeVar("T")


class Room:
    """Everything that this agent does in one group. Public methods may be called from any thread."""

    def __init__(self, context: GroupContext, gid: bytes) -> None:
        self.context = context
        self.ctx = context.ctx
        self.authority = context.authority
        self.gid = gid
        self.work = OneAtATime(lambda: self.link.close())
        self.wake = threading.Event()
        self.link = GroupLink(self)
        self.ephemeral = EphemeralState()
        self.asked_settings = 0  # the epoch whose settings were asked for over this connection
        self.mending_since: tuple[int, float] | None = None  # the epoch that needs it, and when one wanted to write
        self.look_for_recovered = True  # whether somebody may have come back by their kit who isn't taken over yet
        self.mend_at: tuple[int, float] | None = None  # of this epoch, when it is our turn to take them over
        self.said_unopened: set[int] = set()  # epochs; what the chain has not brought back yet
        self.listed: dict[int, bool] = {}  # of each epoch whose key isn't here, whether its commit lists us
        self.asked_shares: set[int] = set()  # epochs asked for over this connection
        # who lacks the key of an epoch, and when it is our turn to give
        self.give_at: dict[tuple[bytes, int], float] = {}
        self.ahead = group_heads.Ahead()
        self.on_vanished: Callable[[bytes], None] = lambda gid: None  # it never came to be
        self.look_for_invitation: Callable[[], None] = lambda: None  # one that was passed over may count by now
        self.failed_to_give: set[tuple[bytes, int]] = set()  # over this connection
        self.keys_asked = -1  # up to which epoch this room has asked for its keys
        self._stopped = False
        self._loop: threading.Event | None = None  # of the newest `run`: set once that is over
        self._backoff = Backoff()
        self._met: Channel | None = None  # over which everything new was fetched once
        self._lacks_log = False  # that failed while there was no link to the authority
        vault, log = self.ctx.vault, self.ctx.trust.log
        self.group = vault.read(lambda rows: group_rows.load(rows, gid, log))
        self.group.hash_at = lambda n: vault.read(lambda rows: group_rows.hash_at(rows, gid, n))
        group_heads.recall(self)

    def row(self, column: str) -> Any:
        """One column of the group's row."""
        return self.ctx.vault.value(f"SELECT {column} FROM groups WHERE gid = ?", self.gid)

    def _set(self, column: str, new: object) -> None:
        self.ctx.vault.execute(f"UPDATE groups SET {column} = ? WHERE gid = ?", new, self.gid)

    @property
    def state(self) -> str:
        return str(self.row("state"))

    def require_joined(self, field: str = "group_id") -> None:
        """Raise `not_member` unless we are in."""
        if self.state != JOINED:
            raise Refused("not_member", field=field)

    @property
    def has_fetched_keys(self) -> bool:
        """True if every sealed key that is ours has been asked for, as far as the log knows of epochs."""
        if self.state != JOINED:
            return True
        epochs = len(self.ctx.trust.log.groups.get(self.gid, ()))
        return self.keys_asked == self.group.epoch and epochs <= self.group.epoch

    # --- the link to the group's port ---

    def channel(self) -> Channel:
        """The open connection, made now if there is none. `authority_down`, also for what gives way to a command;
        `not_member`, or what does not hold.
        """
        if self.work.gives_way:
            raise Unreachable("authority_down")
        return self.link.open()

    def close(self) -> None:
        """End the link and the loop."""
        self._stopped = True
        self.wake.set()
        self.link.close()

    # --- the chain ---

    def compare(self, signed: Signed, group: Group | None = None) -> ChainHead:
        """Hold the authority's signed head of the chain against ours; two that contradict raise the alarm."""
        ctx, group = self.ctx, group or self.group
        key = ctx.trust.log.authority_key
        assert key is not None
        head = check(signed, ChainHead, key, ctx.authority_id)
        if head.gid != self.gid:
            raise Forged("wrong_answer")
        ours = group.hash
        if head.n != group.n:
            ours = ctx.vault.read(lambda rows: group_rows.hash_at(rows, self.gid, head.n)) or head.hash
        if ours != head.hash and head.n > 0:
            kept = self.row("chain")
            ctx.trust.condemn_chain(head.n, decode_strict(bytes(kept), Signed) if kept else None, signed)
            raise Forged("chain_split")
        return head

    def compare_answer(self, signed: Signed) -> ChainHead:
        """The same for the head of an answer, which is what the authority has now: one below ours is *behind*, never a
        lie. It has lost the rest, and gets it back before anything of ours follows (section 6.5).
        """
        head = self.compare(signed)
        if head.n < self.group.n:
            give_back.chain(self.ctx, self.authority, self.gid)
        return head

    def take(self, start: int, raws: list[bytes], signed: Signed) -> bool:
        """Check, keep and show entries; False if some before them are missing here."""
        if start > self.group.n + 1:
            return False
        fresh = raws[self.group.n + 1 - start :]
        if fresh:
            try:
                epochs = sum(isinstance(decode_entry(raw), CommitEntry) for raw in fresh)
            except Forged as reason:
                raise self._broken(reason, signed) from None
            self._catch_up_log(epochs)
            trial = self.group.copy()
            try:
                changes = check_batch(trial, fresh, self.ctx.trust.log)
            except HamrazError as reason:
                raise self._broken(reason, signed) from None
            # compared before anything is kept: what the authority has not signed is not in the chain
            if self.compare(signed, trial).n < trial.n:
                raise Forged("wrong_answer")
            me, group, now = self.ctx.me.uid, trial, self.ctx.clock()

            def keep(rows: Rows) -> list[int]:
                orders = group_incoming.store(rows, me, group, fresh, changes, now)
                # what had broken a rule was no part of it: nothing that doesn't hold was ever kept
                change = "UPDATE groups SET chain = ?, trouble = NULL WHERE gid = ?"
                rows.execute(change, (encode_strict(signed), self.gid))
                return orders

            was_broken = self.row("trouble") is not None
            orders = self.ctx.vault.write(keep)
            self.group = trial
            if was_broken:
                self.ctx.emit(GroupChanged(self.gid))
            if not replay.is_on(self):
                show(self.ctx, orders)
            self._compare_heads(changes)
            self.context.profiles.look()
            ephemeral.follow(self, changes)
            group_heads.settle(self)
            if any(change.left or change.commit is not None for change in changes):
                self._end_if_chain_says_so()
            if any(change.commit is not None for change in changes):
                epoch_keys.fetch_keys(self)
                group_settings.follow(self)
            if any(change.header is None for change in changes):
                self.ctx.emit(GroupChanged(self.gid))
        else:
            self.compare(signed)
        return True

    def _compare_heads(self, changes: list[Change]) -> None:
        """Hold what others say that they have seen of the log against ours, the newest of each."""
        heads = {change.by: change.header.head for change in changes if change.header is not None}
        for uid, head in heads.items():
            if uid != self.ctx.me.uid:
                with contextlib.suppress(HamrazError):  # the messages stand; the alarm, if it is one, is up
                    self.authority.log.note_head(head, uid)

    def _broken(self, reason: HamrazError, signed: Signed) -> Forged:
        """What the authority has given as this group's chain breaks a rule: nothing is taken from it before something
        comes that holds. What it has signed with it is held against that then.
        """
        self._set("trouble", reason.code)
        self.ctx.emit(GroupChanged(self.gid))
        with contextlib.suppress(HamrazError):  # the alarm, if it is one, is up
            group_heads.hold(self, signed)
        return Forged("group_broken", why=reason.code)

    def _catch_up_log(self, epochs: int) -> None:
        """A commit counts only beside its GROUP entry: fetch the log if it isn't here yet. `log_behind` as long as it
        isn't: that breaks no rule, and the commit is asked for again.
        """
        wanted = self.group.epoch + epochs
        if wanted > standing.epochs(self):
            self.authority.log.refresh()
        if wanted > standing.epochs(self):
            raise Unreachable("log_behind")

    def _end_if_chain_says_so(self) -> None:
        """Our leave stands in the chain, whose answer was lost, or a commit without us; perhaps we were asked back.

        Asked of the chain as it lies here, not of what has just come: power may fail, or the disk be full, between
        keeping the entries and this.
        """
        member = self.group.members.get(self.ctx.me.uid)
        inside = member is not None and member.joined and not member.leaving
        if inside or self.group.n == 0 or self.state != JOINED:
            return
        came_in = group_commits.certified_epoch(self)  # at least the one by whose commit we did
        asked_back = member is not None and not member.leaving
        if self.row("since") <= came_in if asked_back else came_in > self.group.epoch:
            return  # what says that we came in is about to come
        self.end(REMOVED if member is None else LEFT)
        if member is None or asked_back:
            self.look_for_invitation()  # the invitation may have come before
        raise Refused("not_member")

    def pump(self) -> None:
        """Take what has been pushed. What fails of it is asked for again."""
        met, self._met = self._met, None
        while self.link.inbox:
            message = self.link.inbox.popleft()
            if isinstance(message, Acked):
                self._beside("acks", partial(epoch_keys.take_ack, self, message.ack))
            elif isinstance(message, Seen):
                self._beside("seen", partial(ephemeral.take_seen, self, [message.item]))
            elif isinstance(message, Regranted):
                self.asked_shares.discard(message.epoch)
            elif not self.take(message.start, message.entries, message.chain):
                self.reload()
        self._met = met

    def reload(self) -> None:
        """Fetch the chain to its newest entry: the specification's reload."""
        channel = self.channel()
        known, ahead = standing.epochs(self), self.ahead.n
        while True:
            part = channel.request(Reload(0, self.gid, self.group.n), Reloaded)
            if self.work.gives_way:  # to a command, however long this goes on
                raise Unreachable("authority_down")
            newest = self.compare_answer(part.chain)
            if not self.take(part.start, part.entries, part.chain):
                raise Forged("wrong_answer")
            if self.group.n >= newest.n:
                break
            if not part.entries:
                raise Forged("wrong_answer")
        standing.judge(self, part.chain, newest, known)
        group_heads.judge(self, part.chain, newest, ahead)
        self._end_if_chain_says_so()
        self._set("checked", self.ctx.clock())

    def end(self, state: str) -> None:
        """This group is over for us; what is here stays."""

        def change(rows: Rows) -> list[int]:
            rows.execute("UPDATE groups SET state = ? WHERE gid = ?", (state, self.gid))
            join_links.forget(rows, self.gid)
            orders = outbox_rows.orders(rows, ChatId.group(self.gid))
            for order in orders:
                outgoing.fail(rows, order, "not_member")
            return orders

        show(self.ctx, self.ctx.vault.write(change))
        for code in (standing.WITHHELD, standing.NOT_LET_IN, group_heads.BEHIND):
            self.ctx.states.end(code, self.gid)
        self.ctx.emit(GroupChanged(self.gid))
        self.link.close()

    def _end_if_out(self, reason: Refused) -> None:
        """No member, says the authority: removed, or the making of the group never came to its end."""
        if self.ctx.vault.read(own_keys.next_key) is not None:
            return  # or we said so with a key that counts no more
        unmade = self.group.n == 0 and self.row("invitation") is None
        if reason.code == "not_member" and unmade and not standing.epochs(self):
            self.close()
            self.on_vanished(self.gid)
        elif reason.code == "not_member" and self.state == JOINED:
            if invitations.asks_back(self.ctx, self.authority, self.gid, group_commits.certified_epoch(self)):
                self.end(LEFT)  # our leave was taken, without an answer, and a member has asked us again
                self.look_for_invitation()
                return
            # its word alone ends nothing: who is out is served what says so
            self.ctx.states.begin(standing.NOT_LET_IN, self.gid)

    def refresh(self) -> None:
        """What the reload button does: everything that is new, now."""
        with self.work.alone():
            self.require_joined()  # else it ended while we waited, and whoever is out is still served what says so
            try:
                self.channel()
                self.pump()
                self.reload()
                epoch_keys.fetch_keys(self)
            except Refused as reason:
                self._end_if_out(reason)
                raise

    def reconnect(self) -> None:
        """Enter anew, with the key that we have now."""
        self.link.close()
        self.wake.set()

    def rejoin(self) -> None:
        """We are in (again): what was said to us as an invited one is over."""
        with self.work.alone():
            self.link.close()
            self._stopped = False

    # --- the loop ---

    def step(self) -> float | None:
        """Do all that can be done now; in how many seconds there is more, or None. Raises what stands in the way."""
        with self.work.by_itself() as free:
            if not free:
                return SOON
            try:
                return self._work()
            except Unreachable:
                if self.work.gives_way:
                    return SOON
                raise

    def _work(self) -> float | None:
        if self.state != JOINED:
            return None
        try:
            channel = self.channel()
            if channel is not self._met:
                self._catch_up()
                self._met = channel
            self.pump()
            self.ctx.states.end(standing.NOT_LET_IN, self.gid)
            epoch_keys.fetch_keys(self)
            if standing.is_behind(self):
                self.reload()
            if standing.is_behind(self):
                return self._paused()
            regrants.ask(self)
            self.pump()
            epoch_keys.acknowledge(self)
            group_settings.follow(self)
            later = _sooner(group_heads.reach(self), regrants.give(self))
            mending.mend_own(self)
            later = _sooner(later, mending.mend_for_others(self))
            group_outgoing.post_waiting(self)
            group_membership.send_invites(self)
            later = _sooner(later, letting_in.admit(self))
            return _sooner(later, self._beside("telling", lambda: ephemeral.tell_seen(self)))
        except Refused as reason:
            self._end_if_out(reason)
            raise

    def _paused(self) -> float:
        """A change of members is missing here: nothing is written, and no commit made, before it has come."""
        if self.ctx.states.has(standing.WITHHELD, self.gid):
            self.note_waiting(standing.WITHHELD)
        return standing.AGAIN_SECONDS

    def _catch_up(self) -> None:
        """Fetch everything that is new: after `enter`, and after what was pushed could not be taken."""
        if self._lacks_log and not self.authority.up:
            raise Unreachable("authority_down")  # what is new needs the log, which comes over the other line
        self._met, self._lacks_log = None, not self.authority.up
        # what was asked for over one connection is asked for again over the next
        self.asked_settings, self.look_for_recovered = 0, True
        for asked in (self.said_unopened, self.asked_shares, self.failed_to_give, self.link.inbox):
            asked.clear()
        self.reload()
        replay.settle(self)
        self._lacks_log = False
        group_commits.keep_certificate(self)
        self._beside("acks", lambda: epoch_keys.fetch_acks(self))
        self._beside("seen", lambda: ephemeral.fetch_seen(self))

    def _beside(self, name: str, ask: Callable[[], T]) -> T | None:
        """What stands beside the chain holds up nothing of it, if it is our mistake that it can't be taken."""
        try:
            with self.ctx.troubles.guard("group", self.gid + name.encode()):
                return ask()
        except HamrazError as reason:
            if reason.code != "internal":
                raise
            return None

    def note_waiting(self, why: str) -> None:
        """Say at the group's waiting messages why they wait."""
        note_waiting(self.ctx, ChatId.group(self.gid), why)

    def run(self) -> None:
        """Keep at it until `close`, or until another one does, with growing waits after a failure."""
        self._loop = over = threading.Event()
        self.wake.set()  # of before we left, one may wait still
        threads.repeat(
            "group",
            lambda: self._turn(over),
            self.ctx.troubles,
            self.wake.wait,
            lambda: self._stopped or over.is_set() or self._loop is not over,
            about=self.gid,
            failed=lambda reason, seconds: self.note_waiting(reason.code),
        )

    def _turn(self, over: threading.Event) -> None:
        """Do what there is to do, and wait for more. What doesn't hold, and a mistake of ours, is raised."""
        self.wake.clear()
        try:
            later = self.step()
        except HamrazError as reason:
            forged = isinstance(reason, Forged | WireError) and reason.code not in SHOWN
            if forged or reason.code == "internal" or reason.code in threads.ONE_CHANGE:
                raise
            with contextlib.suppress(HamrazError):  # the disk is full, or the vault was locked meanwhile
                self.note_waiting(reason.code)
            self.wake.wait(self._backoff.next())
            return
        self._backoff.reset()
        if self.state not in (JOINED, INVITED):
            over.set()
        elif self._loop is over:
            self.wake.wait(later)


def _sooner(one: float | None, other: float | None) -> float | None:
    """The shorter of two waits, None for none."""
    return min((wait for wait in (one, other) if wait is not None), default=None)
