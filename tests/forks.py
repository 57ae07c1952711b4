"""Authorities and agents that needn't import anything: forks of one process that has, for each test runner.

To import is nine tenths of what a start costs, and the same each time. From `run.main` on, all goes as in any other
process of run.py. What comes before is tried where run.py itself is started: tests/test_launch.py, test_demo.py,
test_data_folder.py and door/test_command_line.py, which don't come here; nor does one with an environment of its own
(as a disk that fails needs), or through another program than `ip netns exec`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import traceback
from _thread import get_ident  # the system's, which green threads put another in place of
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from select import select
from typing import Any, NoReturn

from launch.packages import ROOT
from launch.secret_arguments import SECRETS

SCRIPT = str(ROOT / "run.py")
APPLICATIONS = ("authority_server.main", "web_client.main", "engineio.async_drivers.")  # and the kind of threads
PYTHONS = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}  # as launch/child.py has it
TESTS = ("PYTEST_", "HAMRAZ_TEST_")  # what test runners tell each other
CHEAP = "HAMRAZ_TEST_CHEAP_PASSWORDS"  # so that what is tried isn't kept by what a password costs (`cheap_passwords`)
LEAST = {"MEMORY_KIB": 64, "PASSES": 1}  # of web_client/vault/key_file.py
NETNS = ("ip", "netns", "exec")
CLONE_NEWNET, CLONE_NEWNS, MS_SLAVE, MS_REC, MNT_DETACH = 0x40000000, 0x20000, 1 << 19, 1 << 14, 2
_BEGIN = "import sys; sys.path[0] = sys.argv[1]; from tests import forks; forks.original(int(sys.argv[2]), sys.argv[3])"
_LONGEST = 1 << 17  # bytes of a request: arguments and an environment


def start(command: Sequence[str], *, env: Mapping[str, str], **how: Any) -> Any:
    """What launch/child.py takes in place of subprocess.Popen: a fork, or a whole start where that is another thing."""
    space = command[3] if tuple(command[:3]) == NETNS else None
    python, script, *arguments = command[len(NETNS) + 1 :] if space else command
    if (python, script) != (sys.executable, SCRIPT) or "--async" not in arguments or _own(env) != _own(_BEGAN_IN):
        return subprocess.Popen(command, env=env, **how)
    return _original(arguments[arguments.index("--async") + 1]).fork(arguments, env, space)


@contextlib.contextmanager
def cheap_passwords() -> Iterator[None]:
    """What a password costs is next to nothing for the forks that are started within, and for this process: for a
    network whose folders no other process opens. The cost itself is tried where it counts: the number isn't in the
    key's file, so that whoever opens one with another cost finds the password wrong.
    """
    module = importlib.import_module("web_client.vault.key_file")
    before, within = {name: getattr(module, name) for name in LEAST}, CHEAP in os.environ
    os.environ[CHEAP] = "1"
    vars(module).update(LEAST)
    try:
        yield
    finally:
        vars(module).update(before)
        if not within:
            del os.environ[CHEAP]


def _own(env: Mapping[str, str]) -> dict[str, str]:
    """What of an environment could make a process another one."""
    others = PYTHONS.keys() | {secret.variable for secret in SECRETS}
    return {name: env[name] for name in env.keys() - others if not name.startswith(TESTS)}


_BEGAN_IN = dict(os.environ)


def enter(space: str) -> None:
    """This process is in that network namespace from now on, and sees its devices in /sys: `ip netns exec`."""
    with open(f"/run/netns/{space}", "rb") as handle:
        done(_libc.setns(handle.fileno(), CLONE_NEWNET))
    done(_libc.unshare(CLONE_NEWNS))
    done(_libc.mount(b"", b"/", b"none", MS_SLAVE | MS_REC, None))
    done(_libc.umount2(b"/sys", MNT_DETACH))
    done(_libc.mount(space.encode(), b"/sys", b"sysfs", 0, None))


def done(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


_libc = ctypes.CDLL(None, use_errno=True)


class Fork:
    """One of them, as launch/child.py asks of a process."""

    def __init__(self, pid: int, output: int) -> None:
        self.pid = pid
        self.stdout = os.fdopen(output, encoding="utf-8", errors="replace")
        self._ended = threading.Event()
        self._code: int | None = None

    def end(self, code: int) -> None:
        self._code = code
        self._ended.set()

    def poll(self) -> int | None:
        return self._code

    def wait(self, seconds: float | None = None) -> int:
        if not self._ended.wait(seconds):
            raise subprocess.TimeoutExpired(SCRIPT, seconds or 0)
        assert self._code is not None
        return self._code

    def send_signal(self, number: int) -> None:
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and we are about to hear of it
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Original:
    """Our end of the process that is forked. It ends when ours does."""

    def __init__(self, mode: str) -> None:
        self._line, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            subprocess.Popen(
                [sys.executable, "-c", _BEGIN, str(ROOT), str(there.fileno()), mode],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                env=_BEGAN_IN | PYTHONS,
                start_new_session=True,
            )
        self._one_by_one = threading.Lock()
        self._started: queue.Queue[Fork | None] = queue.Queue()
        self._outputs: queue.Queue[int] = queue.Queue()
        threading.Thread(target=self._listen, name="ends of forks", daemon=True).start()

    def fork(self, arguments: Sequence[str], env: Mapping[str, str], space: str | None) -> Fork:
        umask = os.umask(0o077)
        os.umask(umask)
        wanted = {"arguments": arguments, "env": dict(env), "folder": os.getcwd(), "umask": umask, "space": space}
        output, said = os.pipe()
        with self._one_by_one:
            self._outputs.put(output)
            socket.send_fds(self._line, [json.dumps(wanted).encode()], [said])
            os.close(said)
            made = self._started.get(timeout=60)
        assert made is not None, "the process that is forked has ended"
        return made

    def _listen(self) -> None:
        forks: dict[int, Fork] = {}
        while heard := self._line.recv(_LONGEST):
            pid, code = json.loads(heard)
            if code is None:
                forks[pid] = Fork(pid, self._outputs.get())
                self._started.put(forks[pid])
            else:
                forks.pop(pid).end(code)
        self._started.put(None)


@cache
def _original(mode: str) -> _Original:
    return _Original(mode)


def _guard_green_locks() -> None:
    """End this process where a thread of the system's own takes a lock of green ones and would wait: it would seldom
    have to, and then for ever (docs/locks.md).
    """
    importlib.import_module("cryptography.hazmat.backends.openssl")  # once only, whatever its thread, takes such a lock
    semaphore = importlib.import_module("eventlet.semaphore").Semaphore
    acquire, ours = semaphore.acquire, get_ident()

    def guarded(lock: object, blocking: bool = True, timeout: float | None = None) -> Any:
        if blocking and get_ident() != ours:
            traceback.print_stack()
            os._exit(70)
        return acquire(lock, blocking, timeout)

    semaphore.acquire = guarded


def original(line: int, mode: str) -> NoReturn:
    """Import all for this kind of threads, then fork for each request on this socket. What returns from the loop is a
    fork, and begins here.
    """
    fork, waitpid, read = os.fork, os.waitpid, os.read  # before they are patched, so that nothing here starts a hub
    asked = socket.socket(fileno=line)
    news, told = os.pipe()
    os.set_blocking(told, False)
    import run

    if mode == "eventlet":
        run.patch()
        _guard_green_locks()
    for module in APPLICATIONS:
        importlib.import_module(module + mode if module.endswith(".") else module)
    gc.collect()
    gc.freeze()  # whoever looks through all of it for waste would get a copy of all of it

    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(told)
    while True:
        if news in select([asked, news], [], [])[0]:
            read(news, 100)
            with contextlib.suppress(ChildProcessError):
                while (ended := waitpid(-1, os.WNOHANG))[0]:
                    asked.send(json.dumps([ended[0], os.waitstatus_to_exitcode(ended[1])]).encode())
            continue
        heard, outputs, _flags, _address = socket.recv_fds(asked, _LONGEST, 1)
        if not heard:
            sys.exit()
        pid = fork()
        if not pid:
            break
        os.close(outputs[0])
        asked.send(json.dumps([pid, None]).encode())
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if mode == "eventlet":
        hubs = importlib.import_module("eventlet.hubs")
        hubs.get_hub().poll.close()  # which all of them share: each would be woken by what happens to any
        hubs.use_hub()
    wanted = json.loads(heard)
    os.setsid()
    for stream, name in enumerate(("stdout", "stderr"), 1):
        os.dup2(outputs[0], stream)
        unbuffered = open(stream, "wb", 0, closefd=False)  # noqa: SIM115
        setattr(sys, name, io.TextIOWrapper(unbuffered, "utf-8", "backslashreplace", write_through=True))
    for mine in (outputs[0], news, told):
        os.close(mine)
    asked.close()
    if wanted["space"]:
        enter(wanted["space"])
    os.chdir(wanted["folder"])
    os.umask(wanted["umask"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    if CHEAP in os.environ:
        vars(importlib.import_module("web_client.vault.key_file")).update(LEAST)
    sys.argv = [SCRIPT, *wanted["arguments"]]
    sys.exit(run.main(sys.argv[1:]))
