"""The search itself finds what is there."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.search import files, leaks, leaks_of_memory

TEXT, KEY = "a secret, راز", bytes(range(7, 39))


@pytest.mark.parametrize("before", range(4))
def test_every_form_is_found(before: int) -> None:
    around = b"x" * before
    for written in (
        TEXT.encode(),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        base64.b64encode(around + TEXT.encode() + b"yz"),
        base64.urlsafe_b64encode(around + TEXT.encode() + b"y"),
        TEXT.encode().hex().encode(),
    ):
        assert leaks(around + written, {"text": TEXT, "key": KEY}) == ["text"]
    for written in (KEY, KEY.hex().upper().encode(), base64.b64encode(around + KEY)):
        assert leaks(written + around, {"text": TEXT, "key": KEY}) == ["key"]
    assert leaks(os.urandom(10_000), {"text": TEXT, "key": KEY}) == []


def test_files_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "sara.db").write_bytes(b"...")
    assert leaks(files(tmp_path), {"name": "sara.db", "text": TEXT}) == ["name"]


def test_memory() -> None:
    run = "import sys; held = [sys.argv[1], bytes.fromhex(sys.argv[2])]; print('ready', flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", run, TEXT, KEY.hex()]
    child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None and child.stdout.readline()
        secrets = {"text": TEXT, "key": KEY, "another": bytes(range(9, 41))[::-1]}
        assert leaks_of_memory(child.pid, secrets) == ["key", "text"]
    finally:
        child.kill()
        child.communicate()
