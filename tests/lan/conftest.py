"""Hosts need root and Linux: without, these tests fail with one sentence, unless --no-netns says that this is known."""

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from tests.lan.hosts import Lan

NEEDS = (
    "The tests on several hosts need Linux, root and iproute2: run them with sudo, or leave them out with --no-netns."
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for hosts, and say so, only where that was asked for."""
    if config.getoption("--no-netns"):
        chosen = [item for item in items if "lan" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    """An empty switch, for all tests of one file."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("ip"):
        pytest.fail(NEEDS, pytrace=False)
    with Lan(tmp_path_factory.mktemp("lan")) as made:
        yield made
