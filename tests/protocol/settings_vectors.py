"""What stands in settings.json: a group's settings, sealed, and what a member takes after what."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol.group_entries import NONE
from protocol.group_settings import Settings, encode_settings, seal_settings, settings_hash
from tests.protocol import fixed_people
from tests.protocol.fixed_group import KEYS

Vector = dict[str, Any]

OTHERS = "wrong_answer"  # nothing that the commander has signed

FIRST = Settings("کارگاه", "", b"", 1)
SECOND = Settings("کارگاه چوب", "یکشنبه‌ها، ساعت پنج", b"\xff\xd8\xff" + bytes(20_000), 2)


def _plaintexts() -> list[tuple[str, bytes, str]]:
    good, wide = encode_settings(FIRST), encode_settings(SECOND)
    largest = msgspec.structs.replace(SECOND, picture=bytes(49_152))
    return [
        ("words only", good, "ok"),
        ("with a picture", wide, "ok"),
        ("the largest picture", encode_settings(largest), "ok"),
        (
            "a picture too large by one",
            padded(msgspec.structs.replace(largest, picture=bytes(49_153))),
            "bad_statement",
        ),
        ("no name", padded(msgspec.structs.replace(FIRST, name="")), "bad_statement"),
        ("a name that is too long", padded(msgspec.structs.replace(FIRST, name="a" * 65)), "bad_statement"),
        ("a line that is too long", padded(msgspec.structs.replace(FIRST, line="a" * 561)), "bad_statement"),
        ("padding that isn't zero", good[:-1] + b"\1", "bad_statement"),
        ("a class larger than needed", good + bytes(16_384 - 1_024), "bad_statement"),
        ("a length beyond the end", b"\0\0\4\1" + good[4:], "bad_statement"),
        ("a length that cuts it off", (int.from_bytes(good[:4]) - 1).to_bytes(4) + good[4:], "bad_statement"),
        ("a byte less", good[:-1], "bad_statement"),
        ("nothing", b"", "bad_statement"),
        ("a field too many", padded(["a", "", b"", 1, None]), "bad_statement"),
    ]


def padded(content: Any) -> bytes:
    """Whatever it is, padded as it should be."""
    raw = msgspec.msgpack.encode(content)
    size = next(size for size in (1_024, 16_384, 65_536) if len(raw) + 20 <= size)
    return (len(raw).to_bytes(4) + raw).ljust(size - 16, b"\0")


def settings_vectors() -> Vector:
    """Plaintexts; sealed ones; and what is taken after what. Everything in group `gid`."""
    first, second = encode_settings(FIRST), encode_settings(SECOND)
    third = encode_settings(msgspec.structs.replace(FIRST, sequence=3))
    other = encode_settings(msgspec.structs.replace(SECOND, name="رنگ"))
    zero = encode_settings(msgspec.structs.replace(FIRST, sequence=0))

    def origin(plaintext: bytes, epoch: int, ranked: bool = True) -> Vector:
        """What is known of the commit of the epoch in which this was said."""
        named = settings_hash(_sealed(plaintext, epoch))
        return {"ranked": ranked, "settings_hash": named, "key": KEYS[epoch].save()}

    def case(plaintext: bytes, epoch: int, of: Vector | None, before: bytes | None, **change: Any) -> Vector:
        sealed = change.get("sealed", _sealed(plaintext, epoch))
        found: Vector = {"epoch": epoch, "key": KEYS[epoch].save(), "settings_hash": settings_hash(sealed)}
        found |= {"sealed": sealed, "plaintext": plaintext}
        return found | {"gid": fixed_people.GROUP, "origin": of, "before": before} | change

    unknown = origin(second, 2) | {"key": None}
    it, junk, old = {"settings_hash": settings_hash(_sealed(second, 2))}, bytes(16_384), _sealed(first, 2)
    taken = [
        ("the first ones", case(first, 1, origin(first, 1), None), "ok"),
        ("carried by the next commit", case(first, 2, origin(first, 1), first), "ok"),
        ("changed by who may", case(second, 2, origin(second, 2), first), "ok"),
        ("carried, to a newcomer who hasn't the key of before", case(second, 3, unknown, None), "ok"),
        ("changed by who may not", case(second, 2, origin(second, 2, ranked=False), first), "bad_commit"),
        ("others in the name of an earlier commit", case(other, 3, origin(second, 2), second), "bad_commit"),
        ("the same, to a newcomer", case(other, 3, origin(second, 2), None), "bad_commit"),
        ("the same, to who has what was before and not its key", case(other, 3, unknown, second), "bad_commit"),
        ("older ones again", case(first, 3, origin(first, 1), second), "bad_commit"),
        ("of an epoch that isn't yet", case(third, 2, None, first), "bad_commit"),
        ("of an epoch that there isn't", case(zero, 2, None, first), "bad_commit"),
        ("served, though the commit names none", case(second, 2, origin(second, 2), first, settings_hash=NONE), OTHERS),
        (
            "junk in place of what the commit names",
            case(second, 2, origin(second, 2), first, sealed=junk, **it),
            OTHERS,
        ),
        ("those of before in their place", case(second, 2, origin(second, 2), first, sealed=old, **it), OTHERS),
        ("no settings inside", case(padded([1]), 2, origin(first, 1), first), "bad_statement"),
        ("cut short", case(first, 1, origin(first, 1), None, sealed=bytes(15)), "cannot_open"),
        ("of another group", case(first, 1, origin(first, 1), None, gid=bytes(16)), "cannot_open"),
        ("of another epoch", case(first, 2, origin(first, 1), first, sealed=_sealed(first, 1)), "cannot_open"),
    ]
    return {
        "plaintexts": [{"about": about, "plaintext": raw, "outcome": outcome} for about, raw, outcome in _plaintexts()],
        "taken": [vector | {"about": about, "outcome": outcome} for about, vector, outcome in taken],
    }


def _sealed(plaintext: bytes, epoch: int) -> bytes:
    return seal_settings(plaintext, KEYS[epoch], fixed_people.GROUP, epoch)
