"""Invitations to groups (section 9.6): checked when they come, or as soon as they can be, and kept to be answered."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Unreachable
from protocol.group_entries import NONE, Certificate, Commit, commit_hash
from protocol.group_seals import Invitation, Invited, check_invitation
from protocol.statements import Signed, check, decode_strict
from web_client.account.context import AccountContext
from web_client.account.events import MessageChanged
from web_client.authority.link import AuthorityLink
from web_client.groups import commits as group_commits
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.messages import rows as message_rows
from web_client.messages.blocked import Blocked
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.service import GroupService
    from web_client.groups.session import Room


def note(rows: Rows, order: int) -> None:
    """In the transaction that stores an invitation: it is still to be checked, whatever happens in between."""
    rows.execute("INSERT INTO unchecked VALUES (?)", (order,))


def look_again(ctx: AccountContext, authority: AuthorityLink, blocked: Blocked, groups: GroupService) -> None:
    """Check those that could not be checked when they came: the line broke, or the power failed."""
    for row in ctx.vault.read(_unchecked):
        if blocked.has(row.sender):  # meanwhile: passed over
            ctx.vault.write(lambda rows, at=row.ord: rows.execute("DELETE FROM unchecked WHERE ord = ?", (at,)))  # type: ignore[misc]
            continue
        take(ctx, authority, groups, row.ord, row.body, row.sender)


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


def take(
    ctx: AccountContext, authority: AuthorityLink, groups: GroupService, order: int, body: bytes, inviter: bytes
) -> None:
    """Keep one to be answered, or say at the message why it doesn't hold; without the authority it waits."""
    try:
        invited = check_body(ctx, authority, body, inviter)
    except Unreachable:
        return
    except HamrazError as reason:
        code = reason.code

        def refuse(rows: Rows) -> None:
            message_rows.change(rows, order, why=code)
            rows.execute("DELETE FROM unchecked WHERE ord = ?", (order,))

        ctx.vault.write(refuse)
        ctx.emit(MessageChanged(order))
        return
    gid = invited.commit.gid
    if ctx.vault.write(lambda rows: _keep(rows, invited, order, body, inviter)):
        groups.invite(gid)


def _keep(rows: Rows, invited: Invited, order: int, body: bytes, inviter: bytes) -> bool:
    gid, port = invited.commit.gid, invited.certificate.port
    row = rows.execute("SELECT state, since, invitation FROM groups WHERE gid = ?", (gid,)).fetchone()
    if row is not None and row[0] in (LEFT, REMOVED) and invited.commit.epoch <= _over(rows, gid, *row[1:]):
        rows.execute("DELETE FROM unchecked WHERE ord = ?", (order,))
        return False  # one that was answered, or that a removal has ended: said again, it asks nothing new
    if row is not None and row[0] == JOINED:
        if invited.commit.epoch <= _over(rows, gid, *row[1:]):  # what our chain has got to is looked at no more
            rows.execute("DELETE FROM unchecked WHERE ord = ?", (order,))
        return False  # one for later: we may be told only now that we were out in between
    rows.execute("DELETE FROM unchecked WHERE ord = ?", (order,))
    if row is None:
        rows.execute(
            "INSERT INTO groups (gid, name, port, state, hash) VALUES (?, ?, ?, ?, ?)",
            (gid, invited.name, port, INVITED, NONE),
        )
    rows.execute(
        "UPDATE groups SET state = ?, port = ?, invited_by = ?, invitation = ? WHERE gid = ?",
        (INVITED, port, inviter, body, gid),
    )
    return True


def _over(rows: Rows, gid: bytes, since: int, invitation: bytes | None) -> int:
    """The epoch up to which what invited us is over: of the last answer, of our last membership, and of our chain."""
    question = "SELECT count(*) FROM group_entries WHERE gid = ? AND kind = 'commit'"
    commits = int(rows.execute(question, (gid,)).fetchone()[0])
    answered = (
        0 if invitation is None else group_commits.read(decode_strict(bytes(invitation), Invitation).commit).epoch
    )
    return max(since, commits, answered)


def epoch_of(room: Room) -> int:
    """The epoch of the commit that we were invited by; 0 if it isn't known."""
    body = room.row("invitation")
    if body is None:
        return 0
    return group_commits.read(decode_strict(bytes(body), Invitation).commit).epoch


def check_body(ctx: AccountContext, authority: AuthorityLink, body: bytes, inviter: bytes) -> Invited:
    """An invitation that the log proves and whose commander signed it; raises its own name otherwise."""
    key = ctx.trust.log.authority_key
    assert key is not None
    invited = check_invitation(body, key, ctx.authority_id, ctx.me.uid)
    commit, certificate = invited.commit, invited.certificate
    if len(ctx.trust.log.groups.get(commit.gid, [])) < commit.epoch:
        authority.log.refresh()
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
