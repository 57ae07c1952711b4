"""The same tests once more with eventlet's green threads, in a process of their own."""

from __future__ import annotations

import subprocess
import sys

from launch.packages import ROOT

RUN = (
    "import sys, run; run.activate('eventlet'); import pytest; "
    "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', *sys.argv[1:]]))"
)
LOG = """
import logging, run
offload = run.activate("eventlet")
import eventlet
sleep = eventlet.patcher.original("time").sleep

class Full(logging.StreamHandler):
    def emit(self, record):
        if record.msg == "ours":
            sleep(0.2)  # what reads our lines stands still
        super().emit(record)

def beside():
    sleep(0.05)
    logging.error("the system's own")

logging.basicConfig(format="%(message)s", handlers=[Full()])
offload(str)  # those threads are there
asked = eventlet.spawn(offload, beside)
eventlet.sleep(0)
logging.error("ours")
with eventlet.Timeout(5):
    asked.wait()
"""
ACCEPTED = """
import errno, run
run.activate("eventlet")
import eventlet, socket
from eventlet.greenio import base
reasons = [errno.EMFILE, errno.ENFILE, errno.ECONNABORTED, errno.ECONNRESET]
take = base.socket_accept

def accept(descriptor):
    if reasons:
        raise OSError(reasons.pop(), "not now")
    return take(descriptor)

base.socket_accept = accept
listening = socket.create_server(("127.0.0.1", 0))
caller = socket.create_connection(listening.getsockname())
with eventlet.Timeout(5):
    listening.accept()
listening.close()
try:
    listening.accept()
except OSError as reason:
    assert reason.errno == errno.EBADF
else:
    raise AssertionError
"""
NO_LOOPBACK = """
import run
from launch.failure import Failure
run.patch()
from eventlet import tpool

def setup():
    raise OSError(101, "Network is unreachable")

tpool.setup = setup
try:
    run.activate("eventlet")
except Failure as reason:
    print(reason)
"""
IDLE = """
import run
run.activate("eventlet")
import http.client, socket
from tests.processes import free_port
from web_client.page import server
from web_client.page.app import make_app

server.IDLE_SECONDS = 0.1
port = free_port()
app, socketio = make_app(port, "eventlet")
page = server.PageServer(app, socketio, server.Claim(port))
page.start()
idle = socket.create_connection(("127.0.0.1", port), timeout=5)
assert idle.recv(1) == b""
asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
asked.request("GET", "/", headers={"Host": f"127.0.0.1:{port}"})
assert asked.getresponse().status == 200
"""
FOUND = """
import run
offload = run.activate("eventlet")
import eventlet
from authority_server.store.damage import Damage
from transport.threads import Troubles
sleep = eventlet.patcher.original("time").sleep

class Slow(str):
    def __hash__(self):
        sleep(0.1)  # a thread of the system's own is interrupted at any place
        return 1

damage, troubles = Damage(), Troubles()
for tell, ask in (
    (lambda: damage.note("mail", Slow("1")), damage.status),
    (lambda: troubles.mistake(Slow("request"), ValueError()), lambda: [one.where for one in troubles.now()]),
):
    asked = eventlet.spawn(offload, tell)
    eventlet.sleep(0.05)
    with eventlet.Timeout(5):
        ask()
        asked.wait()
    print(ask())
"""
FILES = ["connection", "listener", "threads", "tls", "waiting"]


def test_connections_work_on_green_threads() -> None:
    files = [f"tests/transport/test_{name}.py" for name in FILES]
    done = subprocess.run([sys.executable, "-c", RUN, *files], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_who_listens_goes_on_where_there_is_nobody_to_accept_now() -> None:
    """Out of descriptors, eventlet's server ended, and the agent with it: "Port 5001 is taken"."""
    done = subprocess.run([sys.executable, "-c", ACCEPTED], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_a_computer_without_loopback_is_told_so_at_the_start() -> None:
    """It began, and nothing that was written was ever answered, not even its end."""
    done = subprocess.run([sys.executable, "-c", NO_LOOPBACK], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "") and "ip link set lo up" in done.stdout


def test_who_asks_the_page_for_nothing_is_ended() -> None:
    done = subprocess.run([sys.executable, "-c", IDLE], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_thread_of_the_systems_own_logs_while_ours_do() -> None:
    done = subprocess.run([sys.executable, "-c", LOG], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "ours\nthe system's own\n")


def test_what_a_thread_of_the_systems_own_finds_damaged_or_fails_at_is_asked_for_meanwhile() -> None:
    done = subprocess.run([sys.executable, "-c", FOUND], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "['mail 1']\n['request']\n"), done.stderr
