"""What the transport's tests may ask for."""

from collections.abc import Iterator

import pytest

from tests.transport.pair import Place, place


@pytest.fixture
def here() -> Iterator[Place]:
    """A listener that takes eight."""
    with place() as made:
        yield made
