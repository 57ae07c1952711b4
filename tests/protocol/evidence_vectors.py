"""Files of evidence (section 6.6), one for each thing that one can hold, and what is like them and proves nothing."""

from __future__ import annotations

from typing import Any

from protocol import evidence
from protocol.evidence import FORM
from protocol.group_entries import ChainHead, entry_digest
from protocol.log import EMPTY_HASH, link_hash
from protocol.primitives import SigningKey, digest
from protocol.statements import NO_DEVICE, FoundUser, Head, Presence, Signed
from tests.protocol import fixed_people
from tests.protocol.fixed_people import (
    AUTHORITY,
    AUTHORITY_ID,
    CYRUS,
    GROUP,
    NIMA,
    OTHER_AUTHORITY,
    PARVIN,
    seed,
    signed,
)

File = dict[str, Any]


def _hashes(entries: list[bytes]) -> list[bytes]:
    hashes = [EMPTY_HASH]
    for n, raw in enumerate(entries):
        hashes.append(link_hash(hashes[-1], n, raw))
    return hashes


def _head(entries: list[bytes], key: SigningKey = AUTHORITY) -> Signed:
    return signed(Head(len(entries), _hashes(entries)[-1]), key)


def _hex(one: Signed) -> File:
    return {"body": one.body.hex(), "sig": one.sig.hex()}


def _shown(one: Signed, size: int, hash: bytes) -> File:
    return {"size": size, "hash": hash.hex(), **_hex(one)}


def _head_of(entries: list[bytes]) -> File:
    return _shown(_head(entries), len(entries), _hashes(entries)[-1])


def _file(log: list[bytes], **more: Any) -> File:
    key = AUTHORITY.public.raw.hex()
    return {
        "what": FORM,
        "authority_id": AUTHORITY_ID.hex(),
        "authority_key": key,
        "log": [e.hex() for e in log],
        **more,
    }


def _alarm(log: list[bytes], first: File | None, second: File, why: str, fork: int = 0, **more: Any) -> File:
    refused = [entry.hex() for entry in more.pop("refused", [])]
    alarm = {"entry": 1, "name": None, "why": why, "first": first, "second": second}
    return _file(log, alarm=alarm, fork=fork, refused=refused, chain=[], **more) | more


def _chain(n: int, hash: bytes, epoch: int = 1, size: int = 9, gid: bytes = GROUP) -> tuple[Signed, int, bytes]:
    return signed(ChainHead(gid, n, hash, epoch, size), AUTHORITY), n, hash


def evidence_vectors() -> list[dict[str, Any]]:
    log = fixed_people.story()
    other = [*log[:2], fixed_people.register(CYRUS)]
    broken = [*log[:2], fixed_people.register(CYRUS, signer=NIMA.key)]
    links = [seed(f"evidence entry {n}") for n in (1, 2)]
    chain = [bytes(32)]
    for n, raw in enumerate(links, 1):
        chain.append(digest(b"chain", chain[-1], n.to_bytes(8), entry_digest(raw)))
    entries = [entry_digest(raw).hex() for raw in links]
    at = log.index(fixed_people.register(NIMA))
    dina = (fixed_people.DINA.name, fixed_people.DINA.uid)
    second = FoundUser(seed("nonce"), *dina, fixed_people.DINA_SECOND_KEY.public.raw, 9, False, None, None)
    first = FoundUser(seed("nonce"), *dina, fixed_people.DINA.key.public.raw, 9, False, None, None)
    misnamed = FoundUser(
        seed("nonce"), NIMA.name, fixed_people.DINA.uid, fixed_people.DINA_SECOND_KEY.public.raw, 9, False, None, None
    )
    record = signed(Presence(NIMA.uid, NO_DEVICE, 1, ["192.168.0.5"], 4040, seed("certificate")), NIMA.key)
    told = FoundUser(seed("nonce"), NIMA.name, NIMA.uid, NIMA.key.public.raw, at, True, record, None)

    def replaced(**changes: Any) -> FoundUser:
        return FoundUser(**({name: getattr(told, name) for name in told.__struct_fields__} | changes))

    def answer(found: FoundUser, key: SigningKey = AUTHORITY, head: Signed | None = None) -> File:
        return _file(log, state="false_answer", head=_hex(head or _head(log)), found=_hex(signed(found, key)))

    group = [*log, fixed_people.group_change(seed("evidence group", 16), 1)]

    def withheld(epoch: int, size: int) -> File:
        head, n, hash = _chain(1, chain[1], epoch, size, seed("evidence group", 16))
        return _file(group, state="change_withheld", head=_head_of(group), chain_head=_shown(head, n, hash))

    def behind(larger: Signed, shown: Signed) -> File:
        return _file(log, state="log_behind", larger=_hex(larger), shown=_hex(shown))

    def chain_behind(larger: Signed, shown: Signed) -> File:
        return _file(log, state="chain_behind", larger=_hex(larger), shown=_hex(shown))

    ends = [_chain(n, seed(f"end {n}"))[0] for n in (2, 5)]
    elsewhere_end = _chain(2, seed("end 2"), gid=seed("evidence group", 16))[0]
    one, two = (signed(Head(5, seed(f"head {n}")), AUTHORITY) for n in (1, 2))
    forged = signed(Head(5, seed("head 2")), OTHER_AUTHORITY)
    as_shown = [_shown(head, 5, seed(f"head {n}")) for n, head in ((1, one), (2, two), (2, forged))]
    theirs = signed(Presence(PARVIN.uid, NO_DEVICE, 1, [], 4040, seed("c")), NIMA.key)
    by_another = signed(Presence(NIMA.uid, NO_DEVICE, 1, [], 4040, seed("c")), PARVIN.key)
    other_group = _chain(1, seed("fork"), gid=seed("evidence group", 16))
    lie, elsewhere = answer(replaced(name=PARVIN.name)), OTHER_AUTHORITY.public.raw.hex()
    listed = {"chain": entries}
    chains = [_shown(*_chain(1, chain[1])), _shown(*_chain(1, seed("fork"))), _shown(*_chain(2, chain[2]))]
    cases: list[tuple[str, File, str | None]] = [
        ("two heads of one size", _alarm(log, as_shown[0], as_shown[1], "heads"), "heads"),
        ("one head twice", _alarm(log, as_shown[0], as_shown[0], "heads"), None),
        ("the second by another key", _alarm(log, as_shown[0], as_shown[2], "heads"), None),
        ("a history that another head contradicts", _alarm(log, _head_of(log), _head_of(other), "heads"), "history"),
        ("a head of the same history", _alarm(log, _head_of(log), _head_of(log[:2]), "heads"), None),
        (
            "an entry that breaks a rule",
            _alarm(log[:2], _head_of(log[:2]), _head_of(broken), "bad_signature", 2, refused=broken[2:]),
            "entry",
        ),
        (
            "an entry that breaks none",
            _alarm(log[:2], _head_of(log[:2]), _head_of(other), "bad_signature", 2, refused=other[2:]),
            None,
        ),
        (
            "an entry that breaks a rule, and one head only",
            _alarm(log[:2], None, _head_of(broken), "bad_signature", 2, refused=broken[2:]),
            "entry",
        ),
        ("one chain head only", _alarm(log, None, chains[0], "chain"), None),
        ("chain heads of two groups", _alarm(log, chains[0], _shown(*other_group), "chain"), None),
        ("a chain that an older head contradicts", _alarm(log, chains[2], chains[1], "chain") | listed, "chain"),
        ("two chain heads of one n", _alarm(log, chains[0], chains[1], "chain"), "chain"),
        ("one chain head twice", _alarm(log, chains[0], chains[0], "chain"), None),
        ("a chain that another head contradicts", _alarm(log, chains[1], chains[2], "chain") | listed, "chain"),
        ("a chain head of the same chain", _alarm(log, chains[0], chains[2], "chain") | listed, None),
        (
            "a chain whose entries end too early",
            _alarm(log, chains[1], chains[2], "chain") | {"chain": entries[:1]},
            None,
        ),
        ("a chain without its entries", _alarm(log, chains[1], chains[2], "chain"), None),
        ("more was signed than is shown", behind(two, _head(log[:3])), "behind"),
        ("less was signed than is shown", behind(_head(log[:2]), _head(log[:3])), None),
        ("what is shown is not the log's", behind(two, signed(Head(3, seed("other")), AUTHORITY)), None),
        ("a commit that the chain lacks", withheld(0, len(group)), "withheld"),
        ("a chain that has it", withheld(1, len(group)), None),
        ("a chain head from before it", withheld(0, len(log)), None),
        ("a group's chain of which less is shown", chain_behind(ends[1], ends[0]), "chain_behind"),
        ("one of which more is shown", chain_behind(ends[0], ends[1]), None),
        ("one of which as much is shown", chain_behind(ends[0], ends[0]), None),
        ("another group's chain", chain_behind(ends[1], elsewhere_end), None),
        ("heads of the log for a chain's", chain_behind(two, _head(log[:3])), None),
        ("a true answer", answer(told), None),
        ("a true answer about a changed key", answer(second), None),
        ("the key before that", answer(first), "answer"),
        ("another's name for a changed key", answer(misnamed), "answer"),
        ("another's uid", answer(replaced(uid=PARVIN.uid, presence=None)), "answer"),
        ("another's key", answer(replaced(identity_key=PARVIN.key.public.raw, presence=None)), "answer"),
        ("another's name", answer(replaced(name=PARVIN.name)), "answer"),
        ("another entry", answer(replaced(entry=0)), "answer"),
        ("another's record", answer(replaced(presence=theirs)), "answer"),
        ("a record by another", answer(replaced(presence=by_another)), "answer"),
        ("an entry that the log doesn't reach", answer(replaced(entry=len(log))), None),
        ("an answer by another key", answer(replaced(name=PARVIN.name), OTHER_AUTHORITY), None),
        ("a head by another key", answer(replaced(name=PARVIN.name), head=_head(log, OTHER_AUTHORITY)), None),
        ("another authority's key", lie | {"authority_key": elsewhere}, None),
        ("a state that nobody knows", lie | {"state": "other"}, None),
    ]
    assert {shows for _about, _file, shows in cases if shows} == set(evidence.PROOFS)
    return [
        {"about": about, "authority_id": AUTHORITY_ID, "file": file, "shows": shows} for about, file, shows in cases
    ]
