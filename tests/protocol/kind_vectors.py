"""The vectors of kinds and marks (sections 8.3 and 8.10), for make_vectors."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import kinds, lifetimes, marks
from protocol.errors import HamrazError
from protocol.files import CHUNK, VoiceBody, encode_file
from tests.protocol import fixed_people
from tests.protocol.fixed_people import CYRUS, NIMA, PARVIN

Vector = dict[str, Any]
TARGET = fixed_people.seed("message 1", 16)
PACK = msgspec.msgpack.encode

BODIES: list[tuple[str, str, bytes]] = [
    ("a text is no structure", "text", "سه سطر".encode()),
    ("a text of bytes that are no UTF-8", "text", b"\xff\xfe"),
    ("a text of nothing", "text", b""),
    ("a text of white space", "text", "\t\n\x1f \x85\xa0\u1680\u2007\u2028\u2029\u202f\u205f\u3000".encode()),
    ("a text of a joiner that is no white space", "text", "\u200b".encode()),
    ("a text of 65,536 bytes", "text", b"x" * 65_536),
    ("a text of 65,537 bytes", "text", b"x" * 65_537),
    ("a blank reply", "reply", PACK([TARGET, NIMA.uid, " \u3000"])),
    ("an edit to nothing", "edit", PACK([TARGET, ""])),
    ("an edit of 65,537 bytes", "edit", PACK([TARGET, "é" * 32_768 + "x"])),
    ("a kind that nobody knows", "poll", b"\xc1"),
    ("a reply", "reply", kinds.encode_body(kinds.Reply(TARGET, NIMA.uid, "آری"))),
    ("an edit", "edit", kinds.encode_body(kinds.Edit(TARGET, "half past eleven"))),
    ("a deletion", "delete", kinds.encode_body(kinds.Delete(TARGET))),
    ("a reaction", "reaction", kinds.encode_body(kinds.Reaction(TARGET, NIMA.uid, "👍"))),
    ("a reaction that is taken back", "reaction", kinds.encode_body(kinds.Reaction(TARGET, NIMA.uid, ""))),
    ("a reaction in words", "reaction", kinds.encode_body(kinds.Reaction(TARGET, NIMA.uid, "well said"))),
    (
        "a vote for each of ten answers",
        "reaction",
        kinds.encode_body(kinds.Reaction(TARGET, NIMA.uid, "📊" + "".join(chr(0xE0031 + at) for at in range(10)))),
    ),
    ("an emoji of 48 bytes", "reaction", PACK([TARGET, NIMA.uid, "é" * 24])),
    ("an emoji of 49 bytes", "reaction", PACK([TARGET, NIMA.uid, "é" * 24 + "x"])),
    ("a pin", "pin", kinds.encode_body(kinds.Pin(TARGET, NIMA.uid, []))),
    ("a pin that takes two back", "pin", PACK([TARGET, NIMA.uid, [[NIMA.uid, TARGET], [PARVIN.uid, TARGET]]])),
    ("a pin that takes seventeen back", "pin", PACK([TARGET, NIMA.uid, [[NIMA.uid, TARGET]] * 17])),
    ("a pin that takes back what has no sender", "pin", PACK([TARGET, NIMA.uid, [[TARGET]]])),
    ("who asks to be let into a group", "ask", kinds.encode_body(kinds.Ask(TARGET, bytes(range(16))))),
    ("a secret of 17 bytes", "ask", PACK([TARGET, bytes(17)])),
    ("a timer", "timer", kinds.encode_body(kinds.Timer(604_800, None))),
    ("a timer that knows another", "timer", kinds.encode_body(kinds.Timer(0, TARGET))),
    ("a timer of more than 32 bits", "timer", PACK([1 << 32, None])),
    ("a timer below zero", "timer", PACK([-1, None])),
    ("a timer that is no number", "timer", PACK([float("nan"), None])),
    ("an array that is longer", "delete", PACK([TARGET, 1])),
    ("an array that is shorter", "edit", PACK([TARGET])),
    ("a map", "delete", PACK({"to": TARGET})),
    ("an id of 15 bytes", "delete", PACK([TARGET[:15]])),
    ("an author of 31 bytes", "reply", PACK([TARGET, NIMA.uid[:31], "x"])),
    ("a text that is bytes", "edit", PACK([TARGET, b"x"])),
    ("a byte after it", "delete", PACK([TARGET]) + b"\x00"),
    ("nothing", "delete", b""),
    ("a longer encoding of a length", "delete", b"\xdc\x00\x01\xc5\x00\x10" + TARGET),
]


def _tags(digits: str) -> str:
    return "".join(chr(0xE0000 + ord(digit)) for digit in digits)


def _spoken(media_type: str) -> bytes:
    return encode_file(VoiceBody(TARGET, "spoken", media_type, 0, NIMA.uid, NIMA.uid, CHUNK, 0, b""))


WEEK = f"\u23f3{_tags('604800')}\U000e007f"
LASTING: list[tuple[str, str, bytes]] = [
    ("for good", "text", "سلام".encode()),
    ("a week", "text", f"سلام\nدنیا {WEEK}".encode()),
    ("a week, without a space", "text", f"x{WEEK}".encode()),
    ("two spaces before it", "text", f"x  {WEEK}".encode()),
    ("said twice: the last counts, and the first is words", "text", f"x {WEEK} {WEEK}".encode()),
    ("the longest", "text", lifetimes.join("x", lifetimes.MOST).encode()),
    ("five seconds count as a minute", "text", lifetimes.join("x", 5).encode()),
    ("nine digits", "text", f"x \u23f3{_tags('100000000')}\U000e007f".encode()),
    ("nothing", "text", f"x \u23f3{_tags('0')}\U000e007f".encode()),
    ("a nought first", "text", f"x \u23f3{_tags('0604800')}\U000e007f".encode()),
    ("no digits", "text", "x \u23f3\U000e007f".encode()),
    ("no end", "text", f"x \u23f3{_tags('604800')}".encode()),
    ("something after it", "text", f"x {WEEK} ".encode()),
    ("digits that are seen", "text", "x \u23f3604800\U000e007f".encode()),
    ("no hourglass", "text", f"x {_tags('604800')}\U000e007f".encode()),
    ("with FE0F in it", "text", f"x \u23f3\ufe0f{_tags('604800')}\U000e007f".encode()),
    ("nothing but that", "text", WEEK.encode()),
    ("white space and that", "text", f" \n {WEEK}".encode()),
    ("a flag at the end", "text", f"\U0001f3f4{_tags('gbeng')}\U000e007f".encode()),
    ("an answer", "reply", kinds.encode_body(kinds.Reply(TARGET, NIMA.uid, f"آری {WEEK}"))),
    ("an edit says nothing of it", "edit", kinds.encode_body(kinds.Edit(TARGET, f"x {WEEK}"))),
    ("spoken", "voice", _spoken("audio/webm;lifetime=604800")),
    ("spoken, and of a type with more to it", "voice", _spoken("audio/webm;codecs=opus;lifetime=86400")),
    ("spoken, for good", "voice", _spoken("audio/webm")),
    ("spoken, with a nought first", "voice", _spoken("audio/webm;lifetime=0604800")),
    ("spoken, nine digits", "voice", _spoken("audio/webm;lifetime=604800000")),
    ("spoken, digits of another script", "voice", _spoken("audio/webm;lifetime=۶۰۴۸۰۰")),
    ("spoken, something after it", "voice", _spoken("audio/webm;lifetime=604800;x")),
    ("spoken, three seconds", "voice", _spoken("audio/webm;lifetime=3")),
]

ONE, TWO, OTHER = b"1" * 16, b"2" * 16, b"3" * 16
Timer = tuple[bytes, int, bytes | None] | None
TIMERS: list[tuple[str, Timer, Timer]] = [
    ("none", None, None),
    ("of one alone", (ONE, 86_400, None), None),
    ("of one alone, which names what isn't here", None, (TWO, 86_400, OTHER)),
    ("the one that names the other", (ONE, 604_800, TWO), (TWO, 86_400, None)),
    ("the one that names the other, from there", (TWO, 86_400, None), (ONE, 604_800, TWO)),
    ("off, by who knew of the other", (ONE, 0, TWO), (TWO, 86_400, OTHER)),
    ("neither knew of the other", (ONE, 604_800, None), (TWO, 86_400, None)),
    ("neither knew of the other, and one says for good", (ONE, 0, OTHER), (TWO, 86_400, OTHER)),
    ("each says that it knew of the other", (ONE, 604_800, TWO), (TWO, 86_400, ONE)),
    ("both for good", (ONE, 0, None), (TWO, 0, None)),
    ("less than a minute", (ONE, 5, None), None),
    ("more than there may be", (ONE, 2**32 - 1, None), None),
]

FLAG = "\U0001f3f4" + "".join(chr(0xE0000 + ord(char)) for char in "gbeng") + "\U000e007f"
FAMILY, KISS = "👩\u200d👩\u200d👧\u200d👦", "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿"
EMOJI = (
    *("👍", "❤", "❤\ufe0f", "🙏🏽", "🇮🇷", "#\ufe0f\u20e3", "5\u20e3", "©", FLAG, FAMILY, KISS),
    *("", "👍👍", "a", "سلام", "5", "👍 ", "\u200d👍", "👍\u200d", "🇮", "🇮🇷🇮", "\ufe0f", "漢", "👍\u202e"),
    "👍" + chr(0xE0061) * 12,  # 52 bytes
    "📊" + chr(0xE0031) + chr(0xE0033),  # a vote for the first and the third of a poll's answers
)


def kind_vectors() -> Vector:
    """Bodies, emoji, and marks with what they make of Parvin's first message."""
    return {
        "bodies": [_body(*row) for row in BODIES],
        "lifetimes": [_lifetime(*row) for row in LASTING],
        "timers": [_timers(*row) for row in TIMERS],
        "emoji": _emoji(),
        "marks": _marks(),
    }


def _lifetime(about: str, kind: str, body: bytes) -> Vector:
    found = {"words": kinds.words(kind, body), "seconds": kinds.lifetime(kind, body)}
    return {"about": about, "kind": kind, "body": body, **found}


def _timers(about: str, mine: Timer, theirs: Timer) -> Vector:
    """Both are [id, seconds, after], or nothing."""
    one, other = (None if timer is None else lifetimes.Said(*timer) for timer in (mine, theirs))
    return {"about": about, "mine": mine, "theirs": theirs, "seconds": lifetimes.of_timers(one, other)}


def _body(about: str, kind: str, body: bytes) -> Vector:
    vector: Vector = {"about": about, "kind": kind, "body": body, "sender": PARVIN.uid, "outcome": "ok"}
    try:
        found = kinds.reference(kind, body, PARVIN.uid)
        decoded = kinds.decode_body(kind, body)
    except HamrazError as reason:
        return vector | {"outcome": reason.code}
    return vector | {"fields": decoded, "reference": [found.id, found.author] if found else None}


def _emoji() -> list[list[Any]]:
    return [[text, kinds.is_emoji(text)] for text in EMOJI]


def _marks() -> list[Vector]:
    edit, delete = kinds.Edit, kinds.Delete(TARGET)

    def like(emoji: str) -> kinds.Reaction:
        return kinds.Reaction(TARGET, PARVIN.uid, emoji)

    cases: list[tuple[str, list[tuple[Any, tuple[int, int], int, kinds.Body]]]] = [
        ("none", []),
        ("edited", [(PARVIN, (0, 2), 20, edit(TARGET, "two"))]),
        (
            "edited twice: the later place counts, whatever the times",
            [(PARVIN, (0, 3), 20, edit(TARGET, "three")), (PARVIN, (0, 2), 30, edit(TARGET, "two"))],
        ),
        (
            "edited with two keys: the newer key's row comes after the older one's",
            [(PARVIN, (1, 1), 20, edit(TARGET, "new key")), (PARVIN, (0, 9), 30, edit(TARGET, "old key"))],
        ),
        ("edited by somebody else", [(NIMA, (0, 2), 20, edit(TARGET, "two"))]),
        ("deleted", [(PARVIN, (0, 2), 20, delete), (NIMA, (0, 1), 10, like("👍"))]),
        ("deleted by somebody else", [(NIMA, (0, 2), 20, delete)]),
        ("edited after it was deleted", [(PARVIN, (0, 2), 20, delete), (PARVIN, (0, 3), 30, edit(TARGET, "three"))]),
        ("edited before it was deleted", [(PARVIN, (0, 2), 20, edit(TARGET, "two")), (PARVIN, (0, 3), 30, delete)]),
        (
            "reactions of three, two of them the same",
            [
                (NIMA, (0, 5), 30, like("👍")),
                (CYRUS, (0, 1), 20, like("❤️")),
                (PARVIN, (0, 2), 40, like("❤️")),
            ],
        ),
        ("reactions at one time: by uid", [(NIMA, (0, 5), 30, like("👍")), (CYRUS, (0, 1), 30, like("❤️"))]),
        ("another reaction", [(NIMA, (0, 5), 30, like("👍")), (NIMA, (0, 6), 20, like("❤️"))]),
        ("a reaction taken back", [(NIMA, (0, 6), 20, like("")), (NIMA, (0, 5), 30, like("👍"))]),
        ("a reaction in words says nothing", [(NIMA, (0, 5), 30, like("👍")), (NIMA, (0, 6), 40, like("well said"))]),
    ]
    return [_mark(about, given) for about, given in cases]


def _mark(about: str, given: list[tuple[Any, tuple[int, int], int, kinds.Body]]) -> Vector:
    made = marks.effect(PARVIN.uid, [marks.Mark(who.uid, place, time, body) for who, place, time, body in given])
    rows = [[who.uid, place, time, body.KIND, kinds.encode_body(body)] for who, place, time, body in given]
    looks = {"deleted": made.deleted, "words": made.words, "edited": made.edited, "reactions": made.reactions}
    return {"about": about, "author": PARVIN.uid, "marks": rows, "effect": looks}
