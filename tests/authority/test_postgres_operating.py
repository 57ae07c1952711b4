"""Operating an authority whose database is on a PostgreSQL server, as real processes and as docs/operating.md says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.operations import control_files
from authority_server.store import data_folder
from authority_server.store.postgres import DatabaseServer
from authority_server.store.signed_sizes import SignedSizes
from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import FileIs, GetChunk, OfferFile, PutChunk, encode
from protocol.primitives import AEAD_TAG, random_id
from protocol.statements import authority_id_of
from tests import postgres, processes, stores
from tests.authority.peer import Clock, Person, agent, member, owner
from tests.authority.test_operating import Guest, Start, sentence, start  # noqa: F401  a fixture
from tests.postgres import Cluster

PASSWORD = "open-sesame"


def test_it_is_started_killed_saved_and_put_back(tmp_path: Path, start: Start) -> None:  # noqa: F811
    schema, data = stores.new_schema(), tmp_path / "authority"
    address = stores.address(schema).replace("hamraz@", f"hamraz:{PASSWORD}@")
    running = start(data, "eventlet", "--database", address)
    boss = Guest(running.line("owner: ")).sign_up("boss")
    assert running.child is not None
    assert PASSWORD not in Path(f"/proc/{running.child.pid}/cmdline").read_text()
    assert any("next time put it into ~/.pgpass" in line for line in running.output)
    asked = control_files.ask(data, control_files.STATUS)
    assert asked is not None and asked["accounts"] == 1 and asked["database_bytes"] > 100_000
    assert "pg_dump" in sentence("--data", data, "--database", stores.address(schema), "--backup", tmp_path / "copy")
    assert not (data / "authority.db").exists() and not (tmp_path / "copy").exists()

    die_in_mid_file(running, boss)

    server = Cluster(postgres.started())
    dump = server.folder / f"{schema}.dump"
    server.run("pg_dump", "-h", server.folder, "-U", "hamraz", "-Fc", "-n", schema, "-f", dump, "postgres")
    late = Guest(running.line("join: ")).sign_up("late")
    running.kill()

    postgres.command(f"DROP SCHEMA {schema} CASCADE")
    server.run("pg_restore", "-h", server.folder, "-U", "hamraz", "-d", "postgres", dump)
    running.arguments.append("--recover")
    running.start()
    Guest(running.line("join: ")).log_in(boss)
    with pytest.raises(HamrazError) as lost:
        Guest(running.line("join: ")).log_in(late)
    assert lost.value.code == "recovering"  # their agent gives it back
    asked = control_files.ask(data, control_files.STATUS)
    assert asked is not None and asked["recovery"]["lacks"]["log"] == 1
    assert running.stop() == 0


def die_in_mid_file(running: processes.Authority, who: Person) -> None:
    """It is killed while a file's chunks are on their way, and goes on: what it says it has is there, and whole."""
    id, sealed = random_id(), [os.urandom(CHUNK + AEAD_TAG) for _ in range(8)]
    sender = Guest(running.line("join: "))
    sender.log_in(who)
    offer = OfferFile(3, id, len(sealed) * CHUNK, who.uid, None)
    assert sender.ask(offer) == FileIs(3, 0)
    for index in range(1, len(sealed)):
        sender.connection.send(encode(PutChunk(10 + index, id, index - 1, sealed[index - 1])))
    assert sender.ask(PutChunk(9, id, 7, sealed[7])).re == 11  # the first is answered, and the others are under way
    running.kill()
    running.start()

    again = Guest(running.line("join: "))
    again.log_in(who)
    have = again.ask(offer).have
    assert have >= 1
    for index in range(len(sealed)):
        if index >= have:
            with pytest.raises(HamrazError) as reason:
                again.ask(GetChunk(20, who.uid, id, index))
            assert reason.value.code == "file_not_yet"
            again.ask(PutChunk(21, id, index, sealed[index]))
        assert again.ask(GetChunk(22, who.uid, id, index)).sealed == sealed[index]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of one's own, which may be killed."""
    folder = postgres.new_folder()
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder)


@pytest.mark.long
def test_a_server_that_is_killed_keeps_what_was_answered(cluster: Cluster, tmp_path: Path) -> None:
    server = DatabaseServer.at(f"postgresql://hamraz@/postgres?host={cluster.folder}")
    with data_folder.held(tmp_path):
        key, store = open_folder(tmp_path, server)
        sizes = SignedSizes(tmp_path / "authority.sizes", authority_id_of(key.public))
        authority, known = Authority(store, key, Clock(), sizes=sizes), []
        known.append(owner(authority))
        for number in range(10):
            known.append(member(authority, f"user{number}"))
            cluster.kill()
            with pytest.raises(HamrazError) as refused:
                member(authority, "nobody")
            assert refused.value.code == "authority_failing"
            authority.look_after_disk()
            cluster.start()
            authority.look_after_disk()
            assert authority.health.trouble is None and not authority.recovery.on
            for who in known:
                agent(authority, who).hang_up()
        store.close()


@pytest.mark.long
def test_a_server_that_doesnt_wait_for_its_disk_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    server = DatabaseServer.at(f"postgresql://hamraz@/postgres?host={cluster.folder}")
    cluster.kill()
    cluster.start(fsync="off")
    with pytest.raises(HamrazError) as unsafe:
        open_folder(tmp_path, server)
    assert unsafe.value.code == "database_unsafe" and "as fsync is off there" in str(unsafe.value)
    assert os.listdir(tmp_path) == ["authority.key"]
    cluster.kill()
    cluster.start()
    open_folder(tmp_path, server)[1].close()
