"""The calling side of private chat: find the other, dial, compare certificates, prove who we are, deliver
(section 8).
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol import messages
from protocol.envelope import check_prekey
from protocol.errors import Forged, HamrazError, Unreachable
from protocol.group_ephemeral import TYPING
from protocol.log import User
from protocol.messages import (
    Chains,
    Coming,
    CompareChains,
    Deliver,
    Delivered,
    Doing,
    Done,
    Knock,
    Lost,
    Message,
    Missing,
    MorePrekeys,
    PeerHello,
    PeerWelcome,
    Prekeys,
    Receipts,
    Typing,
    Yours,
)
from protocol.statements import PROOF_PEER, Prekey, Presence, Signed, prove
from web_client.account.context import AccountContext
from web_client.authority import directory
from web_client.authority.link import AuthorityLink
from web_client.net.channel import Channel
from web_client.peers.handler import PeerHandler

if TYPE_CHECKING:
    from web_client.peers.incoming import PeerSession


@dataclass(eq=False)
class PeerLink:
    """A proven connection to one other agent; made with `open_peer_link`."""

    _ctx: AccountContext
    _authority: AuthorityLink
    _handler: PeerHandler
    peer: User
    channel: Channel

    @property
    def closed(self) -> bool:
        return self.channel.closed

    def more_prekeys(self) -> None:
        """Ask for unused one-time prekeys, check and keep them."""
        self._keep(self.channel.request(MorePrekeys(0), Prekeys))

    def deliver(self, prekey_id: bytes, sealed: bytes) -> Signed:
        """Hand over one sealed message; the receipt that comes back is still to be checked."""
        return self.channel.request(Deliver(0, prekey_id, sealed), Delivered).receipt

    def send_receipts(self, receipts: list[Signed]) -> None:
        """Hand over receipts (at most 200)."""
        self.channel.request(Receipts(0, receipts), Done)

    def lost(self, key: bytes, after: int, up_to: int) -> Yours:
        """What we have written to them under this key of ours, as it came to them: as much as one answer holds."""
        return self.channel.request(Lost(0, key, after, up_to), Yours)

    def missing(self, key: bytes, after: int, up_to: int) -> int:
        """Have them send again what they have written to us under this key of theirs; how many of it are coming."""
        return self.channel.request(Missing(0, key, after, up_to), Coming).count

    def say(self, message: Typing | Doing) -> None:
        """Say what has no answer."""
        self.channel.tell(message)

    def close(self) -> None:
        self.channel.close()

    def _keep(self, answer: Prekeys) -> None:
        key = self.peer.key
        assert key is not None
        checked: list[tuple[Prekey, Signed]] = []
        for signed in answer.prekeys:
            prekey = check_prekey(signed, self.peer.uid, key, self._ctx.authority_id)
            if prekey.sequence != 0:
                raise Forged("prekey_invalid")
            checked.append((prekey, signed))
        self._handler.keep_prekeys(self.peer.uid, checked)

    def knock(self, welcome: PeerWelcome) -> None:
        """Prove who is calling to exactly this listener; heads cross in the same moment, so both see a
        contradiction.
        """
        ctx = self._ctx
        theirs = (self.peer.uid, welcome.nonce, self.channel.fingerprint)
        proof = prove(PROOF_PEER, *theirs, ctx.me.uid, ctx.me.key, ctx.authority_id)
        assert ctx.trust.head is not None
        try:
            answer = self.channel.request(Knock(0, ctx.me.uid, proof, ctx.trust.head), Prekeys)
        finally:
            self._authority.log.compare_head(welcome.head, self.peer.uid)
        self._keep(answer)

    def compare_chains(self) -> None:
        """Exchange the signed heads of the groups in which both are; what goes wrong with it keeps no message back."""
        chains = self._handler.chains_for(self.peer.uid)
        if chains:
            with contextlib.suppress(HamrazError):
                answer = self.channel.request(CompareChains(0, chains), Chains)
                self._handler.compare_chains(self.peer.uid, answer.chains)


def open_peer_link(
    ctx: AccountContext, authority: AuthorityLink, handler: PeerHandler, peer: User, presence: Presence
) -> PeerLink:
    """Dial the addresses of a checked presence record.

    Raises `peer_unreachable`, `wrong_certificate` or what was refused.
    """

    def hear(message: Message) -> None:
        if isinstance(message, Typing | Doing):
            what = message.what if isinstance(message, Doing) else TYPING
            with contextlib.suppress(HamrazError), ctx.troubles.guard("push", peer.uid):
                handler.typing(peer.uid, message.on, what)

    try:
        channel = ctx.network.dial_peer(presence.hosts, presence.port, presence.fingerprint, hear)
    except Unreachable:
        raise Unreachable("peer_unreachable", name=peer.name) from None
    with contextlib.ExitStack() as undo:
        undo.callback(channel.close)
        welcome = channel.first(PeerHello(messages.VERSION), messages.FromPeerFirst)
        link = PeerLink(ctx, authority, handler, peer, channel)
        link.knock(welcome)
        link.compare_chains()
        undo.pop_all()
    return link


# So long after a peer who is online could not be reached it isn't tried again: between people whom a firewall keeps
# apart, every message would wait for the network's patience before it goes to the mailbox.
UNREACHABLE_SECONDS = 60.0
LIVELY_SECONDS = 2.0  # for a peer who has just logged in to answer; if its machine is slower, a new link is made


class PeerLinks:
    """The open links, at most one a peer; and who can't be reached."""

    handler: PeerHandler  # set once all that it joins is built, before anybody is called

    def __init__(self, ctx: AccountContext, authority: AuthorityLink) -> None:
        self._ctx = ctx
        self._authority = authority
        self._lock = threading.Lock()
        self._links: dict[bytes, PeerLink] = {}
        self._unreachable: dict[bytes, tuple[float, Presence]] = {}  # until when (ctx's timer), and where it was
        self.callers: weakref.WeakSet[PeerSession] = weakref.WeakSet()  # other agents' connections to ours
        self._callers: weakref.WeakValueDictionary[bytes, PeerSession] = weakref.WeakValueDictionary()
        self._closed = False

    def get(self, uid: bytes) -> PeerLink:
        """An open link to this peer, made now if there is none. Raises what keeps it from being made."""
        with self._lock:
            link = self._links.get(uid)
        if link is not None and not link.closed and link.peer == self._ctx.trust.user(uid):
            return link
        self._forget(uid, link)
        peer, presence = directory.locate(self._ctx, self._authority, uid)
        until, where = self._unreachable.get(uid, (0.0, None))
        if where == presence and self._ctx.timer() < until:
            raise Unreachable("peer_unreachable", name=peer.name)
        try:
            link = open_peer_link(self._ctx, self._authority, self.handler, peer, presence)
        except Unreachable as reason:
            if reason.code == "peer_unreachable":
                self._unreachable[uid] = (self._ctx.timer() + UNREACHABLE_SECONDS, presence)
            raise
        with self._lock:
            self._unreachable.pop(uid, None)
            other = self._links.get(uid)  # two who need one at once make one each
            if other is not None and not other.closed and other.peer == link.peer:
                link, other = other, link
            self._links[uid] = link
            closed = self._closed
        if other is not None:
            other.close()
        if closed:  # meanwhile
            self.drop(uid)
        return link

    def open_another(self, uid: bytes) -> PeerLink:
        """A link of its own beside the one that `get` gives, for who opens it to close."""
        return open_peer_link(
            self._ctx, self._authority, self.handler, *directory.locate(self._ctx, self._authority, uid)
        )

    def came(self, uid: bytes) -> None:
        """This peer has logged in anew: the link to where it was may lead nowhere."""
        self._unreachable.pop(uid, None)
        with self._lock:
            link = self._links.get(uid)
        if link is not None and not link.closed:
            link.channel.probe(LIVELY_SECONDS)

    def forget_unreachable(self) -> None:
        """Who could not be reached may be now: the network is another one, or somebody wants it tried."""
        self._unreachable.clear()

    def channels(self) -> list[Channel]:
        """The connections of all links."""
        with self._lock:
            return [link.channel for link in self._links.values()]

    def note_caller(self, uid: bytes, session: PeerSession) -> None:
        """A peer has called us and proved who they are: what has no answer can go that way as well."""
        self._callers[uid] = session

    def say(self, uid: bytes, message: Typing | Doing) -> None:
        """Say what has no answer over a connection that is there, whoever has made it; none is made for it."""
        with self._lock:
            link, caller = self._links.get(uid), self._callers.get(uid)
        if link is not None and not link.closed:
            link.say(message)
        elif caller is not None:
            caller.say(message)

    def drop(self, uid: bytes) -> None:
        """Close and forget the link to this peer."""
        self._forget(uid, self._links.get(uid))

    def _forget(self, uid: bytes, link: PeerLink | None) -> None:
        """This one, and none that has come in its place."""
        if link is None:
            return
        with self._lock:
            if self._links.get(uid) is link:
                del self._links[uid]
        link.close()

    def end(self, uids: Collection[bytes], mine: bool) -> None:
        """What an old key has proven counts no more: connections of these people end, or with `mine` everybody's. They
        are made anew when they are needed.
        """
        for caller in list(self.callers):
            if mine or caller.uid in uids:
                caller.end()
        if mine:
            self._close_all()
        for uid in uids:
            self.drop(uid)

    def _close_all(self) -> None:
        with self._lock:
            links, self._links = list(self._links.values()), {}
        for link in links:
            link.close()

    def close(self) -> None:
        """Close all, and what is being made."""
        self._closed = True
        self._close_all()
