"""Others' one-time prekeys, which we seal to."""

from __future__ import annotations

from web_client.account.context import AccountContext
from web_client.messages import outgoing
from web_client.vault.database import Rows


def has(ctx: AccountContext, peer: bytes) -> bool:
    """Whether there is one of theirs."""
    unused = "SELECT 1 FROM peer_prekeys WHERE peer = ? AND signed IS NOT NULL LIMIT 1"
    return ctx.vault.value(unused, peer) is not None


def count(ctx: AccountContext, peer: bytes) -> int:
    """How many of theirs there are."""
    return int(ctx.vault.value("SELECT count(signed) FROM peer_prekeys WHERE peer = ?", peer))


def reseal(ctx: AccountContext, peer: bytes, order: int, forget: bool) -> None:
    """A message is to be sealed to another one of theirs; with `forget`, all that we have of them don't hold."""

    def change(rows: Rows) -> None:
        outgoing.unseal(rows, order)
        if forget:
            outgoing.forget_prekeys(rows, peer)

    ctx.vault.write(change)
