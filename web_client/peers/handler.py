"""What is to be done with what comes over a line to another agent: the two ends of the line know nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from protocol.log import User
from protocol.statements import Prekey, Signed


class PeerHandler(Protocol):
    """Called from the threads of lines, for people who have proved who they are."""

    def prekeys_for(self, uid: bytes) -> list[Signed]:
        """One-time prekeys for them alone."""

    def keep_prekeys(self, uid: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
        """Theirs, checked."""

    def receive_message(self, sender: User, prekey_id: bytes, sealed: bytes) -> tuple[Signed, Callable[[], None]]:
        """Its receipt, on disk with it, and what follows once the receipt is on its way."""

    def receive_receipts(self, reader: User, receipts: list[Signed]) -> None:
        """For messages of ours."""

    def chunk(self, uid: bytes, id: bytes, index: int) -> bytes:
        """A sealed chunk of a file that they may have."""

    def typing(self, uid: bytes, on: bool, what: str) -> None:
        """They have begun or stopped to write to us, or what else they say that they do."""

    def chains_for(self, uid: bytes) -> list[Signed]:
        """The newest signed heads of the groups in which both are."""

    def compare_chains(self, uid: bytes, chains: list[Signed]) -> None:
        """Theirs."""

    def send_again(self, uid: bytes, key: bytes, after: int, up_to: int) -> int:
        """What they have lost of ours comes again; how many messages that are."""

    def give_back(self, uid: bytes, key: bytes, after: int, up_to: int) -> tuple[list[Signed], bool]:
        """What they have lost of their own, and whether more follows."""
