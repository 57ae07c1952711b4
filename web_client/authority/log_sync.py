"""Our copy of the log kept up with the authority's, and what others show of it held against it (section 6)."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

from protocol.errors import Forged, Unreachable
from protocol.messages import FetchLog, LogPart
from protocol.primitives import VerifyKey
from protocol.statements import Head, Signed, decode_strict
from transport import threads
from web_client.account.context import AccountContext
from web_client.account.events import LogGrew
from web_client.account.states import LOG_BEHIND
from web_client.net.channel import Asks, Channel

# A new entry makes every agent that is there fetch it. So many are nothing; of more a thousand come a
# second, by chance, and whoever has a reason hurries.
CROWD, EACH_SECOND, LATEST = 100, 1000, 5.0
IN_VAIN = 3  # answers that don't reach a head that somebody has shown: then it is named


class LogSync:
    """Of one link: fetching, and what fetching doesn't reach. Any thread may call."""

    def __init__(
        self, ctx: AccountContext, asks: Asks, channel: Callable[[], Channel | None], look: Callable[[], None]
    ) -> None:
        self._ctx = ctx
        self._asks = asks
        self._channel = channel
        self._look = look  # the link's loop has something to do
        self.authority_key: VerifyKey | None = None  # as it was proved at the last log-in
        self.threaded = False  # the loop runs: evidence is gathered beside it
        self.given: Channel | None = None  # to whoever gathers evidence over it, and closes it
        self.newest: Signed | None = None  # head that was pushed
        self._expected: Signed | None = None  # what an answer has said that there is
        # when a head that was pushed is fetched, by the context's timer; in how many seconds that is
        self._fetch_at: float | None = None
        self.fetch_later: float | None = None
        # answers that didn't reach a head; when to ask next, by the context's timer
        self._in_vain, self._reach_at = 0, 0.0
        self.reach_later: float | None = None
        self._recall_lack()

    @property
    def _up(self) -> bool:
        channel = self._channel()
        return channel is not None and not channel.closed

    def sync(self) -> None:
        """Fetch the log up to the authority's newest head."""
        channel = self._channel()
        for head in (self.newest, self._expected):
            if channel is not None and head is not None:
                self.sync_to(channel, head)

    def follow(self) -> None:
        """Fetch what is new once it is this agent's turn; at once what an answer has said that there is."""
        ctx, now, self.fetch_later = self._ctx, self._ctx.timer(), None
        hurries = self._expected is not None and _size(self._expected) > ctx.trust.log.size
        if self.newest is not None and _size(self.newest) > ctx.trust.log.size and not hurries:
            if self._fetch_at is None:
                crowd = len(ctx.trust.log.users)
                most = min(LATEST, crowd / EACH_SECOND) if crowd > CROWD else 0.0
                self._fetch_at = now + random.uniform(0.0, most)
            if now < self._fetch_at:
                self.fetch_later = self._fetch_at - now
                return
        self._fetch_at = None
        self.sync()

    def expect(self, head: Signed) -> None:
        """The log goes that far, as an answer has said: it is fetched as soon as that can be done."""
        self._expected = head
        self._look()

    def refresh(self, channel: Channel | None = None) -> None:
        """Ask for the authority's newest head and fetch up to it, for somebody who isn't in our log yet.

        On the link, or on a channel that isn't it yet.
        """
        request = self._asks.request if channel is None else channel.request
        part = request(FetchLog(0, self._ctx.trust.log.size), LogPart)
        channel = channel or self._channel()
        if channel is not None:
            self.sync_to(channel, part.head)

    def reach(self) -> None:
        """Ask again for what somebody has shown a signed head of and fetching hasn't brought. Slow or unreachable is no
        lie: it is named only after IN_VAIN answers over a link that lives; it ends when the entries are here.
        """
        ctx, self.reach_later = self._ctx, None
        if not ctx.trust.behind:
            self._in_vain = 0
            ctx.states.end(LOG_BEHIND)
            return
        now = ctx.timer()
        if now >= self._reach_at:
            self.refresh()
            if not ctx.trust.behind:
                self.reach()
                return
            self._in_vain += 1
            self._reach_at = now + min(2.0 ** (self._in_vain - 1), 60.0)
            larger, shown = ctx.trust.lacking, ctx.trust.head
            if self._in_vain >= IN_VAIN and larger is not None and shown is not None:
                sizes = [_size(one) for one in (larger, shown)]
                ctx.states.begin(
                    LOG_BEHIND,
                    values={"signed": sizes[0], "shown": sizes[1]},
                    evidence={"larger": larger.hex(), "shown": shown.hex()},
                )
        self.reach_later = max(0.0, self._reach_at - now)

    def sync_to(self, channel: Channel, head: Signed) -> None:
        assert self.authority_key is not None
        trust = self._ctx.trust
        try:
            fresh = trust.sync(lambda request: channel.request(request, LogPart), head, self.authority_key)
        except Forged:
            self._gather(channel)
            raise
        if fresh:
            self._ctx.emit(LogGrew(fresh))

    def _gather(self, channel: Channel) -> None:
        """The alarm is up: ask the liar for the rest of its lie, beside everything else, over the line it came by."""
        if not self._ctx.trust.wants_evidence:
            return

        def ask() -> None:
            try:
                self._ctx.trust.gather(lambda request: channel.request(request, LogPart))
            finally:
                channel.close()

        if self.threaded:
            self.given = channel
            threads.spawn("evidence", ask, self._ctx.troubles)
        else:
            ask()

    def compare_head(self, signed: Signed, shown_by: bytes | None) -> None:
        """Hold a head that somebody shows against our log. Raises `log_split`."""
        self.note_head(signed, shown_by, look=False)
        if self._ctx.trust.behind:
            try:
                if self._up:
                    self.refresh()
            finally:
                self._look()  # what that doesn't reach is asked for again, and named

    def note_head(self, signed: Signed, shown_by: bytes | None, look: bool = True) -> None:
        """The same without asking anybody now: what our log doesn't reach is fetched by the link's own loop."""
        trust = self._ctx.trust
        key = trust.log.authority_key
        assert key is not None
        trust.compare(signed, key, shown_by if shown_by and trust.user(shown_by) else None)
        if look and trust.behind:
            self._look()

    def require_whole_log(self) -> None:
        """What needs to know everybody waits while the log lacks something; asked for once more first. `log_behind`."""
        if self._ctx.trust.behind and self._up:
            with contextlib.suppress(Unreachable):
                self.refresh()
        self._ctx.trust.require_whole()

    def _recall_lack(self) -> None:
        """The state of the last time holds until the entries arrive."""
        states = self._ctx.states
        if states.has(LOG_BEHIND):
            shown = (states.of(LOG_BEHIND).evidence or {}).get("larger")
            if shown is not None:
                self._ctx.trust.remember(Signed(bytes.fromhex(shown["body"]), bytes.fromhex(shown["sig"])))


def _size(signed: Signed) -> int:
    return decode_strict(signed.body, Head).size
