"""The one folder for everything of ours on this machine, wherever one stands when something is started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.failure import Failure
from launch.packages import ROOT

VARIABLE = "HAMRAZ_DATA"


def data_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform, beside: Path = ROOT) -> Path:
    """$HAMRAZ_DATA, else `data/` beside run.py if there is one, else the system's place for a person's own data."""
    if environ.get(VARIABLE):
        chosen = Path(os.path.expanduser(environ[VARIABLE]))
        if not chosen.is_absolute():
            raise Failure(
                f"${VARIABLE} is {environ[VARIABLE]!r}: give the whole path, as it counts wherever one stands.", 2
            )
        return chosen
    if (beside / "data").is_dir():
        return beside / "data"
    return _of_the_system(environ, platform)


def _of_the_system(environ: Mapping[str, str], platform: str) -> Path:
    """Where this system keeps what belongs to one person and isn't to be looked at."""
    if platform == "darwin":
        return _home() / "Library" / "Application Support" / "Hamraz"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local") / "Hamraz"
    chosen = Path(environ.get("XDG_DATA_HOME", ""))  # which counts only if it is whole
    return (chosen if chosen.is_absolute() else _home() / ".local" / "share") / "hamraz"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise Failure(f"This user has no home folder: set ${VARIABLE}, or give --data DIR.", 2) from None
