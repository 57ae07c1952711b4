"""The agent's calls about people whom its user has blocked (docs/agent-api.md)."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated, Any

from msgspec import Meta

from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import Uid, call
from web_client.agent.views import people as person_views
from web_client.search import normalize


class BlockCalls(Calls):
    """The part of the facade that is about blocking. People are named by uid: a name may have another owner by now."""

    @call()
    def block(self, uid: Uid) -> dict[str, Any]:
        """Show nothing more of what somebody sends; they aren't told."""
        session = self._open()
        user = self._person(uid)
        session.blocked.block(user.uid)
        return {"person": person_views.person(session, user)}

    @call()
    def unblock(self, uid: Uid) -> dict[str, Any]:
        """Show what they send from now on, and what they have written in groups meanwhile."""
        session = self._open()
        user = self._person(uid)
        session.blocked.unblock(user.uid)
        return {"person": person_views.person(session, user)}

    @call()
    def blocked(self, after: Uid | None = None, limit: Annotated[int, Meta(ge=1, le=200)] = 50) -> dict[str, Any]:
        """Who is blocked, by page, by name; `bad_request` if whom it goes on after isn't."""
        session = self._open()
        users = [user for uid in session.blocked.everybody() if (user := session.ctx.trust.user(uid)) is not None]
        found = sorted((normalize.indexed(user.name), user.uid) for user in users)
        start = 0
        if after is not None:
            user = self._person(after)
            start = bisect_right(found, (normalize.indexed(user.name), user.uid))
        shown = [session.ctx.trust.log.users[uid] for _name, uid in found[start : start + limit]]
        return {
            "people": [
                person_views.person(session, user) | {"blocked_since": session.blocked.since(user.uid)}
                for user in shown
            ],
            "more": len(found) > start + limit,
        }
