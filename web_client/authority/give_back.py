"""What an agent gives back to an authority that was restored from an old backup (section 6.5): the log, and groups."""

from __future__ import annotations

import contextlib

from protocol.errors import HamrazError, Unreachable
from protocol.group_entries import ChainHead
from protocol.messages import GiveBack, GiveBackChain, GivenBack
from protocol.statements import Signed, decode_strict
from web_client.account.context import AccountContext
from web_client.net.channel import Asks, Channel
from web_client.vault.database import Rows, save_setting, setting

LOG_PART = 3_000  # bytes of entries: before log-in, a frame has 4,096
CHAIN_PART = 512 * 1024


def log(ctx: AccountContext, channel: Channel, theirs: Signed) -> None:
    """Give back what follows the authority's head, if ours is newer and says the same that far. Before log-in."""
    trust, ours = ctx.trust, ctx.trust.head
    key = trust.log.authority_key
    if ours is None or key is None:
        return
    behind, size = trust.check_head(theirs, key), trust.log.size
    if behind.size > size:
        return
    trust.compare(theirs, key, None)  # before the log-in, which an authority with another history may refuse
    at = behind.size
    while at < size:
        entries = ctx.vault.read(lambda rows, at=at: _part(rows, _LOG, (at,), LOG_PART))  # type: ignore[misc]
        after = at
        at = channel.request(GiveBack(0, after, entries, ours), GivenBack).size
        _require_progress(at, after + len(entries))


def chains(ctx: AccountContext, authority: Asks) -> None:
    """Give back the chains of all groups that this agent has, as far as the authority lacks them. After log-in."""
    question = "SELECT gid FROM groups WHERE certificate IS NOT NULL AND chain IS NOT NULL"
    for (gid,) in ctx.vault.read(lambda rows: rows.execute(question).fetchall()):
        with contextlib.suppress(HamrazError):  # one that it doesn't take keeps no other back
            chain(ctx, authority, bytes(gid))


def chain(ctx: AccountContext, authority: Asks, gid: bytes) -> None:
    """Give back one group's chain, whole; `recovering` if it can't be: the newest signed head covers more than is here,
    or the group's certificate isn't here.
    """
    question = "SELECT certificate, chain, n FROM groups WHERE gid = ?"
    raw_certificate, raw_chain, n = ctx.vault.read(lambda rows: rows.execute(question, (gid,)).fetchone())
    if raw_certificate is None or raw_chain is None:
        raise Unreachable("recovering")
    certificate, head = decode_strict(bytes(raw_certificate), Signed), decode_strict(bytes(raw_chain), Signed)
    at = authority.request(GiveBackChain(0, certificate, head, n, []), GivenBack).size
    covered = decode_strict(head.body, ChainHead).n
    if n < covered and at < covered:
        raise Unreachable("recovering")  # reading was cut off: the head proves none of what is here
    while at < n:
        entries = ctx.vault.read(lambda rows, at=at: _part(rows, _CHAIN, (gid, at), CHAIN_PART))  # type: ignore[misc]
        after = at
        at = authority.request(GiveBackChain(0, certificate, head, after, entries), GivenBack).size
        _require_progress(at, after + len(entries))


_LOG = "SELECT entry FROM log WHERE n >= ? ORDER BY n"
_CHAIN = "SELECT entry FROM group_entries WHERE gid = ? AND n > ? ORDER BY n"


def _part(rows: Rows, question: str, values: tuple[object, ...], size: int) -> list[bytes]:
    """Entries from a place on, as many as have `size` bytes together, and at least one."""
    found: list[bytes] = []
    for (entry,) in rows.execute(question, values):
        size -= len(entry) + 5
        if found and size < 0:
            break
        found.append(bytes(entry))
    return found


def _require_progress(at: int, whole: int) -> None:
    """`recovering` unless all of a part was taken: it is somebody else's turn, or it would be had drop by drop."""
    if at < whole:
        raise Unreachable("recovering")


def era(rows: Rows) -> bytes | None:
    """The authority's era for which everything of ours has been left there; None before the first log-in."""
    return setting(rows, "era")


def save_era(rows: Rows, era: bytes) -> None:
    save_setting(rows, "era", era)
