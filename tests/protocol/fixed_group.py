"""A group of these tests: the log that it needs, its chain, and what its members sign and encrypt."""

from __future__ import annotations

import hashlib

import msgspec

from protocol import group_entries as g
from protocol import group_seals, log_entries
from protocol.envelope import TEXT
from protocol.group_entries import Commit, Content, Header, Join, Leave, Listed, MessageEntry
from protocol.groups import Group
from protocol.log import Log
from protocol.primitives import EpochKey, SigningKey
from protocol.roles import Role
from protocol.statements import NO_DEVICE, Head, Signed, Statement
from tests.protocol import fixed_people
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, CYRUS, DINA, GROUP, NIMA, PARVIN, Person, seed, signed

EVE = fixed_people.person("eve")
DINA_NOW = DINA.with_key(fixed_people.DINA_SECOND_KEY)
KEYS = {epoch: EpochKey(seed(f"epoch {epoch}")) for epoch in range(1, 8)}


class Empty(Statement, frozen=True):
    """Signed as a head, with nothing in it."""

    CONTEXT = b"head"


EMPTY = Empty()
NOTHING = hashlib.sha256(b"").digest()
HEAD = signed(Head(0, bytes(32)), AUTHORITY)


def commit(
    epoch: int,
    members: list[Person],
    by: Person,
    previous: bytes,
    /,
    *,
    signer: SigningKey | None = None,
    **changes: object,
) -> Signed:
    """A signed commit; `changes` replace fields of what would be right."""
    listed = sorted((Listed(who.uid, who.key.public.fingerprint()) for who in members), key=lambda member: member.uid)
    right = Commit(
        GROUP, epoch, previous, listed, by.uid, KEYS[epoch].key_id(), g.ALL, False, b"", g.EVERYBODY, g.NONE, b""
    )
    said = msgspec.structs.replace(right, **changes)
    if "wrapped" not in changes and said.history == g.ALL and said.epoch > 1 and not said.cut:
        # what wraps the old key is its members' affair, its length everybody's
        said = msgspec.structs.replace(said, wrapped=bytes(g.WRAPPED_SIZE))
    return signed(said, signer or by.key)


def commit_entry(signed_commit: Signed) -> bytes:
    """A commit as it stands in the chain."""
    return g.encode_entry(g.CommitEntry(signed_commit))


def join(who: Person, epoch: int, *, gid: bytes = GROUP, signer: SigningKey | None = None) -> bytes:
    return g.encode_entry(g.JoinEntry(signed(Join(gid, epoch, who.uid), signer or who.key)))


def leave(who: Person, epoch: int, *, gid: bytes = GROUP, signer: SigningKey | None = None) -> bytes:
    return g.encode_entry(g.LeaveEntry(signed(Leave(gid, epoch, who.uid), signer or who.key)))


def message(
    who: Person,
    sequence: int,
    previous: bytes,
    in_force: Signed,
    text: str,
    *,
    signer: SigningKey | None = None,
    **changes: object,
) -> MessageEntry:
    """A message under this commit; `changes` replace fields of its header."""
    epoch = msgspec.msgpack.decode(in_force.body, type=Commit).epoch
    right = Header(
        GROUP, epoch, g.commit_hash(in_force), who.uid, NO_DEVICE, sequence, seed(text, 16), previous, 0, g.NONE, HEAD
    )
    header = msgspec.structs.replace(right, **changes)
    content = Content(TEXT, 1_760_000_000_000 + sequence, text.encode(), None)
    return group_seals.seal_message(header, content, KEYS[epoch], signer or who.key, AUTHORITY_ID)


# --- the story: Nima, an advanced user, makes a group with Cyrus and Dina; Parvin is added; Dina leaves ---

COMMIT_1 = commit(1, [NIMA, CYRUS, DINA], NIMA, g.NONE)
COMMIT_2 = commit(2, [NIMA, CYRUS, DINA, PARVIN], NIMA, g.commit_hash(COMMIT_1))
COMMIT_3 = commit(3, [NIMA, CYRUS, PARVIN], CYRUS, g.commit_hash(COMMIT_2))

NIMA_1 = message(NIMA, 1, g.NONE, COMMIT_1, "welcome")
CYRUS_1 = message(CYRUS, 1, g.NONE, COMMIT_1, "hello")
NIMA_2 = message(NIMA, 2, g.message_hash(NIMA_1), COMMIT_1, "how are you?")
NIMA_3 = message(NIMA, 3, g.message_hash(NIMA_2), COMMIT_1, "Parvin comes too")
PARVIN_1 = message(PARVIN, 1, g.NONE, COMMIT_2, "سلام")
CYRUS_2 = message(CYRUS, 1, g.NONE, COMMIT_3, "Dina has left")


def group_log(*more: bytes) -> list[bytes]:
    """The log beside the story; `more` comes after it."""
    return [
        fixed_people.genesis(),  # 0
        fixed_people.register(PARVIN),  # 1
        fixed_people.register(NIMA),  # 2
        fixed_people.register(CYRUS),  # 3
        fixed_people.register(DINA),  # 4
        fixed_people.role_change(NIMA, Role.ADVANCED, PARVIN, 2),  # 5
        group_entry(COMMIT_1),  # 6
        group_entry(COMMIT_2),  # 7
        group_entry(COMMIT_3),  # 8
        *more,
    ]


def group_entry(signed_commit: Signed) -> bytes:
    """The log's entry for a commit, whatever that says."""
    gid, epoch, *_ = msgspec.msgpack.decode(signed_commit.body)
    return log_entries.encode_entry(log_entries.GroupEntry(gid, epoch, g.commit_hash(signed_commit)))


def chain() -> list[bytes]:
    """The group's chain."""
    return [
        commit_entry(COMMIT_1),  # 1
        g.encode_entry(NIMA_1),  # 2
        join(CYRUS, 1),  # 3
        g.encode_entry(CYRUS_1),  # 4
        g.encode_entry(NIMA_2),  # 5
        g.encode_entry(NIMA_3),  # 6
        commit_entry(COMMIT_2),  # 7
        join(PARVIN, 2),  # 8
        g.encode_entry(PARVIN_1),  # 9
        join(DINA, 1),  # 10: signed before Parvin was added, and still good
        leave(DINA, 2),  # 11
        commit_entry(COMMIT_3),  # 12: Cyrus, a beginner, takes out who has left
        g.encode_entry(CYRUS_2),  # 13
    ]


def replay_log(entries: list[bytes]) -> Log:
    log = Log(AUTHORITY_ID)
    for raw in entries:
        log.append(raw)
    return log


def replay(count: int, log: Log) -> Group:
    """The group after so many entries of its chain."""
    group = Group(GROUP)
    for raw in chain()[:count]:
        group.append(raw, log)
    return group


# --- what must be refused, and where ---


def continuations() -> list[tuple[str, int, list[bytes], bytes, str]]:
    """(what it is, after how many entries of the chain, the log, the entry, the code or "ok")."""
    first, second, third = map(g.commit_hash, (COMMIT_1, COMMIT_2, COMMIT_3))
    end = len(chain())
    log = group_log()
    others = [NIMA, CYRUS, PARVIN]
    early = log[:6]  # before the first commit
    revoked = fixed_people.key_change(CYRUS, None, log_entries.OWN, CYRUS.key, 3)
    replaced = fixed_people.key_change(CYRUS, fixed_people.CYRUS_SECOND_KEY, log_entries.OWN, CYRUS.key, 3)
    cyrus_now = CYRUS.with_key(fixed_people.CYRUS_SECOND_KEY)
    cases: list[tuple[str, int, list[bytes], bytes, str]] = []

    def try_commit(about: str, code: str, signed_commit: Signed, at: int = end, before: list[bytes] = log) -> None:
        """A commit that the log names, so that only the chain's own rules can refuse it."""
        cases.append((about, at, [*before, group_entry(signed_commit)], commit_entry(signed_commit), code))

    def try_first(about: str, code: str, signed_commit: Signed) -> None:
        try_commit(about, code, signed_commit, 0, early)

    # commits
    nimas = commit(4, [NIMA, CYRUS], NIMA, third)
    cases.append(("a commit that the log doesn't name", end, log, commit_entry(nimas), "bad_commit"))
    other = group_entry(commit(4, [NIMA], NIMA, third))
    cases.append(("a commit in another's place", end, [*log, other], commit_entry(nimas), "bad_commit"))
    cases.append(("an old certificate's commit again", end, log, commit_entry(COMMIT_3), "bad_commit"))
    try_commit("a commander removes", "ok", nimas)
    try_commit("a commit signed by another", "bad_signature", commit(4, [NIMA, CYRUS], NIMA, third, signer=CYRUS.key))
    try_commit("a commit by nobody", "bad_signature", commit(4, [NIMA, EVE], EVE, third))
    try_commit("a commit that doesn't follow the last", "stale", commit(4, [NIMA, CYRUS], NIMA, second))
    try_commit("members not in order", "bad_commit", commit(4, others, NIMA, third, members=_unsorted(others)))
    try_commit("a member twice", "bad_commit", commit(4, others, NIMA, third, members=_twice(others)))
    try_commit("a commander who isn't a member", "bad_commit", commit(4, [CYRUS, PARVIN], NIMA, third))
    try_commit("a member without an account", "stale", commit(4, [*others, EVE], NIMA, third))
    wrong_key = CYRUS.with_key(EVE.key)
    try_commit("another key for a member", "stale", commit(4, [NIMA, wrong_key, PARVIN], NIMA, third))
    try_commit("another history policy", "bad_commit", commit(4, others, NIMA, third, history=g.JOINING))
    try_commit("a beginner adds", "role_not_allowed", commit(4, [*others, DINA], CYRUS, third))
    try_commit("a beginner removes", "role_not_allowed", commit(4, [CYRUS, PARVIN], CYRUS, third))
    try_commit("a beginner changes nothing", "role_not_allowed", commit(4, others, CYRUS, third))
    try_commit("a commander changes nothing", "ok", commit(4, others, NIMA, third))
    try_commit("a beginner changes who may write", "role_not_allowed", commit(4, others, CYRUS, third, policy=g.RANKED))
    try_commit("a commander changes who may write", "ok", commit(4, others, NIMA, third, policy=g.RANKED))
    unnamed = commit(4, others, NIMA, third, settings_hash=seed("whatever"))
    try_commit("settings are their members' affair", "ok", unnamed)
    try_commit("a commander adds", "ok", commit(4, [*others, DINA], NIMA, third))
    demoted = [*log, fixed_people.role_change(NIMA, Role.BEGINNER, PARVIN, 5)]
    try_commit("a commander who was demoted before", "role_not_allowed", nimas, before=demoted)
    cases.append(
        ("a commander who was demoted after", end, [*log, group_entry(nimas), demoted[-1]], commit_entry(nimas), "ok")
    )
    try_commit("a commander who is only invited", "not_member", commit(3, others, PARVIN, second), 7, log[:8])
    left = commit(3, [NIMA, CYRUS, PARVIN, DINA], DINA, second)
    try_commit("a commander who has left", "not_member", left, 11, log[:8])
    try_commit(
        "a beginner takes back who left", "role_not_allowed", commit(3, [*others, DINA], CYRUS, second), 11, log[:8]
    )
    try_commit("a commander takes back who left", "ok", commit(3, [*others, DINA], NIMA, second), 11, log[:8])
    no_nima = [*log, fixed_people.key_change(NIMA, None, log_entries.OWN, NIMA.key, 5)]
    try_commit("a beginner takes out a revoked member", "ok", commit(4, [CYRUS, PARVIN], CYRUS, third), before=no_nima)
    try_commit("and another with them", "role_not_allowed", commit(4, [CYRUS], CYRUS, third), before=no_nima)
    reasoned = commit(4, [CYRUS, PARVIN], CYRUS, third, note=bytes(20))
    try_commit("and says why", "role_not_allowed", reasoned, before=no_nima)
    half = [*no_nima, fixed_people.key_change(PARVIN, None, log_entries.OWN, PARVIN.key, 1)]
    try_commit("a beginner takes out two revoked members", "ok", commit(4, [CYRUS], CYRUS, third), before=half)
    try_commit("a beginner mends what has left and what is new", "ok", _mended_twice(second), 11, [*log[:8], replaced])
    only_left = commit(3, [cyrus_now, NIMA], cyrus_now, second)
    try_commit("a beginner mends more", "role_not_allowed", only_left, 11, [*log[:8], replaced])

    # the key before, for those who come later
    def try_wrapped(about: str, code: str, size: int, first_one: bool = False, **changes: object) -> None:
        changes["wrapped"] = bytes(size)
        made = commit(1 if first_one else 4, others, NIMA, g.NONE if first_one else third, **changes)
        at, before = (0, early) if first_one else (end, log)
        cases.append((about, at, [*before, group_entry(made)], commit_entry(made), code))

    try_wrapped("without the key before", "bad_commit", 0)
    try_wrapped("with too little of it", "bad_commit", 59)
    try_wrapped("with too much of it", "bad_statement", 61)
    try_wrapped("a cut", "ok", 0, cut=True)
    try_wrapped("a cut with the key before", "bad_commit", 60, cut=True)
    try_wrapped("the first commit with a key before", "bad_commit", 60, first_one=True)
    try_wrapped("the first commit cut", "bad_commit", 0, first_one=True, cut=True)
    cut = commit(3, others, CYRUS, second, cut=True)
    try_commit("a beginner without the key before mends with a cut", "ok", cut, 11, log[:8])
    try_commit("a revoked member stays", "stale", commit(4, others, NIMA, third), before=[*log, revoked])
    try_commit("an old key stays", "stale", commit(4, others, NIMA, third), before=[*log, replaced])
    try_commit(
        "a beginner takes over a new key",
        "ok",
        commit(4, [NIMA, cyrus_now, PARVIN], cyrus_now, third),
        before=[*log, replaced],
    )
    try_first("a beginner makes a group", "role_not_allowed", commit(1, [CYRUS, NIMA], CYRUS, g.NONE))
    try_first("a group of one", "ok", commit(1, [NIMA], NIMA, g.NONE))
    try_first("a first commit with a past", "stale", commit(1, [NIMA], NIMA, first))
    wrong_gid = commit(4, others, NIMA, third, gid=seed("another group", 16))
    names_it = log_entries.encode_entry(log_entries.GroupEntry(GROUP, 4, g.commit_hash(wrong_gid)))
    cases.append(("another group's commit", end, [*log, names_it], commit_entry(wrong_gid), "wrong_recipient"))

    # messages
    def try_message(about: str, code: str, entry: MessageEntry, at: int = end, before: list[bytes] = log) -> None:
        cases.append((about, at, before, g.encode_entry(entry), code))

    previous = g.message_hash(CYRUS_2)
    try_message("the next message", "ok", message(CYRUS, 2, previous, COMMIT_3, "more"))
    try_message("a first message in this epoch", "ok", message(NIMA, 1, g.NONE, COMMIT_3, "I see"))
    try_message("a message again", "chain_broken", CYRUS_2)
    try_message("a gap in a row", "chain_broken", message(CYRUS, 3, previous, COMMIT_3, "more"))
    try_message("a message that doesn't follow", "chain_broken", message(CYRUS, 2, g.NONE, COMMIT_3, "more"))
    try_message("a message of an old epoch", "stale", message(NIMA, 1, g.NONE, COMMIT_2, "late"))
    try_message("the epoch's number with an old commit", "stale", message(NIMA, 1, g.NONE, COMMIT_2, "late", epoch=3))
    try_message("a message to another group", "wrong_recipient", message(NIMA, 1, g.NONE, COMMIT_3, "x", gid=bytes(16)))
    try_message("somebody who was never a member", "not_member", message(EVE, 1, g.NONE, COMMIT_3, "let me in"))
    try_message("somebody who has left", "not_member", message(DINA, 1, g.NONE, COMMIT_3, "one more thing"))
    try_message("somebody who is only invited", "not_member", message(PARVIN, 1, g.NONE, COMMIT_2, "early"), 7)
    try_message("before a commit takes out who has left", "stale", message(NIMA, 1, g.NONE, COMMIT_2, "x"), 11)
    try_message("in another's name", "bad_signature", message(NIMA, 1, g.NONE, COMMIT_3, "x", signer=CYRUS.key))
    swapped = MessageEntry(CYRUS_2.header, CYRUS_2.ciphertext[:-1] + b"\0", CYRUS_2.sig)
    try_message("another ciphertext under a signed header", "bad_signature", swapped, 12)
    here = replay(end, replay_log(log))
    seen = message(CYRUS, 2, previous, COMMIT_3, "seen", seen_n=end, seen_hash=here.hash)
    try_message("a message after all that its writer has seen", "ok", seen)
    ahead = message(CYRUS, 2, previous, COMMIT_3, "ahead", seen_n=end + 1, seen_hash=here.hash)
    try_message("a writer who has seen what isn't here", "chain_split", ahead)
    other = message(CYRUS, 2, previous, COMMIT_3, "other", seen_n=end, seen_hash=seed("another chain"))
    try_message("a writer who has seen another chain", "chain_split", other)
    older = message(CYRUS, 2, previous, COMMIT_3, "older", seen_n=4, seen_hash=here.hash)
    try_message("a writer who has seen another entry 4", "chain_split", older)
    nobodys = message(CYRUS, 2, previous, COMMIT_3, "head", head=signed(Head(0, bytes(32)), CYRUS.key))
    try_message("a head of the log that the authority hasn't signed", "bad_signature", nobodys)
    no_head = message(CYRUS, 2, previous, COMMIT_3, "no head", head=signed(EMPTY, AUTHORITY))
    try_message("a signed head that is none", "bad_statement", no_head)
    after_change = message(cyrus_now, 2, previous, COMMIT_3, "new key")
    try_message("a new key that no commit names yet", "bad_signature", after_change, before=[*log, replaced])
    old_key = message(CYRUS, 2, previous, COMMIT_3, "old key")
    try_message("the key that the commit names, though the log has a newer", "ok", old_key, before=[*log, replaced])
    right_header = message(CYRUS, 2, previous, COMMIT_3, "elsewhere").header
    bad_header = MessageEntry(b"\x90", CYRUS_2.ciphertext, CYRUS_2.sig)
    try_message("a header that is none", "bad_statement", bad_header)
    another = right_header.replace(NO_DEVICE, bytes(15) + b"\1", 1)
    elsewhere = MessageEntry(another, b"", CYRUS.key.sign(g.MESSAGE_CONTEXT, AUTHORITY_ID, another + NOTHING))
    try_message("a header of another device", "bad_statement", elsewhere)

    # joins and leaves
    def try_own(about: str, code: str, raw: bytes, at: int) -> None:
        cases.append((about, at, log, raw, code))

    try_own("a join", "ok", join(PARVIN, 2), 7)
    try_own("a join twice", "stale", join(CYRUS, 1), end)
    try_own("a join by nobody", "not_member", join(EVE, 3), end)
    try_own("a join from before one was added", "stale", join(PARVIN, 1), 7)
    try_own("a join from the future", "stale", join(PARVIN, 3), 7)
    try_own("a join signed by another", "bad_signature", join(PARVIN, 2, signer=NIMA.key), 7)
    try_own("a join of another group", "wrong_recipient", join(PARVIN, 2, gid=bytes(16)), 7)
    try_own("a join after leaving", "stale", join(DINA, 2), 11)
    try_own("a join of who was taken out", "not_member", join(DINA, 2), end)
    try_own("a leave", "ok", leave(CYRUS, 3), end)
    try_own("an invited one declines", "ok", leave(PARVIN, 2), 7)
    try_own("a leave twice", "stale", leave(DINA, 2), 11)
    try_own("a leave signed by another", "bad_signature", leave(CYRUS, 3, signer=NIMA.key), end)
    try_own("a leave by nobody", "not_member", leave(EVE, 3), end)
    try_own("a leave of another group", "wrong_recipient", leave(CYRUS, 3, gid=bytes(16)), end)
    as_leave = g.JoinEntry(signed(Leave(GROUP, 2, PARVIN.uid), PARVIN.key))
    try_own("a leave given out as a join", "bad_signature", g.encode_entry(as_leave), 7)

    # form
    try_own("no bytes", "bad_statement", b"", end)
    try_own("an entry of a kind that there isn't", "bad_statement", b"\x92\xa4note\xc4\x00", end)
    try_own("something after the entry", "bad_statement", leave(CYRUS, 3) + b"\xc0", end)
    try_own("a field too many", "bad_statement", b"\x93" + leave(CYRUS, 3)[1:] + b"\xc0", end)
    return cases


def _mended_twice(previous: bytes) -> Signed:
    """Dina has left, and Cyrus has a new key."""
    cyrus_now = CYRUS.with_key(fixed_people.CYRUS_SECOND_KEY)
    return commit(3, [NIMA, cyrus_now, PARVIN], cyrus_now, previous)


def _unsorted(members: list[Person]) -> list[Listed]:
    return sorted((Listed(who.uid, who.key.public.fingerprint()) for who in members), key=lambda m: m.uid, reverse=True)


def _twice(members: list[Person]) -> list[Listed]:
    listed = sorted((Listed(who.uid, who.key.public.fingerprint()) for who in members), key=lambda m: m.uid)
    return [listed[0], *listed]


def restricted() -> list[tuple[str, list[bytes], list[bytes], bytes, str]]:
    """After the story: (what it is, the log, what follows the story's chain, the entry, the code or "ok").

    Nima, an advanced user, has made a commit after which only those of rank write; Cyrus is a beginner.
    """
    third = g.commit_hash(COMMIT_3)
    everybody = [NIMA, CYRUS, PARVIN]
    closed = commit(4, everybody, NIMA, third, policy=g.RANKED)
    after = commit(5, everybody, PARVIN, g.commit_hash(closed), policy=g.RANKED)
    log, entry = group_log(), group_entry(closed)
    rise = fixed_people.role_change(CYRUS, Role.ADVANCED, PARVIN, 3)
    fall = fixed_people.role_change(NIMA, Role.BEGINNER, PARVIN, 5)
    cyrus, nima = message(CYRUS, 1, g.NONE, closed, "may I?"), message(NIMA, 1, g.NONE, closed, "listen")
    now = [commit_entry(closed)]
    later = [commit_entry(closed), commit_entry(after)]
    found: list[tuple[str, list[bytes], list[bytes], MessageEntry, str]] = [
        ("one of rank writes where rank is needed", [*log, entry], now, nima, "ok"),
        ("the super admin writes there", [*log, entry], now, message(PARVIN, 1, g.NONE, closed, "I, too"), "ok"),
        ("a beginner writes there", [*log, entry], now, cyrus, "ranked_only"),
        ("who got the rank before the commit", [*log, rise, entry], now, cyrus, "ok"),
        ("who got it after", [*log, entry, rise], now, cyrus, "ranked_only"),
        ("who lost it after", [*log, entry, fall], now, nima, "ok"),
        (
            "who got it before the next commit",
            [*log, entry, rise, group_entry(after)],
            later,
            message(CYRUS, 1, g.NONE, after, "now I may"),
            "ok",
        ),
        (
            "who lost it before the next commit",
            [*log, entry, fall, group_entry(after)],
            later,
            message(NIMA, 1, g.NONE, after, "still I"),
            "ranked_only",
        ),
    ]
    back = commit(5, everybody, CYRUS, g.commit_hash(closed))
    others: list[tuple[str, list[bytes], list[bytes], bytes, str]] = [
        ("a beginner leaves there", [*log, entry], now, leave(CYRUS, 4), "ok"),
        ("a beginner opens it", [*log, entry, group_entry(back)], now, commit_entry(back), "role_not_allowed"),
    ]
    return [(about, of, more, g.encode_entry(one), code) for about, of, more, one, code in found] + others
