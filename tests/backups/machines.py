"""In the network in memory: a kit on paper, a laptop that is lost, and another one on which its owner goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.kit import Kit
from protocol.messages import BackupIs
from tests.world import MemoryNetwork, Person, World
from web_client.account import identity, kits
from web_client.account.identity import Greeting
from web_client.backups import importing, restoring
from web_client.backups.restoring import AtAuthority
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Vault


def on_paper(person: Person) -> Kit:
    """The kit as its owner has it from now on; the vault has it no more."""
    kit = person.vault.read(lambda rows: kits.here(rows, person.node.ctx.authority_id))
    assert kit is not None
    person.vault.write(lambda rows: kits.confirm(rows, kit, person.world.now))
    return kit


def meet(world: World, network: MemoryNetwork) -> tuple[Any, Greeting]:
    channel = network.dial_authority([], 0, lambda message: None, lambda: None)
    return channel, identity.greet(channel, world.link.authority_id)  # type: ignore[arg-type]


def found(world: World, kit: Kit) -> BackupIs:
    channel, greeting = meet(world, MemoryNetwork(world, "elsewhere"))
    try:
        return restoring.find(channel, greeting, kit, world.link.authority_id)
    finally:
        channel.close()


def lose(person: Person) -> None:
    """The laptop is gone, and everything on it."""
    person.stop()


def fill(person: Person, kit: Kit, which: int = 0, told: Callable[[int, int], None] = lambda done, of: None) -> Vault:
    """Another machine, with what the authority has of the account: a vault that isn't the account's yet."""
    world = person.world
    id, network = world.link.authority_id, MemoryNetwork(world, person.name)
    answer = found(world, kit)
    source = AtAuthority(lambda: meet(world, network), kit, id, answer.uid, answer.backups[which])
    about, key = restoring.open_head(source, kit, id)
    vault = Vault.in_memory(lambda rows: importing.begin(rows, about.uid, about.name, world.link, kit))
    restoring.fill(vault, source, about, key, id, world.now, told)
    network.close()
    return vault


def fill_without(person: Person, kit: Kit) -> Vault:
    """The same where there is no backup."""
    world = person.world
    id, network = world.link.authority_id, MemoryNetwork(world, person.name)
    channel, greeting = meet(world, network)
    uid = restoring.find(channel, greeting, kit, id).uid
    account = restoring.account_of(channel, greeting, uid, kit, id)
    network.close()
    vault = Vault.in_memory(lambda rows: importing.begin(rows, uid, account.user.name, world.link, kit))
    importing.settle_without(vault, account, world.now)
    return vault


def vouch(person: Person, vault: Vault, kit: Kit) -> None:
    """From here on the account is this vault's."""
    channel, greeting = meet(person.world, MemoryNetwork(person.world, person.name))
    restoring.recover(channel, vault, person.world.link.authority_id, greeting.size, kit)
    channel.close()


def take(person: Person, vault: Vault, connect: bool = True) -> None:
    person.vault = vault
    person.store = FileStore(None, vault.offload)
    person.network = MemoryNetwork(person.world, person.name)
    person.start()
    if connect:
        person.node.authority.connect()


def go_on_elsewhere(person: Person, kit: Kit, which: int = 0) -> None:
    """All of it, on another machine."""
    vault = fill(person, kit, which)
    vouch(person, vault, kit)
    take(person, vault)


def two_at_once(person: Person, kit: Kit, first: Vault, second: Vault) -> None:
    """The kit vouches for one vault, and then for the other: the first is told that it isn't the account's."""
    vouch(person, first, kit)
    vouch(person, second, kit)
    is_shut_out(person, first)
    take(person, second)


def is_shut_out(person: Person, vault: Vault) -> None:
    """A machine with this vault hears that it isn't the account's any more."""
    take(person, vault, connect=False)
    with pytest.raises(HamrazError) as reason:
        person.node.authority.attempt()
    assert reason.value.code == "moved"
    person.stop()


def begin_again(person: Person, kit: Kit) -> None:
    """All of it by the kit alone."""
    vault = fill_without(person, kit)
    vouch(person, vault, kit)
    take(person, vault)


def heal(world: World, minutes: int = 30) -> None:
    """Time passes, and everybody does what there is to do."""
    for _ in range(minutes):
        world.now += 60_000
        world.settle()
