"""What tsc is told of the page's types is enough for it to see mistakes: each line here is one, and is found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from launch.checks import NODE
from launch.packages import ROOT

HEAD = """import { call } from "ROOT/static/js/core/connection.js";
import { apply, dispatch, getState, openDialog } from "ROOT/static/js/core/store.js";
import { reduce, initialState } from "ROOT/static/js/state/state.js";
"""
RIGHT = [
    'call("status").then(({ stage }) => stage.length);',
    'call("history", { chat: "p:1", limit: 3 }).then(({ messages }) => messages[0].reactions.length);',
    'dispatch({ type: "open", chat: null });',
    'apply("stage", { stage: "ready" });',
    'openDialog({ kind: "leave", gid: "1" });',
    'reduce(initialState, { type: "found", authorities: [] }).talks;',
]
WRONG = [
    'call("stats");',
    'call("history");',
    'call("history", { chat: "p:1", lmit: 3 });',
    'call("send_message", { chat: "p:1", text: "" }).then(({ message }) => message);',
    'dispatch({ type: "opn", chat: null });',
    'dispatch({ type: "open", chat: 3 });',
    'dispatch({ type: "draft", chat: "p:1" });',
    'apply("stage", { stage: "redy" });',
    'openDialog({ kind: "leave", uid: "1" });',
    "getState().conversation;",
    "getState().people.x.nam;",
    "getState().me.length;",
    "/** @type {Page.View<Page.Props>} */ export const v = ({ persn }) => persn;",
    "/** @param {Page.Message} message */ export const f = (message) => message.file.name;",
]


def wrong(folder: Path, lines: list[str]) -> set[int]:
    """The numbers of those of these lines in which tsc sees something wrong."""
    (folder / "said.js").write_text(HEAD.replace("ROOT", ROOT.as_posix()) + "\n".join(lines), encoding="utf-8")
    files = ["static/js/state/types.d.ts", "docs/agent-api.d.ts"]
    include = [(ROOT / file).as_posix() for file in files] + ["said.js"]
    settings = {"extends": (ROOT / "tsconfig.json").as_posix(), "include": include}
    (folder / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-c", NODE, str(ROOT / "node_modules" / "typescript" / "bin" / "tsc"), "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    before = HEAD.count("\n")
    return {int(line) - 1 - before for line in re.findall(r"^said\.js\((\d+),", done.stdout, re.MULTILINE)}


def test_what_is_right_is_let_through_and_each_mistake_is_seen(tmp_path: Path) -> None:
    assert wrong(tmp_path, RIGHT + WRONG) == set(range(len(RIGHT), len(RIGHT) + len(WRONG)))
