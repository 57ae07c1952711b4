"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import browser, open_page, page, profiles, watch  # noqa: F401  fixtures: one Chromium for all folders
from tests.processes import Network


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more examples and longer runs")
    parser.addoption("--no-netns", action="store_true", help="leave out what needs root, for hosts of its own")


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
