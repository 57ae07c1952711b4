"""Authorities on one database, agents of real people, and writers: a network in which something dies."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from launch.failure import Failure
from protocol import links
from tests.authority.group_peer import Circle
from tests.failures.load import Newcomers, Poster, Writer, found_group
from tests.failures.servers import Pair
from tests.failures.talk import Talk, Talker
from tests.live.people import LivePerson
from tests.processes import Agent, Authority, free_port, share_key, until
from tests.proxy import Proxy

Nodes = Sequence[int] | None  # which of them; None: all
PORTS = ("--group-ports", "20000-29999")  # those of this runner's tests


@dataclass
class Outcome:
    """What one failure has come to."""

    kind: str
    outage: float  # s for which nothing could have been answered, as we made it
    writers: float  # s, the longest time without an acknowledgement
    back: float  # s after the outage until everybody is answered again


@dataclass
class Count:
    """What the database has of what was acknowledged."""

    posts: int = 0
    sign_ups: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


class Network:
    """As many nodes as the servers have lines for, and who writes: `people` at real agents, or else raw clients."""

    def __init__(self, folder: Path, pair: Pair, people: tuple[str, ...] = (), writers: int = 3) -> None:
        self.pair, self._folder = pair, folder
        self.nodes = [
            Authority(folder / f"node-{number}", "eventlet", "--database", pair.address(number), *PORTS)
            for number in range(len(pair.primary.lines))
        ]
        self._names, self._count = people, writers
        self.people: list[LivePerson] = []
        self.writers: list[Writer] = []
        self.talk: Talk | None = None
        self.circle: Circle
        self.outcomes: list[Outcome] = []
        self._said = 0

    def __enter__(self) -> Network:
        try:
            first, *others = self.nodes
            first.start()
            owner = first.owner_link
            if self._names:
                self._sign_up(0, owner)
            else:
                self._make_writers(owner)
            for number, node in enumerate(others, 2):  # after the owner has come, as docs/operating.md has it
                node.arguments += ["--listen", f"127.0.0.{number}", "--port", str(first.port)]
                share_key(first, node)
                node.start()
            for number in range(1, len(self._names)):
                self._sign_up(number, first.join_link)
            if self.people:
                self.talk = Talk(self.people)
                self.writers = [Talker(self.talk, person) for person in self.people]
        except BaseException:
            self.close()
            raise
        return self

    def _sign_up(self, number: int, link: str) -> None:
        """An agent's person. Of several nodes the first knows the first only, and so on; who comes after them, all."""
        if len(self.nodes) > 1:
            # An address that looks like a name: who has such a link isn't led to other addresses of its own computer.
            every = [f"127.{which}" for which in range(1, len(self.nodes) + 1)]
            hosts = every[number : number + 1] or [f"127.0.0.{which}" for which in range(1, len(self.nodes) + 1)]
            link = replace(links.decode(link), hosts=tuple(hosts)).encode()
        agent = Agent(self._folder / self._names[number], "eventlet", "--join", link)
        agent.start()
        agent.sign_up(self._names[number])
        self.people.append(LivePerson(agent))

    def _make_writers(self, owner: str) -> None:
        names = [f"writer{number}" for number in range(self._count)]
        self.circle = found_group(owner, self.nodes[0].join_link, free_port(), names)
        links = [lambda node=node: node.join_link for node in self.nodes]
        self.writers = [Poster(who, self.circle, links) for who in self.circle.members]  # type: ignore[attr-defined]
        self.writers.append(Newcomers(links))

    def begin(self) -> None:
        for writer in self.writers:
            writer.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for writer in self.writers:
            writer.stop()
        for person in self.people:
            person.api.close()
        for service in (*[person.agent for person in self.people], *self.nodes):
            if service.child is not None:
                service.kill()
            print(f"-- {' '.join(service.arguments)}", *service.output, sep="\n")

    # --- what happens ---

    def restart(self, node: Authority) -> None:
        """As a service is started again and again, until its database is there."""

        def up() -> bool:
            try:
                node.start()
            except Failure:
                node.kill()
                return False
            return True

        until(up, 60, "a start of the authority")

    def happens(self, kind: str, what: Callable[[], None], seconds: float = 60) -> Outcome:
        """`what` breaks something and mends it; then all goes on by itself."""
        begun = time.monotonic()
        what()
        mended = time.monotonic()
        until(lambda: all(writer.last() > mended for writer in self.writers), seconds, f"{kind}: writers go on")
        if self.talk is not None:
            self._said += 1
            self.talk.crosses(f"{kind} {self._said}", seconds)
        back = time.monotonic()
        gap = max((writer.gap(begun) for writer in self.writers), default=0.0)
        self.outcomes.append(Outcome(kind, mended - begun, gap, back - mended))
        print(self.outcomes[-1], flush=True)
        return self.outcomes[-1]

    def flows(self, seconds: float = 30) -> None:
        """Everybody has been answered just now."""
        now = time.monotonic()
        until(lambda: all(writer.last() > now for writer in self.writers), seconds, "writers write")

    def summary(self) -> list[str]:
        """A line for each kind: rounds, longest outage, longest time without an answer, and until everybody is back."""
        kinds: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            kinds.setdefault(outcome.kind, []).append(outcome)
        return [
            f"{kind}: {len(all)} rounds; outage {max(one.outage for one in all):.1f} s, longest gap "
            f"{max(one.writers for one in all):.1f} s, back {max(one.back for one in all):.1f} s after it"
            for kind, all in kinds.items()
        ]

    def kill_node(self, away: float = 0.0, which: Nodes = None) -> None:
        victims = self._these(which)
        for node in victims:
            node.kill()
        time.sleep(away)
        for node in victims:
            self.restart(node)

    def _these(self, which: Nodes) -> list[Authority]:
        return self.nodes if which is None else [self.nodes[number] for number in which]

    def kill_server(self) -> None:
        self.pair.primary.kill()
        time.sleep(0.2)
        self.pair.primary.start()

    def kill_both(self) -> None:
        for node in self.nodes:
            node.kill()
        self.pair.primary.kill()
        again = threading.Thread(target=self.pair.primary.start)
        again.start()
        for node in self.nodes:
            self.restart(node)
        again.join()

    def cut(self, seconds: float = 0.5, which: Nodes = None) -> None:
        """Every connection of these nodes to the database breaks, and no new one comes through for a while."""
        lines = self._lines(which)
        for line in lines:
            line.away = True
            line.cut()
        time.sleep(seconds)
        for line in lines:
            line.away = False

    def stall(self, seconds: float, which: Nodes = None) -> None:
        """Nothing moves between these nodes and the database, and nobody is told."""
        lines = self._lines(which)
        for line in lines:
            line.stall()
        time.sleep(seconds)
        for line in lines:
            line.flow()

    def _lines(self, which: Nodes) -> list[Proxy]:
        numbers = range(len(self.nodes)) if which is None else which
        return [server.lines[number] for server in self.pair.servers for number in numbers]

    def pause(self, seconds: float, which: Nodes = None) -> None:
        for signal_now, pause in ((signal.SIGSTOP, seconds), (signal.SIGCONT, 0)):
            for node in self._these(which):
                assert node.child is not None
                os.kill(node.child.pid, signal_now)
            time.sleep(pause)

    def fail_over(self, lost: float = 0.0) -> None:
        """`lost`: for so many seconds before, the standby hears nothing of what is committed."""
        if lost:
            self.pair.primary.following.stall()
            time.sleep(lost)
            self.pair.primary.kill()
            self.pair.primary.following.cut()
            self.pair.primary.following.flow()
        self.pair.fail_over()

    def miss_standby(self, seconds: float) -> None:
        """The standby for which commits wait is away for a while."""
        assert self.pair.standby is not None
        self.pair.standby.kill()
        time.sleep(seconds)
        self.pair.standby.start()

    # --- what is there in the end ---

    def stop_writers(self) -> None:
        for writer in self.writers:
            writer.stop()
        for writer in self.writers:
            writer.join(30)
            assert not writer.is_alive(), writer.name

    def count(self) -> Count:
        """What the database has now, against what was acknowledged. The writers have stopped."""
        found = Count()
        chain = self._rows(f"SELECT n, entry FROM chain WHERE gid = decode('{self.circle.gid.hex()}', 'hex')")
        places: dict[bytes, list[int]] = {}
        for n, entry in chain:
            places.setdefault(bytes(entry), []).append(n)
        users = [bytes(uid) for (uid,) in self._rows("SELECT uid FROM accounts")]
        log = b"".join(bytes(entry) for (entry,) in self._rows("SELECT entry FROM entries"))
        for writer in self.writers:
            for n, entry in writer.known.posts.items():
                found.posts += 1
                there = places.get(entry, [])
                if n not in there:
                    found.lost.append(f"{writer.name}: place {n} is not what was acknowledged; it is at {there}")
                if len(there) > 1:
                    found.doubled.append(f"{writer.name}: {there}")
            for uid in writer.known.uids:
                found.sign_ups += 1
                if users.count(uid) != 1 or uid not in log:
                    found.lost.append(f"{writer.name}: account {uid.hex()[:8]}")
        numbers = sorted(n for n, _ in chain)
        assert numbers == list(range(1, len(numbers) + 1)), "the chain has holes"
        return found

    def _rows(self, words: str) -> list[Any]:
        import psycopg2

        server = self.pair.primary
        with contextlib.closing(
            psycopg2.connect(host=str(server.folder), port=server.cluster.port, user="hamraz", dbname="postgres")
        ) as connection:
            cursor = connection.cursor()
            cursor.execute(words)
            return list(cursor.fetchall())
