"""Real authorities and agents for tests: processes of run.py on free ports, each with a folder of its own."""

import errno
import os
import random
import shutil
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from launch.agent_api import AgentApi
from launch.child import Child
from launch.secret_arguments import LINK, put_away
from tests import forks

PASSWORD = "a long enough passphrase 1404"
LOOPBACK = "127.0.0.1"
LOOPBACKS = ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1"))
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10  # which of the test runners beside each other


GIVEN: deque[int] = deque(maxlen=200)  # lately, to somebody who may not listen yet


def free_port() -> int:
    """A port that nobody listens on, below the range that the system takes for outgoing connections.

    Test runners beside each other take them from ranges of their own, so that none is taken between look and use.
    """
    while True:
        port = 20000 + 1000 * WORKER + random.randrange(1000)
        if port not in GIVEN and is_free(port):
            GIVEN.append(port)
            return port


def is_free(port: int, again: bool = False) -> bool:
    """Whether nobody has it, at neither of the two addresses that `localhost` means, as a page takes both.

    `again`: one that was listened on a moment ago is free.
    """
    for family, address in LOOPBACKS:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, again)
            try:
                probe.bind((address, port))
            except OSError as reason:
                if family == socket.AF_INET or reason.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    return False
    return True


def same_port() -> int:
    """The first port that nobody listens on, of a few that only this test runner takes: the same one, time after time.

    A browser knows what it has loaded by its address.
    """
    first = 30000 + 10 * WORKER
    for port in range(first, first + 10):
        if is_free(port, again=True):
            return port
    raise AssertionError(f"ten ports from {first} on are taken")


def until(condition: Callable[[], Any], seconds: float = 30, what: str = "the awaited condition") -> Any:
    """The first true value of condition(); AssertionError after `seconds`. Who waits long asks less often: to ask is
    often a connection, and takes time from what is waited for.
    """
    begun = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        waited = time.monotonic() - begun
        assert waited < seconds, f"{what} did not come about in {seconds:g} s"
        time.sleep(min(max(0.02, waited / 8), 0.3))


def apart(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments, and what of them everybody could read and goes into the environment: a join link."""
    shown = list(arguments)
    link = put_away(shown)
    return shown, {} if link is None else {LINK.variable: link}


class Service:
    """One process that can be started, stopped, killed and started again on the same port and folder."""

    def __init__(self, command: str, folder: Path, async_mode: str, *more: str) -> None:
        self.folder = folder
        self.through: list[str] = []  # how to start it elsewhere than here
        self.port = free_port()
        where = ["--data", str(folder), "--port", str(self.port), "--async", async_mode]
        self.arguments = [command, *where, *more]
        self.child: Child | None = None
        self.output: list[str] = []

    def start(self) -> None:
        assert self.child is None, "it runs already"
        name, (arguments, secrets) = f"{self.arguments[0]} on port {self.port}", apart(self.arguments)
        self.child = Child(name, arguments, through=self.through, secrets=secrets, start=forks.start)
        self.output = self.child.lines

    def line(self, beginning: str, seconds: float = 20) -> str:
        """What follows `beginning` on the first printed line that has it."""
        assert self.child is not None
        return self.child.wait_line(beginning, seconds)

    def stop(self) -> int:
        """End it as Ctrl-C would; returns the exit code."""
        assert self.child is not None
        child, self.child = self.child, None
        return child.stop()

    def kill(self) -> None:
        """End it as a power failure would."""
        assert self.child is not None
        child, self.child = self.child, None
        child.kill()


def share_key(first: Service, other: Service) -> None:
    """The other, which has no folder yet, is to be a further node of the authority of the first."""
    other.folder.mkdir(mode=0o700)
    shutil.copy(first.folder / "authority.key", other.folder)


def end_all(services: Sequence[Service]) -> None:
    """End those that run beside each other, as Ctrl-C would; what they printed goes to the report."""
    for service in services:
        if service.child is not None:
            service.child.ask_to_stop()
    for service in services:
        if service.child is not None:
            service.stop()
        print(f"-- {' '.join(service.arguments)}", *service.output, sep="\n")


class Authority(Service):
    """An authority on loopback."""

    def __init__(self, folder: Path, async_mode: str = "eventlet", *more: str) -> None:
        super().__init__("authority", folder, async_mode, "--listen", LOOPBACK, *more)
        self.join_link = ""

    def start(self) -> None:
        super().start()
        self.join_link = self.line("join: ")

    @property
    def owner_link(self) -> str:
        return self.line("owner: ")


class Agent(Service):
    """An agent without a browser."""

    def __init__(self, folder: Path, async_mode: str = "eventlet", *more: str) -> None:
        super().__init__("agent", folder, async_mode, "--no-open", "--listen", LOOPBACK, *more)
        self.name = ""
        self.page = ""

    def start(self) -> None:
        super().start()
        self.page = self.line("page: ")

    @property
    def api_token(self) -> str:
        """The token that a bot finds in the agent's folder."""
        return (self.folder / "api-token").read_text(encoding="utf-8").strip()

    def door(self) -> AgentApi:
        """A connection as a page has it before log-in."""
        return AgentApi(self.port, as_page=True)

    def program(self) -> AgentApi:
        """A connection as a bot has it."""
        return AgentApi(self.port, token=self.api_token)

    def sign_up(self, name: str, password: str = PASSWORD) -> str:
        """Make an account; returns the session token."""
        self.name = name
        email = f"{name.encode().hex()}@example.org"
        with self.door() as door:
            answer = door.call("sign_up", email=email, username=name, password=password, password_confirm=password)
        return str(answer["token"])

    def login(self, password: str = PASSWORD) -> str:
        """Open the vault; returns the session token."""
        with self.door() as door:
            return str(door.call("login", username=self.name, password=password)["token"])


class Network:
    """An authority and any number of agents, all ended with the `with`; what they printed goes to the report."""

    def __init__(self, folder: Path, async_mode: str = "eventlet", *more: str) -> None:
        self._folder = folder
        self._async_mode = async_mode
        self.authority = Authority(folder / "authority", async_mode, *more)
        self.agents: list[Agent] = []

    def __enter__(self) -> "Network":
        self.authority.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_all([*self.agents, self.authority])

    def agent(self, *more: str) -> Agent:
        """One more agent, started, that knows nothing yet."""
        folder = self._folder / f"agent-{len(self.agents) + 1}"
        agent = Agent(folder, self._async_mode, *more)
        self.agents.append(agent)
        agent.start()
        return agent

    def account(self, name: str) -> Agent:
        """One more agent, with an account; the first one's is the super admin's."""
        link = self.authority.join_link if any(agent.name for agent in self.agents) else self.authority.owner_link
        agent = self.agent("--join", link)
        agent.sign_up(name)
        return agent
