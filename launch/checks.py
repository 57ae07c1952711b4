"""`run.py test`: every check and test, all of them even when one fails, pytest last."""

import argparse
import signal
import subprocess
import sys

from launch import environment, testbed
from launch.failure import Failure, SetUpFailure
from launch.packages import ROOT

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
}
# Files beside each other, as much of a test is waiting: three runners keep two cores busy. Whoever says what to run
# gets one runner, whose output is in order.
BESIDE = ["-n", "3", "--dist", "loadfile"]
# Real processes, sockets and browsers beside each other can miss a deadline that they keep alone. What failed is run
# once more by itself: what fails again is broken, and the rest is named, so that nobody takes it for steady.
ALONE = ["--last-failed", "--last-failed-no-failures", "none"]


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
    for name, arguments in {**CHECKS, "pytest": pytest}.items():
        print(f"== {name}", flush=True)
        if not passes(arguments):
            failed.append(name)
    if "pytest" in failed and not options.pytest:
        print("== pytest: what failed beside others, once more and alone (it is unsteady if it passes now)", flush=True)
        if passes(["-m", "pytest", "-v", *chosen, *ALONE]):
            failed.remove("pytest")
    if failed:
        raise Failure(f"failed: {', '.join(failed)}.")
    return 0


def passes(arguments: list[str]) -> bool:
    """Run one check; a signal is handed on as one Ctrl-C and waited for: pytest then stops what its tests started."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True) as check:
        try:
            return check.wait() == 0
        except KeyboardInterrupt:
            check.send_signal(signal.SIGINT)
            check.wait()
            raise
