"""What a password costs where that isn't what is tried."""

import pytest

from web_client.vault import key_file


def cheapen(patch: pytest.MonkeyPatch) -> None:
    """Deriving a key from a password takes next to no time."""
    patch.setattr(key_file, "MEMORY_KIB", 64)
    patch.setattr(key_file, "PASSES", 1)
