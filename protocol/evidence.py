"""A file that shows that an authority has lied, checked by the authority's id alone (section 6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeGuard

import msgspec

from protocol.errors import Forged, HamrazError
from protocol.group_entries import NONE, ChainHead, entry_digest
from protocol.group_entries import link_hash as link_chain
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
from protocol.primitives import VerifyKey
from protocol.statements import FoundUser, Head, Presence, S, Signed, authority_id_of, check

FORM = "hamraz/v2/evidence"


class Statement(msgspec.Struct, forbid_unknown_fields=True):
    """A signed statement."""

    body: str
    sig: str


class Shown(Statement):
    """A signed head, with what it says."""

    size: int
    hash: str


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

    def verdict(self, key: VerifyKey, authority_id: bytes) -> Verdict | None:
        shown = [one for one in (self.alarm.first, self.alarm.second) if one is not None]
        if self.alarm.why == "chain":
            return _chain([_check(one, ChainHead, key, authority_id) for one in shown], self.chain)
        return self._log([_check(one, Head, key, authority_id) for one in shown], authority_id)

    def _log(self, heads: list[Head], authority_id: bytes) -> Verdict | None:
        if len(heads) == 2 and heads[0].size == heads[1].size and heads[0].hash != heads[1].hash:
            return Verdict("heads", heads[0].size)
        ours = [bytes.fromhex(raw) for raw in self.log]
        for entries in (ours, ours[: self.fork] + [bytes.fromhex(raw) for raw in self.refused]):
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


class _State(msgspec.Struct, tag_field="state"):
    """The file of a state that is no alarm, known by the state's name."""

    what: str
    authority_key: str


class Behind(_State, tag="log_behind"):
    """A head that the authority has signed, and the one that it shows, which `log` leads to."""

    larger: Statement
    shown: Statement
    log: list[str]

    def verdict(self, key: VerifyKey, authority_id: bytes) -> Verdict | None:
        larger, shown = (_check(one, Head, key, authority_id) for one in (self.larger, self.shown))
        if larger.size <= shown.size or _led_to(shown, self.log) is None:
            return None
        return Verdict("behind", larger.size, str(shown.size))


class Withheld(_State, tag="change_withheld"):
    """A commit that the log has, as far as both heads reach, and the chain hasn't."""

    log: list[str]
    head: Shown
    chain_head: Shown

    def verdict(self, key: VerifyKey, authority_id: bytes) -> Verdict | None:
        chain = _check(self.chain_head, ChainHead, key, authority_id)
        entries = _led_to(_check(self.head, Head, key, authority_id), self.log)
        if entries is None:
            return None
        told = [decode_entry(raw) for raw in entries[: chain.size]]
        commits = [n for n, entry in enumerate(told) if isinstance(entry, GroupEntry) and entry.gid == chain.gid]
        return Verdict("withheld", commits[chain.epoch]) if chain.epoch < len(commits) else None


class Answer(_State, tag="false_answer"):
    """What the directory has signed of somebody, and a log with its head."""

    log: list[str]
    head: Statement
    found: Statement

    def verdict(self, key: VerifyKey, authority_id: bytes) -> Verdict | None:
        head = _check(self.head, Head, key, authority_id)
        found = _check(self.found, FoundUser, key, authority_id)
        entries = _led_to(head, self.log)
        if entries is None:
            return None
        if not presence_is_theirs(found, authority_id):
            return Verdict("answer", found.entry, "presence")
        return None if found.entry >= head.size or _says(entries, found) else Verdict("answer", found.entry)


class ChainBehind(_State, tag="chain_behind"):
    """Two chain heads of one group, one beyond the other."""

    larger: Statement
    shown: Statement

    def verdict(self, key: VerifyKey, authority_id: bytes) -> Verdict | None:
        larger, shown = (_check(one, ChainHead, key, authority_id) for one in (self.larger, self.shown))
        if larger.gid != shown.gid or larger.n <= shown.n:
            return None
        return Verdict("chain_behind", larger.n, str(shown.n))


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
    kinds: Any = Evidence
    if isinstance(content, dict) and "state" in content:
        kinds = Behind | Withheld | Answer | ChainBehind
    try:
        file: Evidence | Behind | Withheld | Answer | ChainBehind = msgspec.convert(content, kinds)
        key = VerifyKey(bytes.fromhex(file.authority_key))
        ours = file.what == FORM and authority_id_of(key) == authority_id
        found = file.verdict(key, authority_id) if ours else None
    except (msgspec.ValidationError, ValueError, HamrazError):
        found = None
    if found is None:
        raise Forged("bad_statement")
    return found


def _check(one: Statement, kind: type[S], key: VerifyKey, authority_id: bytes) -> S:
    return check(Signed(bytes.fromhex(one.body), bytes.fromhex(one.sig)), kind, key, authority_id)


def _led_to(head: Head, log: list[str]) -> list[bytes] | None:
    """The entries of a log up to this head; None if they don't lead to it."""
    hash, entries = EMPTY_HASH, [bytes.fromhex(raw) for raw in log[: head.size]]
    for n, raw in enumerate(entries):
        hash = link_hash(hash, n, raw)
    return entries if len(entries) == head.size and hash == head.hash else None


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


def _chain(heads: list[ChainHead], chain: list[str]) -> Verdict | None:
    if len(heads) != 2 or heads[0].gid != heads[1].gid:
        return None
    if heads[0].n == heads[1].n:
        return Verdict("chain", heads[0].n) if heads[0].hash != heads[1].hash else None
    hashes = [NONE]
    for n, entry in enumerate(chain, 1):
        hashes.append(link_chain(hashes[-1], n, bytes.fromhex(entry)))
    shorter, longer = sorted(heads, key=lambda head: head.n)
    reaches = longer.n < len(hashes) and hashes[longer.n] == longer.hash
    return Verdict("chain", shorter.n) if reaches and hashes[shorter.n] != shorter.hash else None


def entry_hash(raw: bytes) -> str:
    """What stands in `chain` for an entry."""
    return entry_digest(raw).hex()
