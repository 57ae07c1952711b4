"""Recovery kits as they are printed and typed (sections 7.7 and 10.3), for make_vectors."""

from __future__ import annotations

from typing import Any

from protocol.errors import HamrazError
from protocol.kit import Kit, read_kit, request_code
from protocol.log_entries import ADMIN, RecoveryChange
from tests.protocol import fixed_people
from tests.protocol.fixed_people import AUTHORITY_ID, DINA, OTHER_AUTHORITY_ID, PARVIN, PARVIN_SECOND_RECOVERY

Vector = dict[str, Any]


def kit_vectors() -> list[Vector]:
    """Kits, and what comes from them; a request for another one; then lines that people type, and what they are."""
    found: list[Vector] = []
    for recovery, authority_id in (
        (PARVIN.recovery, AUTHORITY_ID),
        (PARVIN.recovery, OTHER_AUTHORITY_ID),
        (PARVIN_SECOND_RECOVERY, AUTHORITY_ID),
    ):
        kit = Kit(recovery, authority_id)
        found.append(
            {
                "what": "kit",
                "seed": recovery.save(),
                "authority_id": authority_id,
                "public": recovery.public.raw,
                "hash": kit.hash,
                "groups": kit.groups(),
                "code": kit.code(),
                "seal_seed": kit.open_key().save(),
                "seal_public": kit.open_key().public.raw,
                "vault": kit.vault_key(),
            }
        )
    new_hash = Kit(PARVIN_SECOND_RECOVERY, AUTHORITY_ID).hash
    change = fixed_people.signed(RecoveryChange(DINA.uid, new_hash, ADMIN, PARVIN.uid, 9), DINA.key)
    found.append({"what": "request", "code": request_code(change), "body": change.body, "sig": change.sig})
    kit = Kit(PARVIN.recovery, AUTHORITY_ID)
    return found + [
        {"what": "line", "about": about, "text": text, "authority_id": AUTHORITY_ID} | _read(text)
        for about, text in lines(kit)
    ]


def lines(kit: Kit) -> list[tuple[str, str]]:
    """What is typed from this kit."""
    groups = kit.groups()
    text = "".join(groups)
    at = next(place for place, letter in enumerate(text) if letter in "olb")
    misread = text[:at] + {"o": "0", "l": "1", "b": "8"}[text[at]] + text[at + 1 :]
    digit = next(place for place, letter in enumerate(text) if letter.isdigit())
    persian = text[:digit] + chr(0x06F0 + int(text[digit])) + text[digit + 1 :]
    chat = "\u2066" + "\u2011".join(groups[:7]) + "–\u00ad" + "\u2212".join(groups[7:]) + "\u2069"
    other = "a" if text[5] != "a" else "b"
    return [
        ("as it is printed", " ".join(groups)),
        ("with dashes", "-".join(groups)),
        ("in capitals, over several lines", "\n".join(groups).upper() + "\n"),
        ("the QR code", kit.code()),
        ("a look-alike", misread),
        ("a Persian digit", persian),
        ("as a chat writes it", chat),
        ("in letters of full width", "".join(chr(ord(letter) + 0xFEE0) for letter in text)),
        ("more behind the 224th sign", text.ljust(224) + "a"),
        ("one letter is another", text[:5] + other + text[6:]),
        ("two letters changed places", text[:8] + text[9] + text[8] + text[10:] if text[8] != text[9] else text[::-1]),
        ("a group is missing", "-".join(groups[1:])),
        ("a group too many", "-".join([*groups, groups[0]])),
        ("a sign that no kit has", text[:-1] + "9"),
        ("another authority's", " ".join(Kit(kit.recovery, OTHER_AUTHORITY_ID).groups())),
        ("no letters", ""),
    ]


def _read(text: str) -> Vector:
    try:
        return {"outcome": "ok", "seed": read_kit(text, AUTHORITY_ID).recovery.save()}
    except HamrazError as refused:
        return {"outcome": refused.code}
