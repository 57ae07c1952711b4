"""A vault with a hundred thousand messages: searching them, opening a conversation, and the snapshot of 300 of them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, collect, percentile
from protocol.primitives import random_id
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.session import UserSession
from web_client.agent.views import chats as chat_views
from web_client.agent.views import messages as message_views
from web_client.agent.views import people as person_views
from web_client.agent.views import search as search_views
from web_client.search import index
from web_client.search.index import Wanted
from web_client.vault.database import Rows, Vault

MESSAGES, CONVERSATIONS = 100_000, 300
PASSWORD = "a long enough passphrase 1404"
LETTERS = {"fa": "ابپتثجچحخدذرزسشصضطظعغفقکگلمنوهی", "en": "etaoinshrdlucmfwypvbgkjqxz"}
PERSIAN = "سلام کتاب مدرسه امروز فردا می\u200cروم خانه کار جلسه ساعت کلاس دوست برنامه شبکه نامه باران ۱۴۰۵ می\u200cشود"
ENGLISH = "hello book school today tomorrow home meeting hour class friend network letter rain 2026 don't"
COMMON = {"fa": PERSIAN.split(), "en": ENGLISH.split()}


def run(repetitions: int, quick: bool) -> list[Figure]:
    """All with one vault on disk, in milliseconds of wall time."""
    count, chats = (2_000, 20) if quick else (MESSAGES, CONVERSATIONS)
    with full(count, chats) as (node, largest, words):
        runs = [_measure(node, largest, words, count) for _ in range(repetitions)]
    return collect("messages", dict.fromkeys(runs[0], "ms"), runs)


def _measure(node: UserSession, chat: str, words: list[str], count: int) -> dict[str, float]:
    chance = random.Random(7)
    questions = [question(chance, words) for _ in range(300)]
    everywhere = [_timed(_asks(node, Wanted(index.terms(asked)))) for asked in questions]
    inside = [_timed(_asks(node, Wanted(index.terms(asked), chat))) for asked in questions]
    narrowed = [_timed(_asks(node, _narrowed(chance, node, questions, chat, count))) for _ in range(100)]
    opened = [_timed(lambda: message_views.history(node, chat)) for _ in range(30)]
    around = [_timed(lambda: message_views.history(node, chat, around=count // 2)) for _ in range(30)]
    day = [_timed(lambda: message_views.history(node, chat, at=count // 2 * 1000)) for _ in range(30)]
    shown = [
        _timed(lambda: (person_views.people(node, node.ctx.trust.log.users.values()), chat_views.conversations(node)))
        for _ in range(10)
    ]
    name = f"of {count:,}"
    return {
        f"search {name}, p50": percentile(everywhere, 50),
        f"search {name}, p95": percentile(everywhere, 95),
        f"search in one conversation {name}, p50": percentile(inside, 50),
        f"search in one conversation {name}, p95": percentile(inside, 95),
        f"search narrowed down {name}, p95": percentile(narrowed, 95),
        f"the newest 50 {name}, p95": percentile(opened, 95),
        f"50 around one {name}, p95": percentile(around, 95),
        f"50 from a time on {name}, p95": percentile(day, 95),
        f"people and conversations {name}, p50": percentile(shown, 50),
    }


def _asks(node: UserSession, wanted: Wanted) -> Callable[[], object]:
    return lambda: search_views.search(node, wanted, 30, None)


def _narrowed(chance: random.Random, node: UserSession, questions: list[str], chat: str, count: int) -> Wanted:
    """By whom, of what kind, and in the newest tenth, with words or without."""
    sender = chance.choice([node.ctx.me.uid, ChatId(chat).peer])
    since = chance.choice([None, (count - count // 10) * 1000])
    match chance.randrange(4):
        case 0:
            return Wanted(sender=sender, since=since)
        case 1:
            return Wanted(kind="link", chat=chat, since=since)
        case _:
            return Wanted(index.terms(chance.choice(questions)), sender=sender, since=since)


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def question(chance: random.Random, words: list[str]) -> str:
    """What people type: a word, its beginning, a piece of it, two words, one that nobody has said."""
    word = chance.choice(words)
    match chance.randrange(6):
        case 5:
            return word[1:5]
        case 0:
            return word
        case 1:
            return word[: chance.randint(1, 3)]
        case 2:
            return f"{chance.choice(words)} {word[:3]}"
        case 3:
            return chance.choice(COMMON["fa"] + COMMON["en"])
        case _:
            return "qqxx" + word[:2]


@contextmanager
def full(count: int, chats: int) -> Iterator[tuple[UserSession, str, list[str]]]:
    """A node on a vault on disk: half of its messages are in one conversation, the others in all the rest."""
    world = World()
    owner = world.sign_up("owner")
    others = []
    for number in range(chats):
        world.now += 600_000  # the authority has its limits
        others.append(world.sign_up(f"person{number}"))
    owner.node.authority.log.sync()
    chance = random.Random(3)
    words = {script: COMMON[script] + [_word(chance, script) for _ in range(6000)] for script in LETTERS}
    with TemporaryDirectory() as folder:
        vault = Vault.create(Path(folder), PASSWORD, lambda rows: _copy(owner, rows), lambda run, *given: run(*given))
        vault.write(lambda rows: _fill(rows, owner, others, count, chance, words))
        while vault.read(index.pending):
            vault.write(index.catch_up)
        owner.network.new_session = None
        node = UserSession(vault, owner.network, lambda: world.now, lambda: world.now / 1000)
        yield node, ChatId.private(others[0].uid), words["fa"] + words["en"]
        vault.close()


def _word(chance: random.Random, script: str) -> str:
    return "".join(chance.choices(LETTERS[script], k=chance.randint(3, 8)))


def _copy(person: Person, rows: Rows) -> None:
    """What a vault has before any message."""

    def ask(source: Rows) -> dict[str, list[tuple[object, ...]]]:
        return {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in ("settings", "log", "heads")}

    for table, found in person.vault.read(ask).items():
        for row in found:
            rows.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", tuple(row))


def _fill(
    rows: Rows, owner: Person, others: list[Person], count: int, chance: random.Random, words: dict[str, list[str]]
) -> None:
    insert = (
        "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
        "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'text', ?, ?, 'received')"
    )
    hash, raw = bytes(32), bytes(600)
    for number in range(count):
        other = others[0] if number % 2 else others[number // 2 % len(others)]
        said = [_said(chance, words) for _ in range(chance.randint(2, 24))]
        key, body = other.node.ctx.me.key.public.raw, " ".join(said).encode()
        chat, n = ChatId.private(other.uid), number + 1
        row = (chat, random_id(), other.uid, owner.uid, key, n, hash, hash, number * 1000, body)
        rows.execute(insert, (*row, raw))
    rows.execute("INSERT INTO chats (chat, read_to) SELECT DISTINCT chat, ? FROM messages", (count - 500,))


def _said(chance: random.Random, words: dict[str, list[str]]) -> str:
    """Words as they are in a language: few are frequent, most are rare."""
    known = words[chance.choice(("fa", "en"))]
    return known[int(len(known) * chance.random() ** 4)]
