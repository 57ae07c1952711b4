"""`python -m tests.mutation`: how many small mistakes in protocol/ its tests notice, and those that they don't."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.mutation import trial
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "protocol"
SOCKETS = {"test_independent_client.py", "test_flows.py"}  # a whole network each, which a forked process can't have
SEED = 1404


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="of protocol/ (default: all)")
    parser.add_argument("--minutes", type=float, default=60, help="begin no mutant after so long")
    parser.add_argument("--only", choices=("functions", "modules"), help="what is carried out when called, or loaded")
    parser.add_argument(
        "--tests", type=Path, nargs="+", metavar="FILE", help="of tests/protocol/ (default: nearly all)"
    )
    parser.add_argument("--least", type=float, default=100, help="percent that must be noticed for exit code 0")
    parser.add_argument("--named", default="", help="only mutants with this in their name")
    options = parser.parse_args()
    files = [path.resolve() for path in options.files] or sorted((ROOT / "protocol").glob("*.py"))
    chosen = [one for path in files for one in mutants_of(path, path.name) if options.named in one.name]
    if options.only:
        chosen = [one for one in chosen if (one.place is None) == (options.only == "modules")]
    random.Random(SEED).shuffle(chosen)
    tests = options.tests or sorted(path for path in TESTS.glob("test_*.py") if path.name not in SOCKETS)
    return report(try_all(chosen, files, tests, time.monotonic() + 60 * options.minutes), options.least)


def try_all(chosen: list[Mutant], files: list[Path], tests: list[Path], deadline: float) -> dict[Mutant, int]:
    """The outcome of each mutant that there was time for: first those of functions, which are quick."""
    outcomes: dict[Mutant, int] = {}
    for mutant, outcome in quickly([one for one in chosen if one.place], files, tests, deadline):
        outcomes[mutant] = outcome
    for mutant in chosen:
        if time.monotonic() < deadline and outcomes.get(mutant, trial.SURVIVED) in (trial.SURVIVED, trial.NEVER_RUN):
            near = [path for path in tests if mutant.path.stem in path.read_text(encoding="utf-8")]
            far = [path for path in tests if path not in near]
            outcomes[mutant] = next(
                (
                    outcome
                    for part in (near, far)
                    if part and (outcome := trial.try_anew(mutant, ROOT, part, 300)) != trial.SURVIVED
                ),
                trial.SURVIVED,
            )
            show(mutant, outcomes[mutant])
    return outcomes


def quickly(
    chosen: list[Mutant], files: list[Path], tests: list[Path], deadline: float
) -> Iterator[tuple[Mutant, int]]:
    """Outcomes from a process that has loaded everything, which this one must not."""
    reading, writing = os.pipe()

    def work(try_one: trial.Try) -> None:
        for number, mutant in enumerate(chosen):
            if time.monotonic() < deadline:
                os.write(writing, f"{number} {try_one(mutant)}\n".encode())

    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(trial.watch(tests, files, work))
    os.close(writing)
    with os.fdopen(reading) as lines:
        for line in lines:
            number, outcome = map(int, line.split())
            if outcome not in (trial.SURVIVED, trial.NEVER_RUN):
                show(chosen[number], outcome)
            yield chosen[number], outcome
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise SystemExit("the tests of protocol/ don't pass without any mutant")


def show(mutant: Mutant, outcome: int) -> None:
    if outcome == trial.SURVIVED:
        reason = EQUIVALENT.get(mutant.name)
        print("equivalent" if reason else "SURVIVED", mutant.name, f"({reason})" if reason else "", flush=True)


def report(outcomes: dict[Mutant, int], least: float) -> int:
    """Print the score, of those that change anything; 0 if it is at least so many percent."""
    left = [one.name for one, outcome in outcomes.items() if outcome == trial.SURVIVED]
    counts = Counter(WORDS.get(outcome, "killed") for outcome in outcomes.values())
    equal = [name for name in left if name in EQUIVALENT]
    killed, counted = len(outcomes) - len(left), len(outcomes) - len(equal)
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    score = 100 * killed / max(1, counted)
    print(f"{killed} of {counted} noticed ({score:.1f} %), {len(equal)} change nothing")
    return 0 if score >= least else 1


WORDS = {trial.SURVIVED: "survived", trial.ENDLESS: "endless"}

if __name__ == "__main__":
    sys.exit(main())
