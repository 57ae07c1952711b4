"""Finds the programs of a PostgreSQL server, which Debian keeps out of PATH."""

import os
import re
import shutil
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def find() -> Path | None:
    """The folder of `initdb`, `postgres` and the others, of the newest version there is; or None."""
    found = [path for place in PLACES for path in Path("/").glob(place[1:]) if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    named = shutil.which("initdb")
    return None if named is None else Path(os.path.realpath(named)).parent
