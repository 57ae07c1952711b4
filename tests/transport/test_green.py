"""The same tests once more with eventlet's green threads, in a process of their own."""

from __future__ import annotations

import subprocess
import sys

from launch.packages import ROOT

RUN = (
    "import sys, run; run.activate('eventlet'); import pytest; "
    "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', *sys.argv[1:]]))"
)
FILES = ["connection", "listener", "threads", "tls", "waiting"]


def test_connections_work_on_green_threads() -> None:
    files = [f"tests/transport/test_{name}.py" for name in FILES]
    done = subprocess.run([sys.executable, "-c", RUN, *files], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
