"""Settles how much the property tests try, before they are imported."""

import pytest

from tests.protocol import effort


def pytest_configure(config: pytest.Config) -> None:
    effort.choose(bool(config.getoption("--long", default=False)))
