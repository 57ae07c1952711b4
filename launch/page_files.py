"""The page's files that are made: static/vendor of what others wrote, static/bundle of all that one look needs.

Both come from esbuild, a program that `node_modules` brings; no Node runs for it. The sources stay the truth: the
bundle says which state of them it was made of (storage/tree_state.py), and web_client/page/app.py serves no other.
"""

import shutil
import subprocess
from pathlib import Path

from launch import node_packages
from launch.failure import SetUpFailure
from launch.packages import ROOT
from storage.tree_state import tree_state

STATIC = ROOT / "static"
VENDOR, BUNDLE = STATIC / "vendor", STATIC / "bundle"
SOURCES = (STATIC / "js", STATIC / "css", VENDOR)
MADE_FROM = "made-from"  # in each of the two folders
FONT = "vazirmatn-arabic.woff2"  # weights 100 to 900
_FONT = Path("@fontsource-variable") / "vazirmatn" / "files" / "vazirmatn-arabic-wght-normal.woff2"
_ENTRIES = ROOT / "launch" / "vendor"


def complete() -> bool:
    """Whether both folders are there, made of what lies here now."""
    return _made_from(VENDOR) == _vendor_state() and _made_from(BUNDLE) == tree_state(*SOURCES)


def make() -> None:
    """Make of both what is older than what it is made of."""
    if _made_from(VENDOR) != _vendor_state():
        part = _empty(VENDOR)
        entries = [str(path) for path in sorted(_ENTRIES.glob("*.js"))]
        _esbuild([*entries, "--format=esm", f"--outdir={part}"])
        shutil.copyfile(node_packages.MODULES / _FONT, part / FONT)
        for types in _ENTRIES.glob("*.d.ts"):
            shutil.copy(types, part)  # beside what they describe, for the checks
        _lay(part, VENDOR, _vendor_state())
    state = tree_state(*SOURCES)
    if _made_from(BUNDLE) != state:
        part = _empty(BUNDLE)
        _esbuild([str(STATIC / "js" / "main.js"), "--format=esm", "--splitting", f"--outdir={part}"])
        _esbuild([str(STATIC / "css" / "page.css"), f"--outdir={part}", "--loader:.woff2=copy", "--asset-names=[name]"])
        _lay(part, BUNDLE, state)


def _vendor_state() -> str:
    return tree_state(_ENTRIES, node_packages.STAMP) if node_packages.STAMP.exists() else ""


def _made_from(folder: Path) -> str | None:
    try:
        return (folder / MADE_FROM).read_text(encoding="utf-8")
    except OSError:
        return None


def _empty(folder: Path) -> Path:
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    return part


def _lay(part: Path, folder: Path, state: str) -> None:
    """Whole or not at all: what is half made has no word of what it was made of."""
    (part / MADE_FROM).write_text(state, encoding="utf-8")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)  # not removed first: somebody's page may be loading
    part.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _esbuild(arguments: list[str]) -> None:
    program = next((found for kind in ("*/bin/esbuild", "*/esbuild.exe") for found in _programs(kind)), None)
    if program is None:
        raise SetUpFailure("The page can't be put together, as esbuild is missing: run `run.py setup`.")
    # es2022: what the supported browsers read; the licences' words stay at the end of each file.
    settled = ["--bundle", "--minify", "--target=es2022", "--legal-comments=eof", "--log-level=warning"]
    done = subprocess.run([str(program), *arguments, *settled], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SetUpFailure(f"The page can't be put together: {done.stderr.strip()}")


def _programs(kind: str) -> list[Path]:
    return sorted((node_packages.MODULES / "@esbuild").glob(kind))
