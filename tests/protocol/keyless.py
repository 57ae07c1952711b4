"""Members of the group of these tests who say that they have no key, and what that lets the others do."""

from __future__ import annotations

from protocol import group_entries as g
from protocol.group_entries import Unopened
from protocol.primitives import SigningKey
from tests.protocol.fixed_group import (
    COMMIT_1,
    COMMIT_2,
    COMMIT_3,
    EVE,
    commit,
    commit_entry,
    group_entry,
    group_log,
    join,
    leave,
)
from tests.protocol.fixed_people import CYRUS, DINA, GROUP, NIMA, PARVIN, Person, signed

HASHES = {1: g.commit_hash(COMMIT_1), 2: g.commit_hash(COMMIT_2), 3: g.commit_hash(COMMIT_3)}


def unopened(
    who: Person, epoch: int, *, gid: bytes = GROUP, hash: bytes | None = None, signer: SigningKey | None = None
) -> bytes:
    """An entry in which a member says that they have no key of this epoch."""
    said = Unopened(gid, epoch, HASHES.get(epoch, bytes(32)) if hash is None else hash, who.uid)
    return g.encode_entry(g.UnopenedEntry(signed(said, signer or who.key)))


def keyless() -> list[tuple[str, int, list[bytes], list[bytes], bytes, str]]:
    """(what it is, after how many entries of the chain, the log, entries before it, the entry, the code or "ok").

    At the chain's end Cyrus, who has no rank, has made the commit in force; Nima and Parvin are the others.
    """
    log, end = group_log(), 13
    cases: list[tuple[str, int, list[bytes], list[bytes], bytes, str]] = []

    def say(about: str, code: str, raw: bytes, *before: bytes, at: int = end) -> None:
        cases.append((about, at, log, list(before), raw, code))

    say("a member has no key", "ok", unopened(PARVIN, 3))
    say("it is said once", "stale", unopened(PARVIN, 3), unopened(PARVIN, 3))
    say("another says it too", "ok", unopened(NIMA, 3), unopened(PARVIN, 3))
    say("of an earlier epoch, where history is shared", "ok", unopened(PARVIN, 2))
    say("of one before they came, where history is shared", "ok", unopened(PARVIN, 1))
    say("of an epoch that there isn't yet", "stale", unopened(PARVIN, 4))
    say("of no epoch", "stale", unopened(PARVIN, 0))
    say("of another commit", "stale", unopened(PARVIN, 3, hash=HASHES[2]))
    say("of another group", "wrong_recipient", unopened(PARVIN, 3, gid=bytes(16)))
    say("signed by another", "bad_signature", unopened(PARVIN, 3, signer=NIMA.key))
    say("by nobody", "not_member", unopened(EVE, 3))
    say("by one who was taken out", "not_member", unopened(DINA, 2))
    say("by one who is only invited", "not_member", unopened(PARVIN, 2), at=7)
    say("after leaving", "stale", unopened(PARVIN, 3), leave(PARVIN, 3))
    acked = g.UnopenedEntry(signed(g.KeyAck(GROUP, 3, HASHES[3], PARVIN.uid), PARVIN.key))
    say("an acknowledgement given out as it", "bad_signature", g.encode_entry(acked))

    # Nima makes epoch 4, and Cyrus, who has no rank, and Parvin are the others
    whole = [NIMA, CYRUS, PARVIN]
    locking = commit(4, whole, NIMA, HASHES[3])
    lock, named = g.commit_hash(locking), [*log, group_entry(locking)]

    def lacks(who: Person, epoch: int = 4) -> bytes:
        return unopened(who, epoch, hash=lock if epoch == 4 else None)

    def mend(about: str, code: str, *before: bytes, members: list[Person] = whole) -> None:
        made = commit(5, members, CYRUS, lock, cut=True)
        more = [commit_entry(locking), *before]
        cases.append((about, end, [*named, group_entry(made)], more, commit_entry(made), code))

    mend("without a key for most, anybody mends", "ok", lacks(CYRUS), lacks(PARVIN))
    mend("and takes nobody out", "role_not_allowed", lacks(CYRUS), lacks(PARVIN), members=[CYRUS, PARVIN])
    mend("half of them are not enough", "role_not_allowed", lacks(CYRUS))
    mend("nor are those who lack an older key", "role_not_allowed", lacks(CYRUS, 3), lacks(PARVIN, 3))
    mend("the commander's own word doesn't count", "role_not_allowed", lacks(CYRUS), lacks(NIMA))
    mend("without who has left, it is most of them", "ok", lacks(CYRUS), leave(PARVIN, 4), members=[NIMA, CYRUS])
    again = commit(5, whole, CYRUS, lock, cut=True)
    once_more = commit(6, whole, CYRUS, g.commit_hash(again), cut=True)
    cases.append(
        (
            "a new epoch begins with nobody's word",
            end,
            [*named, group_entry(again), group_entry(once_more)],
            [commit_entry(locking), lacks(CYRUS), lacks(PARVIN), commit_entry(again)],
            commit_entry(once_more),
            "role_not_allowed",
        )
    )
    anew = commit(4, [NIMA, CYRUS], NIMA, HASHES[3])
    back = commit(5, [NIMA, CYRUS, PARVIN], NIMA, g.commit_hash(anew))
    cases.append(
        (
            "who was taken out and added again says it anew",
            end,
            [*log, group_entry(anew), group_entry(back)],
            [unopened(PARVIN, 3), commit_entry(anew), commit_entry(back), join(PARVIN, 5)],
            unopened(PARVIN, 3),
            "ok",
        )
    )
    cases += _not_shared()
    return cases


def _not_shared() -> list[tuple[str, int, list[bytes], list[bytes], bytes, str]]:
    """In a group whose history begins with joining."""
    first = commit(1, [NIMA, CYRUS], NIMA, g.NONE, history=g.JOINING)
    second = commit(2, [NIMA, CYRUS, PARVIN], NIMA, g.commit_hash(first), history=g.JOINING)
    log = [*group_log()[:6], group_entry(first), group_entry(second)]
    before = [commit_entry(first), join(CYRUS, 1), commit_entry(second), join(PARVIN, 2)]
    hashes = g.commit_hash(first), g.commit_hash(second)
    return [
        ("of an epoch since they came", 0, log, before, unopened(PARVIN, 2, hash=hashes[1]), "ok"),
        ("of an epoch before they came", 0, log, before, unopened(PARVIN, 1, hash=hashes[0]), "stale"),
        ("of the first, by who was there", 0, log, before, unopened(CYRUS, 1, hash=hashes[0]), "ok"),
    ]
