"""The vectors of kinds and marks (sections 8.3 and 8.10), for make_vectors."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import kinds, marks
from protocol.errors import HamrazError
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
    return {"bodies": [_body(*row) for row in BODIES], "emoji": _emoji(), "marks": _marks()}


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
