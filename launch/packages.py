"""Runs pip: pinned packages in by hash, its output turned into progress and, when it fails, into one sentence."""

import re
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from launch.failure import SetUpFailure

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = not (ROOT / "requirements.txt").exists()  # from a wheel: whoever did that has installed what it names
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)( ;)?", re.MULTILINE)
OFFLINE = re.compile(r"connection broken|NewConnectionError|NameResolutionError|from versions: none|timed out")


def pinned(file: str) -> list[tuple[str, str]]:
    """The (name, version) pairs that a requirements file asks for on every platform."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return [(match[1], match[2]) for match in PINNED.finditer(text) if not match[3]]


def install(python: Path, file: str, wheels: Path | None) -> None:
    """Install a requirements file into the environment of `python`, from the folder `wheels` if one is given."""
    _run_pip(python, ["install", "--require-hashes", "-r", str(ROOT / file)], file, wheels)


def download(python: Path, file: str, into: Path) -> None:
    """Put the packages of a requirements file into the folder `into` without installing them."""
    _run_pip(python, ["download", "--require-hashes", "-d", str(into), "-r", str(ROOT / file)], file, None)


def _run_pip(python: Path, arguments: Sequence[str], file: str, wheels: Path | None) -> None:
    source = [] if wheels is None else ["--no-index", "--find-links", str(wheels.resolve())]
    # Two retries: a machine without a network should hear of it in seconds.
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2"]
    command = [str(python), "-m", "pip", *arguments, *quiet, *source]
    total, seen, output = len(pinned(file)), 0, deque[str](maxlen=40)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace") as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            output.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                _show(f"  {file}: {min(seen, total)} of {total}")
    _show("")
    if pip.returncode:
        raise SetUpFailure(_sentence("".join(output), file, wheels))


def _show(progress: str) -> None:
    """One line that rewrites itself on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{progress}", end="", file=sys.stderr, flush=True)


def _sentence(output: str, file: str, wheels: Path | None) -> str:
    if "No module named pip" in output:
        return "This Python environment has no pip: run `python -m ensurepip` in it, then start again."
    if "DO NOT MATCH THE HASHES" in output:
        return f"A package differs from the hash in {file}, so it is not installed: get it from where you trust."
    if "No space left" in output:
        return "The disk is full: make room for about 300 MB, then start again."
    if wheels is not None:
        return f"{wheels} lacks a package of {file}: fill it with `run.py setup --download DIR` on a like machine."
    if OFFLINE.search(output):
        return (
            "The packages can't be reached: connect to the internet for this once, "
            "or use `run.py setup --wheels DIR` with a folder that `run.py setup --download DIR` filled elsewhere."
        )
    lines = output.splitlines() or ["no output"]
    reasons = [line for line in lines if line.startswith("ERROR")] or lines
    return f"pip could not install {file} ({reasons[-1].removeprefix('ERROR: ')}): mend that, then start again."
