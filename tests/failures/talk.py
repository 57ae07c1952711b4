"""Real agents that go on writing in a group while something dies, and what they have of it in the end."""

from __future__ import annotations

import itertools
from typing import Any

from launch.agent_api import Refused, Unreachable
from tests.failures.load import Writer
from tests.live.people import LivePerson
from tests.processes import until

PACE = 0.8  # s between what one of them writes


class Talk:
    """A group of all these people."""

    def __init__(self, people: list[LivePerson]) -> None:
        first, *others = self.people = people
        made = first.api.call(
            "public_chat_method", user_to_add=[one.name for one in others], name="workshop", history="all"
        )
        self.gid, self.chat = made["group_id"], made["chat"]
        for one in others:
            one.api.wait_for(lambda name, value: name == "conversation" and value["chat"] == self.chat, 30)
            one.api.call("answer_invitation", group_id=self.gid, join=True)

    def messages(self, who: LivePerson, since: int = -1) -> list[dict[str, Any]]:
        """All that was said in words, oldest first; or what stands after this position, and some before it."""
        found: list[dict[str, Any]] = []
        before = None
        while True:
            page = who.api.call("history", chat=self.chat, before=before, limit=200)
            found[:0] = [one for one in page["messages"] if one["kind"] == "text"]
            if not page["older"] or page["messages"][0]["position"] <= since:
                return found
            before = page["messages"][0]["position"]

    def crosses(self, text: str, seconds: float = 60) -> None:
        """What each says now arrives at all."""
        newest = {}
        for who in self.people:
            newest[who.name] = (self.messages(who, 1 << 60) or [{"position": -1}])[-1]["position"]
            who.api.call("send_public_message", message=f"{text} by {who.name}", group_id=self.gid)
        wanted = {f"{text} by {who.name}" for who in self.people}
        for who in self.people:
            until(
                lambda who=who: wanted <= {one["text"] for one in self.messages(who, newest[who.name])},  # type: ignore[misc]
                seconds,
                f"{text} at {who.name}",
            )

    def contradictions(self) -> list[str]:
        """Who holds now that the authority, or somebody in the group, says other things than before."""
        found = []
        for who in self.people:
            shown = who.api.call("snapshot")
            room = next(one for one in shown["conversations"] if one["chat"] == self.chat)
            said = [shown["alarm"], room["why_not"], *(state["code"] for state in shown["states"])]
            found += [f"{who.name}: {what}" for what in said if what is not None]
        return found


class Talker(Writer):
    """What they say is on their own disk at once, and goes when it can."""

    def __init__(self, talk: Talk, who: LivePerson) -> None:
        super().__init__(who.name)
        self._talk, self._who = talk, who
        self._numbers = itertools.count()
        self.said: list[str] = []

    def once(self) -> None:
        text = f"{self._who.name} {next(self._numbers)}"
        try:
            self._who.api.call("send_public_message", message=text, group_id=self._talk.gid)
        except (Unreachable, Refused) as reason:  # its own agent is never what dies here
            raise AssertionError(text) from reason
        self.said.append(text)
        self._stopped.wait(PACE)

    def hang_up(self) -> None:
        pass
