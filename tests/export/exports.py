"""Exports of people in memory, and what verify.py says of them: in this process, and in a Python that has nothing."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocol.primitives import SigningKey
from protocol.statements import Export, issue
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.export import archive, verify
from web_client.export.archive import PAGE, PROOF, VERIFY, Wanted
from web_client.export.words import Language


def zip_of(person: Person, *chats: ChatId, language: Language = "en") -> bytes:
    """The whole export; without chats, of all of them."""
    source = archive.source_of(person.node.ctx)
    return b"".join(archive.export(source, Wanted(chats or tuple(archive.everything(source)), language)))


def export_of(person: Person, *chats: ChatId, language: Language = "en") -> dict[str, bytes]:
    """What is in the zip, by name; without chats, all of them."""
    with zipfile.ZipFile(io.BytesIO(zip_of(person, *chats, language=language))) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def lines_of(proof: bytes) -> list[dict[str, Any]]:
    """The objects of a proof.json, which any reader of JSON takes for the same."""
    found = json.loads(proof)
    assert proof == b"[\n" + b",\n".join(line.rstrip(b",") for line in proof.splitlines()[1:-1]) + b"\n]\n"
    return list(found)


def sealed_again(lines: list[dict[str, Any]], key: SigningKey, authority_id: bytes, uid: bytes) -> bytes:
    """A proof.json of these lines, signed as a whole by who has exported it: what a lying exporter can make."""
    body = b"[\n" + b"".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b",\n" for line in lines
    )
    made = Export(uid, 1_790_000_000_000, len(lines), hashlib.sha256(body).digest(), bytes(32))
    signed = issue(made, key, authority_id)
    return body + b'{"is":"end","body":"%b","sig":"%b"}\n]\n' % (
        signed.body.hex().encode(),
        signed.sig.hex().encode(),
    )


def fast(key: bytes, message: bytes, sig: bytes) -> bool:
    """Ed25519 by OpenSSL, where a test looks at a proof a thousand times; small orders as verify.py has them."""
    if (int.from_bytes(key, "little") & (2**255 - 1)) % verify.P in verify.SMALL:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(sig, message)
    except (InvalidSignature, ValueError):
        return False
    return True


Checked = tuple[int, str]


def checked(
    proof: bytes,
    authority_id: bytes | None = None,
    show: bool = False,
    holds: Callable[..., bool] = fast,
    page: bytes = b"",
) -> Checked:
    """(exit code, what verify.py prints), within this process."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        path = Path(folder) / PROOF
        path.write_bytes(proof)
        if page:
            path.with_name(PAGE).write_bytes(page)
        code = verify.check(str(path), authority_id, show, holds)
    return code, said.getvalue()


def run_alone(folder: Path, *arguments: str) -> Checked:
    """The same by a Python that has nothing installed and looks at nothing around it."""
    command = [sys.executable, "-I", "-S", str(folder / VERIFY.name), str(folder / PROOF), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=100, cwd="/", check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """An export, unpacked."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
