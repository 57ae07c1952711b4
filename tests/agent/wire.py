"""What crossed the wire of a network in memory, taken apart."""

from __future__ import annotations

from typing import TypeVar

from protocol import messages
from protocol.errors import WireError
from protocol.messages import Message
from tests.world import World

M = TypeVar("M", bound=Message)


def decoded(body: bytes, kind: type[M]) -> M | None:
    """The message, if it is of this kind."""
    try:
        found: M = messages.decode(body, kind)
    except WireError:
        return None
    return found


def frames_of(world: World, kind: type[M], source: str, target: str) -> list[M]:
    """Every message of a kind that crossed from one to the other, in order."""
    bodies = (body for one, other, body in world.crossed if (one, other) == (source, target))
    return [found for body in bodies if (found := decoded(body, kind)) is not None]
