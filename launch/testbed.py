"""What the tests need of the system: a browser, PostgreSQL, hosts of their own, small disks that fail. Installs it
where it may.
"""

import os
import shutil
import subprocess

from launch import chromium, postgres
from launch.failure import SetUpFailure

# Without these fonts Persian and emoji come out as boxes.
BROWSER = ("chromium", "fonts-noto-core", "fonts-noto-color-emoji")
# Command: Debian's packages. `ip` makes hosts, `mkfs.ext4` small disks, `spin` reads models, and `gcc` compiles
# what it writes, and the library that makes a disk fail; `systemd-analyze` reads units.
COMMANDS = {
    "ip": ("iproute2",),
    "mkfs.ext4": ("e2fsprogs",),
    "gcc": ("gcc", "libc6-dev"),
    "spin": ("spin",),
    "systemd-analyze": ("systemd",),
}


def missing() -> list[str]:
    """Debian's packages for what isn't here."""
    browser = [] if chromium.find() else [*BROWSER]
    server = [] if postgres.find() else ["postgresql"]
    return (
        browser
        + server
        + [each for command, names in COMMANDS.items() if shutil.which(command) is None for each in names]
    )


def ensure() -> None:
    """Install what is missing; SetUpFailure says what to do where that needs a person."""
    packages = missing()
    if not packages:
        return
    by_hand = f"install what the tests need (on Debian `apt install {' '.join(packages)}`)."
    if shutil.which("apt-get") is None or os.name == "nt" or os.geteuid() != 0:
        raise SetUpFailure(f"Some tests will fail: {by_hand}")
    print(f"Setting up: installing {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no reason given"]
            raise SetUpFailure(f"`{' '.join(command[:2])}` failed ({reason[0]}): {by_hand}")
