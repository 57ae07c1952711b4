"""What stands in profiles.json: profiles as they are sealed, and what doesn't open (section 8.13)."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol.about import About
from protocol.primitives import ProfileKey, SigningKey, label
from protocol.profiles import seal_profile
from protocol.statements import Signed
from tests.protocol import fixed_people, samples
from tests.protocol.fixed_people import AUTHORITY_ID, CYRUS, NIMA, PARVIN, signed
from tests.protocol.settings_vectors import padded

Vector = dict[str, Any]
RIGHT = samples.PROFILE


def profile_vectors() -> list[Vector]:
    """Each with what its reader was told and who they take it for."""
    base: Vector = {
        "authority_id": AUTHORITY_ID,
        "uid": NIMA.uid,
        "version": RIGHT.version,
        "key": samples.ABOUT.key,
        "keys": [NIMA.key.public.raw],
    }
    newer = fixed_people.seed("a newer key")

    def sealed(profile: Any = RIGHT, signer: SigningKey = NIMA.key, about: About = samples.ABOUT) -> bytes:
        """For Nima's version 3, whatever it says inside."""
        body = msgspec.msgpack.encode(profile)
        inside = Signed(body, signer.sign(b"profile", AUTHORITY_ID, body))
        return _seal(padded(inside), about)

    def changed(**fields: Any) -> bytes:
        return sealed(msgspec.structs.replace(RIGHT, **fields))

    good = seal_profile(RIGHT, samples.ABOUT, NIMA.key, AUTHORITY_ID)
    largest = msgspec.structs.replace(RIGHT, picture=bytes(49_152))
    right = padded(signed(RIGHT, NIMA.key))
    cases: list[tuple[str, bytes, Vector, str]] = [
        ("a profile", good, {}, "ok"),
        ("with the largest picture", sealed(largest), {"fields": largest}, "ok"),
        ("signed with the key before the newest", good, {"keys": [newer, NIMA.key.public.raw]}, "ok"),
        ("a picture too large by one", changed(picture=bytes(49_153)), {}, "bad_statement"),
        ("a name that is too long", changed(name="a" * 193), {}, "bad_statement"),
        ("a line that is too long", changed(line="a" * 561), {}, "bad_statement"),
        ("a field too few", sealed(msgspec.to_builtins(RIGHT, builtin_types=(bytes,))[:-1]), {}, "bad_statement"),
        ("padding that isn't zero", _seal(right[:-1] + b"\1"), {}, "bad_statement"),
        ("a class larger than needed", _seal(right + bytes(16_384 - 1_024)), {}, "bad_statement"),
        ("not padded", _seal(right[4:]), {}, "bad_statement"),
        ("nothing signed", _seal(padded(RIGHT)), {}, "bad_statement"),
        ("signed by another", sealed(signer=CYRUS.key), {}, "bad_signature"),
        ("signed by a key that counts no more", good, {"keys": [newer]}, "bad_signature"),
        ("of who has no key that counts", good, {"keys": []}, "bad_signature"),
        ("another's, published as one's own", changed(uid=PARVIN.uid), {}, "wrong_recipient"),
        ("an older one under a newer number", changed(version=2), {}, "wrong_recipient"),
        ("shown as another's", good, {"uid": PARVIN.uid}, "cannot_open"),
        ("shown as another version", good, {"version": 4}, "cannot_open"),
        ("under another authority", good, {"authority_id": fixed_people.OTHER_AUTHORITY_ID}, "cannot_open"),
        ("with another key", good, {"key": newer}, "cannot_open"),
        ("cut short", good[:15], {}, "cannot_open"),
        ("nothing", b"", {}, "cannot_open"),
    ]
    return [
        base | {"fields": RIGHT} | change | {"about": about, "sealed": what, "outcome": outcome}
        for about, what, change, outcome in cases
    ]


def _seal(plaintext: bytes, about: About = samples.ABOUT) -> bytes:
    place = label(b"aead", b"profile") + AUTHORITY_ID + NIMA.uid + about.version.to_bytes(4)
    return ProfileKey(about.key).seal(place, plaintext)
