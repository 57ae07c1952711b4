"""`python -m tests.floods [--hostile 1,12] [--same] [--seconds 15] [KIND …]`: each flood beside a quiet time."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.floods import attack, flood


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.floods", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(attack.KINDS)} (default: all)")
    parser.add_argument("--hostile", default="1,12", help="how many accounts, each with 64 connections (default: 1,12)")
    parser.add_argument("--same", action="store_true", help="from the honest ones' own address")
    parser.add_argument(
        "--seconds", type=float, default=15.0, help="of each flood, and of quiet before and after it (default: 15)"
    )
    parser.add_argument("--async", dest="mode", default="eventlet", help="the authority's threads")
    parser.add_argument(
        "--pin",
        action="store_true",
        help="the authority on one core, all who call it on another, as if they came from elsewhere; where one may say "
        "so, whatever else runs on this machine comes after them",
    )
    args = parser.parse_args()
    bad = [kind for kind in args.kinds if kind not in attack.KINDS]
    if bad:
        parser.error(f"no such kind: {', '.join(bad)}")
    counts = [int(number) for number in args.hostile.split(",")]
    apart = {max(os.sched_getaffinity(0))} if args.pin else set[int]()
    with (
        tempfile.TemporaryDirectory() as folder,
        flood.Field(Path(folder), max(counts), args.mode, apart=apart) as field,
    ):
        worst = 0.0
        for kind in args.kinds or attack.KINDS:
            for count in counts:
                seen = field.compare(kind, count, args.same, args.seconds)
                print(seen, flush=True)
                worst = max(worst, seen.ratio)
    print(f"worst: {worst:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
