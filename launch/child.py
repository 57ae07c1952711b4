"""One started run.py process, whose printed lines can be awaited. Knows nothing of what they say."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from launch.failure import Failure
from launch.packages import ROOT


class Child:
    """A process of `run.py ARGUMENTS` in a session of its own: Ctrl-C in the terminal reaches the parent only."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        on_end: Callable[["Child"], None] | None = None,
        through: Sequence[str] = (),  # a command that becomes the one that follows it, as `ip netns exec NAME` does
        secrets: Mapping[str, str] | None = None,  # what nobody else may read, and goes into its environment
        start: Callable[..., "subprocess.Popen[str]"] = subprocess.Popen,  # who makes the process, as Popen does
    ) -> None:
        self.name = name
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._on_end = on_end
        self._process = start(
            [*through, sys.executable, str(ROOT / "run.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", **(secrets or {})},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"output of {name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def wait_line(self, beginning: str, seconds: float = 20) -> str:
        """What follows `beginning` on the first line that has it; Failure if it doesn't come."""
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for line in self.lines:
                    if line.startswith(beginning):
                        return line.removeprefix(beginning).strip()
                if not self._reader.is_alive():
                    raise Failure(self.obituary())
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise Failure(f"{self.name} did not print `{beginning}` in {seconds:g} s.")
                self._news.wait(min(remaining, 0.2))

    def obituary(self) -> str:
        """One sentence about a process that has ended: the signal, or the exit code and the last thing that it said."""
        code = self._process.wait()
        if code < 0:
            return f"{self.name} was ended by signal {-code}."
        last = next((line for line in reversed(self.lines) if line.strip()), "it said nothing")
        return f"{self.name} ended with exit code {code}: {last.strip()}"

    def ask_to_stop(self) -> None:
        if self.code is None:
            self._process.terminate()

    def stop(self, seconds: float = 8) -> int:
        """SIGTERM, then SIGKILL after `seconds`; the exit code, which is 0 when it ended by itself."""
        self.ask_to_stop()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        self._reader.join(2)
        return code

    def kill(self) -> None:
        """SIGKILL, as a crash or a lost battery would."""
        self._process.kill()
        self._process.wait()
        self._reader.join(2)

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float) -> int:
        return self._process.wait(seconds)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                with self._news:
                    self.lines.append(line.rstrip("\n"))
                    self._news.notify_all()
        if self._on_end is not None:
            self._on_end(self)
