"""Invitations to groups (section 9.6): checked when they come, or as soon as they can be, and kept to be answered."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Unreachable
from protocol.group_entries import NONE, Certificate, Commit, commit_hash
from protocol.group_seals import Invitation, Invited, check_invitation
from protocol.statements import Signed, check, decode_strict
from web_client.account.context import AccountContext
from web_client.account.events import InvitationReceived, MessageChanged
from web_client.authority.link import AuthorityLink
from web_client.groups import commits as group_commits
from web_client.groups import join_links
from web_client.groups import rows as group_rows
from web_client.groups.rows import INVITED, JOINED
from web_client.messages import rows as message_rows
from web_client.messages.blocked import Blocked
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN

if TYPE_CHECKING:
    from web_client.groups.service import GroupService


_CHECKED = "DELETE FROM unchecked WHERE ord = ?"


def note(rows: Rows, order: int) -> None:
    """In the transaction that stores an invitation: it is still to be checked, whatever happens in between."""
    rows.execute("INSERT INTO unchecked VALUES (?)", (order,))


def look_again(ctx: AccountContext, authority: AuthorityLink, blocked: Blocked, groups: GroupService) -> None:
    """Check those that could not be checked when they came: the line broke, or the power failed."""
    for row in ctx.vault.read(_unchecked):
        if blocked.has(row.sender):  # meanwhile: passed over
            ctx.vault.execute(_CHECKED, row.ord)
            continue
        take(ctx, authority, groups, InvitationReceived(row.ord, row.body, row.sender))


def _unchecked(rows: Rows) -> list[MessageRow]:
    orders = rows.execute("SELECT ord FROM unchecked ORDER BY ord").fetchall()
    return [row for (order,) in orders if (row := message_rows.at(rows, order)) is not None]


def asks_back(ctx: AccountContext, authority: AuthorityLink, gid: bytes, after: int) -> bool:
    """Whether one that holds waits here for a group that counts us in, by a commit later than this epoch."""
    for row in ctx.vault.read(_unchecked):
        with contextlib.suppress(HamrazError):
            commit = check_body(ctx, authority, row.body, row.sender).commit
            if commit.gid == gid and commit.epoch > after:
                return True
    return False


def take(ctx: AccountContext, authority: AuthorityLink, groups: GroupService, came: InvitationReceived) -> None:
    """Keep one to be answered, or say at the message why it doesn't hold; without the authority it waits."""
    try:
        invited = check_body(ctx, authority, came.body, came.sender)
    except Unreachable:
        return
    except HamrazError as reason:
        code = reason.code

        def refuse(rows: Rows) -> None:
            message_rows.change(rows, came.order, why=code, line=SHOWN)  # there is no group that could say so
            rows.execute(_CHECKED, (came.order,))

        ctx.vault.write(refuse)
        ctx.emit(MessageChanged(came.order))
        return
    at_once = groups.need_not_ask(came.sender)
    if ctx.vault.write(lambda rows: _keep(rows, invited, came, at_once)):
        groups.invite(invited.commit.gid)


def _keep(rows: Rows, invited: Invited, came: InvitationReceived, at_once: bool) -> bool:
    """Whether there is something to answer. `at_once`: our user has said yes beforehand to all that this person sends;
    who has been in a group before, or was invited, is asked all the same.
    """
    gid, port = invited.commit.gid, invited.certificate.port
    row = rows.execute("SELECT state, since, invitation FROM groups WHERE gid = ?", (gid,)).fetchone()
    # found again after a restore (finding.py), and its settings not here yet: this is what it is called
    rows.execute(
        "UPDATE groups SET name = ? WHERE gid = ? AND state = ? AND gid NOT IN (SELECT gid FROM group_settings)",
        (invited.name, gid, JOINED),
    )
    over = row is not None and row[0] != INVITED and invited.commit.epoch <= _over(rows, gid, *row[1:])
    if row is not None and row[0] == JOINED and not over:
        return False  # one for later: we may be told only now that we were out in between
    rows.execute(_CHECKED, (came.order,))
    if over:  # it was answered, a removal has ended it, or our chain has got to it: said again, it asks nothing new
        return False
    if row is None:
        rows.execute(
            "INSERT INTO groups (gid, name, port, state, hash) VALUES (?, ?, ?, ?, ?)",
            (gid, invited.name, port, INVITED, NONE),
        )
        if at_once:
            join_links.note_asked(rows, gid, came.sender)
    rows.execute(
        "UPDATE groups SET state = ?, port = ?, invited_by = ?, invitation = ?, invited = ? WHERE gid = ?",
        (INVITED, port, came.sender, came.body, came.order, gid),
    )
    return True


def _over(rows: Rows, gid: bytes, since: int, invitation: bytes | None) -> int:
    """The epoch up to which what invited us is over: of the last answer, of our last membership, and of our chain."""
    return max(since, group_rows.epochs(rows, gid), epoch_of(invitation))


def epoch_of(invitation: bytes | None) -> int:
    """The epoch of the commit that it invites by; 0 if there is none."""
    if invitation is None:
        return 0
    return group_commits.read(decode_strict(bytes(invitation), Invitation).commit).epoch


def check_body(ctx: AccountContext, authority: AuthorityLink, body: bytes, inviter: bytes) -> Invited:
    """An invitation that the log proves and whose commander signed it; raises its own name otherwise. `log_behind` as
    long as our log isn't as long as the authority's was when it signed the certificate: another of its nodes knew more.
    """
    key = ctx.trust.log.authority_key
    assert key is not None
    invited = check_invitation(body, key, ctx.authority_id, ctx.me.uid)
    commit, certificate = invited.commit, invited.certificate
    if len(ctx.trust.log.groups.get(commit.gid, [])) < commit.epoch:
        authority.log.refresh()
    if certificate.sequence >= ctx.trust.log.size:
        raise Unreachable("log_behind")
    check_certificate(ctx, certificate, decode_strict(body, Invitation).commit)
    if all(member.uid != inviter for member in commit.members):
        raise Forged("bad_certificate")
    return invited


def check_certificate(ctx: AccountContext, certificate: Certificate, signed: Signed) -> None:
    """The certificate equals a GROUP entry of the log, and the commit is its commander's."""
    commit = group_commits.read(signed)
    epochs = ctx.trust.log.groups.get(certificate.gid, [])
    if not 1 <= certificate.epoch <= len(epochs):
        raise Forged("bad_certificate")
    index, hash = epochs[certificate.epoch - 1]
    if (hash, index) != (certificate.commit_hash, certificate.sequence) or hash != commit_hash(signed):
        raise Forged("bad_certificate")
    commander = ctx.trust.log.users.get(commit.by)
    key = commander.key_at(index) if commander else None
    if key is None:
        raise Forged("bad_certificate")
    check(signed, Commit, key, ctx.authority_id)
