"""All groups of one user (section 9): making one, being invited to one, and writing to one."""

from __future__ import annotations

import contextlib
import secrets

from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.group_entries import MAX_MEMBERS, NONE, Join, JoinEntry, Leave, LeaveEntry, Policy
from protocol.groups import Group
from protocol.messages import ChatStarted, StartGroup
from protocol.primitives import random_id
from protocol.roles import may_command_groups
from protocol.statements import encode_strict
from transport import threads
from transport.token_buckets import TokenBuckets
from web_client.account.chat_ids import ChatId
from web_client.account.events import (
    AskReceived,
    ChatChanged,
    GroupChanged,
    GroupRemoved,
    IdentityChanged,
    PersonBlocked,
    VaultIsOlder,
)
from web_client.groups import commits as group_commits
from web_client.groups import invitations, join_links, mending
from web_client.groups import membership as group_membership
from web_client.groups import rows as group_rows
from web_client.groups import settings as group_settings
from web_client.groups.context import GroupContext
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.groups.session import Room
from web_client.groups.settings import Change
from web_client.messages import amendments, display, outgoing
from web_client.messages.outgoing import WAITING
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.vault.database import Rows

NAME_LIMIT = 64
# Groups into which one person brings our user without a question, at once; then one in so many seconds. A teacher makes
# a dozen in September; whoever makes hundreds is asked about.
AT_ONCE, AT_ONCE_SECONDS = 20, 3600.0
PORTS_TRIED = 50  # of 64,512: that so many are taken by chance doesn't happen


class GroupService:
    """The rooms by gid. `start` gives each a thread; in memory, tests call `step`."""

    def __init__(self, context: GroupContext) -> None:
        self._context = context
        self._ctx = context.ctx
        self._authority = context.authority
        self._threaded = False
        self.rooms: dict[bytes, Room] = {}
        self.is_invited = True  # perhaps by somebody whom we have asked: letting_in.come_in looks
        self._brought = TokenBuckets(AT_ONCE, AT_ONCE_SECONDS)
        self.log_has_grown = False  # since invitations were looked at that had come before it
        for gid in self._ctx.vault.read(lambda rows: [bytes(r[0]) for r in rows.execute("SELECT gid FROM groups")]):
            self.rooms[gid] = self._room(gid)

    def start(self) -> None:
        """Run every room that is ours on a thread of its own."""
        self._threaded = True
        for room in list(self.rooms.values()):
            if room.state == JOINED:
                self._run(room)

    def _run(self, room: Room) -> None:
        threads.spawn("group", room.run, self._ctx.troubles)

    def close(self) -> None:
        """End all of them."""
        for room in list(self.rooms.values()):
            room.close()

    def wake(self) -> None:
        """The authority is back, or the log has grown: every room looks what there is to do."""
        for room in list(self.rooms.values()):
            room.wake.set()

    def step(self) -> None:
        """Do once, in this thread, what the rooms' threads would do."""
        for room in list(self.rooms.values()):
            room.step()

    def room(self, gid: bytes) -> Room:
        """The room, or `not_member`: of groups that don't exist and of others' the same is said."""
        room = self.rooms.get(gid)
        if room is None:
            raise Refused("not_member", field="group_id")
        return room

    def replayed(self, gid: bytes) -> Group | None:
        """A group as our copy of its chain has it."""
        room = self.rooms.get(gid)
        return room.group if room is not None else None

    def forget(self, gid: bytes) -> None:
        """This group never came to be."""
        self.rooms.pop(gid, None)

        def drop(rows: Rows) -> None:
            rows.execute("DELETE FROM groups WHERE gid = ?", (gid,))
            group_settings.put(rows, gid, None)

        self._ctx.vault.write(drop)
        self._ctx.emit(GroupRemoved(gid))

    def _room(self, gid: bytes) -> Room:
        room = Room(self._context, gid)
        room.on_vanished, room.look_for_invitation = self.forget, self.look_for_invitations
        return room

    def look_for_invitations(self) -> None:
        """Those that have come and were not looked at yet."""
        invitations.look_again(self._ctx, self._authority, self._context.blocked, self)

    def look_at_early(self) -> None:
        """Those that came before the entry of the log that proves them."""
        if self.log_has_grown:
            self.log_has_grown = False
            self.look_for_invitations()

    def _open(self, gid: bytes) -> Room:
        room = self.rooms[gid] = self._room(gid)
        if self._threaded:
            self._run(room)
        return room

    def is_ours(self, gid: bytes) -> None:
        """We are in this group, as its row says since a moment ago."""
        room = self.rooms.get(gid)
        if room is None:
            self._open(gid)
        else:
            self._come_in(room)
        self._ctx.emit(GroupChanged(gid))

    def _come_in(self, room: Room) -> None:
        room.rejoin()
        if self._threaded:
            self._run(room)

    # --- making one ---

    def create(self, name: str, uids: list[bytes], history: str, policy: Policy = "all", picture: bytes = b"") -> Room:
        """Agree on a port, commit to the members, invite them. `policy`: who may write; `picture`: its own, if any.

        Raises what keeps it from that; then there is no group.
        """
        ctx = self._ctx
        ctx.trust.require_sending()
        self._authority.log.require_whole_log()
        me = ctx.trust.user(ctx.me.uid)
        if me is None or not may_command_groups(me.role):
            raise Refused("role_not_allowed")
        check_name(name)
        if len(uids) >= MAX_MEMBERS:
            raise Refused("group_full", field="user_to_add", limit=MAX_MEMBERS)
        for uid in uids:  # whoever is added is written to
            self._context.blocked.allow(uid, "user_to_add")
        gid = random_id()
        port = self._negotiate(gid)

        def begin(rows: Rows) -> None:
            rows.execute(
                "INSERT INTO groups (gid, name, port, state, hash, since) VALUES (?, ?, ?, ?, ?, 1)",
                (gid, name, port, JOINED, NONE),
            )
            group_settings.put(rows, gid, group_settings.begin(name, picture))

        # the row first: whatever happens after the commit, the group is known here by its name
        ctx.vault.write(begin)
        try:
            group_commits.make(ctx, self._authority, Group(gid), sorted({*uids, ctx.me.uid}), "", None, history, policy)
        except (Refused, Forged):
            self.forget(gid)
            raise
        except Unreachable:
            self._open(gid)  # whether it exists isn't known: its room finds out, and forgets it if it doesn't
            raise
        room = self._open(gid)  # it exists, whatever comes now
        self._authority.log.refresh()
        room.step()
        return room

    def _negotiate(self, gid: bytes) -> int:
        """Propose ports until the authority answers that the chat has started."""
        first, last = 1024, 65535
        for _try in range(PORTS_TRIED):
            port = first + secrets.randbelow(last - first + 1)
            try:
                return self._authority.request(StartGroup(0, gid, port), ChatStarted).port
            except HamrazError as reason:
                if isinstance(reason, Refused) and reason.code == "port_not_allowed":
                    first, last = _range(reason, first, last)
                elif reason.code != "port_taken":
                    raise
        raise Refused("ports_full")

    # --- what others set off ---

    def on_identity(self, event: IdentityChanged) -> None:
        """Links that our own old key has proven are made anew; whose key was lost may need us."""
        for room in list(self.rooms.values()):
            if event.mine:
                room.reconnect()
            elif any(uid in room.group.members for uid in event.uids):
                room.look_for_recovered = True
                room.wake.set()

    def on_blocked(self, event: PersonBlocked) -> None:
        """What is shown of the groups in which somebody is who was blocked, or isn't any more."""
        ctx = self._ctx
        for gid, room in list(self.rooms.items()):
            if room.state == INVITED and bytes(room.row("invited_by") or b"") == event.uid:
                ctx.emit(GroupRemoved(gid) if event.blocked else GroupChanged(gid))
            elif event.uid in room.group.members:
                room.ephemeral.standing = None  # how far others have got counts without them, or with them again
                ctx.emit(ChatChanged(ChatId.group(gid)))
        if not event.blocked:
            self.wake()  # whom we had added, and not invited any more

    def mend_without(self, uid: bytes) -> None:
        """Somebody's account has ended: here a commit leaves them out; elsewhere the next one who writes does it."""
        for room in list(self.rooms.values()):
            if room.state == JOINED and uid in room.group.members:
                with contextlib.suppress(HamrazError), room.work.alone():
                    mending.mend(room)

    # --- being invited ---

    def invite(self, gid: bytes) -> None:
        """We are invited (again): the group is there to be looked at and answered."""
        if gid not in self.rooms:
            self.rooms[gid] = self._room(gid)
        self.is_invited = True
        self._ctx.emit(GroupChanged(gid))

    def need_not_ask(self, uid: bytes) -> bool:
        """Whether our user has said beforehand that this person may add them to groups."""
        context = self._context
        is_chosen = self._ctx.settings.groups == "contacts" and not context.blocked.has(uid)
        may = is_chosen and context.strangers.is_contact(uid)
        return may and not self._brought.take_or_wait(uid, self._ctx.timer())

    def answer(self, gid: bytes, join: bool) -> Room:
        """Join or decline. The current commit must still list us: an old certificate says nothing of now.

        Where it doesn't, the invitation is over: `not_member` for who would join, and who declines has what they want.
        """
        ctx, room = self._ctx, self.room(gid)
        ctx.trust.require_sending()
        if room.state != INVITED:
            raise Refused("stale", field="group_id")
        try:
            return self._answer(room, join)
        except Refused as reason:
            if reason.code != "not_member" or join:
                raise
            room.end(LEFT)  # declined before, and the answer was lost; or nobody asks us any more
            return room

    def _answer(self, room: Room, join: bool) -> Room:
        ctx, gid = self._ctx, room.gid
        found, certificate = group_commits.newest(ctx, self._authority, gid)
        invitations.check_certificate(ctx, certificate, found.commit)
        commit = group_commits.read(found.commit)
        if commit.gid != gid:
            raise Forged("wrong_answer")
        listed = next((member for member in commit.members if member.uid == ctx.me.uid), None)
        if listed is None and commit.epoch <= invitations.epoch_of(room.row("invitation")):
            raise Forged("certificate_older", name=group_rows.name_of(self._ctx.vault, gid) or "")
        if listed is None:
            room.end(REMOVED)  # by a commit that the log has: asked back, we are told anew
            raise Refused("not_member", field="group_id")
        if not join:
            group_membership.announce(room, LeaveEntry, Leave(gid, commit.epoch, ctx.me.uid), listed.key_hash)
            room.end(LEFT)
            return room
        try:
            group_membership.announce(room, JoinEntry, Join(gid, commit.epoch, ctx.me.uid), listed.key_hash)
        except Refused as reason:
            if reason.code != "stale" or not group_membership.is_let_in(room):
                raise
            # we are in: the answer was lost, and the group has changed since
        change = "UPDATE groups SET state = ?, certificate = ?, port = ? WHERE gid = ?"
        ctx.vault.execute(change, JOINED, encode_strict(found.certificate), certificate.port, gid)
        self._come_in(room)
        ctx.emit(GroupChanged(gid))
        return room

    # --- who asks to come in ---

    def on_asked(self, event: AskReceived) -> None:
        """Somebody has asked: shown, or added by the group's thread. In vain, or once more, it is nothing to do."""
        room = self.rooms.get(event.gid)
        if room is not None and self._ctx.vault.read(lambda rows: join_links.is_new(rows, event.gid, event.order)):
            room.wake.set()
            self._ctx.emit(GroupChanged(event.gid))

    def on_older(self, event: VaultIsOlder) -> None:
        """This vault is an older copy."""
        for gid in self._ctx.vault.write(join_links.ask_first):
            self._ctx.emit(GroupChanged(gid))

    # --- writing ---

    def write(self, gid: bytes, kind: str, body: bytes, id: bytes) -> int:
        """Put a message into a group's outbox; returns its order once it is on disk. The same id is the same
        message.
        """
        ctx, room = self._ctx, self.room(gid)
        ctx.trust.require_sending()
        room.require_joined()
        # until the chain gives it a place, a key of its own keeps it apart from others that wait
        row = MessageRow(
            chat=ChatId.group(gid), id=id, sender=ctx.me.uid, recipient=gid, time=ctx.clock(), kind=kind, body=body,
            key=b"waiting" + id, state=WAITING, **amendments.about(kind, body, ctx.me.uid),
        )  # fmt: skip
        order, changed = ctx.vault.write(lambda rows: outgoing.put(rows, row))
        self._context.typing.sent(row.chat)
        show(ctx, [order, *changed])
        room.wake.set()
        return order

    def command(self, gid: bytes, target: bytes, add: bool, reason: str) -> Room:
        """Add or remove somebody: role and membership are checked here, by the authority, and by every member."""
        if add:
            return self.add(gid, frozenset({target}), reason, "message")
        room = self.commanded(gid)
        if target == self._ctx.me.uid:
            raise Refused("own_removal", field="message")
        group_membership.change_members(room, frozenset(), target, reason)
        self._ctx.emit(GroupChanged(gid))
        return room

    def add(self, gid: bytes, targets: frozenset[bytes], reason: str = "", field: str = "user_to_add") -> Room:
        """Add some people at once. Whoever is invited already is invited again; `already_member` if there is nobody
        else but who is in.
        """
        ctx, room = self._ctx, self.commanded(gid)
        for uid in sorted(targets):
            self._context.blocked.allow(uid, field)
        self._authority.log.require_whole_log()  # a removal waits for nothing
        inside = sorted(uid for uid in targets if room.group.is_in(uid))
        if len(inside) == len(targets):
            raise Refused("already_member", field=field, name=ctx.trust.log.users[inside[0]].name)
        group_membership.change_members(room, targets, None, reason)
        ctx.emit(GroupChanged(gid))
        return room

    def change(self, gid: bytes, change: Change | None, policy: Policy | None) -> Room:
        """Other settings, another policy, or both, for everybody; nothing is sent where both are as they were."""
        room = self.commanded(gid)
        group_membership.change_settings(room, change, policy)
        self._ctx.emit(GroupChanged(gid))
        return room

    def commanded(self, gid: bytes) -> Room:
        """The room, in which we are and which we may change."""
        ctx, room = self._ctx, self.room(gid)
        ctx.trust.require_sending()
        me = ctx.trust.user(ctx.me.uid)
        room.require_joined()
        if me is None or not may_command_groups(me.role):
            raise Refused("role_not_allowed")
        return room


def check_name(name: str) -> None:
    """`group_name` for what is no name of a group: on one line, of signs that are seen."""
    if not 0 < len(name) <= NAME_LIMIT or display.tidy(name) != name:
        raise Refused("group_name", field="name")


def _range(reason: Refused, first: int, last: int) -> tuple[int, int]:
    """The ports that the authority says it uses, if it says so sensibly."""
    low, high = reason.values.get("first", first), reason.values.get("last", last)
    if isinstance(low, int) and isinstance(high, int) and 1024 <= low <= high <= 65535:
        return low, high
    raise reason
