"""Everything of one user whose vault is open: keys, log, links, outbox. What it decides stands in the modules
it joins.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from protocol.envelope import INVITATION
from protocol.errors import HamrazError, Unreachable
from protocol.links import Link
from protocol.log import User
from protocol.statements import Prekey, Signed
from web_client import account, message_marks, private_chat, private_inbox, settings
from web_client.account import Identity
from web_client.around import Around
from web_client.authority_link import AuthorityLink
from web_client.file_store import FileStore
from web_client.files import Files
from web_client.group_chat import GroupChat
from web_client.key_changes import KeyChanges
from web_client.network import Network
from web_client.outbox import Outbox
from web_client.peer_link import PeerLinks
from web_client.peer_session import PeerSession
from web_client.private_chat import Outgoing
from web_client.roaming import Roaming
from web_client.trust import Trust
from web_client.vault import Vault
from web_client.writing import Writing

# (event, what it is about): "message" order, "gone" (chat, id), "waiting", "person" uid, "link", "alarm", "log" indexes
OnChange = Callable[[str, Any], None]

_encode = msgspec.msgpack.Encoder().encode


class Node:
    """One logged-in user. `start` runs it on threads; in memory, tests call `authority.connect` and
    `outbox.step` themselves.
    """

    def __init__(
        self,
        vault: Vault,
        network: Network,
        clock: Callable[[], int],
        timer: Callable[[], float],
        on_change: OnChange,
        store: FileStore | None = None,  # None: files last as long as this node
    ) -> None:
        self.vault = vault
        self.network = network
        self.clock = clock  # ms since 1970, for what people see
        self.timer = timer  # seconds that never jump, for waiting
        self._changed = on_change
        self.me: Identity
        self.link: Link
        self.me, self.link = account.load_identity(vault)
        self.authority_id = self.link.authority_id
        vault.on_trouble = lambda trouble: on_change("disk", trouble.code if trouble else None)
        self.keys = KeyChanges(self)
        self.trust = Trust(vault, self.authority_id, lambda alarm: on_change("alarm", alarm), self.keys.follow)
        self.settings = vault.read(settings.load)
        self.around = Around(self)
        self.writing = Writing(self)
        self.authority = AuthorityLink(self)
        self.links = PeerLinks(self)
        self.outbox = Outbox(self)
        self.groups = GroupChat(self)
        self.roaming = Roaming(self)
        self.files = Files(self, store or FileStore(None, vault.offload))
        self._hosts: list[str] = []
        self._stop = threading.Event()
        self._ticket = threading.Event()
        network.listen(lambda send, close: PeerSession(self, send, close))

    # --- running ---

    def start(self) -> None:
        """Keep the link to the authority, and deliver what waits."""
        threading.Thread(target=self.authority.run, name="authority link", daemon=True).start()
        threading.Thread(target=self._deliver, name="outbox", daemon=True).start()
        threading.Thread(target=self.roaming.run, args=(self._stop,), name="roaming", daemon=True).start()
        self.groups.start()
        self.files.start()

    def close(self) -> None:
        """Close every link; the vault is the caller's."""
        self._stop.set()
        self._ticket.set()
        self.authority.stop()
        self.groups.close()
        self.files.close()
        self.links.close()
        self.network.close()

    def deliver_soon(self, peer: bytes) -> None:
        """Something new waits for this peer."""
        self.outbox.hurry(peer)
        self._ticket.set()

    def look_after_disk(self) -> None:
        """Once the disk takes something again, everything that waited for it goes on."""
        if self.vault.trouble is None:
            return
        self.vault.probe()
        if self.vault.trouble is None:
            self.outbox.hurry()
            self.groups.wake()
            self.authority.try_now()

    def _deliver(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(HamrazError):  # it lasts
                self.look_after_disk()
            with contextlib.suppress(HamrazError):  # a disk that fails now may work in a second
                for peer in self.outbox.due(self.timer()):
                    threading.Thread(target=self.outbox.step, args=(peer,), name="deliver", daemon=True).start()
            self.writing.lapse()
            # a second is how late a delayed try may be; something new wakes us at once
            self._ticket.wait(1.0)
            self._ticket.clear()

    # --- what happens ---

    def tell(self, what: str, about: Any) -> None:
        """Something has changed that the page may show."""
        self._on_change(what, about)

    def _on_change(self, what: str, about: Any) -> None:
        if what in ("message", "gone"):
            self.files.look_for_deleted()
        self._changed(what, about)

    def show(self, orders: list[int], opened: bool = False) -> None:
        """These messages have changed; of what is no line of a conversation only the queue is told.

        With `opened`, a key has come for them: what was shown as unreadable may be no line.
        """
        for order, (line, chat, id) in self.vault.read(lambda rows: message_marks.lines(rows, orders)).items():
            if line:
                self._on_change("message", order)
            elif opened:
                self._on_change("gone", (chat, bytes(id)))
            else:
                self._on_change("waiting", None)

    def note_link(self) -> None:
        if self.authority.up:
            self.groups.wake()
            self.files.hurry()
        self._on_change("link", None)

    def note_log(self, indexes: list[int]) -> None:
        self.keys.note()
        self.groups.wake()
        self._on_change("log", indexes)

    def note_waiting(self, peer: bytes, why: str) -> None:
        """Say at a peer's waiting messages why they wait."""

        def change(rows: Any) -> list[int]:
            orders = [row[0] for row in rows.execute("SELECT ord FROM outbox WHERE peer = ? AND mailed = 0", (peer,))]
            rows.executemany("UPDATE messages SET why = ? WHERE ord = ?", [(why, order) for order in orders])
            return orders

        self.show(self.vault.write(change))

    def note_hosts(self, hosts: list[str]) -> bool:
        """The addresses at which others may reach us; True if they are others than before."""
        before, self._hosts = self._hosts, hosts
        return hosts != before

    def presence(self, me: Identity | None = None) -> Signed:
        """A new presence record."""
        network = self.network
        return account.next_presence(
            self.vault, me or self.me, self.authority_id, self.clock(), self._hosts, network.port, network.fingerprint
        )

    # --- finding people ---

    def compare_head(self, signed: Signed, shown_by: bytes | None) -> None:
        """Hold a head that somebody shows against our log. Raises `log_split`."""
        key = self.trust.log.authority_key
        assert key is not None
        self.trust.compare(signed, key, shown_by if shown_by and self.trust.user(shown_by) else None)
        if self.trust.behind and self.authority.up:
            self.authority.refresh()

    def set_verified(self, peer: User, verified: bool) -> None:
        """Remember that the safety number was compared for the peer's present key, or forget it."""
        key = peer.key.raw if verified and peer.key else None
        self.vault.write(
            lambda rows: rows.execute(
                "INSERT INTO contacts (uid, verified_key, noticed) VALUES (?, ?, ?) ON CONFLICT (uid) "
                "DO UPDATE SET verified_key = excluded.verified_key, noticed = excluded.noticed",
                (peer.uid, key, peer.key_entry),
            )
        )

    # --- private chat, each call one transaction ---

    def compose(self, peer: bytes, kind: str, body: bytes, id: bytes) -> int:
        """Put a message into the outbox; returns its order once it is on disk."""
        self.trust.require_no_alarm()
        self.keys.require_account()
        head = self.trust.head
        if head is None:
            raise Unreachable("authority_down")
        now = self.clock()

        def change(rows: Any) -> tuple[int, list[int]]:
            order, changed = private_chat.compose(rows, self.me, peer, kind, body, id, now, head)
            # sealed in the same transaction if a prekey is here: one wait for the disk less before it is sent
            with contextlib.suppress(HamrazError):  # otherwise when it is delivered, and there it is said why not
                private_chat.next_outgoing(rows, self.me, peer, self.authority_id)
            return order, changed

        order, changed = self.vault.write(change)
        self.writing.sent(private_chat.chat_of(peer))
        self.show([order, *changed])
        self.deliver_soon(peer)
        return order

    def hand_out_prekeys(self, peer: bytes) -> list[Signed]:
        return self.vault.write(lambda rows: private_inbox.hand_out_prekeys(rows, self.me, peer, self.authority_id))

    def keep_prekeys(self, peer: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
        self.vault.write(lambda rows: private_chat.keep_prekeys(rows, peer, prekeys))

    def has_prekeys(self, peer: bytes) -> bool:
        question = "SELECT 1 FROM peer_prekeys WHERE peer = ? LIMIT 1"
        return self.vault.read(lambda rows: rows.execute(question, (peer,)).fetchone()) is not None

    def reseal(self, peer: bytes, order: int, forget: bool) -> None:
        def change(rows: Any) -> None:
            private_chat.unseal(rows, order)
            if forget:
                private_chat.forget_prekeys(rows, peer)

        self.vault.write(change)

    def give_up(self, order: int, why: str) -> None:
        self.vault.write(lambda rows: private_chat.fail(rows, order, why))
        self.show([order])

    def accept(self, sender: User, prekey_id: bytes, sealed: bytes, by_mail: bool = False) -> Signed:
        """Store a message that has arrived; its receipt is on disk when this returns."""
        accepted = self.vault.write(
            lambda rows: private_inbox.accept(rows, self.me, sender, prekey_id, sealed, self.authority_id, by_mail)
        )
        if by_mail:
            self.deliver_soon(sender.uid)  # its receipt
        if accepted.order is not None:
            self.writing.hear_from(sender.uid, False)  # who has sent it has stopped writing it
        for order in accepted.changed:
            self._on_change("message", order)
        if accepted.message is not None and accepted.order is not None:
            # what a new message says beside its words: the head that its sender knew, or an invitation
            with contextlib.suppress(HamrazError):  # the message stands; the alarm, if it is one, is up
                self.compare_head(accepted.message.head, sender.uid)
            if accepted.message.kind == INVITATION:
                self.groups.take_invitation(accepted.order, accepted.message.body, sender.uid)
        return accepted.receipt

    def confirm(self, reader: User, receipts: list[Signed], expected: Outgoing | None = None) -> None:
        """Take receipts for messages of ours; with `expected`, one for exactly that message."""

        def change(rows: Any) -> list[int]:
            orders = []
            for signed in receipts:
                order = private_chat.confirm(rows, self.me, reader, signed, self.authority_id, expected)
                if order is not None:
                    orders.append(order)
            return orders

        self.show(self.vault.write(change))

    def drop_receipts(self, peer: bytes, up_to: int) -> None:
        self.vault.write(lambda rows: rows.execute("DELETE FROM receipts WHERE peer = ? AND ord <= ?", (peer, up_to)))

    def mark_read(self, chat: str, peer: bytes | None, order: int) -> None:
        """Remember how far a conversation was read; in a private one the other gets receipts for it."""
        told, key_id = peer if self.settings.read_receipts else None, self.authority_id
        if self.vault.write(lambda rows: private_inbox.mark_read(rows, self.me, chat, told, order, key_id)):
            assert peer is not None
            self.deliver_soon(peer)
        if peer is None:
            self.groups.wake()
