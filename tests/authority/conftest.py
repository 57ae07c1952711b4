"""What the authority's tests share."""

import pytest

from authority_server.core.authority import Authority
from tests.authority.peer import Clock, new_authority


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(clock: Clock) -> Authority:
    """A new authority, in memory, without accounts."""
    return new_authority(clock)
