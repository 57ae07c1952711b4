"""The command `hamraz` of an installed package (launch/wheel.py): the tree lies in `app/`, and begins with run.py."""

import importlib
import sys
from pathlib import Path


def main() -> int:
    """Carry out the command line and return the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "app"))
    code: int = importlib.import_module("run").main(sys.argv[1:])
    return code
