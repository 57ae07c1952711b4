"""Another recovery kit: asking for one's own (section 7.6), and signing for somebody who has lost theirs (10.3)."""

from __future__ import annotations

import contextlib

from protocol.errors import Forged, Refused
from protocol.kit import Kit, read_request, request_code
from protocol.log import Log, User
from protocol.log_entries import ADMIN, RecoveryChange
from protocol.messages import Appended, ChangeRecovery
from protocol.roles import Role, may_end_account
from protocol.statements import check
from web_client.account import kits
from web_client.account.context import AccountContext
from web_client.account.events import KitChanged
from web_client.account.kits import NextKit
from web_client.authority.link import AuthorityLink
from web_client.vault.database import Rows

TRIES = 8  # of a change that others' entries overtake


class KitChanges:
    """`settle` runs within the transaction that keeps new entries, `note` after it."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink) -> None:
        self._ctx = ctx
        self._authority = authority
        self._changed = False
        self.shown: tuple[Kit, tuple[int, int]] | None = None  # and which of its groups are to be typed, counted from 1

    def renew(self, old: Kit | None) -> None:
        """Another kit, with the one before or, of the super admin, without. It counts when this returns; `other_kit`,
        `kit_needed`, and what keeps it from being asked for: after that it is asked for again by itself.
        """
        ctx = self._ctx
        ctx.trust.require_sending()
        before = ctx.vault.read(kits.next_kit)
        for _try in range(TRIES):
            try:
                self._ask(ctx.vault.write(lambda rows: self._propose(rows, None, old)))
            except Refused:  # it is in no log, and isn't asked for behind anybody's back
                ctx.vault.write(lambda rows: kits.put_back(rows, before))
                raise
            if ctx.vault.read(kits.next_kit) is None:
                return
        raise Refused("stale")

    def request(self, admin: User) -> str:
        """What an admin is asked by; nothing is sent. `role_not_allowed` of who can't sign for one."""
        self._ctx.trust.require_sending()
        if admin.key is None or not may_end_account(admin.role, self._me().role):
            raise Refused("role_not_allowed", field="admin")
        return request_code(self._ctx.vault.write(lambda rows: self._propose(rows, admin, None)).entry)

    def sign_for(self, target: User, text: str) -> None:
        """Sign beside somebody's request, and have it put into the log. `bad_kit_request`, `stale`."""
        ctx = self._ctx
        ctx.trust.require_sending()
        entry, said = read_request(text)
        me = self._me()
        if (said.uid, said.by, said.why) != (target.uid, me.uid, ADMIN) or target.key is None:
            raise Refused("bad_kit_request", field="request")
        if not may_end_account(me.role, target.role):
            raise Refused("role_not_allowed", field="request")
        if said.prev != target.latest:
            raise Refused("stale", field="request")
        try:
            check(entry, RecoveryChange, target.key, ctx.authority_id)
        except Forged:
            raise Refused("bad_kit_request", field="request") from None
        if said.new_hash in ctx.trust.log.recovery_hashes:
            raise Refused("bad_kit_request", field="request")
        second = ctx.me.key.sign(RecoveryChange.CONTEXT, ctx.authority_id, entry.body)
        self._authority.request(ChangeRecovery(0, entry, None, second), Appended)
        self._authority.log.refresh()

    def finish(self) -> None:
        """Ask again for a kit that was asked for without an answer: the log has not decided about it."""
        found = self._ctx.vault.read(kits.next_kit)
        if found is not None and found.why != ADMIN:
            with contextlib.suppress(Refused, Forged):  # a log-in doesn't fail for it; it is asked again at the next
                self._ask(found)

    def settle(self, rows: Rows, log: Log) -> None:
        """What new entries of the log mean for a kit that was proposed."""
        if kits.settle(rows, log.users.get(self._ctx.me.uid), self._ctx.authority_id):
            self._changed = True

    def note(self) -> None:
        changed, self._changed = self._changed, False
        if changed:
            self._ctx.emit(KitChanged())

    def _me(self) -> User:
        user = self._ctx.trust.user(self._ctx.me.uid)
        if user is None or user.key != self._ctx.me.key.public:
            raise Refused("revoked")
        return user

    def _propose(self, rows: Rows, admin: User | None, old: Kit | None) -> NextKit:
        ctx, me = self._ctx, self._me()
        if admin is None:
            unconfirmed = kits.here(rows, ctx.authority_id)
            if old is None and unconfirmed is not None and kits.is_of(unconfirmed, me):
                old = unconfirmed
            if old is None and me.role is not Role.SUPER_ADMIN:
                raise Refused("kit_needed", field="kit")
            if old is not None and not kits.is_of(old, me):
                raise Refused("other_kit", field="kit")
        return kits.propose(rows, ctx.me, me, ctx.authority_id, admin.uid if admin is not None else None, old)

    def _ask(self, found: NextKit) -> None:
        ctx = self._ctx
        try:
            self._authority.request(ChangeRecovery(0, found.entry, found.recovery_key, found.second_sig), Appended)
        except Refused as reason:
            if reason.code != "stale":
                raise
        self._authority.log.refresh()
        ctx.vault.write(lambda rows: self.settle(rows, ctx.trust.log))  # here already, perhaps, when it was proposed
        self.note()
