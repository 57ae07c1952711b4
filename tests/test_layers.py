"""The house rules that a script can hold: who may import whom, what is pure, how long a file is, what is never written.

Each rule is a function from a tree to what breaks it there; beside each stands a small tree that breaks it.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from launch.packages import ROOT

# Who may import whom, of ours; and what else, where that is limited. Everybody may import themselves.
OURS = {
    "run": {"launch"},  # the applications it loads by name, after it has chosen the threads
    "launch": {"storage"},
    "authority_server": {"transport", "storage", "protocol"},
    "web_client": {"transport", "storage", "protocol"},
    "transport": {"protocol"},
    "storage": {"protocol"},
    "protocol": set[str](),
}
# The page's folders, likewise. What each is for stands in docs/architecture.md.
FOLDERS = (
    ("lib",),
    ("i18n",),
    ("state",),
    ("core",),
    ("actions",),
    ("kit",),
    ("message",),
    ("chat", "list"),
    ("entry", "pages"),
    ("shell",),
    ("main.js",),
)
# The rooms of an application, the lowest first: each may import what stands in a line above it, and itself. What each
# is for, and what it must not know, stands in its __init__.
ROOMS = {
    "authority_server": (
        ("rules", "store"),
        ("state",),
        ("core",),
        ("handlers",),
        ("connections",),
        ("operations",),
        ("(top)",),
    ),
    "web_client": (
        ("vault", "net"),
        ("account", "moving", "search"),
        ("authority",),
        ("peers",),
        ("messages",),
        ("groups",),
        ("files", "verify"),
        ("backups", "export"),
        ("agent",),
        ("page",),
        ("(top)",),
    ),
}
OTHERS = {
    "protocol": {"confusable_homoglyphs", "cryptography", "msgspec", "nacl"},
    "launch": {"socketio"},
    "storage": set[str](),
    "transport": {"cryptography", "ifaddr", "zeroconf"},
}
IMPURE = {
    "os",
    "pathlib",
    "random",
    "select",
    "selectors",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "threading",
    "time",
}
LONGEST = 500
ALONE = {"web_client/export/verify.py"}  # it is one file by its nature: a stranger runs it with nothing beside it
MADE = (("static", "vendor"), ("static", "bundle"))  # by others, or of our own files
BROAD = 3


def files(root: Path, *patterns: str) -> Iterator[Path]:
    """The product's files: no tests, nothing made or fetched."""
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and path.relative_to(root).parts[:2] not in MADE:
                yield path


def product(root: Path) -> Iterator[Path]:
    yield from files(root, *(f"{name}.py" for name in OURS), *(f"{name}/**/*.py" for name in OURS))


def imports(path: Path, types: bool = True) -> Iterator[str]:
    """Every module that a file imports anywhere, in full; without `types`, only those that it imports when it runs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types:
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(path: Path, root: Path) -> str:
    return path.relative_to(root).parts[0].removesuffix(".py")


def broken_layers(root: Path) -> list[str]:
    broken = []
    for path in product(root):
        layer = top(path, root)
        for module in imports(path):
            name = module.partition(".")[0]
            ours = name in OURS and name != layer and name not in OURS[layer]
            others = layer in OTHERS and name not in OURS and name not in sys.stdlib_module_names | OTHERS[layer]
            if ours or others:
                broken.append(f"{path.relative_to(root)} imports {module}")
    return broken


IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["'`](\.{1,2}/[^"'`$]+)""")


def broken_folders(root: Path) -> list[str]:
    """Arrows between the page's folders that don't go down."""
    floor = {folder: height for height, folders in enumerate(FOLDERS) for folder in folders}
    broken = []
    scripts = (root / "static" / "js").resolve()
    for path in files(root, "static/js/**/*.js"):
        folder = path.resolve().relative_to(scripts).parts[0]
        if folder not in floor:
            broken.append(f"{path.relative_to(root)} is in no folder of the page")
            continue
        for found in IMPORTED.findall(path.read_text(encoding="utf-8")):
            other = (path.parent / found).resolve()
            if other.is_relative_to(scripts):
                name = other.relative_to(scripts).parts[0]
                if name != folder and floor.get(name, -1) >= floor[folder]:
                    broken.append(f"{path.relative_to(root)} imports {found}: {name} is not below {folder}")
    return broken


def broken_rooms(root: Path) -> list[str]:
    """Arrows between the rooms of an application that don't go down; what is imported for its type counts as well."""
    broken = []
    for application, floors in ROOMS.items():
        floor = {room: height for height, rooms in enumerate(floors) for room in rooms}
        for path in files(root, f"{application}/**/*.py"):
            room = room_of(path.relative_to(root).with_suffix("").parts)
            if room not in floor:
                broken.append(f"{path.relative_to(root)} is in no room of {application}")
                continue
            for module in imports(path):
                parts = tuple(module.split("."))
                if parts[0] != application or len(parts) == 1:
                    continue
                other = room_of(parts)
                if other != room and floor.get(other, -1) >= floor[room]:
                    broken.append(f"{path.relative_to(root)} imports {module}: {other} is not below {room}")
    return broken


def room_of(parts: tuple[str, ...]) -> str:
    """The room of a module: the folder below the application, or the application's own first files."""
    return "(top)" if len(parts) < 2 or parts[1] in ("main", "__init__") else parts[1]


def circles(root: Path) -> list[str]:
    modules = {".".join(path.relative_to(root).with_suffix("").parts): path for path in product(root)}
    graph = {}
    for name, path in modules.items():
        found = {module if module in modules else module.rpartition(".")[0] for module in imports(path, types=False)}
        graph[name] = (found & modules.keys()) - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" -> ".join(error.args[1])]
    return []


def stray_eventlet(root: Path) -> list[str]:
    return [str(path) for path in product(root) if top(path, root) != "run" and "eventlet" in tops(path)]


def impure_protocol(root: Path) -> list[str]:
    return [f"{path.name}: {found}" for path in files(root, "protocol/**/*.py") if (found := tops(path) & IMPURE)]


def tops(path: Path) -> set[str]:
    return {module.partition(".")[0] for module in imports(path)}


def long_files(root: Path) -> list[str]:
    looked_at = [path for path in [*product(root), *page(root)] if path.relative_to(root).as_posix() not in ALONE]
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in looked_at}
    return [
        f"{path}: {lines} lines" for path, lines in counted.items() if lines > LONGEST and path.suffix in (".py", ".js")
    ]


def page(root: Path) -> Iterator[Path]:
    yield from files(root, "static/**/*.js", "static/**/*.css", "templates/**/*.html")


def broad_excepts(root: Path) -> list[str]:
    """All of them, if there are more than the three: the authority's jobs, all threads, the page's door."""
    found = []
    for path in product(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                    found.append(f"{path}:{node.lineno}")
    return found if len(found) > BROAD else []


MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\|\s*safe\b")
ELSEWHERE = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(["']?(?:https?:)?//|from\s*["'](?:https?:)?//""")
OPEN = re.compile(r"TODO|FIXME|XXX|NotImplementedError|pytest\.skip|mark\.(?:skip|xfail)")


def lines_with(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    return [
        f"{path}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def markup_from_strings(root: Path) -> list[str]:
    return lines_with(MARKUP, page(root))


def fetched_from_elsewhere(root: Path) -> list[str]:
    return lines_with(ELSEWHERE, page(root))


def left_open(root: Path) -> list[str]:
    tests = files(root, "tests/**/*.py", "tests/**/*.js")
    return lines_with(
        OPEN, (path for path in [*product(root), *page(root), *tests] if path.name != Path(__file__).name)
    )


HANDLER = "try:\n    pass\nexcept {}:\n    pass\n"
RULES: list[tuple[Callable[[Path], list[str]], dict[str, str]]] = [
    (broken_layers, {"authority_server/a.py": "from web_client import agent"}),
    (broken_layers, {"web_client/main.py": "def later():\n    import authority_server.store.database"}),
    (broken_layers, {"transport/a.py": "import launch.child"}),
    (broken_layers, {"protocol/a.py": "from transport.tls import context"}),
    (broken_layers, {"protocol/a.py": "import flask"}),
    (broken_layers, {"launch/a.py": "import msgspec"}),
    (broken_folders, {"static/js/lib/a.js": 'import { t } from "../i18n/i18n.js";'}),
    (broken_folders, {"static/js/chat/a.js": 'import { Row } from "../list/row.js";'}),
    (broken_folders, {"static/js/core/a.js": 'const later = () => import("../kit/menu.js");'}),
    (broken_folders, {"static/js/a.js": ""}),
    (broken_rooms, {"authority_server/core/a.py": "from authority_server.handlers import b"}),
    (broken_rooms, {"authority_server/rules/a.py": "from authority_server.store.b import thing"}),
    (
        broken_rooms,
        {"authority_server/state/a.py": "if TYPE_CHECKING:\n    from authority_server.core.authority import Authority"},
    ),
    (broken_rooms, {"authority_server/a.py": "pass"}),
    (
        broken_rooms,
        {"web_client/groups/a.py": "if TYPE_CHECKING:\n    from web_client.agent.session import UserSession"},
    ),
    (circles, {"web_client/a.py": "from web_client import b", "web_client/b.py": "from web_client.a import thing"}),
    (stray_eventlet, {"transport/a.py": "def later():\n    from eventlet import tpool"}),
    (impure_protocol, {"protocol/a.py": "from time import monotonic"}),
    (impure_protocol, {"protocol/a.py": "import os.path"}),
    (long_files, {"web_client/a.py": "\n" * (LONGEST + 1)}),
    (long_files, {"static/js/a.js": "\n" * (LONGEST + 1)}),
    (
        broad_excepts,
        {"web_client/a.py": HANDLER.format("Exception") * 2, "run.py": HANDLER.format("BaseException") * 2},
    ),
    (broad_excepts, {"transport/a.py": HANDLER.format("(OSError, Exception)") * 3 + HANDLER.replace(" {}", "")}),
    (markup_from_strings, {"static/js/a.js": "node.innerHTML = text;"}),
    (markup_from_strings, {"templates/a.html": "<p>{{ name | safe }}</p>"}),
    (fetched_from_elsewhere, {"templates/a.html": '<script src="https://cdn.example/a.js"></script>'}),
    (fetched_from_elsewhere, {"static/css/a.css": "@font-face { src: url(//fonts.example/a.woff2) }"}),
    (fetched_from_elsewhere, {"static/js/a.js": 'import { h } from "https://cdn.example/h.js";'}),
    (left_open, {"web_client/a.py": "# TODO: think"}),
    (left_open, {"tests/test_a.py": "@pytest.mark.skip\ndef test_a(): pass"}),
]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "tree"), RULES, ids=lambda value: getattr(value, "__name__", None))
def test_the_rule_sees_what_breaks_it(rule: Callable[[Path], list[str]], tree: dict[str, str], tmp_path: Path) -> None:
    for name, content in tree.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    assert rule(tmp_path)


def test_rules_leave_alone_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "web_client" / "account").mkdir(parents=True)
    (tmp_path / "web_client" / "account" / "a.py").write_text(
        "import socket, flask\nfrom protocol.log import replay\nfrom transport import tls\n" + HANDLER.format("OSError")
    )
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    (tmp_path / "static" / "vendor" / "a.js").write_text("node.innerHTML = text;")
    assert [found for rule, _ in RULES for found in rule(tmp_path)] == []
