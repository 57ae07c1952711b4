"""A few requests under way on one line, their answers taken in order: what makes a file go fast and lets others by."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from protocol.errors import HamrazError
from protocol.messages import Answer, Request
from web_client.net.channel import Channel
from web_client.net.requests import Pending

A = TypeVar("A", bound=Answer)

# Chunks of 256 KiB. On the line to the authority, which chats share, a message waits for at most two of them.
BY_AUTHORITY, BY_PEER = 2, 4


def run(
    channel: Channel,
    indexes: Iterable[int],
    ask: Callable[[int], Request],
    kind: type[A],
    take: Callable[[int, A], None],
    width: int,
) -> None:
    """Ask for each index and take its answer; raises the first refusal, or what `take` raises."""
    under_way: deque[tuple[int, Pending]] = deque()

    def take_first() -> None:
        index, pending = under_way.popleft()
        take(index, channel.finish(pending, kind))

    try:
        for index in indexes:
            under_way.append((index, channel.begin(ask(index))))
            if len(under_way) >= width:
                take_first()
        while under_way:
            take_first()
    finally:
        # what is still under way counts against the other side's limit until it is answered
        for _index, pending in under_way:
            try:
                channel.finish(pending, kind)
            except HamrazError:
                continue
