"""docs/flows.md, read with the second implementation: what stands there is what protocol.md says."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from tests.protocol import document, reference
from tests.protocol.make_flows import PAGE
from tests.protocol.reference import digest, fields, label, unpack, verify

STATEMENTS = {context: [kind for _, kind in pairs] for context, pairs in document.statements().items()}


def types(pairs: list[tuple[str, str]]) -> list[str]:
    return [kind for _, kind in pairs]


@cache
def frames() -> list[tuple[str, bytes]]:
    """(tag, body), in their order."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^\*\*[^*]*: `(\w+)`\*\*.*?^```\n([0-9a-f\n]*)^```", text, re.MULTILINE | re.DOTALL)
    return [(tag, bytes.fromhex(digits)) for tag, digits in found]


@cache
def given() -> dict[str, bytes]:
    found = re.findall(r"^```([\w-]+)\n([0-9a-f\n]*)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: bytes.fromhex(digits) for name, digits in found}


def frame(tag: str, which: int = 0) -> list[Any]:
    """The fields of a message, without its tag."""
    body = [body for name, body in frames() if name == tag][which]
    known = {name: types(pairs) for name, pairs in document.messages().items()}
    return reference.read_message(body, [tag], known)[1:]


def authority_id() -> bytes:
    return hashlib.sha256(given()["authority_key"]).digest()


def hear(context: str, signed: list[bytes], who: str) -> dict[str, Any]:
    """A signed statement of somebody's, by the names of its fields."""
    verify(given()[f"{who}_key"], context, authority_id(), signed[0], signed[1])
    names = [name for name, _ in document.statements()[context]]
    return dict(zip(names, fields(signed[0], STATEMENTS[context]), strict=True))


def uid(who: str) -> bytes:
    return digest("uid", authority_id(), given()[f"{who}_key"])


@pytest.mark.parametrize("at", range(len(frames())), ids=lambda at: f"{at}-{frames()[at][0]}")
def test_every_frame_has_the_form_of_its_table(at: int) -> None:
    tag, body = frames()[at]
    assert reference.read_message(body, [tag], {name: types(pairs) for name, pairs in document.messages().items()})


def test_the_private_message() -> None:
    found = hear("found", frame("found")[1], "authority")
    assert (found["uid"], found["identity_key"], found["name"]) == (uid("reza"), given()["reza_key"], "reza")
    record = hear("presence", found["presence"], "reza")
    proof = hear("proof", frame("knock")[2], "sara")
    assert (proof["purpose"], proof["called"], proof["uid"]) == ("peer", uid("reza"), uid("sara"))
    assert (proof["nonce"], proof["fingerprint"]) == (frame("peer_welcome")[0], record["fingerprint"])
    (signed_prekey,) = frame("prekeys")[1]
    prekey = hear("prekey", signed_prekey, "reza")
    assert prekey["sequence"] == 0 and prekey["key"] == reference.prekey_public(given()["prekey_secret"])
    _rid, prekey_id, sealed = frame("deliver")
    info = label("seal", "private") + authority_id() + uid("sara") + uid("reza")
    plaintext = reference.hpke_open(given()["prekey_secret"], info, sealed)
    assert plaintext == given()["envelope"]
    envelope = hear("private", fields(plaintext, ["bytes", "bytes64"]), "sara")
    assert (envelope["prekey_id"], envelope["prekey_hash"]) == (prekey_id, digest("prekey", prekey["key"]))
    assert envelope["message"] == given()["message"]
    message = dict(
        zip(
            [name for name, _ in document.private_message()],
            fields(given()["message"], types(document.private_message())),
            strict=True,
        )
    )
    assert (message["sender"], message["recipient"], message["kind"]) == (uid("sara"), uid("reza"), "text")
    assert message["body"].decode() == "سلام رضا"
    receipt = hear("receipt", frame("delivered")[1], "reza")
    assert (receipt["message_id"], receipt["message_hash"]) == (message["id"], digest("message", given()["message"]))
    assert receipt["what"] == "delivered"


def test_joining_and_writing() -> None:
    certificate_signed, commit_signed, chain_signed = frame("group_is")[1:4]
    certificate = hear("group certificate", certificate_signed, "authority")
    commit = hear("group commit", commit_signed, "sara")
    assert certificate["commit_hash"] == digest("commit", commit_signed[0])
    assert hear("group chain", chain_signed, "authority")["n"] == 1
    welcome = hear("welcome", frame("welcomed")[0], "authority")
    gid, caller, proof_signed = frame("enter")[1:4]
    proof = hear("proof", proof_signed, "omid")
    assert (proof["purpose"], proof["called"], caller) == ("group", gid, uid("omid"))
    assert (proof["nonce"], proof["fingerprint"]) == (welcome["server_nonce"], welcome["fingerprint"])
    tag, joined = unpack(frame("post")[2])
    assert tag == "join" and hear("group join", joined, "omid")["uid"] == uid("omid")
    # the chain, as far as it is shown
    entries = [*frame("reloaded")[2], frame("post", 1)[2]]
    hash = bytes(32)
    for n, entry in enumerate(entries, 1):
        hash = digest("chain", hash, n.to_bytes(8, "big"), hashlib.sha256(entry).digest())
    newest = hear("group chain", frame("posted", 1)[2], "authority")
    assert (newest["n"], newest["hash"]) == (len(entries), hash)
    # the key
    info = label("seal", "epoch") + authority_id() + uid("sara") + uid("omid")
    granted = fields(reference.hpke_open(given()["last-resort_secret"], info, frame("grant")[1]), ["bytes", "bytes64"])
    grant = hear("group epoch", granted, "sara")
    assert (grant["key"], grant["commit_hash"]) == (given()["epoch_key"], certificate["commit_hash"])
    assert commit["key_id"] == reference.derive(grant["key"], "id")
    # the words
    tag, header_bytes, ciphertext, sig = unpack(frame("post", 1)[2])
    assert tag == "message"
    verify(
        given()["omid_key"], "group message", authority_id(), header_bytes + hashlib.sha256(ciphertext).digest(), sig
    )
    key = reference.message_key(grant["key"], header_bytes)
    plaintext = ChaCha20Poly1305(key).decrypt(bytes(12), ciphertext, header_bytes)
    content = fields(plaintext, types(document.group_structures()["content"]))
    assert content[0] == "text" and content[2].decode() == "من هم آمدم"
