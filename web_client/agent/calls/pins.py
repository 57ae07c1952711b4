"""The agent's call about messages that stand over a conversation (docs/agent-api.md)."""

from __future__ import annotations

from typing import Any

from protocol import kinds
from protocol.errors import Refused
from protocol.kinds import PINS_TAKEN, Pin
from protocol.roles import may_command_groups
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.forms import MessageId, Order, call
from web_client.agent.calls.stars import StarCalls
from web_client.groups import membership
from web_client.messages import pins
from web_client.messages.outgoing import IMPORT


class PinCalls(StarCalls):
    """The part of the facade that is about pins."""

    @call()
    def pin_message(self, chat: ChatId, order: Order, on: bool, id: MessageId | None = None) -> dict[str, Any]:
        """Have a message stand over the conversation for all in it, or no more; what is so already stays so."""
        session, line = self._open(), self._line(chat, order, "order")
        if line.kind not in kinds.WRITTEN or line.deleted or line.sealed == IMPORT:
            raise Refused("message_fixed", field="order")
        room = session.groups.rooms.get(chat.gid or b"")
        if room is not None:
            me = session.ctx.trust.user(session.ctx.me.uid)
            if me is None or not may_command_groups(me.role):
                raise Refused("role_not_allowed")
            membership.take_rank(room)
        pinned = session.ctx.vault.read(lambda rows: pins.of(session.ctx, rows, chat))
        marks = next((one.marks for one in pinned if one.row.ord == order), ())
        if on == bool(marks):
            return {"id": None}
        return self._mark(chat, Pin(line.id, line.sender, [] if on else list(marks[:PINS_TAKEN])), id)
