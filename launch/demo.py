"""`run.py demo`: an authority and three agents on this computer, started, watched and stopped together."""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from typing import NoReturn

from launch import environment
from launch.browser import open_page
from launch.child import Child
from launch.data_folder import data_folder
from launch.failure import Failure
from launch.secret_arguments import DATABASE

AGENTS = 3
ENDING = (signal.SIGINT, signal.SIGTERM)
LOOPBACK = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", type=Path, help="its folder (default: demo beside the agents' own)")
    parser.add_argument(
        "--authority-port", metavar="PORT", type=int, default=5050, help="its port (default: %(default)s)"
    )
    first = "the first of three in a row, one for each page (default: %(default)s)"
    parser.add_argument("--first-port", metavar="PORT", type=int, default=5001, help=first)
    parser.add_argument("--no-open", action="store_true", help="print the pages' addresses, but open no browser")
    modes = ("eventlet", "threading")
    parser.add_argument("--async", dest="async_mode", choices=modes, help="handed to the authority and the agents")


def run(options: argparse.Namespace) -> int:
    """Run the demo until Ctrl-C, SIGTERM or the end of one of its processes."""
    environment.enter(environment.RUN)
    os.environ.pop(DATABASE.variable, None)  # it is somebody's real one
    options.data = options.data or data_folder() / "demo"
    ports = range(options.first_port, options.first_port + AGENTS)
    refuse_taken(options.authority_port, "--authority-port")
    for port in ports:
        refuse_taken(port, "--first-port")
    demo = Demo(options)
    try:
        demo.start(ports)
        demo.watch()
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them running
        demo.stop()


def refuse_taken(port: int, option: str) -> None:
    """Failure if somebody listens on this port of this computer, or if there is no such port."""
    if not 1 <= port <= 65535:
        raise Failure(f"There is no port {port}: choose another with {option}, up to 65535.", 2)
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or the last run's closed connections count
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Failure(f"Port {port} is taken: stop what uses it, or choose another with {option}.") from error


def has_desktop() -> bool:
    """Whether a browser would open in a window: one that runs in the terminal would take it from the demo."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


@contextmanager
def signals_held() -> Iterator[None]:
    """Have SIGINT and SIGTERM wait until the end of the block: between a process's start and its place in the list of
    those to be stopped, they would leave it behind.
    """
    came: list[int] = []
    # not blocked: a started process would inherit that, but not a handler
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


class Demo:
    """The processes of one demo. What happens to them arrives in one queue, which one thread reads."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._events: Queue[Child | Failure | None] = Queue()
        self._children: list[Child] = []

    def start(self, ports: range) -> None:
        """Start all processes, open every vault, write the chat, print and open the pages."""
        data: Path = self._options.data
        agents = []
        for number, port in enumerate(ports, 1):
            where = ["--data", str(data / f"agent-{number}"), "--port", str(port), "--no-open", "--listen", LOOPBACK]
            agents.append(self._child(f"The agent on port {port}", ["agent", *where]))
        # at once with them: they need it before they let anybody in, and one alone would leave a processor idle
        where = ["--listen", LOOPBACK, "--port", str(self._options.authority_port)]
        authority = self._child("The authority", ["authority", "--data", str(data / "authority"), *where])

        from launch.cast import Cast  # it needs packages, and is read while all of them start

        cast = Cast(data, authority, agents)
        people = cast.players.values()
        self._together(*(partial(cast.open_vault, player) for player in people))
        print("Three people, each with a page of their own:", flush=True)
        for player in people:
            print(f"  {player.page}   password {player.password}   {player.name}", flush=True)
        self._together(cast.write)
        cast.leave()
        print("The demo is ready; Ctrl-C stops all of it.", flush=True)
        if not self._options.no_open and has_desktop():
            for player in people:
                open_page(player.page, data)

    def watch(self) -> NoReturn:
        """Wait for the end of any process, which ends the demo: Failure says of which."""
        while True:
            self._next_event()

    def stop(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.stop()

    def _child(self, name: str, arguments: list[str]) -> Child:
        mode = [] if self._options.async_mode is None else ["--async", self._options.async_mode]
        with signals_held():
            child = Child(name, [*arguments, *mode], on_end=self._events.put)
            self._children.append(child)
        return child

    def _together(self, *tasks: Callable[[], object]) -> None:
        """Do all tasks at once and return when all are done, or raise for the first that fails or process that ends."""

        def work(task: Callable[[], object]) -> None:
            try:
                task()
                self._events.put(None)
            except Failure as failure:
                self._events.put(failure)

        for task in tasks:
            threading.Thread(target=work, args=(task,), daemon=True).start()
        for _ in tasks:
            self._next_event()

    def _next_event(self) -> None:
        """Wait until a task is done; Failure if instead it fails or a process ends."""
        event = self._await_event()
        if event is not None:
            # A process that has ended explains more than the task that failed for want of it.
            dead = next((child for child in self._children if child.code is not None), event)
            raise Failure(dead.obituary()) if isinstance(dead, Child) else dead

    def _await_event(self) -> Child | Failure | None:
        while True:
            try:
                return self._events.get(timeout=1)  # without it, Ctrl-C doesn't get through on Windows
            except Empty:
                continue
