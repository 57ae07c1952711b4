"""The places and people that tests of the page share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.browser.desktops import Desktops
from tests.browser.fake_agent import Served, serving
from tests.browser.shared_network import SharedNetwork
from tests.browser.tour import Tour
from tests.browser.window import Pair, Window
from tests.chromium import Watch
from tests.forks import cheap_passwords
from tests.tabs import Profiles


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    with cheap_passwords():
        yield


@pytest.fixture(scope="session")
def shared_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedNetwork]:
    """An authority, and three people whose agents are logged in."""
    with ExitStack() as until_the_end:
        with cheap_passwords():
            running = until_the_end.enter_context(SharedNetwork(tmp_path_factory.mktemp("shared_network")))
        yield running


@pytest.fixture(scope="session")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """People who have written, for whoever wants to see every screen."""
    with ExitStack() as until_the_end:
        with cheap_passwords():
            running = until_the_end.enter_context(Tour(tmp_path_factory.mktemp("tour")))
        yield running


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """An agent that plays its part, for all tests of a file."""
    with serving() as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Served]:
    """The same for each test anew."""
    with serving() as running:
        yield running


@pytest.fixture
def desktops(started_desktops: Desktops) -> Iterator[Desktops]:
    """What the people of this file stand at; a page that was loaded again meanwhile fails the test."""
    with started_desktops.for_a_test():
        yield started_desktops
    assert all(desktop.never_reloaded for desktop in started_desktops.by_name.values())


@pytest.fixture(scope="module")
def lasting(profiles: Profiles, shared_network: SharedNetwork) -> Iterator[tuple[Pair, Watch]]:
    """sara's window and کیان's, which stay open for all tests of a file, as they do with people."""
    watching = Watch()
    pages = [profiles.open(viewport={"width": 1280, "height": 800}) for _ in range(2)]
    for page in pages:
        watching.follow(page)
    sara, kian = (
        Window(page, shared_network.people[name]).come_in() for page, name in zip(pages, ("sara", "کیان"), strict=True)
    )
    yield (sara, kian), watching
    for page in pages:
        profiles.close(page)


@pytest.fixture
def pair(lasting: tuple[Pair, Watch]) -> Iterator[Pair]:
    """sara's window and کیان's. What their consoles say fails the test in which they say it."""
    both, watching = lasting
    yield both
    problems, watching.problems = watching.unexpected(), []
    assert not problems, "\n".join(problems)
