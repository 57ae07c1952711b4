"""What one agent does for each message that it has: in a conversation, at a search, at one more."""

from __future__ import annotations

import random

from benchmarks.messages import full, question
from benchmarks.process import processor
from protocol.envelope import TEXT
from protocol.primitives import random_id
from web_client.account.chat_ids import ChatId
from web_client.agent.session import UserSession
from web_client.agent.views import chats as chat_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import search as search_views
from web_client.search import index
from web_client.search.index import Wanted

SIZES = (100, 1_000, 10_000, 100_000)
WHAT = "messages"
CONVERSATIONS = 5  # not many, so that it is the messages that grow
UNITS = {
    "the newest 50 of a conversation, CPU": "ms",
    "50 around one in the middle, CPU": "ms",
    "the conversations of a snapshot, CPU": "ms",
    "a search, CPU": "ms",
    "one message more, CPU": "ms",
}


def measure(count: int, repetitions: int) -> list[dict[str, float]]:
    """With so many in one vault on disk, half of them in one conversation."""
    with full(count, CONVERSATIONS) as (node, largest, words):
        return [_measure(node, largest, words, count) for _ in range(repetitions)]


def _measure(node: UserSession, chat: str, words: list[str], count: int) -> dict[str, float]:
    chance = random.Random(7)
    asked = iter([Wanted(index.terms(question(chance, words))) for _ in range(101)])
    peer = ChatId(chat).peer
    return dict(
        zip(
            UNITS,
            (
                processor(lambda: message_views.history(node, chat), 10),
                processor(lambda: message_views.history(node, chat, around=count // 2), 10),
                processor(lambda: chat_views.conversations(node), 5),
                processor(lambda: search_views.search(node, next(asked), 30, None), 100),
                processor(lambda: node.messages.compose(peer, TEXT, b"See you at half past ten", random_id()), 5),
            ),
            strict=True,
        )
    )
