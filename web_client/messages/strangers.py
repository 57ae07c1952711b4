"""How much is taken of people who are no contact (section 11.2): enough to write to somebody for the first time, and
never so much that it fills a vault. A contact is whom this user has written to, or has verified.
"""

from __future__ import annotations

from protocol.errors import Refused
from protocol.shares import Shares
from web_client.account.context import AccountContext
from web_client.vault.database import Vault
from web_client.vault.lines import ASIDE

MIB = 1024 * 1024
DAY = 86_400_000  # ms
# that a message counts for beside what was sealed: its row, its signature, its place in the search
MESSAGE_BYTES = 2048
UNREADABLE_EACH, UNREADABLE = 20, 400  # messages that don't open, of one, and of all: each is a line that is shown


class Strangers:
    """What has been taken of each since this agent was started; it wears off within a day or so."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._contacts: set[bytes] = set()
        self._bytes = Shares(128 * MIB, 16 * MIB, DAY)
        self._unreadable = Shares(UNREADABLE, UNREADABLE_EACH, DAY)

    def take(self, peer: bytes, size: int) -> None:
        """Charge a message of so many sealed bytes to who is no contact; `slow_down` if it is too much of them."""
        if not self.is_contact(peer):
            self._bytes.take(peer.hex(), self._now(), size + MESSAGE_BYTES)

    def shows(self, peer: bytes) -> bool:
        """Whether one more message of theirs that doesn't open has a line of its own."""
        if self.is_contact(peer):
            return True
        try:
            self._unreadable.take(peer.hex(), self._now())
        except Refused:
            return False
        return True

    def is_contact(self, peer: bytes) -> bool:
        """Whether our user has written to them, or has verified them. What a group's link has sent by itself, an
        invitation, and a press on somebody's link are no words of theirs.
        """
        if peer not in self._contacts and (
            self._wrote(peer, f"AND line != {ASIDE}") or is_verified(self._ctx.vault, peer)
        ):
            self._contacts.add(peer)
        return peer in self._contacts

    def has_receipts(self, peer: bytes) -> bool:
        """Whether anything was sent to them that they may have to receipt."""
        return peer in self._contacts or self._wrote(peer)

    def _wrote(self, peer: bytes, more: str = "") -> bool:
        query = f"SELECT 1 FROM messages WHERE sender = ? AND recipient = ? {more} LIMIT 1"
        return self._ctx.vault.value(query, self._ctx.me.uid, peer) is not None

    def _now(self) -> int:
        return int(self._ctx.timer() * 1000)


def is_verified(vault: Vault, peer: bytes) -> bool:
    """Whether our user has compared their safety number."""
    return vault.value("SELECT 1 FROM contacts WHERE uid = ? AND verified_key IS NOT NULL", peer) is not None
