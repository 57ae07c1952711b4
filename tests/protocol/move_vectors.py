"""What stands in moves.json: what two computers show and prove to each other, and what may be moved (section 7.8)."""

from __future__ import annotations

from typing import Any

from protocol.moving import Meeting, commitment
from tests.protocol import samples
from tests.protocol.fixed_people import seed

Vector = dict[str, Any]


def move_vectors() -> list[Vector]:
    """Meetings first, then lists of files."""
    ends = (
        ("both ends of one connection", samples.FINGERPRINT, samples.SERVER_NONCE, samples.NONCE),
        ("another certificate is seen", seed("another certificate"), samples.SERVER_NONCE, samples.NONCE),
        ("the old one has another nonce", samples.FINGERPRINT, seed("another"), samples.NONCE),
        ("the new one has another nonce", samples.FINGERPRINT, samples.SERVER_NONCE, seed("another")),
    )
    return [_meeting(*end) for end in ends] + [
        {"about": about, "files": files, "outcome": outcome} for about, files, outcome in _lists()
    ]


def _meeting(about: str, fingerprint: bytes, old: bytes, new: bytes) -> Vector:
    meeting, secret = Meeting(fingerprint, old, new), samples.MOVE_SECRET
    return {
        "about": about,
        "fingerprint": fingerprint,
        "old_nonce": old,
        "new_nonce": new,
        "secret": secret,
        "commitment": commitment(fingerprint, new),
        "digits": meeting.digits(),
        "new_proof": meeting.proof_of_new(secret),
        "old_proof": meeting.proof_of_old(secret, False),
        "moved_proof": meeting.proof_of_old(secret, True),
    }


def _lists() -> list[tuple[str, list[list[Any]], str]]:
    chunk = "files/" + "0123456789abcdef" * 2
    least = [["vault.db", 4096], ["vault.key", 127]]
    return [
        ("the least that there is", least, "ok"),
        ("everything", [*least, ["vault.kit", 131], ["authority.link", 150], [chunk, 0]], "ok"),
        ("in another order", least[::-1], "ok"),
        ("the largest", [["vault.db", 2**42 - 127], least[1]], "ok"),
        ("more than that", [["vault.db", 2**42 - 126], least[1]], "bad_move"),
        ("nothing", [], "bad_move"),
        ("no key", least[:1], "bad_move"),
        ("no database", least[1:], "bad_move"),
        ("an empty database", [["vault.db", 0], least[1]], "bad_move"),
        ("an empty key", [least[0], ["vault.key", 0]], "bad_move"),
        ("the longest key", [least[0], ["vault.key", 4096]], "ok"),
        ("a key that is too long", [least[0], ["vault.key", 4097]], "bad_move"),
        ("the longest kit", [*least, ["vault.kit", 4096]], "ok"),
        ("a kit that is too long", [*least, ["vault.kit", 4097]], "bad_move"),
        ("the longest link", [*least, ["authority.link", 65536]], "ok"),
        ("a link that is too long", [*least, ["authority.link", 65537]], "bad_move"),
        ("twice the same", [*least, least[1]], "bad_move"),
        ("a way out", [*least, ["../vault.key", 9]], "bad_move"),
        ("a way out of files", [*least, ["files/../vault.key", 9]], "bad_move"),
        ("an absolute path", [*least, ["/etc/passwd", 9]], "bad_move"),
        ("a short name", [*least, [chunk[:-1], 9]], "bad_move"),
        ("a long name", [*least, [chunk + "0", 9]], "bad_move"),
        ("capitals", [*least, [chunk.upper(), 9]], "bad_move"),
        ("a line's end", [*least, [chunk + "\n", 9]], "bad_move"),
        ("a journal", [*least, ["vault.db-wal", 9]], "bad_move"),
        ("another folder", [*least, ["arriving/vault.db", 9]], "bad_move"),
    ]
