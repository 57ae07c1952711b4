"""The agent among what this computer starts when its user logs in, by the desktop's own means.

Linux: a file each in the folders of freedesktop.org's Autostart and Desktop Menu specifications; macOS: a launch agent
of launchd; Windows: the registry's Run key. Nothing secret stands there, as others may read it.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.layout import named

LONGEST_ON_WINDOWS = 260  # characters that the Run key takes
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# What the desktop's own settings write to switch it off; the file stays.
_SWITCHED_OFF = ("Hidden=true", "X-GNOME-Autostart-enabled=false")


class AtLogin:
    """The entry of one account's agent.

    `program` is the command line that starts it (whole paths) and opens its page, `quiet` what is added where it isn't
    to open; `folder` is its vault's, which tells it from other accounts' entries.
    """

    def __init__(self, program: Sequence[str], quiet: Sequence[str], folder: Path, title: str, picture: Path) -> None:
        self._program, self._quiet = list(program), list(quiet)
        self._title, self._picture = title, picture
        slug = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
        self._name = f"hamraz-{slug}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}"

    @property
    def is_possible(self) -> bool:
        """Whether somebody logs in here to a desktop, and not by a terminal only."""
        if sys.platform == "win32":
            return len(self._windows_line()) <= LONGEST_ON_WINDOWS
        return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))

    @property
    def is_on(self) -> bool:
        """Whether it is started; the desktop's own settings may have switched it off."""
        if sys.platform == "win32":
            return self._in_registry() is not None
        start, _content = next(self._files())
        try:
            lines = start.read_text("utf-8", "replace").splitlines()
        except OSError:
            return False
        return not any(line in _SWITCHED_OFF for line in lines)

    def switch(self, on: bool) -> None:
        """Let it be started, or not any more; what the disk refuses is raised by its name."""
        if sys.platform == "win32":
            self._to_registry(on)
            return
        for path, content in self._files():
            try:
                if on:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                else:
                    path.unlink(missing_ok=True)
            except OSError as reason:
                raise named(reason, path.parent) from None

    def renew(self) -> None:
        """Whoever starts the agent in another way from now on (a port, another place of the program) is followed."""
        if self.is_possible and self.is_on:
            self.switch(True)

    def _files(self) -> Iterator[tuple[Path, bytes]]:
        """What is written, first the one that starts it."""
        if sys.platform == "darwin":
            label = f"org.{self._name}"
            what = {"Label": label, "ProgramArguments": self._program + self._quiet, "RunAtLoad": True}
            yield Path.home() / "Library" / "LaunchAgents" / f"{label}.plist", plistlib.dumps(what)
            return
        file = f"{self._name}.desktop"
        start, menu = _folder("XDG_CONFIG_HOME", ".config"), _folder("XDG_DATA_HOME", ".local/share")
        yield start / "autostart" / file, self._entry(self._program + self._quiet)
        yield menu / "applications" / file, self._entry(self._program)

    def _entry(self, command: Sequence[str]) -> bytes:
        """A desktop entry (Desktop Entry Specification 1.5)."""
        values = {
            "Type": "Application",
            "Name": self._title,
            "TryExec": command[0],  # where that is gone, the entry counts as not there
            "Exec": " ".join(_quoted(argument) for argument in command),
            "Icon": str(self._picture),
            "Terminal": "false",
            "Categories": "Network;InstantMessaging;",
        }
        lines = ["[Desktop Entry]", *(f"{key}={_escaped(value)}" for key, value in values.items()), ""]
        return "\n".join(lines).encode("utf-8", "surrogateescape")

    def _windows_line(self) -> str:
        windowless = Path(self._program[0]).with_name("pythonw.exe")  # the other one opens a terminal
        python = str(windowless) if windowless.exists() else self._program[0]
        return subprocess.list2cmdline([python, *self._program[1:], *self._quiet])

    if sys.platform == "win32":

        def _in_registry(self) -> str | None:
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    return str(winreg.QueryValueEx(key, self._name)[0])
            except FileNotFoundError:
                return None

        def _to_registry(self, on: bool) -> None:
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                if on:
                    winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, self._windows_line())
                elif self._in_registry() is not None:
                    winreg.DeleteValue(key, self._name)


def _folder(variable: str, otherwise: str) -> Path:
    chosen = Path(os.environ.get(variable, ""))  # which counts only if it is whole
    return chosen if chosen.is_absolute() else Path.home() / otherwise


def _quoted(argument: str) -> str:
    """An argument of `Exec`: in quotation marks, in which four signs have a meaning; % has one everywhere."""
    return '"' + re.sub(r'(["`$\\])', r"\\\1", argument).replace("%", "%%") + '"'


def _escaped(value: str) -> str:
    """The specification's type `string`: applied after the quoting."""
    return value.replace("\\", "\\\\").replace("\n", r"\n").replace("\r", r"\r").replace("\t", r"\t")
