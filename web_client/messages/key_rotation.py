"""Identity keys that change (section 7.6): asking for a change, and what every change means for what lies here."""

from __future__ import annotations

import contextlib

from protocol.errors import Forged, HamrazError, Refused
from protocol.kit import Kit
from protocol.log import Log, User
from protocol.log_entries import ADMIN, OWN, Entry, KeyChange, KeyEntry, read_key_change
from protocol.messages import Appended, ChangeKey, Recover
from protocol.roles import may_end_account
from protocol.statements import issue
from web_client.account import identity, key_ages
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import IdentityChanged, MessageChanged
from web_client.account.keys import NextKey
from web_client.authority.link import AuthorityLink
from web_client.messages import outbox_rows, outgoing
from web_client.messages.delivery import Outbox
from web_client.net.channel import Channel
from web_client.peers.outgoing import PeerLinks
from web_client.vault.database import Rows, Vault

TRIES = 8  # of a change that others' entries overtake; each loser has seen somebody win


class KeyRotation:
    """One's own changes and everybody else's. `follow` runs within a transaction, `note` after it."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink, links: PeerLinks, outbox: Outbox) -> None:
        self._ctx = ctx
        self._authority = authority
        self._links = links
        self._outbox = outbox
        self._people: set[bytes] = set()  # whose keys have changed, and
        self._orders: list[int] = []  # the messages that it concerns: both are still to be told

    # --- asking ---

    def renew(self, channel: Channel | None = None) -> None:
        """A new key of one's own, in place of the one that there is. Raises what keeps it from being asked for.

        With `channel`, on a line on which nothing else is taken yet: another copy of this vault has counted further.
        Then with a key that no copy can have: one that was proposed before may be in all of them.
        """
        ctx, before = self._ctx, self._ctx.me.key
        ctx.trust.require_sending()
        if channel is not None:
            ctx.vault.write(own_keys.drop_next)
        for _try in range(TRIES):
            self._ask(ctx.vault.write(self._propose), channel)
            if ctx.me.key is not before:
                return
        raise Refused("stale")

    def _propose(self, rows: Rows) -> NextKey:
        ctx = self._ctx
        me = ctx.trust.user(ctx.me.uid)
        if me is None or me.key != ctx.me.key.public:
            raise Refused("revoked")
        return own_keys.propose(rows, ctx.me, me.latest, ctx.authority_id)

    def finish(self) -> None:
        """Ask again for a key that was asked for without an answer: the log has not decided about it."""
        found = self._ctx.vault.read(own_keys.next_key)
        if found is not None and found.recovery_key is None:
            with contextlib.suppress(Refused, Forged):  # a log-in doesn't fail for it; it is asked again at the next
                self._ask(found)

    def _ask(self, found: NextKey, channel: Channel | None = None) -> None:
        """On the link, or on a channel that isn't it yet."""
        ctx = self._ctx
        request = self._authority.request if channel is None else channel.request
        head = None
        try:
            head = request(ChangeKey(0, found.entry, found.new_sig, found.prekey), Appended).head
        except Refused as reason:
            if reason.code != "stale":
                raise
        try:
            self._authority.log.refresh(channel)
        except HamrazError:
            if head is not None:
                self._authority.log.expect(head)  # there it counts already: until it is here, we are nobody
            raise
        # here already, perhaps, when the proposal was made
        ctx.vault.write(lambda rows: self._settle(rows, ctx.trust.log))

    def end_account(self, target: User) -> None:
        """Take somebody's key away for good. The log's rule is checked here first."""
        ctx = self._ctx
        ctx.trust.require_sending()
        me = ctx.trust.user(ctx.me.uid)
        if me is None or not may_end_account(me.role, target.role):
            raise Refused("role_not_allowed", field="username")
        change = KeyChange(target.uid, None, ADMIN, me.uid, target.latest)
        entry = issue(change, ctx.me.key, ctx.authority_id)
        self._authority.request(ChangeKey(0, entry, None, None), Appended)
        self._authority.log.refresh()

    # --- what follows ---

    def follow(self, rows: Rows, log: Log, told: list[Entry]) -> None:
        """What new entries change, in the transaction that keeps them: neither is ever here without the other."""
        key_ages.catch_up(rows)
        for entry in told:
            if isinstance(entry, KeyEntry):
                change = read_key_change(entry)
                self._people.add(change.uid)
                if change.uid != self._ctx.me.uid:
                    self._orders += _follow(rows, change)
        self._settle(rows, log)

    def _settle(self, rows: Rows, log: Log) -> None:
        ctx, found = self._ctx, own_keys.next_key(rows)
        renewed = own_keys.settle(rows, ctx.me, log.users.get(ctx.me.uid), log.size, ctx.clock(), ctx.authority_id)
        if renewed is not None:
            # before anybody else gets at the rows; should the disk refuse, it is done again, and by then it is true
            ctx.replace_identity(renewed)
            if found is not None and found.recovery_key is not None:  # what the old key has signed counts no more
                for chat in outbox_rows.destinations(rows):
                    if chat.peer is not None:
                        self._orders += _give_up(rows, outbox_rows.orders(rows, chat), "key_revoked")

    def note(self) -> None:
        """Connections that an old key has proven end, and what waited goes on under the new one."""
        ctx = self._ctx
        people, self._people = self._people, set()
        orders, self._orders = self._orders, []
        for order in orders:
            ctx.emit(MessageChanged(order))
        if people:
            mine = ctx.me.uid in people
            self._links.end(people, mine)
            ctx.emit(IdentityChanged(frozenset(people), mine))
            if mine:
                self._authority.publish_presence()
                self._outbox.try_now()
            for uid in people:
                self._outbox.deliver_soon(uid)


def recover(channel: Channel, vault: Vault, authority_id: bytes, size: int, kit: Kit) -> None:
    """Before log-in: have the kit's recovery key vouch for a new key. `bad_proof` if it isn't the account's.

    `size`: of the log, as the authority has signed it on this connection. What it says of the account's latest entry
    can't be held against the log yet, so nothing is signed for a place that the log hasn't got to.
    """
    me, _link = identity.load_identity(vault)
    recovery = kit.recovery
    known = vault.read(own_keys.next_key)
    prev = known.prev if known is not None else 0  # nobody's: whoever shows the key is told the right one
    for _try in range(TRIES):
        found = vault.write(lambda rows, prev=prev: own_keys.propose(rows, me, prev, authority_id, recovery))  # type: ignore[misc]
        try:
            channel.request(Recover(0, found.entry, recovery.public.raw, found.new_sig, found.prekey), Appended)
            return
        except Refused as reason:
            if reason.code != "entry_stale":
                raise
            prev = int(reason.values["n"])
            if prev >= size:
                raise Refused("stale") from None
    raise Refused("stale")


def _follow(rows: Rows, change: KeyChange) -> list[int]:
    """One-time prekeys, presence record and what was sealed belonged to the old key; the orders that it moves."""
    peer = change.uid
    rows.execute("DELETE FROM peer_prekeys WHERE peer = ?", (peer,))
    rows.execute("UPDATE contacts SET presence = NULL, presence_sequence = 0 WHERE uid = ?", (peer,))
    waiting = outbox_rows.orders(rows, ChatId.private(peer))
    for order in waiting:
        outgoing.unseal(rows, order)
    if change.why == OWN and change.new_key is not None:
        return []  # the secret half of what was sealed for the mailbox is still there
    # the authority has emptied the mailbox: nobody had the keys to it any more
    if change.new_key is None:
        rows.execute("DELETE FROM receipts WHERE peer = ?", (peer,))
        return _give_up(rows, waiting, "revoked")
    for order in waiting:
        outbox_rows.change(rows, order, mail=None, mailed=outbox_rows.NOT_LEFT)
        # what has a receipt has arrived, although it waits again (section 8.15)
        rows.execute("UPDATE messages SET state = 'waiting', why = NULL WHERE ord = ? AND receipt IS NULL", (order,))
    return waiting


def _give_up(rows: Rows, orders: list[int], why: str) -> list[int]:
    for order in orders:
        outgoing.fail(rows, order, why)
    return orders
