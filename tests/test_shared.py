"""What one thread changes and another looks through is copied first, in one step of the interpreter: a dictionary that
changes size while it is gone through ends whoever does so.
"""

from __future__ import annotations

import ast
import sys
import threading

import pytest

from launch.packages import ROOT
from tests.groups.group_world import GroupWorld
from web_client.agent.views import chats as chat_views
from web_client.groups import heads as group_heads

# Attributes that hold what several threads change, of objects that are not replaced as a whole.
SHARED = {"rooms", "users", "heads", "_here", "_under_way", "_waits", "_left"}
# Under a lock that everybody takes who changes it; or of a copy, which is nobody else's; or of one thread.
HELD = {"authority_server/state/state.py": {"users"}, "protocol/log.py": {"users"}, "protocol/groups.py": {"users"}}


def gone_through(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, attribute) of every loop, comprehension or unpacking over a shared attribute itself, or a view of it."""
    found = []
    for node in ast.walk(tree):
        over = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        over += [node.value] if isinstance(node, ast.Starred) else []
        over += (
            [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.BitOr) else []
        )
        for one in over:
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and not one.args:
                if one.func.attr not in ("values", "items", "keys"):
                    continue
                one = one.func.value
            if isinstance(one, ast.Attribute) and one.attr in SHARED:
                found.append((one.lineno, one.attr))
    return found


@pytest.mark.parametrize("room", ["web_client", "authority_server", "protocol", "tests/drill"])
def test_it_is_gone_through_as_a_copy(room: str) -> None:
    wrong = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for line, attribute in gone_through(ast.parse(path.read_text(encoding="utf-8"))):
            if attribute not in HELD.get(name, ()):
                wrong.append(f"{name}:{line} goes through .{attribute}")
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "for one in node.groups.rooms.values(): pass",
        "[one for one in self._here]",
        "[*node.log.users]",
        "node.groups.rooms.keys() - before",
        "any(one for one in room.heads.items())",
    ],
)
def test_each_way_is_seen(code: str) -> None:
    assert len(gone_through(ast.parse(code))) == 1
    assert gone_through(ast.parse("[one for one in list(node.groups.rooms.values())]")) == []


def test_groups_come_and_go_while_they_are_looked_through() -> None:
    """The agent's page, its neighbours and its look around, each in a thread, beside rooms that come and go."""
    group_world = GroupWorld()
    node = group_world.people[0].node
    room, over, failed = group_world.room(group_world.people[0]), threading.Event(), []
    before = sys.getswitchinterval()

    def look(through: object) -> None:
        while not over.is_set():
            try:
                through()  # type: ignore[operator]
            except RuntimeError as reason:
                failed.append(str(reason))
                return

    looks = [
        lambda: list(node.roaming._channels()),
        lambda: chat_views.conversations(node),
        lambda: group_heads.ours(node.ctx, node.groups, node.ctx.me.uid),
        node.groups.wake,
        lambda: group_world.world.authority.recovery.status(),
    ]
    users = group_world.world.authority.state.log.users
    someone = next(iter(users.values()))
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=look, args=(one,)) for one in looks]
    try:
        for thread in threads:
            thread.start()
        for n in range(600):
            gid = n.to_bytes(16)
            node.groups.rooms[gid] = room
            users[gid + gid] = someone
            node.groups.rooms.pop((n - 20).to_bytes(16) if n >= 20 else gid, None)
            users.pop((n - 20).to_bytes(16) * 2 if n >= 20 else gid + gid, None)
    finally:
        over.set()
        sys.setswitchinterval(before)
        for thread in threads:
            thread.join()
    assert failed == []
