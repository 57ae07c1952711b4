"""The shapes of docs/agent-api.md have the fields that an agent gives them, and no others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from protocol.roles import Role
from tests.door.test_document import TEXT
from tests.groups.village import Village
from web_client.groups.rows import chat_of


def fields(shape: str) -> set[str]:
    """The names at the outermost level of "* **Shape** `{…}`"."""
    inner = re.split(rf"^\* \*\*{shape}\*\* `\{{", TEXT, flags=re.MULTILINE)[1]
    depth, words = 0, ""
    for letter in inner:
        depth += (letter in "{[(") - (letter in "}])")
        if depth < 0:
            break
        words += letter if not depth and letter not in "}])" else ""
    return {re.split(r"[:\s]", part.strip())[0] for part in words.split(",") if part.strip()}


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """One thing of each shape, from an agent that is in a group and has written to it."""
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    arash = village.people[0]
    village.say(arash, "hello")
    snapshot = arash.agent().snapshot()
    group = next(one for one in snapshot["conversations"] if one["chat"] == chat_of(village.gid))
    return {
        "Snapshot": snapshot,
        "Authority": snapshot["authority"],
        "Person": snapshot["me"],
        "Conversation": group,
        "Group": group["group"],
        "Message": group["last"],
        "Settings": snapshot["settings"],
        "LogEntry": arash.agent().log(None, 10, None)["entries"][0],
    }


# fields that only some messages have, and which the text says of them
SOME = {"Message": {"proof", "seen", "invitation", "system"}}


@pytest.mark.parametrize(
    "shape", ["Snapshot", "Authority", "Person", "Conversation", "Group", "Message", "Settings", "LogEntry"]
)
def test_a_shapes_fields(shown: dict[str, Any], shape: str) -> None:
    assert fields(shape) == set(shown[shape]) - SOME.get(shape, set())
