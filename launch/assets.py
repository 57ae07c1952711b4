"""The page's files from outside: taken out of pinned packages into static/vendor, each checked by its own hash."""

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from launch import packages
from launch.failure import SetUpFailure
from launch.packages import ROOT

REQUIREMENTS = "requirements-assets.txt"
VENDOR = ROOT / "static" / "vendor"


@dataclass(frozen=True)
class Asset:
    name: str
    wheel: str
    member: str
    sha256: str


ASSETS = (
    Asset(
        "preact.js",  # with its hooks and htm: one ES module
        "datasette_preact-0.0.1-py3-none-any.whl",
        "datasette_preact/static/preact-10.27.2-htm-3.1.1.min.js",
        "2ad4f06c517e968b6382c26262363ebb89ebd7bcf3f7dc29a8368fe5b542861b",
    ),
    Asset(
        "socket.io.min.js",  # a script; imported as a module it sets globalThis.io
        "nicegui-3.18.0-py3-none-any.whl",
        "nicegui/static/socket.io.min.js",
        "b0e735814f8dcfecd6cdb8a7ce95a297a7e1e5f2727a29e6f5901801d52fa0c5",
    ),
    Asset(
        "vazirmatn-arabic.woff2",  # weights 100 to 900
        "django_unfold_farsi-0.2.0-py3-none-any.whl",
        "unfold_farsi/static/unfold_farsi/fonts/vazirmatn/vazirmatn-arabic.woff2",
        "84a382e46c30fb4f73d0e3800c16d0af15888e2731e57fa5f93e2c29a2c6a957",
    ),
)


def complete() -> bool:
    """Whether every asset lies in its place, unchanged."""
    return all(_is(asset, VENDOR / asset.name) for asset in ASSETS)


def fetch(python: Path, wheels: Path | None) -> None:
    """Download the packages, or take them from the folder `wheels`, and lay the assets out of them."""
    with tempfile.TemporaryDirectory() as folder:
        packages.download(python, REQUIREMENTS, Path(folder), wheels, dependencies=False)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for asset in ASSETS:
            lay(asset, Path(folder) / asset.wheel)


def lay(asset: Asset, wheel: Path) -> None:
    """Copy one asset out of its package, whole or not at all."""
    with zipfile.ZipFile(wheel) as package:
        content = package.read(asset.member)
    if hashlib.sha256(content).hexdigest() != asset.sha256:
        raise SetUpFailure(f"{asset.member} in {wheel.name} is not the file named in launch/assets.py: don't use it.")
    part = VENDOR / (asset.name + ".part")
    part.write_bytes(content)
    part.replace(VENDOR / asset.name)


def _is(asset: Asset, path: Path) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == asset.sha256
    except OSError:
        return False
