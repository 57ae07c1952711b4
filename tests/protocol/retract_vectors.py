"""What follows the story of group.json in the matter of words that are taken away (section 9.11), for make_vectors."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import group_entries as g
from protocol.group_entries import Retract, RetractEntry
from protocol.group_seals import seal_reason
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.protocol import fixed_people
from tests.protocol.fixed_group import (
    COMMIT_3,
    CYRUS_2,
    EVE,
    KEYS,
    chain,
    commit,
    commit_entry,
    group_entry,
    group_log,
    leave,
    message,
    replay,
    replay_log,
)
from tests.protocol.fixed_people import CYRUS, DINA, GROUP, NIMA, PARVIN, Person, seed, signed

Case = tuple[str, list[bytes], list[bytes], bytes, str]
NONCE = seed("retract nonce", 16)


def said(by: Person, at: int, epoch: int = 3, **changes: Any) -> Retract:
    """What Nima or another says of the entry there; `changes` replace fields of what would be right."""
    hash = replay(at, replay_log(group_log())).hash
    right = Retract(GROUP, epoch, by.uid, at, hash, seal_reason(KEYS[3], GROUP, 3, by.uid, at, "nobody asked", NONCE))
    return msgspec.structs.replace(right, **changes)


def retract(by: Person, at: int, *, signer: SigningKey | None = None, **changes: Any) -> bytes:
    return g.encode_entry(RetractEntry(signed(said(by, at, **changes), signer or by.key)))


def stub(entry: g.MessageEntry, **changes: Any) -> bytes:
    return g.encode_entry(msgspec.structs.replace(g.stub_of(entry, g.encode_entry(entry)), **changes))


def retractions() -> list[Case]:
    """(what it is, the log, what follows the story's chain, the entry, the code or "ok")."""
    log, end = group_log(), len(chain())
    third = g.commit_hash(COMMIT_3)
    rise = fixed_people.role_change(CYRUS, Role.ADVANCED, PARVIN, 3)
    fall = fixed_people.role_change(NIMA, Role.BEGINNER, PARVIN, 5)
    after = commit(4, [NIMA, CYRUS, PARVIN], PARVIN, third)
    later = [commit_entry(after)]
    gone = [leave(NIMA, 3)]
    wide = b"\xdc\x00\x02\xa7retract" + retract(NIMA, 2)[9:]
    other = msgspec.msgpack.encode(["retract", signed(g.Leave(GROUP, 3, NIMA.uid), NIMA.key)])
    written = message(CYRUS, 2, g.message_hash(CYRUS_2), COMMIT_3, "not for long")
    lookalike = message(CYRUS, 2, g.message_hash(CYRUS_2), COMMIT_3, "x", signer=NIMA.key)
    changed = msgspec.structs.replace(CYRUS_2, ciphertext=b"other words")
    return [
        ("one of rank takes a message away", log, [], retract(NIMA, 2), "ok"),
        ("the super admin does", log, [], retract(PARVIN, 4), "ok"),
        ("the newest entry", log, [], retract(NIMA, end), "ok"),
        ("the same once more", log, [retract(NIMA, 2)], retract(NIMA, 2), "ok"),
        ("what another has taken away", log, [retract(NIMA, 2)], retract(PARVIN, 2), "ok"),
        ("what is no message", log, [], retract(NIMA, 1), "ok"),
        ("without a reason", log, [], retract(NIMA, 2, reason=b""), "ok"),
        ("while somebody is leaving", log, [leave(CYRUS, 3)], retract(NIMA, 2), "ok"),
        ("in an encoding that isn't the shortest", log, [], wide, "ok"),
        ("a beginner does", log, [], retract(CYRUS, 2), "role_not_allowed"),
        ("a beginner his own", log, [], retract(CYRUS, 13), "role_not_allowed"),
        ("who got the rank after the commit in force", [*log, rise], [], retract(CYRUS, 2), "role_not_allowed"),
        ("who lost it after", [*log, fall], [], retract(NIMA, 2), "ok"),
        (
            "who got it before the next commit",
            [*log, rise, group_entry(after)],
            later,
            retract(CYRUS, 2, epoch=4),
            "ok",
        ),
        (
            "who lost it before the next commit",
            [*log, fall, group_entry(after)],
            later,
            retract(NIMA, 2, epoch=4),
            "role_not_allowed",
        ),
        ("under the commit before", [*log, group_entry(after)], later, retract(NIMA, 2), "stale"),
        ("under a commit that isn't yet", log, [], retract(NIMA, 2, epoch=4), "stale"),
        ("entry 0", log, [], retract(NIMA, 0), "chain_split"),
        ("an entry that isn't there yet", log, [], retract(NIMA, 2, n=end + 1), "chain_split"),
        ("an entry of another chain", log, [], retract(NIMA, 2, hash=seed("another chain")), "chain_split"),
        ("in another's name", log, [], retract(NIMA, 2, signer=CYRUS.key), "bad_signature"),
        ("by nobody", log, [], retract(EVE, 2), "not_member"),
        ("by who was taken out", log, [], retract(DINA, 2), "not_member"),
        ("by who has left", log, gone, retract(NIMA, 2), "not_member"),
        ("in another group", log, [], retract(NIMA, 2, gid=bytes(16)), "wrong_recipient"),
        ("a leave given out as one", log, [], other, "bad_statement"),
        ("a reason that is too long", log, [], retract(NIMA, 2, reason=bytes(233)), "bad_statement"),
        # what stays of a message
        ("a stub in a message's place", log, [], stub(written), "ok"),
        ("a stub of other words", log, [], stub(written, ciphertext_hash=bytes(32)), "bad_signature"),
        ("a stub that another signed", log, [], stub(lookalike), "bad_signature"),
        ("a stub of a message again", log, [], stub(CYRUS_2), "chain_broken"),
        ("a stub whose entry had other words", log, [], stub(changed), "chain_broken"),
        ("a stub with a hash too short", log, [], stub(written, entry_hash=bytes(31)), "bad_statement"),
        ("after a stub, the next one", log, [stub(written)], _next(written), "ok"),
    ]


def _next(before: g.MessageEntry) -> bytes:
    return g.encode_entry(message(CYRUS, 3, g.message_hash(before), COMMIT_3, "and on"))


def reasons() -> list[dict[str, Any]]:
    """Reasons as they are sealed, and what doesn't open."""
    right = said(NIMA, 2)
    cases: list[tuple[str, Retract, str]] = [
        ("as it should be", right, "ok"),
        ("of another's", msgspec.structs.replace(right, by=PARVIN.uid), "cannot_open"),
        ("of another message", msgspec.structs.replace(right, n=4), "cannot_open"),
        ("of another epoch", msgspec.structs.replace(right, epoch=2), "cannot_open"),
        ("of another group", msgspec.structs.replace(right, gid=bytes(16)), "cannot_open"),
        ("cut short", msgspec.structs.replace(right, reason=right.reason[:20]), "cannot_open"),
    ]
    return [
        {"about": about, "key": KEYS[3].save(), "nonce": NONCE, "said": one, "text": "nobody asked", "outcome": code}
        for about, one, code in cases
    ]
