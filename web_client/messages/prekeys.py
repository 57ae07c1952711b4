"""One-time prekeys: ours that others get, theirs that we seal to."""

from __future__ import annotations

from protocol.statements import Prekey, Signed
from web_client.account.context import AccountContext
from web_client.messages import incoming, outgoing
from web_client.vault.database import Rows


def hand_out(ctx: AccountContext, peer: bytes) -> list[Signed]:
    """New ones of ours, for this person alone."""
    return ctx.vault.write(lambda rows: incoming.hand_out_prekeys(rows, ctx.me, peer, ctx.authority_id))


def keep(ctx: AccountContext, peer: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
    """Theirs, checked."""
    ctx.vault.write(lambda rows: outgoing.keep_prekeys(rows, peer, prekeys))


def has(ctx: AccountContext, peer: bytes) -> bool:
    """Whether there is one of theirs."""
    question = "SELECT 1 FROM peer_prekeys WHERE peer = ? LIMIT 1"
    return ctx.vault.read(lambda rows: rows.execute(question, (peer,)).fetchone()) is not None


def reseal(ctx: AccountContext, peer: bytes, order: int, forget: bool) -> None:
    """A message is to be sealed to another one of theirs; with `forget`, all that we have of them don't hold."""

    def change(rows: Rows) -> None:
        outgoing.unseal(rows, order)
        if forget:
            outgoing.forget_prekeys(rows, peer)

    ctx.vault.write(change)
