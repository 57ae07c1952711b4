"""What other agents may ask of this one, joined from the rooms that answer it."""

from __future__ import annotations

from collections.abc import Callable

from protocol.log import User
from protocol.statements import Prekey, Signed
from web_client.account.context import AccountContext
from web_client.files import serve
from web_client.files.transfers import Files
from web_client.groups import heads as group_heads
from web_client.groups.service import GroupService
from web_client.messages import incoming, outgoing, receipts
from web_client.messages.missing import Missing
from web_client.messages.service import Messages
from web_client.messages.typing import TypingIndicators


class PeerCalls:
    """A PeerHandler (peers/handler.py)."""

    def __init__(
        self,
        ctx: AccountContext,
        messages: Messages,
        missing: Missing,
        typing: TypingIndicators,
        groups: GroupService,
        files: Files,
    ) -> None:
        self._ctx = ctx
        self._messages = messages
        self._groups = groups
        self._files = files
        self.typing = typing.on_typing_from
        self.send_again = missing.send_again
        self.give_back = missing.give_back

    def prekeys_for(self, uid: bytes) -> list[Signed]:
        ctx = self._ctx
        made = ctx.vault.offload(incoming.make_keys, ctx.vault.read(lambda rows: incoming.lacks_prekeys(rows, uid)))
        return ctx.vault.write(lambda rows: incoming.hand_out_prekeys(rows, ctx.me, uid, ctx.authority_id, made))

    def keep_prekeys(self, uid: bytes, found: list[tuple[Prekey, Signed]]) -> None:
        self._ctx.vault.write(lambda rows: outgoing.keep_prekeys(rows, uid, found))

    def receive_message(self, sender: User, prekey_id: bytes, sealed: bytes) -> tuple[Signed, Callable[[], None]]:
        accepted = self._messages.accept(sender, prekey_id, sealed)
        return accepted.receipt, lambda: self._messages.follow(sender, accepted)

    def receive_receipts(self, reader: User, found: list[Signed]) -> None:
        receipts.take(self._ctx, reader, found)

    def chunk(self, uid: bytes, id: bytes, index: int) -> bytes:
        return serve.serve(self._files.context, uid, id, index)

    def chains_for(self, uid: bytes) -> list[Signed]:
        return group_heads.ours(self._ctx, self._groups, uid)

    def compare_chains(self, uid: bytes, chains: list[Signed]) -> None:
        group_heads.take(self._ctx, self._groups, uid, chains)
