"""Runs every vector twice: through the code, and through a reading of docs/protocol.md that shares nothing with it."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol import (
    backup_records,
    backups,
    envelope,
    evidence,
    files,
    frames,
    group_entries,
    group_ephemeral,
    group_seals,
    group_settings,
    kit,
    links,
    log,
    messages,
    moving,
    profiles,
    roles,
    safety,
    statements,
)
from protocol.about import About
from protocol.errors import HamrazError
from protocol.groups import Group
from protocol.move_messages import MovedFile
from protocol.primitives import EpochKey, FileKey, OpenKey, SigningKey, VerifyKey, digest, signing_input
from protocol.roles import Role
from protocol.statements import Signed
from tests.protocol import document, make_vectors, reference
from tests.protocol.effort import bits, flip
from tests.protocol.samples import LATER, PLACES, STATEMENTS
from web_client.account.states import WITH_EVIDENCE

KINDS = {type(statement).CONTEXT.decode(): type(statement) for statement, _ in STATEMENTS}


def typed(value: Any) -> Any:
    """What a vector's JSON means: texts that begin with 0x are bytes."""
    if isinstance(value, str) and value.startswith("0x"):
        return bytes.fromhex(value[2:])
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {name: typed(item) for name, item in value.items()}
    return value


def load(name: str) -> Any:
    return typed(json.loads((make_vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def types(pairs: list[tuple[str, str]]) -> list[str]:
    return [kind for _, kind in pairs]


def outcome(run: Any) -> str:
    """ "ok", or the code or reason that came."""
    try:
        run()
    except HamrazError as reason:
        return str(reason.values["why"]) if reason.code == "log_invalid" else reason.code
    except reference.Wrong as reason:
        return str(reason)
    return "ok"


@pytest.mark.parametrize("name", make_vectors.FIXED)
def test_the_files_are_what_the_script_makes(name: str) -> None:
    made = make_vectors.text_of(make_vectors.FIXED[name]())
    assert (make_vectors.FOLDER / f"{name}.json").read_text(encoding="utf-8") == made


def test_there_is_no_other_file() -> None:
    names = {path.stem for path in make_vectors.FOLDER.iterdir()}
    assert names == {*make_vectors.FIXED, *make_vectors.SEALED}
    assert names == {row[0].removesuffix(".json") for row in document.tables("13")[0]}


def test_the_second_reading_knows_nothing_of_ours() -> None:
    tree = ast.parse(Path(reference.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.startswith(("protocol", "tests", "msgspec"))]


# --- keys ---


@pytest.mark.parametrize("vector", load("keys"), ids=lambda vector: vector["what"])
def test_keys(vector: dict[str, Any]) -> None:
    people = {other["name"]: other for other in load("keys") if other["what"] == "person"}
    authority = load("keys")[0]["id"]
    match vector["what"]:
        case "authority":
            assert SigningKey(vector["seed"]).public.raw == vector["public"] == reference.public(vector["seed"])
            assert statements.authority_id_of(VerifyKey(vector["public"])) == vector["id"]
            assert reference.hashlib.sha256(vector["public"]).digest() == vector["id"]
        case "person":
            assert SigningKey(vector["seed"]).public.raw == vector["public"] == reference.public(vector["seed"])
            assert statements.uid_of(authority, VerifyKey(vector["public"])) == vector["uid"]
            assert reference.digest("uid", authority, vector["public"]) == vector["uid"]
            recovery = reference.public(vector["recovery_seed"])
            assert log.recovery_hash(authority, VerifyKey(recovery)) == vector["recovery_hash"]
            assert reference.digest("recovery", authority, recovery) == vector["recovery_hash"]
        case "prekey":
            assert OpenKey(vector["seed"]).public.raw == vector["public"] == reference.prekey_public(vector["seed"])
            assert digest(b"prekey", vector["public"]) == vector["hash"]
            assert reference.digest("prekey", vector["public"]) == vector["hash"]
        case "digits":
            assert list(links.digits(vector["id"])) == vector["digits"]
            spread = reference.hashlib.sha256(reference.label("code", "digits") + vector["id"]).digest()
            groups = [int.from_bytes(spread[8 * i : 8 * i + 8], "big") % 100000 for i in range(4)]
            assert [f"{group:05}" for group in groups] == vector["digits"]
        case "safety number":
            one, other = people[vector["one"]], people[vector["other"]]
            keys = VerifyKey(one["public"]), VerifyKey(other["public"])
            ours = safety.safety_number(authority, one["uid"], keys[0], other["uid"], keys[1])
            theirs = reference.safety_number(authority, one["uid"] + one["public"], other["uid"] + other["public"])
            assert ours == theirs == vector["digits"]
        case "safety code":
            code = safety.read_code(vector["code"])
            assert code.encode() == vector["code"]
            ours = {"shower": code.shower, "other": code.other, "digits": code.digits}
            ours |= {"body": code.head.body, "sig": code.head.sig}
            assert ours == reference.read_safety_code(vector["code"]) == {name: vector[name] for name in ours}
        case what:
            raise AssertionError(what)


# --- moving ---


@pytest.mark.parametrize("vector", load("moves"), ids=lambda vector: vector["about"])
def test_moves(vector: dict[str, Any]) -> None:
    if "files" in vector:
        files = [MovedFile(*file) for file in vector["files"]]
        assert outcome(lambda: moving.check_files(files)) == vector["outcome"]
        assert outcome(lambda: reference.check_moved(vector["files"])) == vector["outcome"]
        return
    meeting = moving.Meeting(vector["fingerprint"], vector["old_nonce"], vector["new_nonce"])
    ours = {
        "commitment": moving.commitment(vector["fingerprint"], vector["new_nonce"]),
        "digits": meeting.digits(),
        "new_proof": meeting.proof_of_new(vector["secret"]),
        "old_proof": meeting.proof_of_old(vector["secret"], False),
        "moved_proof": meeting.proof_of_old(vector["secret"], True),
    }
    assert ours == reference.meet(vector) == {name: vector[name] for name in ours}


# --- statements ---


@pytest.mark.parametrize("vector", load("signatures"), ids=lambda vector: vector.get("about", vector["context"]))
def test_signatures(vector: dict[str, Any]) -> None:
    context, authority, body, sig = (vector[name] for name in ("context", "authority_id", "body", "sig"))

    def ours(body: bytes = body, sig: bytes = sig) -> None:
        VerifyKey(vector["public"]).verify(context.encode(), authority, body, sig)

    def theirs(body: bytes = body, sig: bytes = sig) -> None:
        reference.verify(vector["public"], context, authority, body, sig)

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert signing_input(context.encode(), authority, body) == vector["signing_input"]
        assert reference.signing_input(context, authority, body) == vector["signing_input"]
        assert SigningKey(vector["seed"]).sign(context.encode(), authority, body) == sig
        assert reference.sign(vector["seed"], context, authority, body) == sig
        for bit in bits(body, 40):
            assert outcome(lambda bit=bit: ours(body=flip(body, bit))) == "bad_signature"
            assert outcome(lambda bit=bit: theirs(body=flip(body, bit))) == "bad_signature"
        for bit in bits(sig, 40):
            assert outcome(lambda bit=bit: ours(sig=flip(sig, bit))) == "bad_signature"
            assert outcome(lambda bit=bit: theirs(sig=flip(sig, bit))) == "bad_signature"
    if "statement" in vector:
        kind = KINDS[vector["statement"]]
        assert msgspec.to_builtins(statements.decode_strict(body, kind), builtin_types=(bytes,)) == vector["fields"]
        assert reference.fields(body, types(document.statements()[vector["statement"]])) == vector["fields"]
        if "about" not in vector:
            assert reference.pack(vector["fields"]) == body


@pytest.mark.parametrize("vector", load("encodings"), ids=lambda vector: vector["about"])
def test_encodings(vector: dict[str, Any]) -> None:
    kind = KINDS[vector["statement"]]
    assert outcome(lambda: statements.decode_strict(vector["body"], kind)) == vector["outcome"]
    kinds = types(document.statements()[vector["statement"]])
    assert outcome(lambda: reference.fields(vector["body"], kinds)) == vector["outcome"]


@pytest.mark.parametrize("vector", load("proofs"), ids=lambda vector: vector["about"])
def test_proofs(vector: dict[str, Any]) -> None:
    body, sig, public, authority = (vector[name] for name in ("body", "sig", "public", "authority_id"))

    def ours() -> None:
        key = VerifyKey(public)
        statements.check_proof(Signed(body, sig), **vector["expected"], key=key, authority_id=authority)

    def theirs() -> None:
        kinds = types(document.statements()["proof"])
        reference.check_proof(body, sig, public, authority, kinds, vector["expected"])

    assert outcome(ours) == outcome(theirs) == vector["outcome"]


# --- the log ---

HISTORY = load("log")


def both_logs(size: int, entries: list[bytes] = HISTORY["entries"]) -> tuple[log.Log, reference.Log]:
    statements_types = {name: types(pairs) for name, pairs in document.statements().items()}
    entry_types = {tag: types(pairs) for tag, pairs in document.entries().items()}
    ours = log.Log(HISTORY["authority_id"])
    theirs = reference.Log(HISTORY["authority_id"], statements_types, entry_types)
    for raw in entries[:size]:
        ours.append(raw)
        theirs.append(raw)
    return ours, theirs


def test_log() -> None:
    ours, theirs = both_logs(len(HISTORY["entries"]))
    assert ours.hashes == theirs.hashes == HISTORY["hashes"]
    public = load("keys")[0]["public"]
    for size, (body, sig) in enumerate(HISTORY["heads"]):
        head = statements.check(Signed(body, sig), statements.Head, VerifyKey(public), HISTORY["authority_id"])
        reference.verify(public, "head", HISTORY["authority_id"], body, sig)
        found = reference.fields(body, types(document.statements()["head"]))
        assert [head.size, head.hash] == found == [size, HISTORY["hashes"][size]]
    for user in HISTORY["users"]:
        mine, other = ours.users[user["uid"]], theirs.users[user["uid"]]
        assert (mine.name, mine.role.value, mine.latest) == (user["name"], user["role"], user["latest"])
        assert (other["name"], other["role"], other["latest"]) == (user["name"], user["role"], user["latest"])
        assert (mine.key.raw if mine.key else None) == other["key"] == user["key"]
        assert [key.raw for key in mine.counting] == theirs.counting[user["uid"]] == user["counting"]
        assert [key.raw for key in mine.gone] == theirs.gone[user["uid"]] == user["gone"]


@pytest.mark.parametrize("vector", HISTORY["continuations"], ids=lambda vector: vector["about"])
def test_log_continuations(vector: dict[str, Any]) -> None:
    ours, theirs = both_logs(vector["size"])
    assert outcome(lambda: ours.append(vector["entry"])) == vector["why"]
    assert outcome(lambda: theirs.append(vector["entry"])) == vector["why"]
    assert ours.hashes == theirs.hashes


@pytest.mark.parametrize("vector", load("roles"), ids=lambda vector: "-".join(map(str, list(vector.values())[:3])))
def test_roles(vector: dict[str, Any]) -> None:
    asked = (vector["commander"], vector["target"], vector["new"])
    assert roles.role_change_refusal(*map(Role, asked)) == reference.role_refusal(*asked) == vector["refusal"]


@pytest.mark.parametrize("vector", load("evidence"), ids=lambda vector: vector["about"])
def test_evidence(vector: dict[str, Any]) -> None:
    """Whoever trusts nobody comes to the same by the document alone, for each thing that a file can hold."""
    file, authority = vector["file"], vector["authority_id"]
    known = (tables_of(document.statements()), tables_of(document.entries()))
    if vector["shows"] is None:
        with pytest.raises(HamrazError, match="form"):
            evidence.judge(file, authority)
        with pytest.raises(reference.Wrong, match="bad_statement"):
            reference.judge(file, authority, *known)
    else:
        assert evidence.judge(file, authority).what == vector["shows"]
        assert reference.judge(file, authority, *known) == vector["shows"]
        with pytest.raises(HamrazError, match="form"):  # of a form that a later version may have
            evidence.judge(file | {"what": evidence.FORM + "/2"}, authority)


def test_each_kind_of_evidence_has_a_second_reading() -> None:
    assert {vector["shows"] for vector in load("evidence")} == {None, *evidence.PROOFS}
    states = {vector["file"].get("state") for vector in load("evidence") if vector["shows"]}
    assert states - {None} == set(reference._EVIDENCE) == set(WITH_EVIDENCE)


def tables_of(found: dict[str, list[tuple[str, str]]]) -> dict[str, list[str]]:
    return {name: types(pairs) for name, pairs in found.items()}


# --- links, frames, messages ---


@pytest.mark.parametrize("vector", load("links"), ids=lambda vector: vector["text"][:40])
def test_links(vector: dict[str, Any]) -> None:
    text = vector["text"]
    assert outcome(lambda: links.decode(text)) == outcome(lambda: reference.read_link(text)) == vector["outcome"]
    if vector["outcome"] == "ok":
        ours, theirs = links.decode(text), reference.read_link(text)
        for name, value in theirs.items():
            assert (list(ours.hosts) if name == "hosts" else getattr(ours, name)) == value == vector[name]
        assert ours.encode() == reference.write_link(theirs) == vector["link"]


@pytest.mark.parametrize("vector", load("kits"), ids=lambda vector: vector.get("about", vector["what"]))
def test_kits(vector: dict[str, Any]) -> None:
    if vector["what"] == "request":
        change, _said = kit.read_request(vector["code"])
        assert (
            [change.body, change.sig] == reference.read_kit_request(vector["code"]) == [vector["body"], vector["sig"]]
        )
        assert kit.request_code(change) == vector["code"]
        return
    authority_id = vector["authority_id"]
    if vector["what"] == "line":
        text = vector["text"]
        assert outcome(lambda: kit.read_kit(text, authority_id)) == vector["outcome"]
        assert outcome(lambda: reference.read_kit(text, authority_id)) == vector["outcome"]
        if vector["outcome"] == "ok":
            assert reference.read_kit(text, authority_id) == vector["seed"]
            assert kit.read_kit(text, authority_id).recovery.save() == vector["seed"]
        return
    ours = kit.Kit(SigningKey(vector["seed"]), authority_id)
    made = {
        "public": ours.recovery.public.raw,
        "hash": ours.hash,
        "groups": ours.groups(),
        "code": ours.code(),
        "seal_seed": ours.open_key().save(),
        "seal_public": ours.open_key().public.raw,
        "vault": ours.vault_key(),
    }
    assert made == reference.kit_of(vector["seed"], authority_id) == {name: vector[name] for name in made}


@pytest.mark.parametrize("vector", load("frames"), ids=lambda vector: vector["about"])
def test_frames(vector: dict[str, Any]) -> None:
    splitter, bodies = frames.Splitter(vector["limit"]), []

    def read() -> None:
        for chunk in vector["chunks"]:
            splitter.feed(chunk)
            while (body := splitter.next_body()) is not None:
                bodies.append(body)
        splitter.end()

    assert (outcome(read), bodies) == (vector["outcome"], vector["bodies"])
    assert reference.split(vector["limit"], vector["chunks"]) == (vector["bodies"], vector["outcome"])


@pytest.mark.parametrize("vector", load("messages"), ids=lambda vector: vector.get("about") or vector["fields"][0])
def test_messages(vector: dict[str, Any]) -> None:
    known = {tag: types(pairs) for tag, pairs in document.messages().items()}
    if "fields" in vector:
        assert reference.pack(vector["fields"]) == vector["body"]
        expected = {place: "ok" if place in vector["places"] else "unexpected_message" for place in PLACES}
    else:
        expected = {vector["place"]: vector["outcome"]}
    for place, code in expected.items():
        here = document.places()[place]

        def ours(place: str = place) -> Any:
            found = messages.decode(vector["body"], PLACES[place], later=place in LATER)
            if isinstance(found, messages.Unknown):
                assert found.rid == vector.get("rid")
                raise reference.Wrong("passed over" if found.rid is None else "unknown_request", found.rid)
            return typed(make_vectors.plain(found))

        def theirs(place: str = place, here: list[str] = here) -> Any:
            return reference.read_message(vector["body"], here, known, place in LATER)

        assert outcome(ours) == outcome(theirs) == code
        if code == "ok" and "fields" in vector:
            assert ours() == theirs() == vector["fields"]


# --- private chat ---

PRIVATE = load("private")


def test_private_row() -> None:
    previous = bytes(32)
    kinds = types(document.private_message())
    for n, vector in enumerate(PRIVATE["row"], 1):
        raw = vector["message"]
        assert reference.pack(vector["fields"]) == raw and reference.fields(raw, kinds) == vector["fields"]
        message = envelope.decode_message(raw)
        assert (message.sequence, message.previous) == (n, previous)
        assert vector["fields"][2:4] == [n, previous]
        assert envelope.message_hash(raw) == reference.digest("message", raw) == vector["hash"]
        previous = vector["hash"]
        for signed, what in zip(vector["receipts"], ("delivered", "read"), strict=True):
            receipt = reference.check_receipt(
                signed, PRIVATE["public"], message.recipient, message.sender, PRIVATE["authority_id"]
            )
            assert receipt[2:] == [message.id, vector["hash"], what]


@pytest.mark.parametrize("vector", PRIVATE["receipts"], ids=lambda vector: vector["about"])
def test_receipts(vector: dict[str, Any]) -> None:
    signed, reader, writer = vector["receipt"], vector["reader"], vector["writer"]
    key, authority = PRIVATE["public"], PRIVATE["authority_id"]
    assert (
        outcome(lambda: envelope.check_receipt(Signed(*signed), reader, VerifyKey(key), writer, authority))
        == outcome(lambda: reference.check_receipt(signed, key, reader, writer, authority))
        == vector["outcome"]
    )


@pytest.mark.parametrize("vector", load("mail"), ids=lambda vector: vector["about"])
def test_mail(vector: dict[str, Any]) -> None:
    def ours() -> list[Any]:
        names = ("sealed", "sender", "recipient", "authority_id")
        return envelope.open_receipts(prekey=OpenKey(vector["prekey_seed"]), **{name: vector[name] for name in names})

    assert outcome(ours) == outcome(lambda: reference.open_receipts(vector)) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert [[one.body, one.sig] for one in ours()] == reference.open_receipts(vector) == vector["receipts"]


@pytest.mark.parametrize("vector", load("backups"), ids=lambda vector: vector["about"])
def test_backups(vector: dict[str, Any]) -> None:
    def ours() -> list[bytes]:
        id, kit_ = vector["authority_id"], kit.Kit(SigningKey(vector["seed"]), vector["authority_id"])
        about, key = backups.open_head(vector["head"], kit_.open_key(), id)
        reader = backups.BackupReader(key, id, about.id)
        last = len(vector["chunks"]) - 1
        found = [one for n, chunk in enumerate(vector["chunks"]) for one in reader.take(chunk, n == last)]
        if not reader.ended:
            raise HamrazError("backup_broken")
        return [backup_records.encode_record(one) for one in found[:-1]]

    def theirs() -> list[bytes]:
        heads = {name: types(pairs) for name, pairs in document.backup_head().items()}
        return reference.read_backup(vector, heads, {tag: types(pairs) for tag, pairs in document.records().items()})

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["records"]


@pytest.mark.parametrize("vector", load("sealed"), ids=lambda vector: vector["about"])
def test_sealed(vector: dict[str, Any]) -> None:
    def ours() -> envelope.Opened:
        names = ("sealed", "prekey_id", "sender", "recipient", "authority_id")
        given = {name: vector[name] for name in names}
        prekey = OpenKey(vector["prekey_seed"])
        keys, gone = ([VerifyKey(key) for key in vector[name]] for name in ("sender_keys", "gone_keys"))
        return envelope.open_envelope(prekey=prekey, keys=keys, gone=gone, **given)

    def theirs() -> tuple[bytes, bytes]:
        kinds = types(document.statements()["private"]), types(document.private_message())
        return reference.open_envelope(vector, *kinds)

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert envelope.seal_info(vector["authority_id"], vector["sender"], vector["recipient"]) == vector["info"]
        assert theirs() == (vector["plaintext"], vector["message"])
        opened = ours()
        assert opened.raw == vector["message"] and messages.encode(opened.envelope) == vector["plaintext"]


# --- groups ---

GROUP = load("group")


def both_groups(count: int, entries: list[bytes]) -> tuple[Any, Any, Group, reference.Group]:
    """`append` of both readings, and what they append to."""
    our_log, their_log = both_logs(len(entries), entries)
    statements_types = {name: types(pairs) for name, pairs in document.statements().items()}
    entry_types = {tag: types(pairs) for tag, pairs in document.group_entries().items()}
    ours = Group(GROUP["gid"])
    theirs = reference.Group(GROUP["gid"], statements_types, entry_types, types(document.group_structures()["header"]))
    for raw in GROUP["entries"][:count]:
        ours.append(raw, our_log)
        theirs.append(raw, their_log)
    return lambda raw: ours.append(raw, our_log), lambda raw: theirs.append(raw, their_log), ours, theirs


def test_group() -> None:
    *_, ours, theirs = both_groups(len(GROUP["entries"]), GROUP["log"])
    assert theirs.hashes == GROUP["hashes"] and ours.hash == GROUP["hashes"][-1]
    public = load("keys")[0]["public"]
    for n, (body, sig) in enumerate(GROUP["heads"]):
        reference.verify(public, "group chain", GROUP["authority_id"], body, sig)
        head = statements.check(Signed(body, sig), group_entries.ChainHead, VerifyKey(public), GROUP["authority_id"])
        found = reference.fields(body, types(document.statements()["group chain"]))
        assert found[:3] == [head.gid, head.n, head.hash] == [GROUP["gid"], n, GROUP["hashes"][n]]
    expected = {
        member["uid"]: [member[name] for name in ("joined", "since", "sequence")] for member in GROUP["members"]
    }
    assert {uid: [m.joined, m.since, m.sequence] for uid, m in ours.members.items()} == expected
    found_there = {uid: [m[name] for name in ("joined", "since", "sequence")] for uid, m in theirs.members.items()}
    assert found_there == expected


@pytest.mark.parametrize("vector", GROUP["continuations"], ids=lambda vector: vector["about"])
def test_group_continuations(vector: dict[str, Any]) -> None:
    ours, theirs, our_group, their_group = both_groups(vector["count"], vector["log"])
    for raw in vector["more"]:
        ours(raw)
        theirs(raw)
    assert outcome(lambda: ours(vector["entry"])) == outcome(lambda: theirs(vector["entry"])) == vector["outcome"]
    assert our_group.hash == their_group.hashes[-1]


def test_epochs() -> None:
    vectors = load("epochs")
    key, authority = vectors["key"], vectors["authority_id"]
    assert EpochKey(key).key_id() == reference.derive(key, "id") == vectors["key_id"]
    for vector in vectors["messages"]:
        header, ciphertext, covered = vector["header"], vector["ciphertext"], vector["input"]
        entry = group_entries.MessageEntry(header, ciphertext, vector["sig"])
        content = group_seals.open_message(entry, EpochKey(key))
        assert msgspec.to_builtins(content, builtin_types=(bytes,)) == vector["content"]
        plaintext = reference.pack(vector["content"])
        assert reference.seal_group_message(key, header, plaintext) == ciphertext
        assert EpochKey(key).encrypt(header, plaintext) == ciphertext
        assert header + reference.hashlib.sha256(ciphertext).digest() == covered == group_entries.message_input(entry)
        assert reference.digest("group message", covered) == vector["hash"] == group_entries.message_hash(entry)
        reference.verify(vector["public"], "group message", authority, covered, vector["sig"])
        group_entries.verify_message(entry, VerifyKey(vector["public"]), authority)
        for bit in bits(ciphertext):
            changed = group_entries.MessageEntry(header, flip(ciphertext, bit), vector["sig"])
            assert outcome(lambda changed=changed: group_seals.open_message(changed, EpochKey(key))) == "cannot_open"
    note = vectors["note"]
    gid, epoch, by, text, nonce, sealed = note.values()
    about = gid + epoch.to_bytes(8, "big") + by
    assert reference.seal_aside(key, "note", about, nonce, text.encode()) == sealed
    assert reference.open_aside(key, "note", about, sealed).decode() == text
    assert group_seals.seal_note(EpochKey(key), gid, epoch, by, text, nonce) == sealed


@pytest.mark.parametrize("vector", load("epochs")["reasons"], ids=lambda vector: vector["about"])
def test_reasons(vector: dict[str, Any]) -> None:
    key, said = vector["key"], vector["said"]
    gid, epoch, by, n, _hash, sealed = said
    about = gid + epoch.to_bytes(8, "big") + by + n.to_bytes(8, "big")

    def ours() -> str:
        return group_seals.open_reason(EpochKey(key), group_entries.Retract(*said))

    def theirs() -> str:
        return reference.open_aside(key, "retract", about, sealed).decode()

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["text"]
        again = (gid, epoch, by, n, vector["text"], vector["nonce"])
        assert group_seals.seal_reason(EpochKey(key), *again) == sealed


SETTINGS = load("settings")


@pytest.mark.parametrize("vector", SETTINGS["plaintexts"], ids=lambda vector: vector["about"])
def test_settings(vector: dict[str, Any]) -> None:
    plaintext, kinds = vector["plaintext"], types(document.group_structures()["settings"])
    assert outcome(lambda: group_settings.decode_settings(plaintext)) == vector["outcome"]
    assert outcome(lambda: reference.read_settings(plaintext, kinds)) == vector["outcome"]
    if vector["outcome"] == "ok":
        found = group_settings.decode_settings(plaintext)
        fields = reference.read_settings(plaintext, kinds)
        assert msgspec.to_builtins(found, builtin_types=(bytes,)) == fields
        assert group_settings.encode_settings(found) == reference.pad(reference.pack(fields), 16) == plaintext


@pytest.mark.parametrize("vector", SETTINGS["taken"], ids=lambda vector: vector["about"])
def test_what_settings_are_taken(vector: dict[str, Any]) -> None:
    key, gid, epoch, origin = EpochKey(vector["key"]), vector["gid"], vector["epoch"], vector["origin"]
    right = group_entries.Commit(gid, epoch, b"", [], b"", b"", "all", False, b"", "all", vector["settings_hash"], b"")
    known = origin and group_settings.Origin(
        origin["ranked"], origin["settings_hash"], origin["key"] and EpochKey(origin["key"])
    )

    def ours(sealed: bytes = vector["sealed"]) -> group_settings.Settings:
        plaintext = group_settings.open_settings(sealed, key, right)
        return group_settings.check_settings(plaintext, right, known, vector["before"])

    kinds = types(document.group_structures()["settings"])
    assert outcome(ours) == outcome(lambda: reference.take_settings(vector, kinds)) == vector["outcome"]
    if vector["outcome"] == "ok":
        plaintext = vector["plaintext"]
        assert msgspec.to_builtins(ours(), builtin_types=(bytes,)) == reference.take_settings(vector, kinds)
        assert reference.seal_settings(vector["key"], gid, epoch, plaintext) == vector["sealed"]
        assert group_settings.seal_settings(plaintext, key, gid, epoch) == vector["sealed"]
        assert group_settings.are_carried(plaintext, key, right)
        for bit in bits(vector["sealed"]):
            assert outcome(lambda bit=bit: ours(flip(vector["sealed"], bit))) == "wrong_answer"


@pytest.mark.parametrize("vector", load("returned"), ids=lambda vector: vector["about"])
def test_what_comes_back(vector: dict[str, Any]) -> None:
    def ours() -> bytes:
        place = vector["sender"], vector["recipient"], vector["authority_id"]
        return envelope.open_returned(Signed(*vector["envelope"]), VerifyKey(vector["key"]), *place).raw

    def theirs() -> bytes:
        kinds = types(document.statements()["private"]), types(document.private_message())
        return reference.open_returned(vector, *kinds)

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["message"]


@pytest.mark.parametrize("vector", load("profiles"), ids=lambda vector: vector["about"])
def test_profiles(vector: dict[str, Any]) -> None:
    about, keys = About(vector["version"], vector["key"]), [VerifyKey(key) for key in vector["keys"]]

    def ours(sealed: bytes = vector["sealed"]) -> profiles.Opened:
        return profiles.open_profile(sealed, about, vector["uid"], keys, vector["authority_id"])

    def theirs() -> list[Any]:
        return reference.open_profile(vector, types(document.statements()["profile"]))

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        found = ours()
        assert msgspec.to_builtins(found.profile, builtin_types=(bytes,)) == theirs() == vector["fields"]
        assert reference.seal_profile(vector, [found.signed.body, found.signed.sig]) == vector["sealed"]
        for bit in bits(vector["sealed"]):
            assert outcome(lambda bit=bit: ours(flip(vector["sealed"], bit))) == "cannot_open"


SEEN = load("seen")


@pytest.mark.parametrize("vector", SEEN["seen"], ids=lambda vector: vector["about"])
def test_seen(vector: dict[str, Any]) -> None:
    item = group_ephemeral.SeenItem(*vector["item"])
    key, member_key = EpochKey(vector["key"]), VerifyKey(vector["member_key"])

    def ours(item: group_ephemeral.SeenItem = item) -> list[Any]:
        found = group_ephemeral.open_seen(item, key, vector["gid"], member_key, vector["authority_id"])
        return list(msgspec.to_builtins(found, builtin_types=(bytes,)))

    def theirs() -> list[Any]:
        return reference.open_seen(vector, types(document.statements()["group seen"]))

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["fields"]
        about = vector["gid"] + item.epoch.to_bytes(8, "big") + item.uid
        plaintext = reference.open_aside(vector["key"], "seen", about, item.sealed)
        assert reference.seal_aside(vector["key"], "seen", about, vector["nonce"], plaintext) == item.sealed
        for bit in bits(item.sealed):
            changed = group_ephemeral.SeenItem(item.uid, item.epoch, flip(item.sealed, bit))
            assert outcome(lambda changed=changed: ours(changed)) == "cannot_open"


@pytest.mark.parametrize("vector", SEEN["doing"], ids=lambda vector: f"{vector['what']}-{vector['on']}")
def test_doing(vector: dict[str, Any]) -> None:
    key, place = EpochKey(vector["key"]), (vector["gid"], vector["epoch"], vector["uid"])
    about = vector["gid"] + vector["epoch"].to_bytes(8, "big") + vector["uid"]
    what, on = vector["what"], vector["on"]
    sealed = reference.seal_aside(vector["key"], what, about, vector["nonce"], bytes([on]))
    assert sealed == vector["sealed"] == group_ephemeral.seal_doing(what, on, key, *place, vector["nonce"])
    assert group_ephemeral.open_doing(what, sealed, key, *place) is on
    elsewhere = (vector["gid"], 2, vector["uid"])
    assert outcome(lambda: group_ephemeral.open_doing(what, sealed, key, *elsewhere)) == "cannot_open"
    odd = key.seal_with_nonce(what.encode(), about, vector["nonce"], b"\2")
    assert outcome(lambda: group_ephemeral.open_doing(what, odd, key, *place)) == "bad_statement"


@pytest.mark.parametrize("vector", SEEN["about"], ids=lambda vector: vector["about"])
def test_profiles_told_aside(vector: dict[str, Any]) -> None:
    place = vector["gid"], vector["epoch"], vector["uid"]
    about = vector["gid"] + vector["epoch"].to_bytes(8, "big") + vector["uid"]

    def ours() -> list[Any]:
        found = group_ephemeral.open_about(vector["sealed"], EpochKey(vector["key"]), *place)
        return list(msgspec.to_builtins(found, builtin_types=(bytes,)))

    def theirs() -> list[Any]:
        plaintext = reference.open_aside(vector["key"], "about", about, vector["sealed"])
        return reference.fields(plaintext, ["u32", "bytes32"])

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["fields"]
        plaintext = reference.pack(vector["fields"])
        assert reference.seal_aside(vector["key"], "about", about, vector["nonce"], plaintext) == vector["sealed"]


GRANTS = load("grants")


@pytest.mark.parametrize("vector", GRANTS["grants"], ids=lambda vector: vector["about"])
def test_grants(vector: dict[str, Any]) -> None:
    def ours() -> bytes:
        prekey, by_key = OpenKey(vector["prekey_seed"]), VerifyKey(vector["by_key"])
        found = group_seals.open_grant(
            vector["sealed"],
            prekey,
            Signed(*vector["commit"]),
            by_key,
            vector["recipient"],
            vector["authority_id"],
            vector["sender"],
        )
        return found.save()

    def theirs() -> bytes:
        kinds = document.statements()["group commit"], document.statements()["group epoch"]
        return reference.open_grant(vector, *map(types, kinds))

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == load("epochs")["key"]


@pytest.mark.parametrize("vector", GRANTS["history"], ids=lambda vector: vector["about"])
def test_history(vector: dict[str, Any]) -> None:
    key, wrapped, key_id = vector["key"], vector["wrapped"], vector["key_id"]
    about = vector["gid"], vector["epoch"], vector["previous"]
    commits = [
        group_entries.Commit(
            vector["gid"], vector["epoch"] - back, about[2], [], b"", id, "all", False, wrapped, "all", b"", b""
        )
        for back, id in ((0, b""), (1, key_id))
    ]

    def ours() -> bytes:
        return group_seals.unwrap_history(EpochKey(key), *commits).save()

    def theirs() -> bytes:
        return reference.unwrap(key, wrapped, *about, key_id)

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == load("epochs")["key"]


FILES = load("files")


@pytest.mark.parametrize("vector", FILES["bodies"], ids=lambda vector: vector["about"])
def test_bodies_of_files(vector: dict[str, Any]) -> None:
    kinds = types(document.file_bodies()[vector["kind"]])
    assert outcome(lambda: files.decode_announced(vector["kind"], vector["body"])) == vector["outcome"]
    assert outcome(lambda: reference.read_file(vector["body"], kinds)) == vector["outcome"]
    if vector["outcome"] == "ok":
        found = files.decode_announced(vector["kind"], vector["body"])
        assert msgspec.to_builtins(found, builtin_types=(bytes,)) == reference.read_file(vector["body"], kinds)
        assert files.encode_file(found) == reference.pack(reference.read_file(vector["body"], kinds)) == vector["body"]


@pytest.mark.parametrize("vector", FILES["chunks"], ids=lambda vector: vector["about"])
def test_chunks_of_files(vector: dict[str, Any]) -> None:
    key, place = FileKey(vector["key"]), [vector[name] for name in ("authority_id", "id", "index", "size")]

    def ours(sealed: bytes = vector["sealed"]) -> bytes:
        return files.open_chunk(key, *place, sealed)

    assert outcome(ours) == outcome(lambda: reference.open_chunk(vector)) == vector["outcome"]
    if vector["outcome"] == "ok":
        start = vector["index"] * files.CHUNK
        plaintext = bytes(i % 251 for i in range(start, vector["size"]))
        assert ours() == reference.open_chunk(vector) == plaintext
        assert files.seal_chunk(key, *place, plaintext) == reference.seal_chunk(vector, plaintext) == vector["sealed"]
        for bit in bits(vector["sealed"]):
            assert outcome(lambda bit=bit: ours(flip(vector["sealed"], bit))) == "file_broken"
