"""The people of the agents' tests."""

from tests.agent.conftest import arash, cheap_argon2, mani, opened, sara, world

__all__ = ["arash", "cheap_argon2", "mani", "opened", "sara", "world"]
