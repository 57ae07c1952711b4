"""Finds the Chromium that the browser tests drive, or installs it where that is possible."""

import os
import shutil
import subprocess

from launch.failure import SetUpFailure

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these fonts Persian and emoji come out as boxes.
DEBIAN_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")


def find() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path is not None), None)


def ensure() -> None:
    """Install Chromium if there is none; SetUpFailure says what to do where that needs a person."""
    if find() is not None:
        return
    if shutil.which("apt-get") is None or os.name == "nt" or os.geteuid() != 0:
        raise SetUpFailure(
            "The browser tests need Chromium: install it (on Debian `apt install " + " ".join(DEBIAN_PACKAGES) + "`)."
        )
    print("Setting up: installing Chromium", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *DEBIAN_PACKAGES]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no reason given"]
            raise SetUpFailure(
                f"`{' '.join(command[:2])}` could not install Chromium ({reason[0]}): install it by hand."
            )
