"""`python -m benchmarks`: measure, print a table, and keep it as JSON if asked to."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks import (
    accounts,
    busy_town,
    demo_start,
    files,
    floors,
    group_cost,
    groups,
    idle,
    machine,
    messages,
    page,
    private_message,
    reload,
    several_nodes,
    source_lines,
    test_time,
)
from benchmarks.figures import Figure, table
from benchmarks.growth import run as growth
from benchmarks.peers import turns
from protocol.primitives import VerifyKey
from transport.file_limit import raise_file_limit

BENCHMARKS = {
    "private": (private_message.run, "a private message, call to receipt"),
    "files": (files.run, "a file straight and by the authority, messages meanwhile, memory"),
    "messages": (messages.run, "a hundred thousand messages: searched, opened, summed up"),
    "accounts": (accounts.run, "sign-ups and log-ins a second at the authority"),
    "idle": (idle.run, "memory for a connected agent at the authority"),
    "groups": (groups.run, "deliveries a second in groups of 10, 100 and 1,000"),
    "peers": (turns.run, "other chat servers and ours in turns, those of them that are installed; only when named"),
    "town": (busy_town.run, "five thousand at one authority: they come in, write, and come back after a restart"),
    "several-nodes": (several_nodes.run, "one, two and three nodes on one PostgreSQL: what writing and following cost"),
    "reload": (reload.run, "a thousand messages fetched, checked, opened and stored"),
    "group-cost": (group_cost.run, "changes of membership, and memory for groups"),
    "growth": (growth.run, "what is done for each member, account, group and message, over three orders of magnitude"),
    "demo": (demo_start.run, "the demo, from its start to its pages"),
    "page": (page.run, "the page: opening, scrolling, searching, from window to window"),
    "floors": (floors.run, "bare loops of the same calls; beside the figures of what else is measured"),
    "lines": (source_lines.run, "lines of code by package"),
    "set-up": (demo_start.run_set_up, "what the first start on a new machine installs; only when named: it downloads"),
}
ONLY_WHEN_NAMED = {"set-up", "peers"}
DESCRIPTORS = 12_000  # two for each connection of the largest crowd, and some


def main() -> int:
    listed = "\n".join(f"  {name:15}{what}" for name, (_, what) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"Measure Hamraz on this machine.\n\nbenchmarks:\n{listed}",
        epilog="After `run.py setup`, with the Python of .venv. Linux only: /proc is read.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="*", help="which ones (default: all but those)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="repetitions of each (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="small numbers, only to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every single run into FILE")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw what `growth` has measured, into this folder")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="a report of pytest's, to count the tests from")
    options = parser.parse_args()
    unknown = [name for name in options.name if name not in BENCHMARKS]
    if unknown or options.runs < 1:
        parser.error(f"there is no benchmark {unknown[0]!r}" if unknown else "--runs takes a number from 1")
    raise_file_limit(DESCRIPTORS)
    look_each_time()
    described = machine.describe()
    figures = measure(options.name or [name for name in BENCHMARKS if name not in ONLY_WHEN_NAMED], options)
    described["load_after"] = machine.load()
    print(table(figures))
    if options.json is not None:
        save(options.json, described, figures)
    if options.plots is not None:
        growth.draw(figures, options.plots)
    return 0


def look_each_time() -> None:
    """Whoever looks at a signature pays for it: `tests/world.py` works each out once for all in its process."""
    VerifyKey.holds = getattr(VerifyKey.holds, "__wrapped__", VerifyKey.holds)  # type: ignore[method-assign]


def measure(names: list[str], options: argparse.Namespace) -> list[Figure]:
    """Each in turn; what takes how long is said on stderr."""
    figures = []
    for name in names:
        began = time.perf_counter()
        figures += BENCHMARKS[name][0](options.runs, options.quick)
        print(f"{name}: measured in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    figures = floors.beside(figures)
    return figures + (test_time.read(options.junit) if options.junit else [])


def save(path: Path, described: dict[str, str | int | float], figures: list[Figure]) -> None:
    content = {"machine": described, "figures": [figure.as_json() for figure in figures]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
