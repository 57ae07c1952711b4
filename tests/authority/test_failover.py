"""Another PostgreSQL server takes over, or one says too little: what may still be written, and what is acknowledged.
(Servers that really do so: tests/failures.)
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.state.state import BY_ITSELF, State
from authority_server.store import data_folder, sessions
from authority_server.store import postgres as product
from authority_server.store.database import Rows
from authority_server.store.postgres import DatabaseServer
from authority_server.store.signed_sizes import BATCHES, SignedSizes
from protocol.errors import HamrazError
from protocol.messages import Recovering
from protocol.statements import authority_id_of
from tests import postgres, stores
from tests.authority.peer import Clock, agent, member, owner
from tests.authority.test_postgres import authority as authority
from tests.authority.test_postgres import cut, mend_writes, note, reader_comes_back, refusal, started
from tests.authority.test_postgres import schema as schema
from tests.authority.test_postgres import used as used
from tests.proxy import Proxy


class Lineage:
    """What the servers say of themselves from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 7, 1
        monkeypatch.setattr(sessions, "lineage", lambda cursor, path: self.now)


@pytest.fixture
def lineage(monkeypatch: pytest.MonkeyPatch) -> Lineage:
    return Lineage(monkeypatch)


def test_a_server_that_takes_over_with_all_of_it_is_only_noted(tmp_path: Path, schema: str, lineage: Lineage) -> None:
    for known in (7, 1), (7, 2), (8, 1):  # at first; after a failover; after a dump and a new cluster
        lineage.now = known
        with started(tmp_path, schema) as authority:
            assert not authority.recovery.on
            member(authority, f"user{known[0]}{known[1]}") if authority.has_owner else owner(authority)
            assert authority.state.settings["lineage"] == b"%d %d" % known
            era = authority.state.settings["era"]
    with started(tmp_path, schema) as authority:
        assert authority.state.settings["era"] == era


@pytest.mark.parametrize("lost", ["all", "the newest"])
def test_where_nobody_knows_whether_it_is_all_nothing_is_appended(
    tmp_path: Path, schema: str, lineage: Lineage, lost: str
) -> None:
    """The folder of another computer, or an old one: what was acknowledged last may be with agents only."""
    sizes = tmp_path / "authority.sizes"
    with started(tmp_path, schema) as authority:
        boss = owner(authority)
        kept = sizes.read_bytes()
        era = authority.state.settings["era"]
        member(authority, "ali"), member(authority, "mina")
    sizes.write_bytes(kept if lost == "the newest" else b"")
    with started(tmp_path, schema) as authority:
        assert not authority.recovery.on  # the same server as before
    sizes.write_bytes(kept if lost == "the newest" else b"")
    lineage.now = 7, 2
    for _ in range(2):  # and so it stays over a restart
        with started(tmp_path, schema) as authority:
            assert authority.recovery.declared == BY_ITSELF and authority.state.settings["era"] != era
            assert any(isinstance(message, Recovering) for message in agent(authority, boss).inbox)
            with pytest.raises(HamrazError) as halted:
                member(authority, "late")
            assert halted.value.code == "recovering"
    with started(tmp_path, schema) as authority:
        authority.recovery.end()
        member(authority, "late")
    with started(tmp_path, schema) as authority:
        assert not authority.recovery.on


def test_it_is_noticed_without_a_restart(tmp_path: Path, schema: str, lineage: Lineage) -> None:
    with started(tmp_path, schema) as authority:
        boss = owner(authority)
        peer = agent(authority, boss)
        authority.sizes.highest.pop(BATCHES)
        lineage.now = 7, 2
        cut(authority.store)
        with pytest.raises(HamrazError):
            member(authority, "ali")
        authority.look_after_disk()
        assert authority.health.trouble is None and authority.recovery.declared == BY_ITSELF
        assert peer.closed and any(isinstance(message, Recovering) for message in agent(authority, boss).inbox)
        assert authority.sizes.timelines == {7: 2}


def test_what_is_read_comes_from_where_is_written(authority: Authority) -> None:
    """The line to the server that was replaced may live on."""
    session = authority.store._reader.connection.driver_connection  # type: ignore[union-attr]
    session.lineage = 7, 1
    reader_comes_back(authority)


def test_a_line_that_is_lost_after_the_commit_is_no_mistake(authority: Authority) -> None:
    """The one that reads leads to another server: what has been written is loaded, and told then."""

    def job(state: State, rows: Rows) -> None:
        note(state, rows)
        assert state.noted
        authority.store._reader.invalidate()  # type: ignore[union-attr]

    (outcome,) = authority.execute([job])
    assert outcome.code == "database_unusable"
    authority.look_after_disk()
    assert authority.health.trouble is None and authority.state.settings["noted"] == b"x"


def test_a_server_that_was_replaced_is_refused(tmp_path: Path, schema: str, lineage: Lineage) -> None:
    """It came back and takes writes: of two that go on from one point, one is followed."""
    server = stores.server(schema)
    lineage.now = 7, 2
    with started(tmp_path, schema) as authority:
        owner(authority)
    lineage.now = 7, 1
    assert refusal(tmp_path, server) == "database_unusable"
    lineage.now = 7, 2
    with started(tmp_path, schema) as authority:
        lineage.now = 7, 1
        cut(authority.store)
        authority.execute([note])
        assert "at timeline 1, and 2 is known" in str(authority.execute([note])[0])
        lineage.now = 7, 3
        authority.look_after_disk()
        assert authority.health.trouble is None
    # but who runs it may have put an older one back
    lineage.now = 7, 1
    with data_folder.held(tmp_path):
        key, store = open_folder(tmp_path, stores.server(schema), older=True)
        sizes = SignedSizes(tmp_path / "authority.sizes", authority_id_of(key.public))
        Authority(store, key, Clock(), sizes=sizes)
        store.close()
    with started(tmp_path, schema) as authority:
        assert not authority.recovery.on


def test_a_host_that_answers_with_nothing_is_passed_over(schema: str, tmp_path: Path) -> None:
    """The library would stay with the first that takes a connection: a forwarded port whose server is gone."""
    with Proxy(("127.0.0.1", 0), ("127.0.0.1", 1)) as gone:
        more = f"host=127.0.0.1:{gone.port}&host={postgres.started()}&options=-csearch_path%3D{schema}"
        server = DatabaseServer.at(f"postgresql://hamraz@/postgres?{more}")
        open_folder(tmp_path, server)[1].close()
        alone = DatabaseServer.at(f"postgresql://hamraz@127.0.0.1:{gone.port}/postgres")
        assert refusal(tmp_path, alone) == "database_unusable"


# --- a server that says too little ---


def at_commit(schema: str, words: str) -> None:
    """The server does this at each commit of a setting."""
    postgres.command(f"CREATE FUNCTION {schema}.stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {words} $$")
    postgres.command(
        f"CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON {schema}.settings DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW EXECUTE FUNCTION {schema}.stop()"
    )


def test_a_commit_with_a_warning_is_not_acknowledged(authority: Authority, schema: str) -> None:
    """Somebody has cancelled what waits for the standby: PostgreSQL says that it is done, and warns."""
    at_commit(schema, "RAISE WARNING 'canceling wait for synchronous replication'; RETURN NULL; END")
    (outcome,) = authority.execute([note])
    assert outcome.code == "database_unusable" and "synchronous replication" in str(outcome)
    assert authority.health.trouble is not None
    authority.look_after_disk()
    assert authority.health.trouble is not None  # what it tries says the same
    mend_writes(schema)
    authority.look_after_disk()
    assert authority.health.trouble is None and authority.state.settings["noted"] == b"x"


def test_a_server_that_says_nothing_is_left(authority: Authority, schema: str) -> None:
    """Its line is open, and whoever asks would wait for ever."""
    authority.store.patience = 0.05
    at_commit(schema, "PERFORM pg_sleep(3); RETURN NULL; END")
    assert "no answer" in str(authority.execute([note])[0])
    pid = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = {sessions.LOCK >> 32}"
    postgres.command(f"SELECT pg_terminate_backend(pid, 5000) FROM ({pid}) AS waits")
    mend_writes(schema)
    authority.store.patience = None
    authority.look_after_disk()
    assert authority.health.trouble is None and "noted" not in authority.state.settings
    authority.store.patience = 0.05
    with pytest.raises(HamrazError), authority.store.reading() as rows:
        rows.ask(select(func.pg_sleep(3)))
    authority.look_after_disk()
    with authority.store.reading() as rows:
        assert rows.settings()


def test_indexes_take_as_long_as_they_take(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.store.patience = 0.05
    monkeypatch.setattr(product.ServerStore, "rebuild", text("SELECT pg_sleep(0.2)"))
    assert authority.execute([lambda state, rows: rows.rebuild_indexes()]) == [None]
