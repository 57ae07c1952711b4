"""The wheel: all that runs and nothing else, under one name, the same each time; elsewhere it serves its page."""

import base64
import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from launch import page_files, wheel
from launch.packages import ROOT, pinned
from protocol import __version__

ASKS_FOR_THE_PAGE = """
import sys, hamraz
sys.argv = ["hamraz", "--version"]
assert hamraz.main() == 0
sys.argv = ["hamraz"]
try:
    hamraz.main()
except SystemExit as ended:
    assert ended.code == 0
from web_client.page.app import make_app
page = make_app(1, "threading", True)[0].test_client()
print(page.get("/", base_url="http://127.0.0.1:1").text)
print(page.get("/static/bundle/main.js", base_url="http://127.0.0.1:1").status)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page_files.make()
    return wheel.make(tmp_path_factory.mktemp("dist"))


def test_it_has_all_that_runs_under_one_name(made: Path) -> None:
    archive = zipfile.ZipFile(made)
    names = set(archive.namelist())
    about = f"hamraz-{__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"hamraz", about}
    for folder in wheel.CODE:
        code = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py")} - {"launch/entry.py"}
        assert code and {f"hamraz/app/{path}" for path in code} <= names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or "/static/js/" in name]
    told = list(csv.reader(io.StringIO(archive.read(f"{about}/RECORD").decode())))
    assert {name for name, *_ in told} == names
    for name, digest, _ in told[:-1]:
        found = hashlib.sha256(archive.read(name)).digest()
        assert digest == "sha256=" + base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def test_it_needs_what_the_lists_pin(made: Path) -> None:
    known = dict(pinned("requirements.txt"))
    about = zipfile.ZipFile(made).read(f"hamraz-{__version__}.dist-info/METADATA").decode()
    needed = dict(re.findall(r"^Requires-Dist: ([^=\n]+)==(\S+)$", about, re.MULTILINE))
    assert {*known.items()} - {*needed.items()} == {(name, known[name]) for name in wheel.MAKERS}
    # beside it is a list by which pip takes nothing but what has these hashes
    text = (made.parent / "requirements.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^(\S+?)==\S+(?: ;.*)? \\\n    --hash=sha256:([0-9a-f]{64})", text, re.MULTILINE)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    assert dict(listed)["hamraz"] == digest and needed.keys() <= dict(listed).keys()
    assert len(listed) == text.count("==") == len(re.findall("^Requires-Dist", about, re.MULTILINE)) + 1


def test_it_is_the_same_each_time(made: Path, tmp_path: Path) -> None:
    assert wheel.make(tmp_path).read_bytes() == made.read_bytes()


def test_laid_out_elsewhere_it_serves_its_page(made: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(made).extractall(tmp_path)
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-c", ASKS_FOR_THE_PAGE]
    done = subprocess.run(line, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    version, rest = done.stdout.split("\n", 1)
    assert version == f"Hamraz {__version__}" and rest.endswith("200 OK\n")
    assert '/bundle/main.js"' in rest and '/js/main.js"' not in rest
    # and it offers what works there
    assert rest.startswith("usage: hamraz ")
    offered = re.findall(r"^  (\w+) {2,}", rest.split("commands:\n")[1].split("\n\n")[0], re.MULTILINE)
    assert offered == ["demo", "authority", "agent"]
