#!/usr/bin/env python3
"""Hamraz's one command: demo, authority, agent, drill, setup, package, test. It alone knows eventlet."""

import sys

if sys.version_info < (3, 11):  # said without f-strings and the like, which an old Python couldn't even read
    sys.exit(
        "Hamraz needs Python 3.11 or newer and this is %d.%d: start run.py with a newer one, as in `python3.11 run.py`."
        % sys.version_info[:2]
    )

import os

if sys.flags.safe_path:  # by $PYTHONSAFEPATH: then Python doesn't look beside the script, where all of ours is
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import argparse
import errno
import gc
import importlib
import io
import signal
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from launch import environment, secret_arguments
from launch.data_folder import data_folder
from launch.failure import Failure
from launch.packages import INSTALLED

CLOSED = (errno.EBADF, errno.EINVAL, errno.ENOTSOCK)  # what a listener says that is to accept nobody any more

Offload = Callable[..., Any]  # offload(function, *arguments) -> what the function returns

COMMANDS = {
    "demo": ("launch.demo", "an authority and three agents on this computer, with accounts and a chat, in the browser"),
    "authority": ("authority_server.main", "the server: prints the join link and the owner link"),
    "agent": ("web_client.main", "one person's own program: opens the page in the browser"),
    "drill": ("launch.drill", "the attacks that Hamraz has to stand, one by one, each against the original too"),
    "setup": ("launch.environment", "install what Hamraz needs; or gather it for machines without internet"),
    "package": ("launch.wheel", "all of it as one wheel, to be installed by pip: there it is the command `hamraz`"),
    "test": ("launch.checks", "all checks and tests"),
}
SERVICES = ("authority", "agent")
LASTING = (*SERVICES, "demo")  # their proper end is a signal
PROGRAM = "hamraz" if INSTALLED else "run.py"
PROGRAM_AT = ("-m", "hamraz") if INSTALLED else (os.path.abspath(__file__),)  # what Python is given to start it
if INSTALLED:
    COMMANDS = {name: what for name, what in COMMANDS.items() if name in LASTING}  # what the others need isn't there
FIRST = "" if INSTALLED else "The first start installs what is needed into .venv."
EXIT_CODES = "Exit codes: 0 done, or ended by Ctrl-C or SIGTERM; 1 failed; 2 wrong arguments; 3 set-up failed."


def main(arguments: list[str]) -> int:
    """Carry out one command line and return the exit code."""
    fill_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name may have letters that this terminal can't show
    if arguments == ["--version"]:
        print("Hamraz " + importlib.import_module("protocol").__version__)
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        overview().parse_args(arguments or ["--help"])
        return 2
    name, rest = arguments[0], arguments[1:]
    secret_arguments.hide(arguments)
    try:
        return serve(name, rest) if name in SERVICES else use(name, rest)
    except Failure as failure:
        print("%s: %s" % (PROGRAM, failure), file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        return 0 if name in LASTING else 130


def fill_streams() -> None:
    """What was closed before the start leads nowhere: else some file has its number, and Python has None there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def overview() -> argparse.ArgumentParser:
    lines = ["  %-11s%s" % (name, what) for name, (_, what) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Hamraz: private and group chat that its own server can't read.\n\ncommands:\n" + "\n".join(lines),
        epilog="`%s COMMAND --help` tells more. %s\n%s" % (PROGRAM, FIRST, EXIT_CODES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print which Hamraz this is")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of these")
    return parser


def parser_of(name: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        PROGRAM + " " + name, description=COMMANDS[name][1], epilog=EXIT_CODES, parents=parents
    )


def use(name: str, arguments: list[str]) -> int:
    """Run one of launch/'s commands; nothing is patched, as a patched parent freezes while its children start."""
    command = importlib.import_module(COMMANDS[name][0])
    parser = parser_of(name)
    command.add_arguments(parser)
    options = parser.parse_args(arguments)
    end_on_signals(interrupt)
    code: int = command.run(options)
    return code


def serve(name: str, arguments: list[str]) -> int:
    """Run the authority or an agent until it ends by itself or by a signal."""
    environment.enter(environment.RUN)
    if any("s3://" in argument for argument in arguments):
        environment.add(environment.S3)
    mode_parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    mode_parser.add_argument(
        "--async",
        dest="async_mode",
        choices=("eventlet", "threading"),
        default=os.environ.get("HAMRAZ_ASYNC") or "eventlet",
        help="green threads or the system's own (default: $HAMRAZ_ASYNC, else eventlet)",
    )
    mode = mode_parser.parse_known_args(arguments)[0].async_mode
    end_on_signals(leave)  # nothing is open yet, and what is loaded now may swallow an exception
    gc.disable()  # nothing of what is loaded now is waste: to look for it was a fifth of the time
    offload = activate(mode, psycopg=name == "authority")
    application = importlib.import_module(COMMANDS[name][0])
    gc.freeze()
    gc.enable()
    parser = parser_of(name, mode_parser)
    application.add_arguments(parser)
    parser.set_defaults(root=data_folder, program=[sys.executable, *PROGRAM_AT])
    code: int = application.run(parser.parse_args(arguments), offload, mode)
    return code


def activate(mode: str, psycopg: bool = True) -> Offload:
    """Choose what threads are, before anything that uses them is imported; returns how to run what may not block.

    `psycopg`: also that of PostgreSQL's client, which is loaded for it.
    """
    if mode == "threading":
        end_on_signals(interrupt)
        return call_here
    if mode != "eventlet":
        raise Failure("HAMRAZ_ASYNC is %r: set it to eventlet or threading, or to nothing." % mode)
    patch(psycopg)
    import eventlet
    from eventlet import hubs, tpool
    from eventlet.green import socket as green_socket

    resolve, accept = green_socket.getaddrinfo, green_socket.socket.accept

    def resolve_elsewhere(*arguments: Any, **options: Any) -> Any:
        """Ask the system's resolver, which blocks, without stopping the others."""
        return tpool.execute(resolve, *arguments, **options)

    def accept_in_time(listening: Any) -> Any:
        """The next caller, also where there is no descriptor for a while, or one has gone before their turn:
        eventlet's own server would end by it, and with it the agent whose page it serves.
        """
        while True:
            try:
                return accept(listening)
            except OSError as reason:
                if isinstance(reason, BlockingIOError | TimeoutError) or reason.errno in CLOSED:
                    raise
                eventlet.sleep(0.05)

    def watch(descriptor: Any, call: Callable[[], object]) -> Callable[[], None]:
        """See `transport.ready`."""
        hub = hubs.get_hub()
        listener = hub.add(hub.READ, descriptor.fileno(), lambda number: call(), lambda *error: None, lambda: None)
        return lambda: hub.remove(listener)

    ready: Any = importlib.import_module("transport.ready")
    ready.watch, ready.begin = watch, eventlet.spawn_n
    standard_socket: Any = sys.modules["socket"]
    try:
        tpool.setup()  # its threads are woken by a connection, and later nobody could say what is wrong
    except OSError:
        raise Failure(
            "Nothing on this computer can be reached at 127.0.0.1: bring its loopback network up (`ip link set lo up`)."
        ) from None
    # Both, because eventlet's create_connection looks the name up in its own module.
    green_socket.getaddrinfo = standard_socket.getaddrinfo = resolve_elsewhere
    green_socket.socket.accept = accept_in_time
    main_greenlet = eventlet.getcurrent()

    def interrupt_main(number: int, frame: FrameType | None) -> None:
        """Whichever green thread the signal finds, the main one ends: a connection's would swallow the interrupt."""
        hub = hubs.get_hub()
        if eventlet.getcurrent() in (main_greenlet, hub.greenlet):
            raise KeyboardInterrupt
        hub.schedule_call_global(0, main_greenlet.throw, KeyboardInterrupt)

    end_on_signals(interrupt_main)
    offload: Offload = tpool.execute
    return offload


def patch(psycopg: bool = True) -> None:
    """Make threads, sockets and waiting green, in all that is imported from now on."""
    # The system's resolver knows .local names; eventlet's own doesn't, and costs 0.4 s at each start.
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    # Argon2id takes 64 MiB a call, and two cores are what we count on.
    os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "4")
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    importlib.import_module("transport.ready")  # keeps what is taken away now
    eventlet.monkey_patch(all=True, psycopg=psycopg)
    # Threads of the system's own log, too: a green lock that one of these waits for is never given to it.
    logging: Any = importlib.import_module("logging")
    logging.threading = eventlet.patcher.original("threading")
    logging._lock = logging.threading.RLock()
    logging.lastResort.createLock()


def call_here(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Offload where every thread is the system's own: the caller's may block."""
    return function(*arguments, **options)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def leave(number: int, frame: FrameType | None) -> None:
    os._exit(0)


def end_on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    """Let SIGINT and SIGTERM both end the main thread by KeyboardInterrupt; a shell's `&` leaves SIGINT ignored. So
    does SIGHUP, of a terminal that is closed, but where `nohup` has it ignored.

    Only the first one: Ctrl-C reaches a child from its terminal and again from its parent, which would cut its ending
    short.
    """
    signals = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # Windows has none
        signals.append(signal.SIGHUP)

    def first(number: int, frame: FrameType | None) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        handler(number, frame)

    for one in signals:
        signal.signal(one, first)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
