"""Lines of code by package: what runs, what explains it, and what is empty."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure
from launch.packages import ROOT

PACKAGES = ("run.py", "launch", "protocol", "transport", "authority_server", "web_client", "templates", "static",
            "tests", "benchmarks")  # fmt: skip
CODE, COMMENT, EMPTY = "code", "comments and docstrings", "empty"
# Comments of JavaScript, CSS and HTML that have their lines to themselves.
_COMMENT = re.compile(r"^\s*(?:/\*.*?\*/|<!--.*?-->|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)


def run(repetitions: int, quick: bool) -> list[Figure]:
    """Counted once: it is the same each time."""
    figures = []
    total: Counter[str] = Counter()
    for package in PACKAGES:
        counted = count(ROOT / package)
        total += counted if package not in ("tests", "benchmarks") else Counter()
        figures += [Figure("lines", f"{package}: {kind}", "lines", (counted[kind],)) for kind in (CODE, COMMENT)]
    figures += [Figure("lines", f"the product: {kind}", "lines", (total[kind],)) for kind in (CODE, COMMENT)]
    return figures


def count(place: Path) -> Counter[str]:
    """The lines of every source file below, by kind; nothing fetched is counted."""
    paths = [place] if place.is_file() else sorted(place.rglob("*"))
    total: Counter[str] = Counter()
    for path in paths:
        if path.suffix in (".py", ".js", ".css", ".html") and "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            total += _python(text) if path.suffix == ".py" else _page(text)
    return total


def _python(text: str) -> Counter[str]:
    code: set[int] = set()
    comments: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        lines = range(token.start[0], token.end[0] + 1)
        if token.type == tokenize.COMMENT:
            comments.update(lines)
        elif token.string.strip():
            code.update(lines)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            code.difference_update(lines)
            comments.update(lines)
    return _kinds(len(text.splitlines()), code, comments)


def _page(text: str) -> Counter[str]:
    comments: set[int] = set()
    for match in _COMMENT.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        comments.update(range(first, first + match[0].strip("\n").count("\n") + 1))
    lines = text.splitlines()
    code = {number for number, line in enumerate(lines, 1) if line.strip()} - comments
    return _kinds(len(lines), code, comments)


def _kinds(lines: int, code: set[int], comments: set[int]) -> Counter[str]:
    only_comments = len(comments - code)
    return Counter({CODE: len(code), COMMENT: only_comments, EMPTY: lines - len(code) - only_comments})
