"""What every test may ask for."""

import gc
from collections.abc import Collection, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from launch import page_files
from launch.failure import SetUpFailure
from tests import postgres, spared, stores
from tests.chromium import browser, open_page, page, profiles, watch  # noqa: F401  fixtures: one Chromium for all folders
from tests.processes import Network


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more examples and longer runs")
    parser.addoption("--no-netns", action="store_true", help="leave out what needs root, for hosts of its own")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        held = postgres.begin_run()
        config.add_cleanup(lambda: postgres.end_run(held))
    config.addinivalue_line("markers", "long: runs in the long form only; what it looks at has a short form beside it")
    if not hasattr(config, "workerinput") and not page_files.complete():
        try:
            page_files.make()  # as run.py does: a page that was changed is tried as it is now
        except SetUpFailure as failure:
            raise pytest.UsageError(str(failure)) from None


# Tests that mostly wait, for time to pass or for other hosts; the longest first.
WAITING = ("tests/live/", "tests/lan/", "tests/test_threads.py", "tests/failures/", "tests/deploy/")
# Those that wait for a browser, or for processes that start: there is less to do for others meanwhile.
STARTING = ("tests/test_launch.py", "tests/test_demo.py", "tests/test_data_folder.py", "tests/browser/")
# Of the others, which only compute, those that take long.
LONG_ONES = (
    "tests/test_drill.py",
    "tests/agent/test_cut_stories.py",
    "tests/test_models.py",
    "tests/benchmarks/",
    "tests/properties/",
)
LAST = 0.1  # of those that only compute, and take a moment each, stand after all that wait

# Whom the tests of several files share is started once, where these are tried by the same runner.
SHARED = {
    f"tests/browser/test_{name}.py": fixture
    for fixture, names in {
        "shared_network": "away bad_input codes files foreign_pages keyboard log_in marks notifications private_chat "
        "settings sign_up",
        "tour": "axe comfort",
    }.items()
    for name in names.split()
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files beside each other (`--dist loadfile`), but for those that share."""
    from xdist.scheduler import LoadFileScheduling

    class Beside(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return SHARED.get(file, file)

    return Beside(config, log) if config.getvalue("dist") == "loadfile" else None


def in_order(files: Collection[str]) -> list[str]:
    """Those that wait among those that compute, all along: three runners that wait at once leave both cores idle. Long
    ones come first, so that none is left for the end.
    """
    waiting = [file for file in files if file.startswith(WAITING)]
    starting = [file for file in files if file.startswith(STARTING)]
    computing = [file for file in files if not file.startswith(WAITING + STARTING)]
    at = dict[str, float]()
    for some, names, end in ((waiting, WAITING, 1 - LAST), (starting, STARTING, 1 - LAST), (computing, LONG_ONES, 1)):
        at |= {file: end * number / len(some) for number, file in enumerate(sorted(some, key=partial(place, names)))}
    return sorted(files, key=at.__getitem__)


def place(names: Sequence[str], file: str) -> int:
    """Which of these the file begins with, the first being 0; their number, if it is none."""
    return next((at for at, name in enumerate(names) if file.startswith(name)), len(names))


@pytest.hookimpl(tryfirst=True)  # before those that are left out are counted
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    of = {item: item.nodeid.partition("::")[0] for item in items}
    at = {file: number for number, file in enumerate(in_order(dict.fromkeys(of.values())))}
    items.sort(key=lambda item: at[of[item]])
    if config.getoption("--long"):
        return
    later = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=later)
    items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()  # nothing of what is loaded meanwhile is waste
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What was loaded stays to the end: a quarter of the time would go into looking through it for waste."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    file = metafunc.definition.nodeid.partition("::")[0]
    engines = stores.engines(file, metafunc.config.getoption("--long"))
    if engines:
        metafunc.parametrize("database", engines, indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which database the authorities of this test have."""
    engine: str = getattr(request, "param", stores.SQLITE)
    with stores.using(engine):
        yield engine
    spared.end()


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether `run.py test --long` was asked for: a test may then do more of the same."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def async_mode() -> str:
    """The kind of threads of `network`; a test that is parametrized with `async_mode` runs under each."""
    return "eventlet"


@pytest.fixture
def network(tmp_path: Path, async_mode: str) -> Iterator[Network]:
    """A started authority of real processes, to which agents can be added."""
    with Network(tmp_path, async_mode) as running:
        yield running
