"""One authority, its honest people, and hostile ones who come and go: what the honest ones feel meanwhile."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.floods.honest import Crowd, Felt
from tests.floods.town import Town, found
from tests.processes import Authority

CONNECTING = 3.0  # seconds until all of them have come: how that feels is what the kinds that connect again are for
PROCESSES = 3  # that hostile accounts are spread over
GROUPS = 64  # of hostile ones: an account has one connection to each


@dataclass
class Seen:
    """How it was before a flood, and in it."""

    kind: str
    count: int
    same: bool
    quiet: Felt
    loud: Felt
    asked: str

    @property
    def ratio(self) -> float:
        """By how much the slowest hundredth became slower: of posts, mail and questions the worst."""
        return max(self.loud.worst(what) / self.quiet.worst(what) for what in ("post", "mail", "find"))

    def __str__(self) -> str:
        parts = [
            f"{what} {self.quiet.worst(what) * 1000:.0f} -> {self.loud.worst(what) * 1000:.0f}"
            for what in ("post", "mail", "find")
        ]
        ups = self.loud.times["sign-up"]
        newcomers = f"sign-up {max(ups, default=float('inf')):.2f} s ({len(ups)})"
        where = "same" if self.same else "other"
        failed = f" FAILED {len(self.loud.failed)}: {self.loud.failed[:2]}" if self.loud.failed else ""
        head = f"{self.kind:<16}{self.count:>3} {where:<6}x{self.ratio:4.1f}  p99 ms: {', '.join(parts)}; {newcomers}"
        return f"{head}{failed}  {self.asked}"


def _keep_to(process: int, cores: Set[int]) -> None:
    """All threads of this process run on these cores, and before other sessions' (Linux weighs these against each other
    first), where one may say so.
    """
    for thread in map(int, os.listdir(f"/proc/{process}/task")):
        os.sched_setaffinity(thread, cores)
    with contextlib.suppress(OSError):
        Path(f"/proc/{process}/autogroup").write_text("-20")


class Field:
    """The authority and its people, until the end of the `with`."""

    def __init__(
        self, folder: Path, hostile: int, mode: str = "eventlet", groups: int = GROUPS, apart: Set[int] = frozenset()
    ) -> None:
        """`apart`: the cores of all callers, of whom honest ones go first; the authority has the others for itself."""
        self._folder, self._apart = folder, apart
        self.authority = Authority(folder / "authority", mode, "--group-ports", "20000-60000")
        self._hostile, self._groups = hostile, groups
        self.town: Town
        self.crowd: Crowd

    def __enter__(self) -> Field:
        self.authority.start()
        assert self.authority.child is not None
        if self._apart:
            _keep_to(self.authority.child.pid, os.sched_getaffinity(0) - self._apart)
            _keep_to(os.getpid(), self._apart)
            with contextlib.suppress(PermissionError):  # honest ones wait for answers, and not for hostile ones' core
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        self.town = found(self.authority.owner_link, self._hostile, self._groups + 1)
        self.crowd = Crowd(self.town)
        self.crowd.measure(2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.authority.stop()

    def compare(self, kind: str, count: int, same: bool, seconds: float) -> Seen:
        """Half a quiet time, the flood, and the other half: what the machine does by itself is in both."""
        quiet = self.crowd.measure(seconds / 2)
        path = self._folder / "town.json"
        self.town.save(path)
        share = -(-count // PROCESSES)
        attackers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.floods.attack", path, kind, str(first), str(min(share, count - first)),
                 "same" if same else "other", "apart" if self._apart else "beside"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for first in range(0, count, share)
        ]  # fmt: skip
        try:
            for one in attackers:
                if self._apart:
                    os.sched_setaffinity(one.pid, self._apart)
                assert one.stdout is not None and one.stdout.readline() == "begun\n"
            self.crowd.measure(CONNECTING)
            loud = self.crowd.measure(seconds)
            asked = " | ".join(one.communicate("end\n", 20)[0].strip() for one in attackers)
        finally:
            for one in attackers:
                one.kill()
                one.wait()
        for who in self.town.people.values():
            who.sequence += 1_000_000  # what hostile ones have shown meanwhile was newer
        quiet.add(self.crowd.measure(seconds / 2))
        return Seen(kind, count, same, quiet, loud, asked)
