"""docs/agent-api.d.ts says what docs/agent-api.md says, and what an agent and the tests' stand-in for one give."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from launch.checks import NODE
from protocol.roles import Role
from tests.browser.fake_agent import FakeAgent
from tests.door.test_document import TEXT, TOP, table
from tests.groups.group_world import GroupWorld
from web_client.account.chat_ids import ChatId
from web_client.page.routes import CALLS

HEAD = (
    f'import type * as Api from "{(TOP / "docs" / "agent-api").as_posix()}";\n'
    + """
type Keys<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? "may" : "must" };
type Same<A, B> = [A, B] extends [B, A] ? true : false;
"""
)
SHAPES = ["Snapshot", "Found", "Authority", "Person", "Conversation", "Group", "Message", "File", "Settings", "Details"]
SHAPES += ["LogEntry", "Disk", "State", "Alarm", "Kit", "KitSheet"]
OPTIONS = ["--noEmit", "--strict", "--target", "es2023", "--module", "esnext", "--moduleResolution", "bundler"]


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


# fields that only some messages have, and which the text says of them
SOME = {"Message": {"proof", "seen", "system"}}


def wrong(folder: Path, lines: list[str]) -> list[str]:
    """What tsc says of these lines, each of which it takes for a statement."""
    path = folder / "said.ts"
    path.write_text(HEAD + "\n".join(f"{line}\nexport {{}};" for line in lines), encoding="utf-8")
    command = [sys.executable, "-c", NODE, str(TOP / "node_modules" / "typescript" / "bin" / "tsc")]
    done = subprocess.run([*command, *OPTIONS, "--types", "", str(path)], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0 or done.stdout, done.stderr
    return done.stdout.splitlines()


def same(name: str, ours: str, theirs: dict[str, str]) -> str:
    """A statement that holds if a type has these keys, each with "may" or "must"."""
    return f"export const {name}: Same<Keys<{ours}>, {json.dumps(theirs)}> = true;"


def union(names: set[str]) -> str:
    return " | ".join(json.dumps(name) for name in sorted(names))


def test_its_calls_events_and_shapes_are_those_of_the_text(tmp_path: Path) -> None:
    lines = [f"export const calls: Same<keyof Api.Calls, {union(set(CALLS))}> = true;"]
    pushed = {cells[0].strip("`") for cells in table("Pushed events")}
    lines += [f"export const pushes: Same<keyof Api.Pushes, {union(pushed)}> = true;"]
    for name, call in CALLS.items():
        given = {one.name: "must" if one.required else "may" for one in msgspec.structs.fields(call.arguments)}
        if given:
            lines.append(same(f"call_{name}", f'Api.Calls["{name}"][0]', given))
        else:
            lines.append(f'export const call_{name}: Same<Api.Calls["{name}"][0], Api.Nothing> = true;')
    for shape in SHAPES:
        some = SOME.get(shape, set())
        keys = dict.fromkeys(fields(shape), "must") | dict.fromkeys(some, "may")
        lines.append(same(f"shape_{shape}", f"Api.{shape}", keys))
    assert wrong(tmp_path, lines) == []


@pytest.fixture(scope="module")
def group_world() -> GroupWorld:
    """An agent's world: it is in a group, has written to it and to somebody, and has looked for words."""
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    group_world.say(group_world.people[0], "hello")
    return group_world


def answers(agent: Any, chat: str, peer: str) -> dict[str, Any]:
    """What an agent answers to calls that only look, by call; and what it shows, by the shape's name."""
    found = {"status": agent.status(), "snapshot": agent.snapshot(), "people": agent.people("", None, 50)}
    found |= {"history": agent.history(chat, None, None, 50), "search": agent.search("hello", None, 30, None)}
    found |= {"waiting": agent.waiting(), "uploads": agent.uploads(), "blocked": agent.blocked(None, 50)}
    newest = found["history"]["messages"][-1]
    order = newest["order"]
    found["find_message"] = agent.find_message(chat, newest["id"])
    found |= {"message_details": agent.message_details(chat, order), "log": agent.log(None, 100, None)}
    found |= {"safety_number": agent.safety_number(peer), "qr": agent.qr("safety", peer)}
    found["compare_safety"] = agent.compare_safety(peer, found["safety_number"]["code"])
    return found


def test_what_an_agent_answers_has_these_types(group_world: GroupWorld, tmp_path: Path) -> None:
    arash, sara = group_world.people[:2]
    found = answers(arash.agent(), ChatId.group(group_world.gid), sara.node.ctx.me.name)
    lines = [f'export const {name}: Api.Calls["{name}"][1] = {json.dumps(value)};' for name, value in found.items()]
    assert len(found["snapshot"]["conversations"]) >= 1 and found["search"]["hits"]  # there is something to look at
    assert wrong(tmp_path, lines) == []


def test_what_the_stand_in_shows_has_these_types(tmp_path: Path) -> None:
    fake_agent = FakeAgent()
    chats = [fake_agent.private("sara"), fake_agent.group("family", ("sara", "omid"))]
    for chat in chats:
        fake_agent.say(chat, "sara", "hello")
        fake_agent.send_message(chat, "well", reply_to=1)
    found = {"status": fake_agent.status(), "snapshot": fake_agent.snapshot(), "history": fake_agent.history(chats[0])}
    found |= {"uploads": fake_agent.uploads(), "set_chat": fake_agent.set_chat(chats[0], pinned=True)}
    lines = [f'export const {name}: Api.Calls["{name}"][1] = {json.dumps(value)};' for name, value in found.items()]
    assert wrong(tmp_path, lines) == []


def test_a_field_too_many_and_one_too_few_are_seen(tmp_path: Path) -> None:
    settings = {"read_receipts": True, "typing": True, "presence": True, "notifications": "off", "lock_after": "5"}
    lines = [
        f"export const more: Api.Settings = {json.dumps(settings | {'more': 1})};",
        f"export const less: Api.Settings = {json.dumps({'typing': True})};",
        f"export const other: Api.Settings = {json.dumps(settings | {'typing': 1})};",
        'export const pushes: Same<keyof Api.Pushes, "me"> = true;',
    ]
    assert len([line for line in wrong(tmp_path, lines) if "error TS" in line]) == len(lines)
