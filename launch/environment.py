"""Makes `.venv` and keeps it equal to the requirements files; starts run.py again under it."""

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from launch import node_packages, packages, page_files
from launch.failure import SetUpFailure
from launch.packages import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "hamraz-ready"
RUN, TEST, S3 = "requirements.txt", "requirements-test.txt", "requirements-s3.txt"


def enter(*files: str) -> None:
    """Return once this very Python has everything in `files`, and the page is made; else set up and start again."""
    if packages.INSTALLED:
        return
    python = ready_python(*files)
    if python is None or not node_packages.complete(TEST in files) or not page_files.complete():
        python = set_up(*files)
    if python != Path(sys.executable) and not (python == PYTHON and inside()):
        restart(python)


def add(file: str) -> None:
    """Return once this very Python, which has the rest, has everything in `file` too: for what few need."""
    if packages.INSTALLED or _importable((file,)):  # there, whoever asks for it says what is missing
        return
    if not inside():
        raise SetUpFailure(f"This Python lacks a package of {file}: run `pip install -r {file}` with it.")
    with _lock():
        _say(f"installing {file}")
        packages.install(Path(sys.executable), file, None)


def ready_python(*files: str) -> Path | None:
    """The Python that has everything in `files` already: this one, or `.venv`'s, or None."""
    if inside():
        # Where the system's Python was replaced by a newer one, `.venv` starts but finds nothing that was installed.
        return PYTHON if importlib.util.find_spec("pip") is not None and _stamped(files) else None
    somebodys_own = sys.prefix != sys.base_prefix
    if somebodys_own and _importable(files):
        return Path(sys.executable)
    if PYTHON.exists() and _stamped(files):
        return PYTHON
    return Path(sys.executable) if not somebodys_own and _importable(files) else None


def set_up(*files: str, wheels: Path | None = None) -> Path:
    """Install `files` and make the page, from the folder `wheels` if given; returns the Python that has them."""
    with _lock():
        python = ready_python(*files)
        if python is None:
            python = PYTHON
            _make_venv()
            STAMP.unlink(missing_ok=True)
            for file in files:
                _say(f"installing {file}")
                packages.install(python, file, wheels)
            _stamp(files)
        if not node_packages.complete(TEST in files):
            _say("installing package-lock.json")
            node_packages.install(python, wheels, TEST in files)
        page_files.make()
    return python


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `run.py setup`."""
    folder = parser.add_mutually_exclusive_group()
    folder.add_argument("--wheels", metavar="DIR", type=Path, help="install from this folder only, without any network")
    folder.add_argument(
        "--download",
        metavar="DIR",
        type=Path,
        help="put everything into this folder, to be carried to machines with the same system and version of Python",
    )
    parser.add_argument("--test", action="store_true", help="also what `run.py test` needs")
    parser.add_argument("--s3", action="store_true", help="also what `run.py authority --files s3://…` needs")


def run(options: argparse.Namespace) -> int:
    """`run.py setup`: everything in place, or everything in a folder for another machine."""
    files = (RUN, *((TEST,) if options.test else ()), *((S3,) if options.s3 else ()))
    if options.wheels is not None and not options.wheels.is_dir():
        raise SetUpFailure(f"There is no folder {options.wheels}: `run.py setup --download DIR` makes one.")
    python = set_up(*files, wheels=options.wheels)
    if options.download is not None:
        for file in files:
            _say(f"downloading {file}")
            packages.download(python, file, options.download)
        _say("downloading package-lock.json")
        node_packages.download(python, options.download, options.test)
        print(f"Everything is in {options.download}: there, run `python3 run.py setup --wheels DIR`.")
    else:
        print(f"Everything is in place, for {python}.")
    return 0


def inside() -> bool:
    """Whether this process runs under `.venv`."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def restart(python: Path) -> NoReturn:
    """Start run.py again, with the same arguments, under another Python."""
    command = [str(python), *sys.argv]
    if os.name == "nt":
        # There, exec returns to the shell at once and leaves two programs at one keyboard.
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


def _make_venv() -> None:
    """Make `.venv` unless it stands; one that an interruption left half made is made anew."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        raise SetUpFailure(f"This Python can't make environments: install {package} (Debian: `apt install {package}`).")
    _say("making .venv")
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run([base, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        reason = (made.stdout + made.stderr).strip().splitlines()[-1:] or ["no reason given"]
        raise SetUpFailure(f"Making .venv failed ({reason[0]}): mend that and start again.")


def _say(step: str) -> None:
    print(f"Setting up: {step}", file=sys.stderr, flush=True)


def _line(file: str) -> str:
    """What the stamp says of an installed requirements file."""
    digest = hashlib.sha256((ROOT / file).read_bytes()).hexdigest()
    return f"{file} {digest}"


def _stamped(files: tuple[str, ...]) -> bool:
    try:
        stamp = STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return all(_line(file) in stamp for file in files)


def _stamp(files: tuple[str, ...]) -> None:
    """Written last, and whole, so that an interrupted set-up is never taken for a finished one."""
    part = STAMP.with_suffix(".part")
    part.write_text("".join(_line(file) + "\n" for file in files), encoding="utf-8")
    part.replace(STAMP)


def _importable(files: tuple[str, ...]) -> bool:
    """Whether this Python, whoever made it, has every pinned package in its pinned version."""
    import importlib.metadata  # here, because it costs 15 ms that the usual start doesn't need

    pins = [pin for file in files for pin in packages.pinned(file)]
    try:
        return all(importlib.metadata.version(name) == version for name, version in pins)
    except importlib.metadata.PackageNotFoundError:
        return False


@contextmanager
def _lock() -> Iterator[None]:
    """Hold `.venv.lock`: of several run.py started at once, one sets up and the others wait for it."""
    with (ROOT / ".venv.lock").open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # it gives up after ten seconds
                    continue
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
