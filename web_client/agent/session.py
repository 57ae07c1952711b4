"""Everything of one user whose vault is open: keys, log, links, outbox. What it decides stands in the modules
it joins.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from protocol.errors import HamrazError, Unreachable
from protocol.links import Link
from protocol.log import User
from protocol.statements import Signed
from transport import threads
from transport.threads import Troubles
from web_client.account import account, key_ages, settings
from web_client.account.account import Identity
from web_client.account.states import LOG_BEHIND, States
from web_client.account.verified_log import Trust
from web_client.agent.roaming import Roaming
from web_client.authority.link import AuthorityLink
from web_client.authority.presence import Around
from web_client.authority.watching import LookedAt
from web_client.files.transfers import Files
from web_client.groups import invitations
from web_client.groups.service import GroupChat
from web_client.messages.blocked import Blocked
from web_client.messages.delivery import Outbox
from web_client.messages.gone import Unread
from web_client.messages.key_rotation import KeyChanges
from web_client.messages.missing import Missing
from web_client.messages.profiles import Profiles
from web_client.messages.service import Correspondence
from web_client.messages.strangers import Strangers
from web_client.messages.typing import Writing
from web_client.net.network import Network
from web_client.peers.incoming import PeerSession
from web_client.peers.outgoing import PeerLinks
from web_client.search import index
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Vault

# (event, what it is about): "message" order, "gone" (chat, name), "waiting", "person", "link", "alarm", "log" indexes,
# "reread" chat, "chat_with" uid
OnChange = Callable[[str, Any], None]


class Node(Correspondence):
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
        troubles: Troubles | None = None,  # what fails in the process's threads
    ) -> None:
        self.troubles = troubles or Troubles(lambda: self.tell("states", None), timer)
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
        if vault.read(key_ages.is_behind):
            vault.write(key_ages.catch_up)
        self.keys = KeyChanges(self)
        self.trust = Trust(vault, self.authority_id, lambda alarm: on_change("alarm", alarm), self.keys.follow)
        self.states = States(vault, clock, lambda: self.tell("states", None))
        self._recall_lack()
        self.settings = vault.read(settings.load)
        self.blocked = Blocked(self)
        self.around = Around(self)
        self.looked_at = LookedAt(self)
        self.writing = Writing(self)
        self.strangers = Strangers(self)
        self.authority = AuthorityLink(self)
        self.links = PeerLinks(self)
        self.outbox = Outbox(self)
        self.groups = GroupChat(self)
        self.profiles = Profiles(self)
        self.unread = Unread(self)
        self.missing = Missing(self)
        self.roaming = Roaming(self)
        self.files = Files(self, store or FileStore(None, vault.offload))
        self.running = False  # on threads
        self._hosts: list[str] = []
        self._stop = threading.Event()
        self.pause: Callable[[float], object] = self._stop.wait  # seconds; ends when the agent does
        self._ticket = threading.Event()
        network.listen(lambda send, close: PeerSession(self, send, close))

    # --- running ---

    def start(self) -> None:
        """Keep the link to the authority, and deliver what waits."""
        self.running = True
        threads.spawn("link", self.authority.run, self.troubles)
        threads.keep("outbox", self._turn, self.troubles, self._stop.wait, self._stop.is_set)
        threads.keep("roaming", self._look_around, self.troubles, self._stop.wait, self._stop.is_set)
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
        self.vault.look()
        if self.vault.trouble is None:
            return
        self.vault.probe()
        if self.vault.trouble is None:
            self.trust.save_alarm()
            invitations.look_again(self)  # one that came meanwhile is kept, and not looked at yet
            self.outbox.hurry()
            self.groups.wake()
            self.authority.try_now()

    def _turn(self) -> None:
        """Everything that is looked after each second. What fails of it (a disk may) keeps the rest from nothing."""
        tend = self.troubles.tend
        tend("disk", self.look_after_disk)
        tend("outbox", self._deliver)
        tend("typing", self.writing.lapse)
        tend("search", self.index)
        tend("blocked", self.go_on_blocking)
        self.troubles.lapse()
        # a second is how late a delayed try may be; something new wakes us at once
        self._ticket.wait(1.0)
        self._ticket.clear()

    def _look_around(self) -> None:
        self.roaming.turn(self._stop)

    def _deliver(self) -> None:
        """Start a thread for each peer for whom something waits and whose time has come."""
        for peer in self.outbox.due(self.timer()):
            threads.spawn("deliver", self.outbox.step, self.troubles, peer)

    def go_on_blocking(self) -> None:
        """Hide or show what is left of it, a few messages each time."""
        if self.blocked.step():
            self._ticket.set()

    def index(self) -> None:
        """Put into the search's index what has come, once it is worth a transaction."""
        if self.vault.read(index.pending) >= index.WORTH:
            self.vault.write(index.catch_up)

    # --- what happens ---

    def tell(self, what: str, about: Any) -> None:
        """Something has changed that the page may show."""
        self._on_change(what, about)

    def _on_change(self, what: str, about: Any) -> None:
        """A page that can't be told, or what can't be shown, stops nothing of what has changed."""
        with contextlib.suppress(HamrazError), self.troubles.guard("page"):
            self._changed(what, about)

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

    def presence(self, me: Identity | None = None, above: int = 0) -> Signed:
        """A new presence record, with a sequence above this one."""
        network = self.network
        return account.next_presence(
            self.vault,
            me or self.me,
            self.authority_id,
            self.clock(),
            self._hosts,
            network.port,
            network.fingerprint,
            above,
        )

    # --- finding people ---

    def compare_head(self, signed: Signed, shown_by: bytes | None) -> None:
        """Hold a head that somebody shows against our log. Raises `log_split`."""
        key = self.trust.log.authority_key
        assert key is not None
        self.trust.compare(signed, key, shown_by if shown_by and self.trust.user(shown_by) else None)
        if self.trust.behind:
            try:
                if self.authority.up:
                    self.authority.refresh()
            finally:
                self.authority.look()  # what that doesn't reach is asked for again, and named

    def note_head(self, signed: Signed, shown_by: bytes) -> None:
        """The same without asking anybody now: what our log doesn't reach is fetched by the link's own loop."""
        key = self.trust.log.authority_key
        assert key is not None
        self.trust.compare(signed, key, shown_by if self.trust.user(shown_by) else None)
        if self.trust.behind:
            self.authority.look()

    def require_whole_log(self) -> None:
        """What needs to know everybody waits while the log lacks something; asked for once more first. `log_behind`."""
        if self.trust.behind and self.authority.up:
            with contextlib.suppress(Unreachable):
                self.authority.refresh()
        self.trust.require_whole()

    def _recall_lack(self) -> None:
        """The state of the last time holds until the entries arrive."""
        if self.states.has(LOG_BEHIND):
            shown = (self.states.of(LOG_BEHIND).evidence or {}).get("larger")
            if shown is not None:
                self.trust.remember(Signed(bytes.fromhex(shown["body"]), bytes.fromhex(shown["sig"])))

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
