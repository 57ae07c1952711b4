"""docs/protocol.md is enough: a client written from it signs up, logs in, and chats with a real agent, both ways."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.processes import Network, until
from tests.protocol import independent_client
from tests.protocol.independent_client import IndependentClient
from web_client.account.chat_ids import ChatId


def test_a_client_written_from_the_page_chats(network: Network) -> None:
    agent = network.account("parvin")
    other = IndependentClient(network.authority.join_link, "بهار")
    try:
        other.connect()
        other.sign_up("bahar@example.org")
        other.log_in()
        with agent.program() as api:
            assert other.write("parvin", "سلام از دور")[4] == "delivered"
            assert other.write("parvin", "and again")[4] == "delivered"
            chat = ChatId.private(other.uid)
            until(lambda: len(api.call("history", chat=chat)["messages"]) == 2, what="two messages at the agent")
            first, second = api.call("history", chat=chat)["messages"]
            assert (first["text"], second["text"]) == ("سلام از دور", "and again")
            assert first["from"] == other.uid.hex() and not first["gap"] and not second["gap"]

            sent = api.call("private_chat", username="parvin", client_b_username="بهار", message="hello, stranger")
            sender, text = other.inbox.get(timeout=independent_client.SECONDS)
            assert text == "hello, stranger" and sender == other.find("parvin")[0]

            def delivered() -> bool:
                messages = api.call("history", chat=chat)["messages"]
                return any(m["id"] == sent["id"] and m["state"] == "delivered" for m in messages)

            until(delivered, what="a receipt that the agent accepts")

            other.publish()
            for name in ("one", "two"):
                api.call("public_chat_method", user_to_add=["بهار"], name=name)
            gids = [other.join(), other.join()]  # both on the connection that it has
            for gid, text in zip(gids, ("to the first", "to the second"), strict=True):
                other.write_to(gid, text)
                other.read_in(gid)
                chat = ChatId.group(gid)

                def came(chat: str = chat, text: str = text) -> bool:
                    return any(m["text"] == text for m in api.call("history", chat=chat)["messages"] if "text" in m)

                until(came, what="a message in a group")
                api.call("send_message", chat=chat, text=f"answer {text}")
                until(lambda gid=gid, text=text: f"answer {text}" in other.read_in(gid), what="the answer")  # type: ignore[misc]
    finally:
        other.close()


def test_the_independent_client_knows_nothing_of_ours() -> None:
    tree = ast.parse(Path(independent_client.__file__).read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.startswith(("protocol", "transport", "web", "authority", "tests"))} == {
        "tests.protocol",
        "tests.protocol.reference",
    }
