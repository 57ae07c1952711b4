"""What is tried: each small change to a module's syntax tree that somebody could make by mistake. Runs nothing."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
Functions = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutant:
    """One change to a file. `place` is the outermost function that it is in (`Class.method`), or None: it is made when
    the module is loaded. `name` stays the same when lines move: `file function: line: what was done`.
    """

    path: Path
    line: int
    place: str | None
    name: str
    make: Callable[[], ast.Module]

    def code(self) -> CodeType:
        """The changed module, compiled."""
        made: CodeType = compile(self.make(), str(self.path), "exec", dont_inherit=True)
        return made


def mutants_of(path: Path, shown: str) -> list[Mutant]:
    """Every mutant of one file, in the order of its lines; `shown` is how their names call it."""
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    found, seen = [], dict[str, int]()
    for node, place in _inside(tree, None):
        for what, change in _changes(node):
            name = f"{shown} {place or 'module'}: {lines[node.lineno - 1].strip()}: {what}"
            seen[name] = seen.get(name, 0) + 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            found.append(Mutant(path, node.lineno, place, name + again, partial(_changed, tree, node, change)))
    return sorted(found, key=lambda one: one.line)


def _inside(node: ast.AST, place: str | None) -> Iterator[tuple[ast.expr | ast.stmt, str | None]]:
    """What may be changed, with its place. What only describes is left out: annotations but for those of a class's
    fields, which say what is read from the wire; docstrings; what is for the type checker.
    """
    inside = place
    if isinstance(node, Functions | ast.ClassDef) and (place is None or place.endswith(".")):
        inside = (place or "") + node.name + ("." if isinstance(node, ast.ClassDef) else "")
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "keywords") and not (
            isinstance(node, ast.Call) or (isinstance(node, ast.AnnAssign) and inside is not None and inside[-1] == ".")
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _describes(child):
                continue
            # of a field's type only the bounds count: nobody would write `bytes & None`
            if isinstance(child, ast.expr | ast.stmt) and not (name == "annotation" and isinstance(child, ast.BinOp)):
                yield child, None if inside is None or inside.endswith(".") else inside
            yield from _inside(child, inside)


def _describes(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


Change = Callable[[ast.AST], ast.AST]


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """(what is done, the node in its place) of each way to change one node."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield f"{type(op).__name__} becomes {COMPARE[type(op)].__name__}", _compared(at)
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} becomes {other.__name__}", lambda one: _with(one, op=other())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not is dropped", lambda one: operand
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATORS:
            other_op = OPERATORS[type(op)]
            yield f"{type(op).__name__} becomes {other_op.__name__}", lambda one: _with(one, op=other_op())
            if isinstance(node, ast.AugAssign):
                yield "removed", _passed
        case ast.Constant(value=bool(value)):
            yield f"{value} becomes {not value}", lambda one: _with(one, value=not value)
        case ast.Constant(value=int(value)):
            yield f"{value} becomes {value + 1}", lambda one: _with(one, value=value + 1)
            if value > 0:
                yield f"{value} becomes {value - 1}", lambda one: _with(one, value=value - 1)
        case ast.Constant(value=bytes(value)):
            yield f"{value!r} has a byte more", lambda one: _with(one, value=value + b"\0")
        case ast.Raise():
            yield "raise is dropped", _passed
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "returns None", lambda one: _with(one, value=ast.copy_location(ast.Constant(None), value))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.YieldFrom()):
            yield "removed", _passed
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Delete():
            yield "removed", _passed
        case ast.Break():
            yield "break becomes continue", lambda one: ast.copy_location(ast.Continue(), one)
        case ast.Continue():
            yield "continue becomes break", lambda one: ast.copy_location(ast.Break(), one)
        case ast.ListComp(generators=made) | ast.SetComp(generators=made) | ast.GeneratorExp(generators=made):
            for at, generator in enumerate(made):
                if generator.ifs:
                    yield f"takes all of the {at + 1}. loop", _unfiltered(at)


def _compared(at: int) -> Change:
    def change(one: ast.AST) -> ast.AST:
        assert isinstance(one, ast.Compare)
        return _with(one, ops=[COMPARE[type(op)]() if place == at else op for place, op in enumerate(one.ops)])

    return change


def _unfiltered(at: int) -> Change:
    def change(one: ast.AST) -> ast.AST:
        loops = one.generators  # type: ignore[attr-defined]
        return _with(one, generators=[_with(loop, ifs=[]) if n == at else loop for n, loop in enumerate(loops)])

    return change


def _with(node: ast.AST, **fields: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _passed(node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Pass(), node)


def _changed(tree: ast.Module, node: ast.AST, change: Change) -> ast.Module:
    """The same tree with another node in one place; all that isn't on the way there is shared."""

    def rebuilt(here: ast.AST) -> ast.AST:
        if here is node:
            return change(here)
        for name, value in ast.iter_fields(here):
            if isinstance(value, list):
                for at, child in enumerate(value):
                    if isinstance(child, ast.AST) and (made := rebuilt(child)) is not child:
                        return _with(here, **{name: [*value[:at], made, *value[at + 1 :]]})
            elif isinstance(value, ast.AST) and (made := rebuilt(value)) is not value:
                return _with(here, **{name: made})
        return here

    made = rebuilt(tree)
    assert isinstance(made, ast.Module)
    return made
