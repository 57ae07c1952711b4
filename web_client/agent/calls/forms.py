"""The calls of docs/agent-api.md: a method that says `@call()` is one, and its signature is the form of its arguments.

Only the form is decided by it; what the arguments mean is the method's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from msgspec import Meta, Struct

# Numbers beyond 2**53 are not exact in a page; below it they also fit the vault's columns.
Order = Annotated[int, Meta(ge=0, lt=1 << 53)]
FileTime = Annotated[int, Meta(gt=-(1 << 53), lt=1 << 53)]  # ms since 1970; a computer may have files from before
Milliseconds = Annotated[int, Meta(ge=0, lt=1 << 32)]  # 49 days
Pixels = Annotated[int, Meta(ge=0, lt=1 << 32)]
Uid = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
MessageId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]

F = TypeVar("F", bound=Callable[..., dict[str, Any]])


@dataclass(frozen=True, slots=True)
class Call:
    """`before`: it may come before log-in. `run` is the method, which gets its object first."""

    arguments: type[Struct]
    before: bool
    run: Callable[..., dict[str, Any]]


def call(before: bool = False) -> Callable[[F], F]:
    """This method is a call of the page's."""

    def mark(method: F) -> F:
        method.__dict__["before"] = before
        return method

    return mark


def calls_of(facade: type) -> dict[str, Call]:
    """All calls that a class has, by their names."""
    return {
        name: Call(_form(name, method), method.__dict__["before"], method)
        for name, method in inspect.getmembers(facade, inspect.isfunction)
        if "before" in method.__dict__
    }


def _form(name: str, method: Callable[..., Any]) -> type[Struct]:
    hints = get_type_hints(method, include_extras=True)
    _self, *parameters = inspect.signature(method).parameters.values()
    return msgspec.defstruct(
        name,
        [
            (one.name, hints[one.name]) if one.default is one.empty else (one.name, hints[one.name], one.default)
            for one in parameters
        ],
    )
