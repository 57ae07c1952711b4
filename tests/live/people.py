"""A person at a real agent, through the agent's API."""

from __future__ import annotations

from typing import Any

from launch.agent_api import AgentApi
from tests.processes import PASSWORD, Agent, until


class LivePerson:
    """An account whose agent can be ended and started at any moment; `api` is there while it is logged in."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.name = agent.name
        self.api: AgentApi = agent.program()

    def come_back(self) -> None:
        """Start the agent anew and log in."""
        self.agent.start()
        self.log_in()

    def log_in(self) -> None:
        """Open the vault."""
        self.api = self.agent.program()
        self.api.call("login", username=self.name, password=PASSWORD)

    def leave(self) -> None:
        """End the agent as its user would."""
        assert self.agent.stop() == 0
        self.api.close()

    def die(self) -> None:
        """End the agent as a power failure would."""
        self.agent.kill()
        self.api.close()

    def write(self, to: LivePerson, text: str, id: str | None = None) -> str:
        """Returns the message's id, once it is on the disk here."""
        answer = self.api.call("private_chat", username=self.name, client_b_username=to.name, message=text, id=id)
        return str(answer["id"])

    def messages(self, other: LivePerson) -> list[dict[str, Any]]:
        """The whole conversation, oldest first."""
        found = [one for one in self.api.call("snapshot")["conversations"] if one["name"] == other.name]
        return list(self.api.call("history", chat=found[0]["chat"], limit=200)["messages"]) if found else []

    def texts(self, other: LivePerson) -> list[str]:
        return [message["text"] for message in self.messages(other)]

    def await_state(self, other: LivePerson, id: str, *states: str, seconds: float = 40) -> None:
        """Until a message is in one of these states here."""

        def there() -> bool:
            return any(one["id"] == id and one["state"] in states for one in self.messages(other))

        until(there, seconds, f"the state {' or '.join(states)} of a message at {self.name}")

    def say(self, to: LivePerson, text: str) -> str:
        """Write, and wait until both have it."""
        id = self.write(to, text)
        to.await_state(self, id, "received")
        self.await_state(to, id, "delivered", "read")
        return id

    def read_all(self, other: LivePerson) -> None:
        shown = self.messages(other)[-1]
        self.api.call("mark_read", chat=shown["chat"], position=shown["position"])

    @property
    def link(self) -> dict[str, Any]:
        return dict(self.api.call("snapshot")["link"])
