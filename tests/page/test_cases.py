"""The page's pure modules, tried in Chromium: cases/*.js against static/js."""

import functools
import json
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from urllib.parse import urlencode

import pytest

from launch import chromium
from launch.packages import ROOT
from tests.chromium import FLAGS

CASES = sorted(path.stem for path in (ROOT / "tests" / "page" / "cases").glob("*.js") if path.stem != "failing")
Results = dict[str, dict[str, str | None]]


class Handler(SimpleHTTPRequestHandler):
    """Serves the repository to the page that runs the cases, and takes what came out."""

    def __init__(self, came: "Queue[Results]", *arguments: object) -> None:
        self._came = came
        super().__init__(*arguments, directory=str(ROOT))  # type: ignore[arg-type]

    def do_POST(self) -> None:
        self._came.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def run(files: list[str], profile: Path) -> Results:
    """What is wrong with each case of each file, or None."""
    path = chromium.find()
    assert path is not None, "No Chromium found: `run.py test` says how to install it."
    came: Queue[Results] = Queue()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, came)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/tests/page/run.html?{urlencode({'cases': files}, doseq=True)}"
        with (profile / "said").open("wb") as said:
            browser = subprocess.Popen(
                [path, "--headless", *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", address],
                stdout=said,
                stderr=said,
            )
            try:
                return came.get(timeout=60)
            finally:
                browser.terminate()
                browser.wait(30)
                server.shutdown()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run(CASES, tmp_path_factory.mktemp("profile"))


@pytest.mark.parametrize("file", CASES)
def test_cases(file: str, results: Results) -> None:
    assert results[file]
    assert {name: wrong for name, wrong in results[file].items() if wrong} == {}


def test_a_case_that_fails_is_seen(tmp_path: Path) -> None:
    found = run(["failing", "nowhere"], tmp_path)
    assert found["failing"] == {"holds": None, "does not": "found 1, wanted 2"}
    assert "nowhere.js" in (found["nowhere"]["it is loaded"] or "")  # what can't be loaded is no silence
