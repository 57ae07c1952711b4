"""A network in memory for each test."""

from __future__ import annotations

import pytest

from tests.world import Person, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def arash(world: World) -> Person:
    """The owner."""
    return world.sign_up("arash")


@pytest.fixture
def sara(world: World, arash: Person) -> Person:
    made = world.sign_up("sara")
    world.settle()
    return made


@pytest.fixture
def mani(world: World, sara: Person) -> Person:
    made = world.sign_up("mani")
    world.settle()
    return made
