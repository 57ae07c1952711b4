"""What stands beside the code is true of it: version, licences, and what is kept of others' work."""

import argparse
import importlib
import re
import subprocess
import sys

from launch.packages import ROOT
from protocol import __version__
from run import COMMANDS

NOT_OURS = (".git", ".venv", "node_modules")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_said_and_has_its_changes() -> None:
    said = subprocess.run([sys.executable, "run.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == f"Hamraz {__version__}\n"
    newest = re.search(r"^## (\S+?),? ", text("CHANGELOG.md"), re.MULTILINE)
    assert newest and newest[1] == __version__


def test_every_package_has_its_licence_in_the_notice() -> None:
    named = set(re.findall(r"^  ([a-z0-9-]+) {2,}\S", text("NOTICE"), re.MULTILINE))
    both = text("requirements.txt") + text("requirements-s3.txt")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", both, re.MULTILINE))
    assert pinned <= named and named - pinned <= {"colorama", "htm", "esbuild"}


def test_the_licence_is_the_whole_one() -> None:
    licence = text("LICENSE")
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence
    assert re.findall(r"^   (\d)\. ", licence, re.MULTILINE) == list("123456789")


def test_every_file_that_a_page_names_is_there() -> None:
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_OURS]
    files = [path.as_posix() for folder in folders for path in folder.rglob("*.*")]
    files += [path.as_posix() for path in ROOT.iterdir()]
    named = re.compile(r"[\w./-]*\w\.(?:py|js|css|md|d\.ts|yaml|yml|service|conf)\b")
    missing = [
        (str(page.relative_to(ROOT)), name)
        for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md")
        for code in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
        for name in named.findall(code)
        if not any(file.endswith("/" + name.lstrip("./")) for file in files)
        and not any(file.endswith(name) for file in files if name.startswith("_"))  # the ending of several
    ]
    assert missing == []


def test_every_option_is_described() -> None:
    names = ("README", "CONTRIBUTING", "docs/operating", "docs/export", "docs/agent-api")
    papers = "".join(text(f"{name}.md") for name in names)
    missing = []
    for command, (module, _) in COMMANDS.items():
        parser = argparse.ArgumentParser(add_help=False)
        importlib.import_module(module).add_arguments(parser)
        options = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
        missing += [(command, name) for name in options if not re.search(rf"{name}(?![\w-])", papers)]
    assert missing == []


def test_every_hook_of_the_page_is_described() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js")]
    used = {name for script in scripts for name in re.findall(r"\bdata-[a-z]+(?:-[a-z]+)*\b", script)}
    used |= {f"data-{name}" for script in scripts for name in re.findall(r"\bdataset\.([a-z]+)", script)}
    assert used == set(re.findall(r"`(data-[a-z-]+)`", text("docs/page-hooks.md")))
