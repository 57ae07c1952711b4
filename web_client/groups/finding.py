"""Groups that one is in and that nothing here knows of, after a restore (section 15.4): the log has the number of each,
and the authority says of each whether one stands in it. What is found is joined already; its words need its keys.
"""

from __future__ import annotations

import contextlib
from itertools import islice

import msgspec

from protocol.errors import Forged, Refused, Unreachable
from protocol.group_entries import NONE, ChainHead, Commit
from protocol.messages import GroupIs, Reload, Reloaded
from protocol.statements import check, decode_strict, encode_strict
from web_client.account import identity, restored
from web_client.account.context import AccountContext
from web_client.authority.link import AuthorityLink
from web_client.groups import commits as group_commits
from web_client.groups import invitations
from web_client.groups.connection import enter
from web_client.groups.rows import INVITED, JOINED
from web_client.groups.service import NAME_LIMIT, GroupService
from web_client.vault.database import Rows, save_setting, setting, value

AT_ONCE = 20  # groups that are asked for in one turn: a turn every two seconds leaves the line to everybody else
NAMED = 3  # members by whose names a group goes until its own is known
_SEARCH = "find_groups"  # the setting


class Search(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """`since`: a group that has not changed from this entry of the log on is known here, or isn't ours. `done`: so many
    of the log's groups, in their order, were looked at.
    """

    since: int
    done: int


def begin(rows: Rows, since: int) -> None:
    """In the transaction that makes the vault: they are to be looked for."""
    save_setting(rows, _SEARCH, encode_strict(Search(since, 0)))


def is_on(rows: Rows) -> bool:
    """Whether there is more to look for."""
    return setting(rows, _SEARCH) is not None


def step(ctx: AccountContext, authority: AuthorityLink, groups: GroupService) -> None:
    """Ask for some more of them. Raises what keeps it from that; nothing that was found is lost by it."""
    raw = ctx.vault.read(lambda rows: setting(rows, _SEARCH))
    if raw is None:
        return
    search = decode_strict(raw, Search)
    done, asked = search.done, 0
    for gid, epochs in list(islice(ctx.trust.log.groups.items(), search.done, None)):
        if asked == AT_ONCE:
            break
        if epochs[-1][0] >= search.since:
            asked += 1
            with contextlib.suppress(Forged):  # what doesn't hold is none
                _look_for(ctx, authority, groups, gid)
        done += 1
    if asked < AT_ONCE:
        ctx.vault.execute("DELETE FROM settings WHERE name = ?", _SEARCH)
    else:
        ctx.vault.write(lambda rows: save_setting(rows, _SEARCH, encode_strict(Search(search.since, done))))


def _look_for(ctx: AccountContext, authority: AuthorityLink, groups: GroupService, gid: bytes) -> None:
    if ctx.vault.value("SELECT state FROM groups WHERE gid = ?", gid) not in (None, INVITED):
        return
    try:
        found, certificate = group_commits.newest(ctx, authority, gid)
        invitations.check_certificate(ctx, certificate, found.commit)
        commit = group_commits.read(found.commit)
        if certificate.gid != gid or all(member.uid != ctx.me.uid for member in commit.members):
            return
        n = _served(ctx, authority, gid, certificate.port)
    except Refused as reason:
        if reason.code != "not_member":
            raise
        return  # others', or one to which we are only invited: whoever has invited us says so again
    ctx.vault.write(lambda rows: _keep(ctx, rows, found, commit, certificate.port, n))
    groups.is_ours(gid)


def _served(ctx: AccountContext, authority: AuthorityLink, gid: bytes, port: int) -> int:
    """Up to which place we are served the chain, as who has come in is; else `not_member`."""
    key = ctx.trust.log.authority_key
    assert key is not None
    try:
        channel, greeting = identity.meet(
            lambda hosts: ctx.network.dial_group(hosts, port, lambda message: None, lambda: None),
            authority.route.hosts,
            ctx.authority_id,
        )
    except Unreachable as reason:
        raise identity.as_down(reason) from None
    with contextlib.closing(channel):
        head = check(enter(ctx, gid, channel, greeting), ChainHead, key, ctx.authority_id)
        channel.request(Reload(0, gid, head.n), Reloaded)
    if head.gid != gid:
        raise Forged("wrong_answer")
    return head.n


def _keep(ctx: AccountContext, rows: Rows, found: GroupIs, commit: Commit, port: int, n: int) -> None:
    """The row of a group that is joined. All of it was said before: it is no news, and counts as read."""
    known = value(rows, "SELECT name FROM groups WHERE gid = ?", commit.gid)
    rows.execute(
        "INSERT OR IGNORE INTO groups (gid, name, port, state, hash) VALUES (?, ?, ?, ?, ?)",
        (commit.gid, known or _called(ctx, commit), port, JOINED, NONE),
    )
    rows.execute(
        "UPDATE groups SET state = ?, port = ?, certificate = ? WHERE gid = ?",
        (JOINED, port, encode_strict(found.certificate), commit.gid),
    )
    restored.replay(rows, commit.gid, n, 0)


def _called(ctx: AccountContext, commit: Commit) -> str:
    """What it goes by until its settings are here, or an invitation to it."""
    others = [ctx.trust.log.users[one.uid].name for one in commit.members if one.uid != ctx.me.uid]
    return ", ".join(others[:NAMED] or [ctx.me.name])[:NAME_LIMIT]
