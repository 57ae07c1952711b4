"""Writes tests/protocol/vectors/*.json: `python -m tests.protocol.make_vectors`.

Most comes out the same each time, and a test compares it; HPKE takes no seed, so what is sealed (SEALED below) is
made only with `--sealed`. docs/protocol.md section 13 says how to read the files.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from protocol import (
    envelope,
    files,
    frames,
    group_entries,
    group_ephemeral,
    group_seals,
    links,
    log,
    messages,
    roles,
    safety,
    statements,
)
from protocol.errors import HamrazError
from protocol.log_entries import ADMIN, OWN, RECOVERY, Entry, GroupEntry, KeyEntry, encode_entry
from protocol.primitives import EpochKey, FileKey, OpenKey, SealKey, SigningKey, digest, signing_input
from protocol.roles import Role
from protocol.statements import NO_DEVICE
from tests.protocol import fixed_group, fixed_people, samples
from tests.protocol.backup_vectors import backup_vectors
from tests.protocol.evidence_vectors import evidence_vectors
from tests.protocol.fixed_people import AUTHORITY, AUTHORITY_ID, CYRUS, CYRUS_AGAIN, DINA, NIMA, PARVIN, signed
from tests.protocol.keyless import keyless
from tests.protocol.kind_vectors import kind_vectors
from tests.protocol.kit_vectors import kit_vectors
from tests.protocol.move_vectors import move_vectors
from tests.protocol.profile_vectors import profile_vectors
from tests.protocol.recovery_vectors import recovery_continuations
from tests.protocol.reference import P, small_order_ys
from tests.protocol.retract_vectors import reasons, retractions
from tests.protocol.settings_vectors import settings_vectors

FOLDER = Path(__file__).parent / "vectors"
Vector = dict[str, Any]


def plain(value: Any) -> Any:
    """A value for JSON: bytes become "0x…"."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.to_builtins(value, builtin_types=(bytes,)))
    return value


def keys() -> list[Vector]:
    """Seeds and what is derived from them."""
    found = [{"what": "authority", "seed": AUTHORITY.save(), "public": AUTHORITY.public.raw, "id": AUTHORITY_ID}]
    for who in (PARVIN, NIMA, CYRUS, DINA, CYRUS_AGAIN):
        found.append(
            {
                "what": "person",
                "name": who.name,
                "seed": who.key.save(),
                "public": who.key.public.raw,
                "uid": who.uid,
                "recovery_seed": who.recovery.save(),
                "recovery_hash": log.recovery_hash(AUTHORITY_ID, who.recovery.public),
            }
        )
    for key in (fixed_people.PREKEY, fixed_people.OTHER_PREKEY):
        public = key.public.raw
        found.append({"what": "prekey", "seed": key.save(), "public": public, "hash": digest(b"prekey", public)})
    found.append({"what": "digits", "id": AUTHORITY_ID, "digits": list(links.digits(AUTHORITY_ID))})
    for one, other in ((PARVIN, NIMA), (NIMA, PARVIN)):
        number = safety.safety_number(AUTHORITY_ID, one.uid, one.key.public, other.uid, other.key.public)
        found.append({"what": "safety number", "one": one.name, "other": other.name, "digits": number})
        head = statements.issue(samples.HEAD, AUTHORITY, AUTHORITY_ID)
        code = safety.SafetyCode(one.uid, other.uid, number, head)
        shown = {"shower": one.uid, "other": other.uid, "digits": number, "body": head.body, "sig": head.sig}
        found.append({"what": "safety code", "code": code.encode(), **shown})
    return found


def signatures() -> list[Vector]:
    """Every statement, signed; then signatures that don't hold, and one that does over an unusual encoding."""
    found = []
    for statement, key in samples.STATEMENTS:
        context = statement.CONTEXT
        body = messages.encode(statement)
        found.append(_signature(context, key, body, fields=statement) | {"statement": context.decode()})
    context, body = b"head", messages.encode(samples.HEAD)
    good = _signature(context, AUTHORITY, body)
    for about, change in (
        ("made for another context", {"context": "receipt"}),
        ("made for another authority", {"authority_id": fixed_people.OTHER_AUTHORITY_ID}),
        ("made by another key", {"public": PARVIN.key.public.raw}),
        ("over other bytes", {"body": messages.encode(statements.Head(9, bytes(32)))}),
        ("the group's order added to S, so that S is not the smallest", {"sig": _with_large_s(bytes(good["sig"]))}),
        ("cut short", {"sig": bytes(good["sig"])[:63]}),
    ):
        vector = good | change | {"about": about, "outcome": "bad_signature"}
        del vector["seed"], vector["signing_input"]
        found.append(vector)
    for y in _small_order():
        for sign in (0, 1):
            weak = (y | sign << 255).to_bytes(32, "little")
            # R is the neutral point and S is 0: with such a key this holds for one message in eight, or for all
            found.append(
                {
                    "about": "a key of small order",
                    "context": "head",
                    "public": weak,
                    "authority_id": AUTHORITY_ID,
                    "body": body,
                    "sig": b"\1" + bytes(63),
                    "outcome": "bad_signature",
                }
            )
    wide = b"\x92\xcf" + (14).to_bytes(8) + b"\xc4\x20" + bytes(32)
    found.append(
        _signature(context, AUTHORITY, wide, fields=statements.Head(14, bytes(32)))
        | {"statement": "head", "about": "an integer in nine bytes: verified and hashed as it came"}
    )
    return found


def _small_order() -> list[int]:
    """The y of all points of small order, the encodings above the field's prime included."""
    return [*sorted(small_order_ys()), P, P + 1]


def _with_large_s(sig: bytes) -> bytes:
    order = 2**252 + 27742317777372353535851937790883648493
    return sig[:32] + (int.from_bytes(sig[32:], "little") + order).to_bytes(32, "little")


def _signature(context: bytes, key: SigningKey, body: bytes, fields: Any = None) -> Vector:
    found: Vector = {
        "context": context.decode(),
        "seed": key.save(),
        "public": key.public.raw,
        "authority_id": AUTHORITY_ID,
        "body": body,
        "signing_input": signing_input(context, AUTHORITY_ID, body),
        "sig": key.sign(context, AUTHORITY_ID, body),
        "outcome": "ok",
    }
    return found if fields is None else found | {"fields": fields}


def encodings() -> list[Vector]:
    """Bodies of a HEAD statement `[u63, bytes32]`, right and wrong."""
    h = b"\xc4\x20" + b"h" * 32
    return [
        {"about": about, "statement": "head", "body": body, "outcome": outcome}
        for about, body, outcome in (
            ("as it should be", b"\x92\x05" + h, "ok"),
            ("the integer in two bytes", b"\x92\xcc\x05" + h, "ok"),
            ("the integer as a signed one", b"\x92\xd3" + (5).to_bytes(8) + h, "ok"),
            ("the array's length in three bytes", b"\xdc\x00\x02\x05" + h, "ok"),
            ("the bytes' length in five bytes", b"\x92\x05\xc6\x00\x00\x00\x20" + b"h" * 32, "ok"),
            ("the largest integer", b"\x92\xcf\x7f" + b"\xff" * 7 + h, "ok"),
            ("an integer too large by one", b"\x92\xcf\x80" + bytes(7) + h, "bad_statement"),
            ("a negative integer", b"\x92\xff" + h, "bad_statement"),
            ("a floating-point number", b"\x92\xcb\x40\x14" + bytes(6) + h, "bad_statement"),
            ("true for an integer", b"\x92\xc3" + h, "bad_statement"),
            ("nothing for an integer", b"\x92\xc0" + h, "bad_statement"),
            ("text for bytes", b"\x92\x05\xd9\x20" + b"h" * 32, "bad_statement"),
            ("a byte too few", b"\x92\x05\xc4\x1f" + b"h" * 31, "bad_statement"),
            ("a byte too many", b"\x92\x05\xc4\x21" + b"h" * 33, "bad_statement"),
            ("a field too few", b"\x91\x05", "bad_statement"),
            ("a field too many", b"\x93\x05" + h + b"\xc0", "bad_statement"),
            ("a map", b"\x82\xa4size\x05\xa4hash" + h, "bad_statement"),
            ("an extension", b"\x92\x05\xd8\x01" + bytes(16), "bad_statement"),
            ("cut off", (b"\x92\x05" + h)[:-1], "bad_statement"),
            ("something after it", b"\x92\x05" + h + b"\xc0", "bad_statement"),
            ("no bytes", b"", "bad_statement"),
            ("the byte that MessagePack never uses", b"\xc1", "bad_statement"),
            ("arrays a thousand deep", b"\x91" * 1000, "bad_statement"),
        )
    ] + [
        {"about": "another device", "statement": statement.CONTEXT.decode(), "body": body, "outcome": "bad_statement"}
        for statement in (samples.PRESENCE, samples.ONE_TIME)
        for body in [messages.encode(statement).replace(NO_DEVICE, bytes(15) + b"\1", 1)]
    ]


def proofs() -> list[Vector]:
    """Proofs of who is calling, checked against what the called side knows of its own connection."""
    good = {
        "purpose": "peer",
        "called": NIMA.uid,
        "nonce": samples.NONCE,
        "fingerprint": samples.FINGERPRINT,
        "uid": PARVIN.uid,
    }
    body = messages.encode(statements.Proof(**good))
    base = {"public": PARVIN.key.public.raw, "authority_id": AUTHORITY_ID, "body": body}
    base |= {"sig": PARVIN.key.sign(b"proof", AUTHORITY_ID, body)}
    other = fixed_people.seed("something else")
    return [
        base | {"about": about, "expected": good | change, "outcome": outcome}
        for about, change, outcome in (
            ("the connection it was made for", {}, "ok"),
            ("made for a peer, shown to an authority", {"purpose": "authority"}, "wrong_recipient"),
            ("made for another person's agent", {"called": CYRUS.uid}, "wrong_recipient"),
            ("the caller says that he is another", {"uid": CYRUS.uid}, "wrong_recipient"),
            ("a man in the middle with his own certificate", {"fingerprint": other}, "wrong_certificate"),
            ("an old proof, replayed", {"nonce": other}, "bad_signature"),
            ("made for a peer, shown to find a backup", {"purpose": "backup"}, "wrong_recipient"),
        )
    ] + _kit_proofs()


def _kit_proofs() -> list[Vector]:
    """Proofs by a recovery key, for a backup."""
    good = msgspec.to_builtins(samples.KIT_PROOF, builtin_types=(bytes,))
    names = ("purpose", "called", "nonce", "fingerprint", "uid")
    expected = dict(zip(names, good, strict=True))
    body = messages.encode(samples.KIT_PROOF)
    base = {"authority_id": AUTHORITY_ID, "body": body, "sig": DINA.recovery.sign(b"proof", AUTHORITY_ID, body)}
    cases: list[tuple[str, SigningKey, Vector, str]] = [
        ("by the recovery key, for a backup", DINA.recovery, {}, "ok"),
        ("by the identity key", DINA.key, {}, "bad_signature"),
        ("by another recovery key", NIMA.recovery, {}, "bad_signature"),
        ("for another's recovery hash", DINA.recovery, {"uid": fixed_people.seed("another hash")}, "wrong_recipient"),
        ("for the account's uid", DINA.recovery, {"uid": DINA.uid}, "wrong_recipient"),
        ("shown as a log-in", DINA.recovery, {"purpose": "authority"}, "wrong_recipient"),
        ("at another authority", DINA.recovery, {"called": fixed_people.OTHER_AUTHORITY_ID}, "wrong_recipient"),
    ]
    return [
        base | {"public": key.public.raw, "about": about, "expected": expected | change, "outcome": outcome}
        for about, key, change, outcome in cases
    ]


def history() -> Vector:
    """A valid log, and for many of its sizes an entry that must be refused there, with the reason."""
    entries = fixed_people.story()
    replayed = log.Log(AUTHORITY_ID)
    for entry in entries:
        replayed.append(entry)
    users = [
        {
            "uid": user.uid,
            "name": user.name,
            "key": user.key.raw if user.key else None,
            "role": user.role.value,
            "latest": user.latest,
            "counting": [key.raw for key in user.counting],
            "gone": [key.raw for key in user.gone],
        }
        for user in replayed.users.values()
    ]
    heads = [signed(statements.Head(size, hash), AUTHORITY) for size, hash in enumerate(replayed.hashes)]
    return {
        "authority_id": AUTHORITY_ID,
        "entries": entries,
        "hashes": replayed.hashes,
        "heads": heads,
        "users": users,
        "continuations": [
            {"about": about, "size": size, "entry": entry, "why": why} for about, size, entry, why in continuations()
        ],
    }


def continuations() -> list[tuple[str, int, bytes, str]]:
    """(what it is, at which size of the story, the entry, the reason or "ok")."""
    story = fixed_people.story()
    key, role, reg = fixed_people.key_change, fixed_people.role_change, fixed_people.register
    second, other = fixed_people.CYRUS_SECOND_KEY, SigningKey(fixed_people.seed("a new key"))
    dinas = DINA.with_key(fixed_people.DINA_SECOND_KEY)
    end = len(story)
    eve = fixed_people.person("eve")
    homograph = fixed_people.person("Раrvin", name_key=PARVIN.name_key, keys_of="eve")
    namesake = fixed_people.person("Parvin", name_key="something else", keys_of="eve")
    stolen = fixed_people.Person("eve", "eve", PARVIN.uid, PARVIN.key, eve.recovery)
    used = fixed_people.person("eve", keys_of="cyrus")
    group = encode_entry(GroupEntry(fixed_people.GROUP, 3, fixed_people.seed("commit 3")))
    wide = group.replace(b"\x03\xc4\x20", b"\xcf" + (3).to_bytes(8) + b"\xc4\x20")
    unknown_role = messages.encode([NIMA.uid, "owner", PARVIN.uid, 13])
    owner = messages.encode(["role", [unknown_role, PARVIN.key.sign(b"log role", AUTHORITY_ID, unknown_role)]])
    genesis_to_head = messages.encode(["role", signed(statements.Head(14, bytes(32)), AUTHORITY)])
    both = KeyEntry(*_parts(key(dinas, other, OWN, dinas.key, 9))[:1], DINA.recovery.public.raw, bytes(64))
    no_sig = KeyEntry(_parts(key(dinas, other, OWN, dinas.key, 9))[0], None, None)
    extra_sig = KeyEntry(_parts(key(dinas, None, OWN, dinas.key, 9))[0], None, bytes(64))
    return [
        # order
        ("the log begins with an account", 0, reg(PARVIN), "order"),
        ("a second beginning", 1, fixed_people.genesis(), "order"),
        # genesis
        ("another authority's beginning", 0, fixed_people.genesis(fixed_people.OTHER_AUTHORITY), "wrong_authority"),
        ("a beginning that another key signed", 0, fixed_people.genesis(signer=PARVIN.key), "bad_signature"),
        # register
        ("a uid that isn't made from the key", end, reg(eve, uid=fixed_people.seed("uid")), "uid"),
        ("an account signed by another key", end, reg(eve, signer=PARVIN.key), "bad_signature"),
        ("a name that is taken", end, reg(namesake), "name_used"),
        ("a look-alike: the comparison key is taken", end, reg(homograph), "name_used"),
        ("the same account twice", end, reg(PARVIN), "key_used"),
        ("another name for a living account's key", end, reg(stolen), "key_used"),
        ("a key that a revoked account had", end, reg(used), "key_used"),
        ("an account of its own", end, reg(eve), "ok"),
        # key
        ("a key for nobody", end, key(eve, other, OWN, eve.key, 0), "unknown_user"),
        ("a key for a revoked account", end, key(CYRUS, other, OWN, CYRUS.key, 10), "revoked"),
        ("a key change with an old prev", end, key(dinas, other, OWN, dinas.key, 4), "stale"),
        (
            "a key change signed by the key before",
            end,
            key(dinas, other, OWN, DINA.key, 9),
            "bad_signature",
        ),
        (
            "the new key didn't sign",
            end,
            key(dinas, other, OWN, dinas.key, 9, new_signer=dinas.key),
            "bad_signature",
        ),
        ("the new key's signature is missing", end, encode_entry(no_sig), "new_sig"),
        ("a signature of a new key that isn't there", end, encode_entry(extra_sig), "new_sig"),
        (
            "a key that was used before, by the same",
            end,
            key(dinas, DINA.key, OWN, dinas.key, 9),
            "key_used",
        ),
        ("a key that another had", end, key(dinas, second, OWN, dinas.key, 9), "key_used"),
        ("a reason that there isn't", end, key(dinas, other, "lost", dinas.key, 9), "voucher"),
        (
            "one's own key changed by another",
            end,
            key(dinas, other, OWN, PARVIN.key, 9, by=PARVIN),
            "voucher",
        ),
        ("a recovery key that isn't needed", end, encode_entry(both), "voucher"),
        (
            "recovery without the recovery key",
            end,
            key(dinas, other, RECOVERY, DINA.recovery, 9),
            "voucher",
        ),
        (
            "somebody else's recovery key",
            end,
            key(dinas, other, RECOVERY, eve.recovery, 9, recovery=eve.recovery.public),
            "recovery",
        ),
        (
            "the right recovery key, which didn't sign",
            end,
            key(dinas, other, RECOVERY, eve.recovery, 9, recovery=DINA.recovery.public),
            "bad_signature",
        ),
        (
            "recovery ordered by another",
            end,
            key(dinas, other, RECOVERY, DINA.recovery, 9, by=PARVIN, recovery=DINA.recovery.public),
            "voucher",
        ),
        (
            "the recovery key once more",
            end,
            key(dinas, other, RECOVERY, DINA.recovery, 9, recovery=DINA.recovery.public),
            "ok",
        ),
        ("an admin gives a new key", end, key(dinas, other, ADMIN, PARVIN.key, 9, by=PARVIN), "key_used"),
        (
            "a beginner revokes",
            end,
            key(dinas, None, ADMIN, CYRUS_AGAIN.key, 9, by=CYRUS_AGAIN),
            "role_not_allowed",
        ),
        ("an advanced user revokes", 7, key(DINA, None, ADMIN, CYRUS.key, 4, by=CYRUS), "role_not_allowed"),
        (
            "an admin revokes the super admin",
            6,
            key(PARVIN, None, ADMIN, NIMA.key, 1, by=NIMA),
            "role_not_allowed",
        ),
        (
            "an admin revokes himself as admin",
            6,
            key(NIMA, None, ADMIN, NIMA.key, 5, by=NIMA),
            "role_not_allowed",
        ),
        ("a revoked account revokes", end, key(dinas, None, ADMIN, second, 9, by=CYRUS), "revoked"),
        ("nobody revokes", end, key(dinas, None, ADMIN, eve.key, 9, by=eve), "unknown_user"),
        ("the super admin revokes", end, key(dinas, None, ADMIN, PARVIN.key, 9, by=PARVIN), "ok"),
        ("one's own last word", end, key(dinas, None, OWN, dinas.key, 9), "ok"),
        *recovery_continuations(end),
        # role
        ("the old promotion, replayed", end, story[5], "stale"),
        ("a promotion that is older than a revocation", end, story[6], "revoked"),
        ("a role for nobody", end, role(eve, Role.ADMIN, PARVIN, 0), "unknown_user"),
        ("a role by nobody", end, role(DINA, Role.ADVANCED, eve, 9), "unknown_user"),
        ("a role by a revoked account", end, role(DINA, Role.ADVANCED, CYRUS, 9), "revoked"),
        (
            "a role that the commander didn't sign",
            end,
            role(DINA, Role.ADVANCED, PARVIN, 9, signer=NIMA.key),
            "bad_signature",
        ),
        ("promoting oneself", end, role(NIMA, Role.ADMIN, NIMA, 13), "role_not_allowed"),
        ("a second super admin", end, role(NIMA, Role.SUPER_ADMIN, PARVIN, 13), "role_fixed"),
        ("demoting the super admin", 6, role(PARVIN, Role.BEGINNER, NIMA, 1), "role_fixed"),
        ("an admin makes an admin", 6, role(DINA, Role.ADMIN, NIMA, 4), "role_only_super"),
        ("an admin demotes an admin", 6, role(NIMA, Role.BEGINNER, NIMA, 5), "role_only_super"),
        ("an advanced user promotes", 7, role(DINA, Role.ADVANCED, CYRUS, 4), "role_not_allowed"),
        ("an admin's order, after he was demoted", end, role(DINA, Role.ADVANCED, NIMA, 9), "role_not_allowed"),
        ("a role that there isn't", end, owner, "bad_statement"),
        ("another statement in a role's place", end, genesis_to_head, "bad_statement"),
        # group
        ("an epoch skipped", end, fixed_people.group_change(fixed_people.GROUP, 4), "epoch"),
        ("an epoch twice", end, fixed_people.group_change(fixed_people.GROUP, 2), "epoch"),
        ("a new group that doesn't begin at 1", end, fixed_people.group_change(fixed_people.seed("g", 16), 2), "epoch"),
        ("a new group", end, fixed_people.group_change(fixed_people.seed("g", 16), 1), "ok"),
        ("the group's next epoch", end, group, "ok"),
        ("the same, in an encoding that isn't the shortest", end, wide, "ok"),
        # form
        ("no bytes", end, b"", "bad_statement"),
        ("an entry of a kind that there isn't", end, messages.encode(["note", b""]), "bad_statement"),
        ("an entry that is a map", end, b"\x81\xa4role\xc0", "bad_statement"),
        ("a field too many", end, b"\x95" + group[1:] + b"\xc0", "bad_statement"),
        ("something after the entry", end, group + b"\xc0", "bad_statement"),
        ("cut off", end, group[:-1], "bad_statement"),
    ]


def _parts(raw: bytes) -> list[statements.Signed]:
    entry = msgspec.msgpack.decode(raw, type=Entry)  # type: ignore[arg-type]
    return [entry.signed]


def join_links() -> list[Vector]:
    """Lines that people paste; `link` is how the same is written out again."""
    id = AUTHORITY_ID.hex()
    code, owner = "abcdefghijklmn27", "abcdefghijklmnopqrstuvwxyz"
    good = f"hamraz://192.0.2.1:4740/{code}#{id}"
    return [
        _link(text)
        for text in (
            good,
            f"  HamRaz://192.0.2.1:4740/{code}#{id}\r\n",
            f"hamraz://192.0.2.1,[2001:DB8:0::1],chat.example.org:04740/{code}#{id}",
            f"hamraz://192.0.2.1:4740/{code}/{owner}#{id}",
            f"hamraz://{','.join(f'h{n}' for n in range(8))}:1/{code}#{id}",
            f"hamraz://{','.join(f'h{n}' for n in range(9))}:1/{code}#{id}",
            f"hamraz://{','.join(['h' * 49] * 7 + ['h' * 50])}:1/{code}#{id}",
            f"hamraz://{','.join(['h' * 49] * 7 + ['h' * 51])}:1/{code}#{id}",
            f"http://192.0.2.1:4740/{code}#{id}",
            f"hamraz://192.0.2.1/{code}#{id}",
            f"hamraz://192.0.2.1:0/{code}#{id}",
            f"hamraz://192.0.2.1:65536/{code}#{id}",
            f"hamraz://192.0.2.1:٤٧٤٠/{code}#{id}",
            f"hamraz://:4740/{code}#{id}",
            f"hamraz://192.0.2.1,,192.0.2.2:4740/{code}#{id}",
            f"hamraz://::1:4740/{code}#{id}",
            f"hamraz://[192.0.2.1]:4740/{code}#{id}",
            f"hamraz://[example.org]:4740/{code}#{id}",
            f"hamraz://[fe80::1%eth0]:4740/{code}#{id}",
            f"hamraz://exa mple.org:4740/{code}#{id}",
            f"hamraz://-example.org:4740/{code}#{id}",
            f"hamraz://{'h' * 65}:4740/{code}#{id}",
            f"hamraz://user@192.0.2.1:4740/{code}#{id}",
            f"hamraz://192.0.2.1:4740/{code[:-1]}#{id}",
            f"hamraz://192.0.2.1:4740/{code.upper()}#{id}",
            f"hamraz://192.0.2.1:4740/{code[:-1]}1#{id}",
            f"hamraz://192.0.2.1:4740/{code}/{owner[:-1]}#{id}",
            f"hamraz://192.0.2.1:4740/{code}/#{id}",
            f"hamraz://192.0.2.1:4740/#{id}",
            f"hamraz://192.0.2.1:4740//{owner}#{id}",
            f"hamraz://192.0.2.1:4740#{id}",
            f"hamraz://192.0.2.1:4740/{code}#{id[:-1]}",
            f"hamraz://192.0.2.1:4740/{code}#{id.upper()}",
            f"hamraz://192.0.2.1:4740/{code}",
            f"{good} {good}",
            "",
        )
    ]


def _link(text: str) -> Vector:
    try:
        link = links.decode(text)
    except HamrazError as refused:
        return {"text": text, "outcome": refused.code}
    return {
        "text": text,
        "outcome": "ok",
        "hosts": list(link.hosts),
        "port": link.port,
        "invitation": link.invitation,
        "owner_code": link.owner_code,
        "authority_id": link.authority_id,
        "link": link.encode(),
    }


def streams() -> list[Vector]:
    """What comes in pieces, what bodies it holds, and how it ends."""
    one, two = frames.encode(b"one"), frames.encode(b"second")
    full = frames.encode(b"x" * 4096)
    return [
        {"about": about, "limit": limit, "chunks": chunks, "bodies": bodies, "outcome": outcome}
        for about, limit, chunks, bodies, outcome in (
            ("nothing", 4096, [], [], "ok"),
            ("one frame", 4096, [one], [b"one"], "ok"),
            ("two frames in one piece", 4096, [one + two], [b"one", b"second"], "ok"),
            ("byte by byte", 4096, [bytes([b]) for b in one + two], [b"one", b"second"], "ok"),
            ("a frame of the limit", 4096, [full[:100], full[100:]], [b"x" * 4096], "ok"),
            ("a byte above the limit, refused before its body", 4096, [b"\0\0\x10\x01"], [], "frame_too_long"),
            ("the same behind a good one", 4096, [one, b"\0\0\x10\x01"], [b"one"], "frame_too_long"),
            ("after log-in", 2**20, [b"\0\0\x10\x01" + b"y" * 4097], [b"y" * 4097], "ok"),
            ("too long after log-in", 2**20, [b"\0\x10\0\x01"], [], "frame_too_long"),
            ("the longest length there is", 2**20, [b"\xff\xff\xff\xff"], [], "frame_too_long"),
            ("an empty frame", 4096, [b"\0\0\0\0"], [], "bad_frame"),
            ("an empty frame behind a good one", 4096, [one + b"\0\0\0\0"], [b"one"], "bad_frame"),
            ("the end within a length", 4096, [one, two[:3]], [b"one"], "bad_frame"),
            ("the end within a body", 4096, [one, two[:-1]], [b"one"], "bad_frame"),
        )
    ]


def wire() -> list[Vector]:
    """Every message, with the places where it may come (`unexpected_message` elsewhere); then bodies that are none."""
    found: list[Vector] = []
    for message in samples.MESSAGES:
        places = [name for name, kinds in samples.PLACES.items() if type(message) in (get_args(kinds) or (kinds,))]
        found.append({"body": messages.encode(message), "fields": message, "places": places})
    place = "to authority, after log-in"
    for about, body, outcome in (
        ("an integer in nine bytes", b"\x92\xa4ping\xcf" + (5).to_bytes(8), "ok"),
        ("a number above 32 bits", b"\x92\xa4ping\xcf" + (2**32).to_bytes(8), "bad_message"),
        ("a field too many", b"\x93\xa4ping\x05\xc0", "bad_message"),
        ("a field too few", b"\x91\xa4ping", "bad_message"),
        ("rid 0", messages.encode(messages.FetchLog(0, 9)), "bad_message"),
        ("a tag in bytes", b"\x92\xc4\x04ping\x05", "bad_message"),
        ("something after it", b"\x92\xa4ping\x05\x05", "bad_message"),
        ("a map", b"\x81\xa4ping\x05", "bad_message"),
        ("an empty array", b"\x90", "bad_message"),
        ("no bytes", b"", "bad_message"),
        ("a tag that isn't UTF-8", b"\x92\xa4pi\xff\xff\x05", "bad_message"),
        ("arrays ten thousand deep", b"\x91" * 10000, "bad_message"),
        ("an array that says four thousand million", b"\xdd\xff\xff\xff\xff", "bad_message"),
        ("out of place, and of a wrong form", b"\x91\xa5hello", "unexpected_message"),
    ):
        found.append({"about": about, "place": place, "body": body, "outcome": outcome})
    found += unknown()
    for message in samples.MESSAGES:
        if isinstance(
            message, messages.Watch | messages.FetchPrekeys | messages.DropMail | messages.GrantKeys | messages.Mail
        ):
            raw = msgspec.msgpack.decode(messages.encode(message))
            (items,) = (field for field in raw if isinstance(field, list))
            items.append(items[0])
            where = "from authority, then" if isinstance(message, messages.Mail) else place
            body = messages.encode(raw)
            found.append({"about": "the same twice", "place": where, "body": body, "outcome": "bad_message"})
        if isinstance(message, messages.Deposit | messages.GrantKeys | messages.Regrant):
            other = messages.encode(message).replace(NO_DEVICE, bytes(15) + b"\1", 1)
            where = "to group, after enter" if isinstance(message, messages.Regrant) else place
            found.append({"about": "another device", "place": where, "body": other, "outcome": "bad_message"})
    return found


def unknown() -> list[Vector]:
    """Messages of a later version, in every place (section 5.4)."""
    found: list[Vector] = []
    request = messages.encode(["fetch_weather", 7, "Shiraz"])
    for place in samples.PLACES:
        answer = {"outcome": "bad_message"} if place not in samples.LATER else {"outcome": "unknown_request", "rid": 7}
        found.append({"about": "a tag that there isn't", "place": place, "body": request, **answer})
    place = "to peer, after knock"
    for about, body, rid in (
        ("a rid and no more", messages.encode(["fetch_weather", 2**32 - 1]), 2**32 - 1),
        ("a rid in nine bytes", b"\x92\xa4pink\xcf" + (5).to_bytes(8), 5),
        ("what no type here is", b"\x94\xa4pink\x05\xcb" + bytes(8) + b"\xd4\x01\x00", 5),
        ("a tag in capitals", b"\x92\xa4PING\x05", 5),
        ("no field", b"\x91\xa4pink", None),
        ("true", b"\x92\xa4pink\xc3", None),
        ("0", b"\x92\xa4pink\x00", None),
        ("a number above 32 bits", b"\x92\xa4pink\xcf" + (2**32).to_bytes(8), None),
        ("a number below zero", b"\x92\xa4pink\xff", None),
        ("a floating-point number", b"\x92\xa4pink\xcb\x40\x14" + bytes(6), None),
        ("bytes", b"\x92\xa4pink\xc4\x01\x05", None),
        ("an empty tag", b"\x92\xa0\xc3", None),
        ("a map", b"\x92\xa4pink\x81\xa1a\x01", None),
    ):
        outcome = "passed over" if rid is None else "unknown_request"
        found.append({"about": f"unknown: {about}", "place": place, "body": body, "outcome": outcome, "rid": rid})
    for about, body in (
        ("something after it", b"\x92\xa4pink\x05\x05"),
        ("cut off", b"\x93\xa4pink\x05"),
        ("a tag that is no text", b"\x92\xc4\x04pink\x05"),
        ("a map whose key is a text", b"\x81\xa4pink\x05"),
    ):
        found.append({"about": f"unknown: {about}", "place": place, "body": body, "outcome": "bad_message"})
    return found


def private_row() -> Vector:
    """Three messages from Parvin to Nima, one after the other, and Nima's receipts."""
    row, previous = [], envelope.FIRST
    for n, text in enumerate(("سلام", "how are you?", ""), 1):
        message = envelope.PrivateMessage(
            PARVIN.uid,
            NIMA.uid,
            n,
            previous,
            fixed_people.seed(f"message {n}", 16),
            samples.TIME + n,
            samples.SIGNED_HEAD,
            envelope.TEXT,
            text.encode(),
            samples.ABOUT if n == 2 else None,
        )
        raw = envelope.encode_message(message)
        previous = envelope.message_hash(raw)
        receipts = [
            envelope.issue_receipt(message, previous, what, NIMA.key, AUTHORITY_ID)
            for what in (envelope.DELIVERED, envelope.READ)
        ]
        row.append({"fields": message, "message": raw, "hash": previous, "receipts": receipts})
    made = statements.Receipt(NIMA.uid, PARVIN.uid, fixed_people.seed("message 1", 16), bytes(32), "delivered")
    checks = [
        {"about": about, "receipt": signed(receipt, key), "reader": NIMA.uid, "writer": PARVIN.uid, "outcome": outcome}
        for about, receipt, key, outcome in (
            ("for this pair", made, NIMA.key, "ok"),
            ("that it was listened to", msgspec.structs.replace(made, what="listened"), NIMA.key, "ok"),
            ("signed by another", made, CYRUS.key, "bad_signature"),
            ("by another reader", msgspec.structs.replace(made, sender=CYRUS.uid), NIMA.key, "bad_receipt"),
            ("for another writer", msgspec.structs.replace(made, recipient=CYRUS.uid), NIMA.key, "bad_receipt"),
            ("of a kind that there isn't", msgspec.structs.replace(made, what="liked"), NIMA.key, "bad_receipt"),
        )
    ]
    return {"public": NIMA.key.public.raw, "authority_id": AUTHORITY_ID, "row": row, "receipts": checks}


def group() -> Vector:
    """A group's chain beside its log, and what must be refused at some place of it."""
    entries = fixed_group.chain()
    log_now = fixed_group.replay_log(fixed_group.group_log())
    hashes = [fixed_group.replay(count, log_now).hash for count in range(len(entries) + 1)]
    last = fixed_group.replay(len(entries), log_now)
    members = [
        {"uid": member.uid, "joined": member.joined, "since": member.since, "sequence": member.sequence}
        for member in last.members.values()
    ]
    return {
        "authority_id": AUTHORITY_ID,
        "gid": fixed_people.GROUP,
        "log": fixed_group.group_log(),
        "entries": entries,
        "hashes": hashes,
        "heads": [
            signed(
                group_entries.ChainHead(
                    fixed_people.GROUP, n, hash, epoch := fixed_group.replay(n, log_now).epoch, 6 + epoch
                ),
                AUTHORITY,
            )
            for n, hash in enumerate(hashes)
        ],
        "members": members,
        "continuations": [
            {"about": about, "count": count, "log": of, "more": [], "entry": entry, "outcome": outcome}
            for about, count, of, entry, outcome in fixed_group.continuations()
        ]
        + [
            {"about": about, "count": len(entries), "log": of, "more": more, "entry": entry, "outcome": outcome}
            for about, of, more, entry, outcome in [*fixed_group.restricted(), *retractions()]
        ]
        + [
            {"about": about, "count": count, "log": of, "more": more, "entry": entry, "outcome": outcome}
            for about, count, of, more, entry, outcome in keyless()
        ],
    }


def epochs() -> Vector:
    """What comes of an epoch's key: its id, messages, a removal's reason."""
    key = fixed_group.KEYS[1]
    found = []
    for entry, text in ((fixed_group.NIMA_1, "welcome"), (fixed_group.CYRUS_1, "hello")):
        found.append(
            {
                "header": entry.header,
                "content": group_seals.open_message(entry, key),
                "ciphertext": entry.ciphertext,
                "input": group_entries.message_input(entry),
                "hash": group_entries.message_hash(entry),
                "public": (NIMA if text == "welcome" else CYRUS).key.public.raw,
                "sig": entry.sig,
            }
        )
    note = ("تمرین تمام شد", fixed_people.seed("note nonce", 16))
    about = {"gid": fixed_people.GROUP, "epoch": 2, "by": NIMA.uid}
    sealed = group_seals.seal_note(key, *about.values(), *note)
    return {
        "authority_id": AUTHORITY_ID,
        "key": key.save(),
        "key_id": key.key_id(),
        "messages": found,
        "note": about | {"text": note[0], "nonce": note[1], "sealed": sealed},
        "reasons": reasons(),
    }


def seen() -> Vector:
    """Typing, and who has seen what: sealed under given nonces, and what does not hold."""
    key, nonce = fixed_group.KEYS[1], fixed_people.seed("seen nonce", 16)
    right = group_ephemeral.GroupSeen(fixed_people.GROUP, 1, CYRUS.uid, 4, fixed_people.seed("chain"), 3)
    base = {
        "authority_id": AUTHORITY_ID,
        "gid": fixed_people.GROUP,
        "key": key.save(),
        "member_key": CYRUS.key.public.raw,
        "nonce": nonce,
    }

    def again(said: group_ephemeral.GroupSeen = right, signer: SigningKey = CYRUS.key) -> group_ephemeral.SeenItem:
        # sealed for Cyrus in epoch 1, whatever it says inside
        about, plaintext = fixed_people.GROUP + (1).to_bytes(8) + CYRUS.uid, messages.encode(signed(said, signer))
        return group_ephemeral.SeenItem(CYRUS.uid, 1, key.seal_with_nonce(b"seen", about, nonce, plaintext))

    def changed(**fields: Any) -> group_ephemeral.SeenItem:
        return again(msgspec.structs.replace(right, **fields))

    good = again()
    garbage = key.seal_with_nonce(b"seen", fixed_people.GROUP + (1).to_bytes(8) + CYRUS.uid, nonce, b"\x91\xc0")
    items = [
        base | change | {"about": about, "item": item, "fields": right, "outcome": outcome}
        for about, item, change, outcome in (
            ("as it should be", good, {}, "ok"),
            ("told in another's name", msgspec.structs.replace(good, uid=DINA.uid), {}, "cannot_open"),
            ("told in another epoch", msgspec.structs.replace(good, epoch=2), {}, "cannot_open"),
            ("told in another group", good, {"gid": bytes(16)}, "cannot_open"),
            ("with another epoch's key", good, {"key": fixed_group.KEYS[2].save()}, "cannot_open"),
            ("cut short", msgspec.structs.replace(good, sealed=good.sealed[:15]), {}, "cannot_open"),
            ("nothing signed inside", msgspec.structs.replace(good, sealed=garbage), {}, "bad_statement"),
            ("signed by another member", again(signer=NIMA.key), {}, "bad_signature"),
            ("another's statement, sealed as one's own", changed(uid=NIMA.uid), {}, "wrong_recipient"),
            ("of another group", changed(gid=bytes(16)), {}, "wrong_recipient"),
            ("of another epoch", changed(epoch=2), {}, "wrong_recipient"),
            ("more read than there is", changed(read=5), {}, "bad_receipt"),
        )
    ]
    doing = [
        {
            "what": what,
            "on": on,
            "gid": fixed_people.GROUP,
            "epoch": 1,
            "uid": CYRUS.uid,
            "key": key.save(),
            "nonce": nonce,
            "sealed": group_ephemeral.seal_doing(what, on, key, fixed_people.GROUP, 1, CYRUS.uid, nonce),
        }
        for what in group_ephemeral.ACTIVITIES
        for on in (True, False)
    ]
    return {"seen": items, "doing": doing, "about": _asides(key, nonce)}


def _asides(key: EpochKey, nonce: bytes) -> list[Vector]:
    """What Cyrus says of his profile beside the chain, in epoch 1."""
    place = fixed_people.GROUP + (1).to_bytes(8) + CYRUS.uid

    def sealed(plaintext: bytes) -> bytes:
        return key.seal_with_nonce(b"about", place, nonce, plaintext)

    good = group_ephemeral.seal_about(samples.ABOUT, key, fixed_people.GROUP, 1, CYRUS.uid, nonce)
    typing = group_ephemeral.seal_doing("typing", True, key, fixed_people.GROUP, 1, CYRUS.uid, nonce)
    base = {
        "gid": fixed_people.GROUP,
        "epoch": 1,
        "uid": CYRUS.uid,
        "key": key.save(),
        "nonce": nonce,
        "fields": samples.ABOUT,
    }
    cases: list[tuple[str, bytes, Vector, str]] = [
        ("as it should be", good, {}, "ok"),
        ("in another's name", good, {"uid": DINA.uid}, "cannot_open"),
        ("in another epoch", good, {"epoch": 2}, "cannot_open"),
        ("in another group", good, {"gid": bytes(16)}, "cannot_open"),
        ("as if he were writing", typing, {}, "cannot_open"),
        ("a version that is too large", sealed(messages.encode([2**32, bytes(32)])), {}, "bad_statement"),
        ("a key that is too short", sealed(messages.encode([1, bytes(31)])), {}, "bad_statement"),
        ("nothing inside", sealed(b""), {}, "bad_statement"),
    ]
    return [base | change | {"about": about, "sealed": what, "outcome": code} for about, what, change, code in cases]


def grants() -> Vector:
    """Sealed epoch keys and wrapped ones, for opening only: HPKE takes no seed, and wrapping has a random nonce."""
    commit, key = fixed_group.COMMIT_1, fixed_group.KEYS[1]
    prekey = statements.Prekey(CYRUS.uid, NO_DEVICE, fixed_people.PREKEY_ID, 1, fixed_people.PREKEY.public.raw)
    good = group_seals.seal_grant(
        key, commit, CYRUS.uid, CYRUS.key.public, signed(prekey, CYRUS.key), NIMA.key, AUTHORITY_ID
    )
    given = group_seals.seal_grant(
        key, commit, CYRUS.uid, CYRUS.key.public, signed(prekey, CYRUS.key), DINA.key, AUTHORITY_ID, DINA.uid
    )
    from_dina = {"sender": DINA.uid, "by_key": DINA.key.public.raw}
    base = {
        "authority_id": AUTHORITY_ID,
        "commit": commit,
        "sender": NIMA.uid,
        "by_key": NIMA.key.public.raw,
        "recipient": CYRUS.uid,
        "prekey_seed": fixed_people.PREKEY.save(),
    }
    print_ = digest(b"prekey", prekey.key)
    right = group_entries.EpochGrant(
        NIMA.uid, CYRUS.uid, print_, fixed_people.GROUP, 1, group_entries.commit_hash(commit), key.save()
    )

    def again(signer: SigningKey = NIMA.key, **change: Any) -> bytes:
        plaintext = messages.encode(signed(msgspec.structs.replace(right, **change), signer))
        return SealKey(prekey.key).seal(plaintext, group_seals.grant_info(AUTHORITY_ID, NIMA.uid, CYRUS.uid))

    vectors = [
        base | change | {"about": about, "sealed": what, "outcome": outcome}
        for about, what, change, outcome in (
            ("a grant", good, {}, "ok"),
            ("opened by another", good, {"recipient": DINA.uid}, "cannot_open"),
            ("opened with another prekey", good, {"prekey_seed": fixed_people.OTHER_PREKEY.save()}, "cannot_open"),
            (
                "under another commit of another commander",
                good,
                {"commit": fixed_group.COMMIT_3, "sender": CYRUS.uid},
                "cannot_open",
            ),
            ("under the next commit", good, {"commit": fixed_group.COMMIT_2}, "wrong_recipient"),
            ("signed by another", again(PARVIN.key), {}, "bad_signature"),
            ("for another member", again(recipient=DINA.uid), {}, "wrong_recipient"),
            ("from another", again(sender=DINA.uid), {}, "wrong_recipient"),
            ("for another prekey", again(prekey_hash=bytes(32)), {}, "wrong_recipient"),
            ("for another group", again(gid=bytes(16)), {}, "wrong_recipient"),
            ("for another epoch", again(epoch=2), {}, "wrong_recipient"),
            ("for another commit", again(commit_hash=bytes(32)), {}, "bad_epoch_key"),
            ("another key than the commit names", again(key=bytes(32)), {}, "bad_epoch_key"),
            ("given again by another member", given, from_dina, "ok"),
            ("given again, as if by the commander", given, {}, "cannot_open"),
            ("the commander's, as if given again", good, from_dina, "cannot_open"),
            ("given again, signed by another", given, {"sender": DINA.uid}, "bad_signature"),
        )
    ]
    commit_2 = msgspec.msgpack.decode(fixed_group.COMMIT_2.body, type=group_entries.Commit)
    commit_1 = msgspec.msgpack.decode(commit.body, type=group_entries.Commit)
    key_2 = fixed_group.KEYS[2]
    place = fixed_people.GROUP, 2, commit_2.previous
    wrapped = group_seals.wrap_history(key_2, key, *place)
    wrong = group_seals.wrap_history(key_2, fixed_group.KEYS[3], *place)
    history = [
        {
            "about": about,
            "key": opener.save(),
            "wrapped": what,
            "gid": fixed_people.GROUP,
            "epoch": 2,
            "previous": commit_2.previous,
            "key_id": commit_1.key_id,
            "outcome": outcome,
        }
        for about, opener, what, outcome in (
            ("the key before", key_2, wrapped, "ok"),
            ("with another key", fixed_group.KEYS[3], wrapped, "cannot_open"),
            ("another key inside", key_2, wrong, "bad_epoch_key"),
            ("cut short", key_2, wrapped[:-1], "cannot_open"),
            ("nothing", key_2, b"", "cannot_open"),
        )
    ]
    return {"grants": vectors, "history": history}


def content(size: int) -> bytes:
    """A file of this size: its byte i is i mod 251."""
    return bytes(range(251)) * (size // 251) + bytes(range(size % 251))


def shared_files() -> Vector:
    """What announces a file, and chunks that hold or don't. The chunks are short ones, or the files would be long."""
    key, id = FileKey(fixed_people.seed("a file's key")), samples.FILE_ID
    size = files.CHUNK + 100
    base = {"authority_id": AUTHORITY_ID, "id": id, "key": key.save(), "size": size, "index": 1}
    body = files.FileBody(
        id, "گزارش.pdf", "application/pdf", size, hashlib.sha256(content(size)).digest(), key.save(), files.CHUNK,
        b"", 0, 0, "برای فردا",
    )  # fmt: skip
    pack = files.encode_file
    bodies = [
        ("a document", pack(body), "ok"),
        ("an empty file with a preview", pack(msgspec.structs.replace(body, size=0, preview=b"\xff\xd8\xff")), "ok"),
        ("no name", pack(msgspec.structs.replace(body, name="")), "bad_statement"),
        ("a name that is too long", pack(msgspec.structs.replace(body, name="a" * 256)), "bad_statement"),
        ("chunks of another size", pack(msgspec.structs.replace(body, chunk=1 << 16)), "bad_statement"),
        ("a preview that is too long", pack(msgspec.structs.replace(body, preview=bytes(24577))), "bad_statement"),
        ("a field too few", pack(msgspec.to_builtins(body, builtin_types=(bytes,))[:-1]), "bad_statement"),
        ("a byte too many", pack(body) + b"\0", "bad_statement"),
    ]
    voice = files.VoiceBody(
        *(getattr(body, name) for name in files.VoiceBody.__struct_fields__[:7]), 61_500, bytes(range(64))
    )
    spoken = [
        ("a voice message", pack(voice), "ok"),
        ("one of no length and no waveform", pack(msgspec.structs.replace(voice, duration=0, waveform=b"")), "ok"),
        ("a waveform that is too long", pack(msgspec.structs.replace(voice, waveform=bytes(65))), "bad_statement"),
        ("a voice in chunks of another size", pack(msgspec.structs.replace(voice, chunk=1)), "bad_statement"),
        ("a duration of 33 bits", pack(msgspec.structs.replace(voice, duration=1 << 32)), "bad_statement"),
        ("a file in its place", pack(body), "bad_statement"),
    ]
    last = content(size)[files.CHUNK :]
    good = files.seal_chunk(key, AUTHORITY_ID, id, 1, size, last)
    small = files.seal_chunk(key, AUTHORITY_ID, id, 0, 5, content(5))
    chunks = [
        ("the last of two", good, {}, "ok"),
        ("all of a short file", small, {"size": 5, "index": 0}, "ok"),
        ("in another place", good, {"index": 0}, "file_broken"),
        ("of a file that is one chunk longer", good, {"size": size + files.CHUNK}, "file_broken"),
        ("of another file", good, {"id": bytes(16)}, "file_broken"),
        ("under another authority", good, {"authority_id": fixed_people.OTHER_AUTHORITY_ID}, "file_broken"),
        ("under another key", good, {"key": bytes(32)}, "file_broken"),
        ("of a file that is a byte longer", good, {"size": size + 1}, "file_broken"),
        ("cut short", good[:-1], {}, "file_broken"),
        ("nothing", b"", {}, "file_broken"),
    ]
    return {
        "bodies": [
            {"about": about, "kind": kind, "body": raw, "outcome": outcome}
            for kind, found in ((files.FILE, bodies), (files.VOICE, spoken))
            for about, raw, outcome in found
        ],
        "chunks": [
            base | change | {"about": about, "sealed": sealed, "outcome": outcome}
            for about, sealed, change, outcome in chunks
        ],
    }


def role_table() -> list[Vector]:
    """What each role may make of whom."""
    return [
        {"commander": a.value, "target": b.value, "new": c.value, "refusal": roles.role_change_refusal(a, b, c)}
        for a in Role
        for b in Role
        for c in Role
    ]


def sealed() -> list[Vector]:
    """Sealed messages, for opening only: HPKE takes no seed."""
    prekey = statements.Prekey(NIMA.uid, NO_DEVICE, fixed_people.PREKEY_ID, 0, fixed_people.PREKEY.public.raw)
    info = envelope.seal_info(AUTHORITY_ID, PARVIN.uid, NIMA.uid)
    key_hash = digest(b"prekey", prekey.key)
    inner = statements.Envelope(prekey.id, key_hash, samples.RAW_MESSAGE)
    to_nima = envelope.seal(samples.RAW_MESSAGE, prekey, PARVIN.key, AUTHORITY_ID)
    base = {
        "prekey_seed": fixed_people.PREKEY.save(),
        "prekey_id": fixed_people.PREKEY_ID,
        "sender": PARVIN.uid,
        "sender_keys": [PARVIN.key.public.raw],
        "gone_keys": [],
        "recipient": NIMA.uid,
        "authority_id": AUTHORITY_ID,
    }

    def again(plaintext: bytes, info: bytes = info, key: OpenKey = fixed_people.PREKEY) -> bytes:
        return SealKey(key.public.raw).seal(plaintext, info)

    def signed_inner(inner: statements.Envelope, key: SigningKey = PARVIN.key) -> bytes:
        return messages.encode(signed(inner, key))

    newer = fixed_people.CYRUS_SECOND_KEY.public.raw
    to_cyrus = envelope.seal_info(AUTHORITY_ID, PARVIN.uid, CYRUS.uid)
    from_nima = envelope.encode_message(msgspec.structs.replace(samples.MESSAGE, sender=NIMA.uid))
    wire = statements.Signed(messages.encode(inner), PARVIN.key.sign(b"receipt", AUTHORITY_ID, messages.encode(inner)))
    cases: list[tuple[str, bytes, Vector, str]] = [
        ("a message", to_nima, {}, "ok"),
        ("opened as if from another", to_nima, {"sender": CYRUS.uid}, "cannot_open"),
        ("opened as if to another", to_nima, {"recipient": CYRUS.uid}, "cannot_open"),
        ("opened with another prekey", to_nima, {"prekey_seed": fixed_people.OTHER_PREKEY.save()}, "cannot_open"),
        ("opened under another authority", to_nima, {"authority_id": fixed_people.OTHER_AUTHORITY_ID}, "cannot_open"),
        ("cut short", to_nima[:-1], {}, "cannot_open"),
        ("nothing", b"", {}, "cannot_open"),
        ("the sender's key is another", to_nima, {"sender_keys": [CYRUS.key.public.raw]}, "bad_signature"),
        ("the sender's second key counts", to_nima, {"sender_keys": [newer, PARVIN.key.public.raw]}, "ok"),
        ("the key is gone", to_nima, {"sender_keys": [newer], "gone_keys": [PARVIN.key.public.raw]}, "key_revoked"),
        ("the account has no key", to_nima, {"sender_keys": [], "gone_keys": [PARVIN.key.public.raw]}, "key_revoked"),
        ("signed by another", again(signed_inner(inner, CYRUS.key)), {}, "bad_signature"),
        ("signed for another purpose", again(messages.encode(wire)), {}, "bad_signature"),
        (
            "the recipient seals it again, to a third",
            again(signed_inner(inner), to_cyrus, fixed_people.OTHER_PREKEY),
            {"recipient": CYRUS.uid, "prekey_seed": fixed_people.OTHER_PREKEY.save()},
            "prekey_invalid",
        ),
        (
            "the same, and the third has that very prekey",
            again(signed_inner(inner), to_cyrus),
            {"recipient": CYRUS.uid},
            "wrong_recipient",
        ),
        ("told to be for another prekey", to_nima, {"prekey_id": bytes(16)}, "prekey_invalid"),
        (
            "the prekey's hash is another's",
            again(signed_inner(statements.Envelope(prekey.id, bytes(32), samples.RAW_MESSAGE))),
            {},
            "prekey_invalid",
        ),
        (
            "the message names another sender",
            again(signed_inner(statements.Envelope(prekey.id, key_hash, from_nima))),
            {},
            "wrong_recipient",
        ),
        ("the plaintext is not signed", again(samples.RAW_MESSAGE), {}, "bad_statement"),
        (
            "what is signed is no message",
            again(signed_inner(statements.Envelope(prekey.id, key_hash, b"hello"))),
            {},
            "bad_statement",
        ),
    ]
    found = []
    for about, what, change, outcome in cases:
        vector = base | change | {"about": about, "sealed": what, "outcome": outcome}
        if outcome == "ok":
            vector |= {"plaintext": signed_inner(inner), "message": samples.RAW_MESSAGE, "info": info}
        found.append(vector)
    return found


def returned() -> list[Vector]:
    """Envelopes of Parvin's that Nima gives back to her."""
    inner = statements.Envelope(
        fixed_people.PREKEY_ID, digest(b"prekey", fixed_people.PREKEY.public.raw), samples.RAW_MESSAGE
    )
    base = {
        "authority_id": AUTHORITY_ID,
        "key": PARVIN.key.public.raw,
        "sender": PARVIN.uid,
        "recipient": NIMA.uid,
        "message": samples.RAW_MESSAGE,
    }

    def envelope_of(**change: Any) -> statements.Signed:
        raw = envelope.encode_message(msgspec.structs.replace(samples.MESSAGE, **change))
        return signed(msgspec.structs.replace(inner, message=raw), PARVIN.key)

    good = signed(inner, PARVIN.key)
    other_prekey = msgspec.structs.replace(inner, prekey_id=bytes(16), prekey_hash=bytes(32))
    no_message = msgspec.structs.replace(inner, message=b"hello")
    as_receipt = statements.Signed(good.body, PARVIN.key.sign(b"receipt", AUTHORITY_ID, good.body))
    cases: list[tuple[str, statements.Signed, Vector, str]] = [
        ("as it was sent", good, {}, "ok"),
        ("whatever prekey it was sealed to", signed(other_prekey, PARVIN.key), {}, "ok"),
        ("by another key than was asked for", good, {"key": CYRUS.key.public.raw}, "bad_signature"),
        ("made up by the other", signed(inner, NIMA.key), {}, "bad_signature"),
        ("signed for another purpose", as_receipt, {}, "bad_signature"),
        ("a changed bit", statements.Signed(good.body[:-1] + b"?", good.sig), {}, "bad_signature"),
        ("no message inside", signed(no_message, PARVIN.key), {}, "bad_statement"),
        ("to a third", envelope_of(recipient=CYRUS.uid), {}, "wrong_recipient"),
        ("from a third", envelope_of(sender=CYRUS.uid), {}, "wrong_recipient"),
    ]
    return [
        base | change | {"about": about, "envelope": what, "outcome": outcome} for about, what, change, outcome in cases
    ]


FIXED = {
    "keys": keys,
    "signatures": signatures,
    "encodings": encodings,
    "proofs": proofs,
    "log": history,
    "links": join_links,
    "kits": kit_vectors,
    "frames": streams,
    "messages": wire,
    "private": private_row,
    "kinds": kind_vectors,
    "group": group,
    "epochs": epochs,
    "files": shared_files,
    "settings": settings_vectors,
    "profiles": profile_vectors,
    "returned": returned,
    "moves": move_vectors,
    "seen": seen,
    "roles": role_table,
    "evidence": evidence_vectors,
}


def mail() -> list[Vector]:
    """Receipts that wait in a mailbox, for opening only: HPKE takes no seed."""
    receipts = [signed(item, NIMA.key) for item, _ in samples.STATEMENTS if isinstance(item, statements.Receipt)]
    prekey = statements.Prekey(PARVIN.uid, NO_DEVICE, fixed_people.PREKEY_ID, 3, fixed_people.PREKEY.public.raw)
    good = envelope.seal_receipts(receipts, prekey, NIMA.uid, PARVIN.uid, AUTHORITY_ID)
    base = {
        "prekey_seed": fixed_people.PREKEY.save(),
        "sender": NIMA.uid,
        "recipient": PARVIN.uid,
        "authority_id": AUTHORITY_ID,
    }
    as_message = SealKey(prekey.key).seal(
        messages.encode(receipts), envelope.seal_info(AUTHORITY_ID, NIMA.uid, PARVIN.uid)
    )
    garbage = SealKey(prekey.key).seal(b"\x91\xc0", envelope.receipts_info(AUTHORITY_ID, NIMA.uid, PARVIN.uid))
    return [
        base | change | {"about": about, "sealed": what, "outcome": outcome, "receipts": receipts}
        for about, what, change, outcome in (
            ("a receipt", good, {}, "ok"),
            ("as if from another", good, {"sender": CYRUS.uid}, "cannot_open"),
            ("as if to another", good, {"recipient": CYRUS.uid}, "cannot_open"),
            ("with another prekey", good, {"prekey_seed": fixed_people.OTHER_PREKEY.save()}, "cannot_open"),
            ("sealed as a message", as_message, {}, "cannot_open"),
            ("no receipts inside", garbage, {}, "bad_statement"),
        )
    ]


SEALED = {"sealed": sealed, "grants": grants, "mail": mail, "backups": backup_vectors}


def text_of(value: Any) -> str:
    """The JSON text of a file."""
    return json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name, make in FIXED.items():
        (FOLDER / f"{name}.json").write_text(text_of(make()), encoding="utf-8")
    if "--sealed" in sys.argv:  # or only those that are named after it
        named = sys.argv[sys.argv.index("--sealed") + 1 :] or list(SEALED)
        for name, make_sealed in ((name, SEALED[name]) for name in named):
            (FOLDER / f"{name}.json").write_text(text_of(make_sealed()), encoding="utf-8")
