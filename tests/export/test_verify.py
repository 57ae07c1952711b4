"""verify.py by itself: a third reading of docs/protocol.md, held against the vectors; and whatever is shown to it,
it names what is wrong and never stumbles.
"""

from __future__ import annotations

import ast
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from protocol.primitives import EpochKey, SigningKey
from tests.export.conftest import Talk
from tests.export.exports import checked, export_of, fast, lines_of, put, run_alone, sealed_again
from tests.groups.group_world import GroupWorld
from tests.protocol.effort import examples, flip
from tests.protocol.fixed_people import seed
from tests.protocol.hostile import BOMBS, NOISE, encodings_of
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.export import verify
from web_client.export.archive import VERIFY
from web_client.export.verify import Log, Server, Wrong

VECTORS = Path(__file__).parents[1] / "protocol" / "vectors"


def vectors(name: str) -> Any:
    def decode(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: decode(one) for key, one in value.items()}
        if isinstance(value, list):
            return [decode(one) for one in value]
        return bytes.fromhex(value[2:]) if isinstance(value, str) and value.startswith("0x") else value

    return decode(json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8")))


# --- one file, for an old Python that has nothing ---


def test_it_is_one_file_of_the_standard_library_and_of_python_3_8() -> None:
    tree = ast.parse(VERIFY.read_text(encoding="utf-8"), feature_version=(3, 8))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
        # what came after 3.8: `zip(strict=)`, `removeprefix`, dict unions, `int.to_bytes` without its arguments
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in ("zip", "removeprefix", "removesuffix", "bit_count", "cache"), node.lineno
            assert name not in ("to_bytes", "from_bytes") or len(node.args) == 2, node.lineno
        elif isinstance(node, ast.Match):
            raise AssertionError(node.lineno)
    assert {name.partition(".")[0] for name in found} <= set(sys.stdlib_module_names)


# --- the cryptography of it ---


def test_signatures_hold_where_the_vectors_say_so() -> None:
    for case in vectors("signatures"):
        server = Server(case["authority_id"])
        is_right = server.signed_by(case["public"], case["context"], case["body"], case["sig"])
        assert is_right == (case.get("outcome", "ok") == "ok"), case
        assert not server.signed_by(case["public"], case["context"], case["body"] + b"\0", case["sig"])
        assert not server.signed_by(case["public"], "another", case["body"], case["sig"])


@examples(60)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 64 * 8 - 1), st.booleans())
def test_a_signature_and_every_bit_of_it(secret: bytes, message: bytes, bit: int, twice: bool) -> None:
    key = SigningKey(secret)
    raw, sig = key.public.raw, key._key.sign(message)
    for _time in range(4 if twice else 1):  # by the table of a key that comes often, too
        assert verify.holds(raw, message, sig)
        assert not verify.holds(raw, message, flip(sig, bit))
    assert not verify.holds(raw, message + b"x", sig)
    assert not verify.holds(raw, message, sig[:63]) and not verify.holds(raw[:31], message, sig)
    high = (int.from_bytes(sig[32:], "little") + verify.L).to_bytes(32, "little")
    assert not verify.holds(raw, message, sig[:32] + high)


@examples(200)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_whatever_key_and_signature_it_says_what_openssl_says(key: bytes, sig: bytes) -> None:
    assert verify.holds(key, b"message", sig) == fast(key, b"message", sig)


def test_a_key_that_binds_nobody_has_no_signatures() -> None:
    for y in (0, 1, verify.P - 1, verify.EIGHTH, verify.P - verify.EIGHTH):
        for sign in (0, 1 << 255):
            key = (y | sign).to_bytes(32, "little")
            for message in range(20):
                # with s = 0 and r one of the small points, one of a few messages holds for anybody
                for r in (0, 1, verify.P - 1, verify.EIGHTH):
                    assert not verify.holds(key, bytes([message]), r.to_bytes(32, "little") + bytes(32))


@examples(60)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.binary(max_size=300), st.data())
def test_what_is_sealed_opens_and_nothing_else(key: bytes, about: bytes, words: bytes, data: st.DataObject) -> None:
    sealed = ChaCha20Poly1305(key).encrypt(bytes(12), words, about)
    assert verify.open_sealed(key, about, sealed) == words
    changed = flip(sealed, data.draw(st.integers(0, len(sealed) * 8 - 1)))
    for wrong in (
        (key, about, changed),
        (key, about + b"x", sealed),
        (key, about, sealed[:15]),
        (bytes(32), about, sealed),
    ):
        if wrong != (key, about, sealed):
            with pytest.raises(Wrong):
                verify.open_sealed(*wrong)


def test_message_keys_are_those_of_the_vectors() -> None:
    for case in vectors("epochs")["messages"]:
        key = EpochKey(vectors("epochs")["key"]).message_key(case["header"])
        opened = verify.open_sealed(key, case["header"], case["ciphertext"])
        assert verify.fields(opened, "kind u63 bytes about?") == case["content"]


# --- forms ---


@given(st.integers(0, 2**63 - 1))
def test_every_encoding_of_a_number(number: int) -> None:
    assert all(verify.unpack(raw) == number for raw in encodings_of(number))


@pytest.mark.parametrize("raw", BOMBS)
def test_bombs_are_refused(raw: bytes) -> None:
    with pytest.raises(Wrong):
        verify.fields(raw, "bytes u63")


@examples(300)
@given(NOISE)
def test_noise_is_refused_or_read(raw: bytes) -> None:
    try:
        verify.unpack(raw)
    except Wrong as reason:
        assert str(reason) == "bad_statement"


def test_the_log_of_the_vectors_and_each_entry_that_is_none() -> None:
    found = vectors("log")

    def log_of(size: int) -> Log:
        made = Log(Server(found["authority_id"], fast))
        for raw in found["entries"][:size]:
            made.append(raw)
        return made

    whole = log_of(len(found["entries"]))
    assert whole.hash == found["hashes"][-1]
    for user in found["users"]:
        mine = whole.users[user["uid"]]
        assert (mine.name, mine.key, verify.RANKS[mine.rank]) == (user["name"], user["key"], user["role"])
        assert [key for key in user["counting"] if not mine.counts(key)] == []
        assert [key for key in user["gone"] if mine.counts(key)] == []
    for case in found["continuations"]:
        log = log_of(case["size"])
        if case["why"] == "ok":
            log.append(case["entry"])
            continue
        with pytest.raises(Wrong) as reason:
            log.append(case["entry"])
        assert str(reason.value) == case["why"], case["about"]
        assert log.hash == found["hashes"][case["size"]]


# --- bits, lines and liars ---

Exported = list[tuple[Person, bytes]]


@pytest.fixture(scope="module")
def exported(talk: Talk, past: GroupWorld) -> Exported:
    """(who, proof.json) of a private conversation, and of a group."""
    arash = past.people[0]
    wanted = ((talk.arash, talk.mine), (arash, ChatId.group(past.gid)))
    return [(who, export_of(who, chat)["proof.json"]) for who, chat in wanted]


def found_out(proof: bytes, authority_id: bytes) -> str:
    """What verify.py says of a file that was changed; it must say that it is wrong."""
    code, said = checked(proof, authority_id)
    assert code == 1, said
    assert "DOESN'T HOLD" in said and "RESULT: not all of this holds." in said
    return said


def test_a_thousand_flipped_bits_are_found(exported: Exported, long: bool) -> None:
    """1,000 of a private conversation and a group together; with --long twenty times as many."""
    chance = random.Random(11)
    for who, proof in exported:
        id = who.node.ctx.authority_id
        assert checked(proof, id)[0] == 0
        for bit in chance.sample(range(len(proof) * 8), 10_000 if long else 500):
            found_out(flip(proof, bit), id)


def test_bits_are_found_by_the_file_itself(talk: Talk, tmp_path: Path, long: bool) -> None:
    """The same by a Python that has nothing, with the file's own Ed25519."""
    files, id = export_of(talk.arash), talk.authority_id.hex()
    chance = random.Random(12)
    for bit in chance.sample(range(len(files["proof.json"]) * 8), 200 if long else 6):
        folder = put(tmp_path, files | {"proof.json": flip(files["proof.json"], bit)})
        assert run_alone(folder, "--authority", id)[0] == 1


def bits_of(lines: list[dict[str, Any]]) -> list[tuple[int, str, int]]:
    """Every bit of all bytes that a proof holds: (line, field, bit)."""
    found = []
    for at, line in enumerate(lines):
        for name, value in line.items():
            for path, text in (
                ((name, value),)
                if not isinstance(value, dict)
                else ((f"{name}.{part}", value[part]) for part in ("body", "sig"))
            ):
                if isinstance(text, str) and name not in ("is", "what", "name"):
                    found += [(at, path, bit) for bit in range(len(text) * 4)]
    return found


def with_bit(lines: list[dict[str, Any]], at: int, path: str, bit: int) -> list[dict[str, Any]]:
    changed: list[dict[str, Any]] = json.loads(json.dumps(lines))
    name, _, part = path.partition(".")
    holder, key = (changed[at][name], part) if part else (changed[at], name)
    holder[key] = flip(bytes.fromhex(holder[key]), bit).hex()
    return changed


@pytest.mark.timeout(3600)  # with --long, 40,000 files are signed and checked
def test_whoever_exports_lies_about_nobody_else(exported: Exported, long: bool) -> None:
    """A bit is changed and the file signed anew by its exporter: of their own words they may say what they want, as far
    as nobody else has signed anything; of others' words they may not.
    """
    chance = random.Random(13)
    for who, proof in exported:
        ctx, lines = who.node.ctx, lines_of(proof)[:-1]
        assert checked(sealed_again(lines, ctx.me.key, ctx.authority_id, who.uid), ctx.authority_id)[0] == 0
        bits = bits_of(lines)
        for at, path, bit in chance.sample(bits, 20_000 if long else 250):
            line = lines[at]
            if line["is"] == "own" and line["receipt"] is None and path == "message":
                continue  # only the exporter has said so, and verify.py says that
            if line["is"] == "gone" and path in ("by", "key", "sequence", "previous"):
                continue  # of what is gone, its hash is what somebody has signed
            made = sealed_again(with_bit(lines, at, path, bit), ctx.me.key, ctx.authority_id, who.uid)
            code, said = checked(made, ctx.authority_id)
            unsigned = line["is"] == "gone" and "as only who exported this says" in said
            assert code == 1 or unsigned, (line["is"], path, bit)


def test_lines_that_are_left_out_doubled_or_moved(exported: Exported) -> None:
    who, proof = exported[1]
    ctx, lines = who.node.ctx, lines_of(proof)[:-1]
    for at, line in enumerate(lines):
        doubled = lines[: at + 1] + lines[at:]
        swapped = [*lines[:at], *lines[at : at + 2][::-1], *lines[at + 2 :]]
        missing = lines[:at] + lines[at + 1 :]
        for changed in (doubled, missing, swapped):
            if changed == lines or line["is"] == "chain":
                continue  # a head twice is no lie, and without one it is said how far nobody has signed
            made = sealed_again(changed, ctx.me.key, ctx.authority_id, ctx.me.uid)
            code, said = checked(made, ctx.authority_id)
            is_end = changed is missing and line["is"] == "entry" and lines[at + 1]["is"] == "chain"
            assert code == 1 or is_end, (at, line["is"], said)
            if is_end:
                assert verify.LATE in said  # the server's head goes beyond what is here: it says nothing of that


def test_somebody_elses_export_is_not_signed_by_another(talk: Talk) -> None:
    ctx = talk.arash.node.ctx
    lines = lines_of(export_of(talk.arash)["proof.json"])[:-1]
    stranger = SigningKey(seed("stranger"))
    assert "bad_signature" in found_out(
        sealed_again(lines, stranger, ctx.authority_id, talk.arash.uid), ctx.authority_id
    )
    found_out(sealed_again(lines, ctx.me.key, ctx.authority_id, talk.sara.uid), ctx.authority_id)
    other = bytes(32)
    found_out(sealed_again(lines, ctx.me.key, other, talk.arash.uid), ctx.authority_id)


HOSTILE = [
    b"", b"[", b"[\n", b"[\n]\n", b"{}\n", b"\xff\xfe", b"[\n" + b"[" * 100_000, b"[\n" + b"[" * 100_000 + b",\n",
    b"[\n" + b"9" * 100_000 + b",\n", b"[\n{},\n]\n", b"[\nnull,\n", b'[\n{"is":[]},\n', b'[\n{"is":{"a":1}},\n',
    b'[\n{"is":"export"},\n', b'[\n{"is":"log","entry":"00"},\n', b'[\n{"is":"end","body":"00","sig":"00"}\n]\n',
    b'[\n{"is":"export","what":"hamraz/v2/export","authority_key":"' + b"00" * 32 + b'","uid":"' + b"00" * 32 + b'"},\n'
    b'{"is":"log","entry":"' + b"91" * 90_000 + b'"},\n',
    b'[\n{"is":"export","what":"\\ud800","authority_key":"' + b"00" * 32 + b'","uid":"' + b"00" * 32 + b'"},\n',
    b'[\n{"is":"gone","sequence":1e400},\n', b'[\n{"is":NaN},\n', b"[\n" + b"a" * (5 << 20), b"[\n" + b"\0" * 4096,
]  # fmt: skip


@pytest.mark.parametrize("proof", HOSTILE, ids=lambda proof: repr(proof[:24]))
def test_what_is_no_proof_is_said_to_be_none(proof: bytes, tmp_path: Path) -> None:
    assert found_out(proof, bytes(32))
    code, said = run_alone(put(tmp_path, {"proof.json": proof, "verify.py": VERIFY.read_bytes()}))
    assert code == 1 and "DOESN'T HOLD" in said


@examples(150)
@given(data=st.data())
def test_odd_fields_and_lines_are_named(exported: Exported, data: st.DataObject) -> None:
    """Signed by its exporter, so that nothing stops at the end's signature."""
    who, proof = exported[data.draw(st.integers(0, 1))]
    ctx, lines = who.node.ctx, lines_of(proof)[:-1]
    at = data.draw(st.integers(0, len(lines) - 1))
    name = data.draw(st.sampled_from(sorted(lines[at])))
    odd = st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=8), st.lists(st.integers()),
        st.sampled_from([line[key] for line in lines for key in line]), NOISE.map(bytes.hex),
    )  # fmt: skip
    changed = [*lines[:at], lines[at] | {name: data.draw(odd)}, *lines[at + 1 :]]
    try:
        made = sealed_again(changed, ctx.me.key, ctx.authority_id, who.uid)
    except UnicodeEncodeError:
        return
    code, said = checked(made, ctx.authority_id, True)
    assert code in (0, 1)
    assert ("RESULT: all" in said) == (code == 0)


def test_a_terminal_is_shown_nothing_but_words(talk: Talk) -> None:
    assert verify.plain("a\x1b[31mb\x07\u202ec\u2028d\x85‌") == "a\\u001b[31mb\\u0007\\u202ec\\u2028d\\u0085‌"
    assert verify.words("text", b"one\ntwo\r\x1b]0;x") == "one / two\\u000d\\u001b]0;x"
    assert (
        verify.words("text", b"\xff")
        == verify.words("text\n", b"").replace("\\u000a", "")
        == "(something of the kind text)"
    )
    for kind in ("reply", "edit", "delete", "reaction", "file", "invitation", "odd"):
        for body in (b"", b"\x93\x01\x02\x03", b"\xff" * 40, b"\x92\xc4\x00\xa0"):
            assert verify.words(kind, body)
    assert verify.moment(2**63 - 1).strip() == "no date"
