"""`run.py drill`: the attacks that Hamraz has to stand, shown. They stand in tests/, and no product imports them."""

import argparse
import subprocess
import sys

from launch import environment
from launch.packages import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="*", metavar="N", help="only these, in detail, with the bytes on the wire")
    parser.add_argument("--list", action="store_true", help="what there is")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 if an attack gets through."""
    environment.enter(environment.RUN, environment.TEST)
    arguments = [*options.numbers, *(["--list"] if options.list else [])]
    return subprocess.call([sys.executable, "-m", "tests.drill", *arguments], cwd=ROOT)
