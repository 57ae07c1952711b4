"""The command line of the drill: `python3 run.py drill`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.drill.drills import DRILLS
from tests.drill.run import Result, run

SHOWN = 512  # bytes of what crossed, in the detailed view


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py drill", description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="N", help="only these, in detail, with the bytes on the wire")
    parser.add_argument("--list", action="store_true", help="what there is")
    options = parser.parse_args(arguments)
    known = {drill.number.lower(): drill for drill in DRILLS}
    unknown = [number for number in options.numbers if number.lower() not in known]
    if unknown:
        parser.error(f"there is no drill {unknown[0]}: --list shows them")
    if options.list:
        for drill in DRILLS:
            print(f"{drill.number:>3}  {drill.name}: the attacker wants to {drill.wants}")
        return 0
    start, results = time.monotonic(), []
    for result in run([known[number.lower()] for number in options.numbers] or DRILLS):
        results.append(result)
        print(detail(result) if options.numbers else line(result), flush=True)
    bad = [result.drill.number for result in results if not result.good]
    print(f"\n{len(results) - len(bad)} of {len(results)} as they should be, in {time.monotonic() - start:.0f} s.")
    if bad:
        print(f"Not so: {', '.join(bad)}")
    return 1 if bad else 0


def line(result: Result) -> str:
    drill, there, here = result.drill, result.original, result.ours
    then = f" The original: {there.came}." if there else ""
    verdict = "STOPPED" if result.good else "THROUGH" if here.through else "EMPTY"
    return (
        f"{drill.number:>3} {verdict}  Wants to {drill.wants}. Sent: {here.sent}.{then} Here: {here.came}."
        f" Stopped by: {here.check}."
    )


def detail(result: Result) -> str:
    there, here = result.original, result.ours
    lines = [line(result), f"    The flaw: {result.drill.name}."]
    if there:
        lines.append(f"    Against the original was sent: {there.sent}. It came to: {there.came}.")
    for side, outcome in (("the original", there), ("ours", here)):
        for name, body in outcome.wire if outcome else ():
            more = f" … ({len(body)} bytes)" if len(body) > SHOWN else ""
            lines.append(f"    On the wire ({side}), {name}: {body[:SHOWN].hex()}{more}")
    return "\n".join([*lines, *(f"    {one}" for one in result.trouble.splitlines())])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
