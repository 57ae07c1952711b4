"""A file that shows that an authority has lied, checked by the authority's id alone (section 6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeGuard

import msgspec

from protocol.errors import Forged, HamrazError
from protocol.group_entries import NONE, ChainHead, entry_digest
from protocol.log import EMPTY_HASH, Log, link_hash
from protocol.log_entries import (
    Entry,
    GroupEntry,
    KeyEntry,
    RegisterEntry,
    decode_entry,
    read_key_change,
    read_register,
)
from protocol.primitives import VerifyKey, digest
from protocol.statements import FoundUser, Head, Presence, Signed, authority_id_of, check

FORM = "hamraz/v2/evidence"


class Shown(msgspec.Struct, forbid_unknown_fields=True):
    """A signed head, with what it says."""

    size: int
    hash: str
    body: str
    sig: str


class Alarm(msgspec.Struct):
    """What was noticed: of it, only the heads prove anything."""

    second: Shown
    first: Shown | None = None
    why: str = ""


class Evidence(msgspec.Struct):
    """The file. Bytes are hexadecimal. The other history is the log's first `fork` entries, then `refused`."""

    what: str
    authority_key: str
    alarm: Alarm
    log: list[str]
    fork: int
    refused: list[str]
    chain: list[str] = []  # SHA-256 of each entry of a group's chain, from n = 1 on


class Statement(msgspec.Struct, forbid_unknown_fields=True):
    """A signed statement."""

    body: str
    sig: str


class Behind(msgspec.Struct):
    """The state `log_behind`: a head that the authority has signed, and the one that it shows, which `log` leads to."""

    what: str
    state: str
    authority_key: str
    larger: Statement
    shown: Statement
    log: list[str]


class Withheld(msgspec.Struct):
    """The file of a change of a group's members that is held back: a log with its head, and a chain head."""

    what: str
    authority_key: str
    state: str
    log: list[str]
    head: Shown
    chain_head: Shown


class Answer(msgspec.Struct):
    """The state `false_answer`: what the directory has signed of somebody, and a log with its head."""

    what: str
    state: str
    authority_key: str
    log: list[str]
    head: Statement
    found: Statement


class ChainBehind(msgspec.Struct):
    """The file of a group's chain whose end isn't shown: two chain heads."""

    what: str
    authority_key: str
    state: str
    larger: Statement
    shown: Statement


# all that a file can show
PROOFS = ("heads", "history", "entry", "chain", "withheld", "answer", "behind", "chain_behind")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proven, or (`behind`, `chain_behind`) stated, of PROOFS; where, and by which rule."""

    what: str
    at: int
    why: str = ""

    def __str__(self) -> str:
        match self.what:
            case "heads":
                return f"The authority has signed two different heads of {self.at} entries."
            case "history":
                return f"The authority has signed two histories that differ before entry {self.at}."
            case "behind":
                return (
                    f"The authority has signed a log of {self.at} entries; who saved this was shown {self.why}. "
                    "That is no proof of a lie by itself: it may have lost the rest."
                )
            case "answer":
                return f"The authority has signed an answer about somebody that its log's entry {self.at} contradicts."
            case "chain_behind":
                return (
                    f"The authority has signed a group's chain of {self.at} entries; who saved this was shown "
                    f"{self.why}. That is no proof of a lie by itself: it may have lost the rest."
                )
            case "entry":
                return f"The authority has signed a history whose entry {self.at} breaks a rule ({self.why})."
            case "withheld":
                return (
                    f"The authority has signed a group's chain without the commit that its log has as entry {self.at}."
                )
        return f"The authority has signed two different chains of one group, at entry {self.at}."


def judge(content: Any, authority_id: bytes) -> Verdict:
    """What this content (of JSON) proves to somebody who trusts nobody; `bad_statement` if that is nothing."""
    if isinstance(content, dict) and content.get("state") == "change_withheld":
        return _judge_withheld(content, authority_id)
    if isinstance(content, dict) and content.get("state") == "chain_behind":
        return _judge_chain_behind(content, authority_id)
    try:
        if isinstance(content, dict) and content.get("state") == "false_answer":
            return _answer(msgspec.convert(content, Answer), authority_id)
        if isinstance(content, dict) and "state" in content:
            return _behind(msgspec.convert(content, Behind), authority_id)
        evidence = msgspec.convert(content, Evidence)
        key = VerifyKey(bytes.fromhex(evidence.authority_key))
        if evidence.what != FORM or authority_id_of(key) != authority_id:
            raise Forged("bad_statement")
        found = (
            _chain(evidence, key, authority_id) if evidence.alarm.why == "chain" else _log(evidence, key, authority_id)
        )
    except (msgspec.ValidationError, ValueError, HamrazError):
        raise Forged("bad_statement") from None
    if found is None:
        raise Forged("bad_statement")
    return found


def _judge_withheld(content: Any, authority_id: bytes) -> Verdict:
    """A commit that the log has, as far as both heads reach, and the chain hasn't; `bad_statement` otherwise."""
    try:
        shown = msgspec.convert(content, Withheld)
        key = VerifyKey(bytes.fromhex(shown.authority_key))
        if shown.what != FORM or authority_id_of(key) != authority_id:
            raise Forged("bad_statement")
        head = check(_signed(shown.head), Head, key, authority_id)
        chain = check(_signed(shown.chain_head), ChainHead, key, authority_id)
        hash = EMPTY_HASH
        entries = [bytes.fromhex(raw) for raw in shown.log[: head.size]]
        for n, raw in enumerate(entries):
            hash = link_hash(hash, n, raw)
        if len(entries) != head.size or hash != head.hash:
            raise Forged("bad_statement")
        told = [decode_entry(raw) for raw in entries[: chain.size]]
    except (msgspec.ValidationError, ValueError, HamrazError):
        raise Forged("bad_statement") from None
    commits = [n for n, entry in enumerate(told) if isinstance(entry, GroupEntry) and entry.gid == chain.gid]
    if chain.epoch >= len(commits):
        raise Forged("bad_statement")
    return Verdict("withheld", commits[chain.epoch])


def _judge_chain_behind(content: Any, authority_id: bytes) -> Verdict:
    """Two chain heads of one group, one beyond the other; `bad_statement` otherwise."""
    try:
        told = msgspec.convert(content, ChainBehind)
        key = VerifyKey(bytes.fromhex(told.authority_key))
        if told.what != FORM or authority_id_of(key) != authority_id:
            raise Forged("bad_statement")
        larger, shown = (check(_signed(one), ChainHead, key, authority_id) for one in (told.larger, told.shown))
        if larger.gid != shown.gid or larger.n <= shown.n:
            raise Forged("bad_statement")
    except (msgspec.ValidationError, ValueError, HamrazError):
        raise Forged("bad_statement") from None
    return Verdict("chain_behind", larger.n, str(shown.n))


def _log(evidence: Evidence, key: VerifyKey, authority_id: bytes) -> Verdict | None:
    heads = [check(_signed(one), Head, key, authority_id) for one in _shown(evidence)]
    if len(heads) == 2 and heads[0].size == heads[1].size and heads[0].hash != heads[1].hash:
        return Verdict("heads", heads[0].size)
    ours = [bytes.fromhex(raw) for raw in evidence.log]
    histories = [ours, ours[: evidence.fork] + [bytes.fromhex(raw) for raw in evidence.refused]]
    for entries in histories:
        hashes = [EMPTY_HASH]
        for n, raw in enumerate(entries):
            hashes.append(link_hash(hashes[-1], n, raw))
        # a history counts as far as the longest head that is its own reaches
        signed = [head.size for head in heads if head.size < len(hashes) and hashes[head.size] == head.hash]
        if not signed:
            continue
        for head in heads:
            if head.size <= max(signed) and hashes[head.size] != head.hash:
                return Verdict("history", head.size)
        broken = _broken(entries[: max(signed)], authority_id)
        if broken is not None:
            return broken
    return None


def _behind(evidence: Behind, authority_id: bytes) -> Verdict:
    key = VerifyKey(bytes.fromhex(evidence.authority_key))
    if (evidence.what, evidence.state) != (FORM, "log_behind") or authority_id_of(key) != authority_id:
        raise Forged("bad_statement")
    larger, shown = (check(_plain(one), Head, key, authority_id) for one in (evidence.larger, evidence.shown))
    hash = EMPTY_HASH
    for n, raw in enumerate(evidence.log[: shown.size]):
        hash = link_hash(hash, n, bytes.fromhex(raw))
    if larger.size <= shown.size or shown.size > len(evidence.log) or hash != shown.hash:
        raise Forged("bad_statement")
    return Verdict("behind", larger.size, str(shown.size))


def _answer(evidence: Answer, authority_id: bytes) -> Verdict:
    key = VerifyKey(bytes.fromhex(evidence.authority_key))
    if evidence.what != FORM or authority_id_of(key) != authority_id:
        raise Forged("bad_statement")
    head = check(_plain(evidence.head), Head, key, authority_id)
    found = check(_plain(evidence.found), FoundUser, key, authority_id)
    hash, entries = EMPTY_HASH, [bytes.fromhex(raw) for raw in evidence.log[: head.size]]
    for n, raw in enumerate(entries):
        hash = link_hash(hash, n, raw)
    if len(entries) != head.size or hash != head.hash:
        raise Forged("bad_statement")
    if not presence_is_theirs(found, authority_id):
        return Verdict("answer", found.entry, "presence")
    if found.entry >= head.size or _says(entries, found):
        raise Forged("bad_statement")
    return Verdict("answer", found.entry)


def presence_is_theirs(found: FoundUser, authority_id: bytes) -> bool:
    """Whether the record in an answer, if there is one, is of whom and by the key that the answer names."""
    if found.presence is None:
        return True
    try:
        return check(found.presence, Presence, VerifyKey(found.identity_key), authority_id).uid == found.uid
    except Forged:
        return False


def _says(entries: list[bytes], found: FoundUser) -> bool:
    """Whether the entry of an answer made its key the key of its uid, and the name is that uid's."""
    entry = decode_entry(entries[found.entry])
    if isinstance(entry, RegisterEntry):
        made = read_register(entry)
        return (made.uid, made.name, made.identity_key) == (found.uid, found.name, found.identity_key)
    if not isinstance(entry, KeyEntry):
        return False
    change = read_key_change(entry)
    names = [read_register(one).name for one in map(decode_entry, entries) if _of(one, found.uid)]
    return (change.uid, change.new_key) == (found.uid, found.identity_key) and names == [found.name]


def _of(entry: Entry, uid: bytes) -> TypeGuard[RegisterEntry]:
    return isinstance(entry, RegisterEntry) and read_register(entry).uid == uid


def _broken(entries: list[bytes], authority_id: bytes) -> Verdict | None:
    log = Log(authority_id)
    for n, raw in enumerate(entries):
        try:
            log.append(raw)
        except Forged as reason:
            return Verdict("entry", n, str(reason.values["why"]))
    return None


def _chain(evidence: Evidence, key: VerifyKey, authority_id: bytes) -> Verdict | None:
    heads = [check(_signed(one), ChainHead, key, authority_id) for one in _shown(evidence)]
    if len(heads) != 2 or heads[0].gid != heads[1].gid:
        return None
    if heads[0].n == heads[1].n:
        return Verdict("chain", heads[0].n) if heads[0].hash != heads[1].hash else None
    hashes = [NONE]
    for n, entry in enumerate(evidence.chain, 1):
        hashes.append(digest(b"chain", hashes[-1], n.to_bytes(8), bytes.fromhex(entry)))
    shorter, longer = sorted(heads, key=lambda head: head.n)
    reaches = longer.n < len(hashes) and hashes[longer.n] == longer.hash
    return Verdict("chain", shorter.n) if reaches and hashes[shorter.n] != shorter.hash else None


def _shown(evidence: Evidence) -> list[Shown]:
    first = evidence.alarm.first
    return [evidence.alarm.second] if first is None else [first, evidence.alarm.second]


def _plain(one: Statement) -> Signed:
    return Signed(bytes.fromhex(one.body), bytes.fromhex(one.sig))


def _signed(shown: Shown | Statement) -> Signed:
    return Signed(bytes.fromhex(shown.body), bytes.fromhex(shown.sig))


def entry_hash(raw: bytes) -> str:
    """What stands in `chain` for an entry."""
    return entry_digest(raw).hex()
