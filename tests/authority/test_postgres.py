"""An authority whose database is on a PostgreSQL server: what is PostgreSQL's own. That the rest is the same, the tests
of the authority itself show, which are run on both (tests/stores.py).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, table

from authority_server import main
from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.operations import status
from authority_server.state.state import State
from authority_server.store import data_folder, migrations, rolling, sessions
from authority_server.store.database import Rows, Store
from authority_server.store.postgres import FORMATS, DatabaseServer
from authority_server.store.signed_sizes import SignedSizes
from launch.packages import ROOT
from protocol.errors import HamrazError
from protocol.messages import FetchLog, LogPart, Posted
from protocol.roles import Role
from protocol.statements import authority_id_of
from tests import postgres, stores
from tests.authority.group_peer import Circle, people
from tests.authority.peer import Clock, Peer, agent, member, owner, person


@pytest.fixture
def schema() -> str:
    return stores.new_schema()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for another's session to end."""
    monkeypatch.setitem(sessions.SETTINGS, "lock_timeout", "50ms")


@contextmanager
def started(path: Path, schema: str, clock: Clock | None = None) -> Iterator[Authority]:
    """The authority of this folder and schema, from its start to its end."""
    with data_folder.held(path):
        key, store = open_folder(path, stores.server(schema))
        try:
            sizes = SignedSizes(path / "authority.sizes", authority_id_of(key.public))
            yield Authority(store, key, clock or Clock(), sizes=sizes)
        finally:
            store.close()


def refusal(path: Path, server: DatabaseServer | None) -> str:
    """The code of a start that fails, with nothing changed in the folder."""
    before = {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()}
    with pytest.raises(HamrazError) as reason:
        open_folder(path, server)[1].close()
    assert {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()} == before
    return reason.value.code


def backends(store: Store) -> list[int]:
    """The server's processes for a store's two connections."""
    assert store._reader is not None
    return [
        connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        for connection in (store._connection, store._reader)
    ]


def cut(store: Store) -> None:
    """End both connections at the server, as its restart would."""
    for pid in backends(store):
        postgres.command(f"SELECT pg_terminate_backend({pid}, 5000)")


@pytest.fixture
def used(tmp_path: Path, schema: str) -> Path:
    """A folder that has been in use, with the schema as its database."""
    with started(tmp_path, schema) as authority:
        owner(authority, "boss")
        (tmp_path / "links").write_text("join: …\n")
    return tmp_path


@pytest.fixture
def authority(used: Path, schema: str, clock: Clock) -> Iterator[Authority]:
    """A running one with one account, `boss`."""
    with started(used, schema, clock) as running:
        yield running


# --- a start ---


def test_a_restart_brings_everything_back(tmp_path: Path, schema: str) -> None:
    with started(tmp_path, schema) as authority:
        boss, ali = owner(authority, "boss"), member(authority, "علی")
        agent(authority, ali).hang_up()
        state, head = authority.state, authority.published
        assert not (tmp_path / "authority.db").exists()
    with started(tmp_path, schema) as authority:
        again = authority.state
        assert authority.published == head and not authority.recovery.on
        assert again.log.users == state.log.users and again.entries == state.entries
        assert again.accounts == state.accounts
        assert {**again.settings, "batch": b""} == {**state.settings, "batch": b""}
        agent(authority, boss)
        with pytest.raises(HamrazError) as taken:
            member(authority, "علي")
        assert taken.value.code == "name_lookalike"


def test_a_folder_and_a_database_that_dont_belong_together_are_refused(
    used: Path, schema: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert refusal(used, None) == "database_missing"  # --database was forgotten
    assert refusal(used, stores.server(stores.new_schema())) == "database_missing"  # or is another one
    fresh = tmp_path_factory.mktemp("fresh")
    assert refusal(fresh, stores.server(schema)) == "key_missing"
    with data_folder.held(fresh):
        open_folder(fresh)[1].close()
    assert refusal(fresh, stores.server(stores.new_schema())) == "database_missing"  # a new one would contradict it
    with pytest.raises(HamrazError) as foreign, started(fresh, schema):
        raise AssertionError("started")
    assert foreign.value.code == "key_damaged"


def test_tables_of_somebody_else_are_left_alone(tmp_path: Path, schema: str) -> None:
    postgres.command(f"CREATE TABLE {schema}.accounts (mine text)")
    with pytest.raises(HamrazError) as reason:
        open_folder(tmp_path, stores.server(schema))
    assert reason.value.code == "database_foreign"


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE %s.hamraz_format SET number = {migrations.FORMAT + 1}",
        f"UPDATE %s.hamraz_format SET number = {rolling.FIRST - 1}",
        "UPDATE %s.hamraz_format SET application = 'another'",
        "DELETE FROM %s.hamraz_format",
    ],
)
def test_another_format_is_refused(used: Path, schema: str, change: str) -> None:
    postgres.command(change % schema)
    assert refusal(used, stores.server(schema)) == "database_foreign"


def add_colours(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE colours (uid bytea PRIMARY KEY, colour text NOT NULL)")
    connection.exec_driver_sql("INSERT INTO colours SELECT uid, 'blue' FROM accounts")


def test_an_older_format_is_brought_up_once_and_whole(used: Path, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(connection: Connection) -> None:
        add_colours(connection)
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    before = migrations.FORMAT
    steps = {**migrations.UPGRADES, before: stumble}
    monkeypatch.setattr(migrations, "UPGRADES", steps)
    monkeypatch.setattr(migrations, "FORMAT", before + 1)
    assert refusal(used, stores.server(schema)) == "database_damaged"
    steps[before] = add_colours
    for _ in range(2):
        with started(used, schema) as authority, authority.store.reading() as rows:
            assert rows.ask(select(func.count()).select_from(table("colours"))).scalar_one() == 1
            assert rows.ask(select(FORMATS.c.number)).scalar_one() == before + 1


@pytest.mark.parametrize("value", ["off", "local"])
def test_where_commits_may_be_lost_it_doesnt_start(used: Path, schema: str, value: str) -> None:
    server = DatabaseServer.at(stores.address(schema) + f"%20-csynchronous_commit%3D{value}")
    with pytest.raises(HamrazError) as reason:
        open_folder(used, server)
    assert reason.value.code == "database_unsafe"
    assert f"as synchronous_commit is {value} there" in str(reason.value)


def test_what_is_asked_for_once_holds_while_it_runs(authority: Authority) -> None:
    """A setting that is changed in the server's files doesn't reach a session that has said its own."""
    with authority.store.transaction() as rows:
        found = rows._connection.exec_driver_sql(
            "SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'"
        ).one()
    assert tuple(found) == ("on", "session")


def test_two_never_write_at_once(authority: Authority, schema: str, at_once: None) -> None:
    other = stores.server(schema).open()
    with other.transaction(), pytest.raises(HamrazError) as waited, authority.store.transaction():
        raise AssertionError("two at once")
    assert waited.value.code == "database_in_use"
    with authority.store.transaction():
        pass
    other.close()


def test_who_starts_waits_for_a_session_that_is_ending(used: Path, schema: str) -> None:
    with started(used, schema) as authority:
        pid = backends(authority.store)[0]
        postgres.command(f"SELECT pg_terminate_backend({pid})")  # and doesn't wait for it
        open_folder(used, stores.server(schema))[1].close()


def sentence(capsys: pytest.CaptureFixture[str], data: Path, address: str) -> tuple[int, str]:
    """Exit code and sentence of a start that fails."""
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    options = parser.parse_args(["--data", str(data), "--database", address, "--port", "0"])
    code = main.run(options, lambda function, *args: function(*args), "threading")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("run.py authority: ") and line.endswith(".")
    return code, line


@pytest.mark.parametrize("address", ["hamraz", "mysql://db/hamraz", "postgresql+asyncpg://db/h", "postgresql://h:x/"])
def test_an_address_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str) -> None:
    code, line = sentence(capsys, tmp_path / "new", address)
    assert code == 2 and "no address of a PostgreSQL database" in line
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_name_that_an_address_begins_with(scheme: str) -> None:
    server = DatabaseServer.at(f"{scheme}://hamraz@db.example/hamraz")
    assert server.url.drivername == "postgresql+psycopg2" and server.path == "postgresql://db.example/hamraz"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://hamraz:secret@/postgres?host={folder}/nowhere", "No such file or directory"),
        ("postgresql://hamraz:secret@/nowhere?host={folder}", 'database "nowhere" does not exist'),
        ("postgresql://nobody:secret@/postgres?host={folder}", 'role "nobody" does not exist'),
        ("postgresql://hamraz:secret@127.0.0.1:1/postgres", "Connection refused"),
        ("postgresql://hamraz:secret@/postgres?host={folder}&options=-csearch_path%3Dnowhere", "names no schema"),
    ],
)
def test_a_database_that_isnt_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, reason: str
) -> None:
    code, line = sentence(capsys, tmp_path, address.format(folder=postgres.started()))
    assert code == 1 and "can't be used" in line and reason in line
    assert "secret" not in line


def test_a_password_is_in_no_text(schema: str) -> None:
    server = DatabaseServer.at("postgresql://hamraz:secret@db.example:5433/hamraz?sslpassword=other")
    assert server.path == "postgresql://db.example:5433/hamraz"
    assert "secret" not in repr(server) + str(server.url)


def test_an_address_may_have_several_hosts(schema: str, tmp_path: Path) -> None:
    """Of a server and its standby, the one that writes is taken."""
    folder = postgres.started()
    more = f"host={folder}/nowhere&host={folder}&target_session_attrs=read-write&options=-csearch_path%3D{schema}"
    server = DatabaseServer.at(f"postgresql://hamraz@/postgres?{more}")
    assert server.path == f"postgresql://{folder}/nowhere,{folder}/postgres"
    open_folder(tmp_path, server)[1].close()


def test_who_doesnt_ask_for_it_loads_nothing_of_it() -> None:
    words = (
        "import authority_server.main, sys; print([n for n in ('psycopg2', 'prometheus_client') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- its errors ---


def break_writes(schema: str, code: str) -> None:
    """The server refuses every setting that is written, with this SQLSTATE."""
    words = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END"
    postgres.command(f"CREATE FUNCTION {schema}.stop() RETURNS trigger LANGUAGE plpgsql AS $$ {words} $$")
    postgres.command(
        f"CREATE TRIGGER stop BEFORE INSERT ON {schema}.settings FOR EACH ROW EXECUTE FUNCTION {schema}.stop()"
    )


def mend_writes(schema: str) -> None:
    postgres.command(f"DROP FUNCTION {schema}.stop CASCADE")


def note(state: State, rows: Rows) -> str:
    state.save_setting(rows, "noted", b"x")
    return "noted"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("53100", "disk_full"),
        ("58030", "disk_failing"),
        ("53300", "database_unusable"),
        ("25006", "database_unusable"),
        ("57014", "database_unusable"),
        ("42501", "database_unusable"),
        ("55P03", "database_in_use"),
    ],
)
def test_what_the_server_refuses_is_named_and_it_goes_on(
    authority: Authority, schema: str, code: str, name: str
) -> None:
    head = authority.published
    break_writes(schema, code)
    assert [getattr(outcome, "code", outcome) for outcome in authority.execute([note, note])] == [name] * 2
    assert authority.health.trouble is not None and authority.published == head
    mend_writes(schema)
    assert authority.execute([note]) == ["noted"]
    assert authority.health.trouble is None
    agent(authority, member(authority, "ali"))


def test_damage_is_final(authority: Authority, schema: str) -> None:
    break_writes(schema, "XX001")
    assert authority.execute([note])[0].code == "database_damaged"
    mend_writes(schema)
    assert authority.execute([note])[0].code == "database_damaged"


def test_a_mistake_of_ours_is_no_trouble_of_the_server(authority: Authority, schema: str) -> None:
    break_writes(schema, "22012")
    (outcome,) = authority.execute([note])
    assert not isinstance(outcome, HamrazError) and authority.health.trouble is None


def test_indexes_are_made_anew(authority: Authority) -> None:
    assert authority.execute([lambda state, rows: rows.rebuild_indexes()]) == [None]
    agent(authority, member(authority, "ali"))


def test_its_size_and_format_are_told(authority: Authority, tmp_path: Path) -> None:
    assert authority.store.size() > 100_000
    cut(authority.store)
    assert status.database_bytes(authority) == 0


# --- a connection that is lost ---


def reader_comes_back(authority: Authority) -> None:
    """What reads is of no use any more: that is said, and mended by the next look."""
    with pytest.raises(HamrazError) as away, authority.store.reading() as rows:
        rows.settings()
    assert away.value.code == "database_unusable"
    authority.look_after_disk()
    with authority.store.reading() as rows:
        assert rows.settings()


def test_it_comes_back_by_itself(authority: Authority) -> None:
    ali = member(authority, "ali")
    cut(authority.store)
    with pytest.raises(HamrazError) as refused:
        member(authority, "mina")
    assert refused.value.code == "authority_failing"
    assert authority.health.trouble is not None and authority.health.trouble.code == "database_unusable"
    authority.look_after_disk()
    assert authority.health.trouble is None
    agent(authority, ali).ask(FetchLog(0, 0), LogPart)
    member(authority, "mina")


def test_a_lost_reader_is_noticed_without_a_write(authority: Authority) -> None:
    postgres.command(f"SELECT pg_terminate_backend({backends(authority.store)[1]}, 5000)")
    reader_comes_back(authority)


def test_a_table_that_somebody_has_locked_holds_up_nobody_for_long(
    used: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg2

    monkeypatch.setitem(sessions.READING, "statement_timeout", "50ms")
    with started(used, schema) as authority:
        other = psycopg2.connect(host=str(postgres.started()), user="hamraz", dbname="postgres")
        other.cursor().execute(f"LOCK TABLE {schema}.settings IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(HamrazError) as refused, authority.store.reading() as rows:
            rows.settings()
        assert refused.value.code == "database_unusable"
        other.close()
        with authority.store.reading() as rows:
            assert rows.settings()


def test_while_it_is_away_nobody_waits_for_it(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read says so at once; only the writer's thread tries to come back."""
    import psycopg2

    tries: list[object] = []

    def connect(*arguments: Any, **options: Any) -> Any:
        tries.append(options)
        raise psycopg2.OperationalError("no route to host")

    with monkeypatch.context() as away:
        away.setattr(psycopg2, "connect", connect)
        cut(authority.store)
        for _ in range(3):
            with pytest.raises(HamrazError) as refused, authority.store.reading() as rows:
                rows.settings()
            assert refused.value.code == "database_unusable"
        assert not tries
        authority.execute([note])
        (outcome,) = authority.execute([note])
        assert "no route to host" in str(outcome) and tries
    authority.look_after_disk()
    assert authority.execute([note]) == ["noted"]


def losing_commits(store: Store, monkeypatch: pytest.MonkeyPatch, done: bool) -> None:
    """The next commit's answer is lost: it is carried out before, or it isn't at all."""
    commit = store._engine.dialect.do_commit

    def lose(connection: Any) -> None:
        monkeypatch.setattr(store._engine.dialect, "do_commit", commit)
        if done:
            commit(connection)
        postgres.command(f"SELECT pg_terminate_backend({connection.dbapi_connection.info.backend_pid}, 5000)")
        connection.cursor().execute("SELECT 1")

    monkeypatch.setattr(store._engine.dialect, "do_commit", lose)


@pytest.mark.parametrize("done", [True, False])
def test_a_commit_in_doubt_is_there_once_or_not_at_all(
    tmp_path: Path, schema: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, schema) as authority:
        known = people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER)
        circle = Circle(authority).create(known["ada"], [known["ada"], known["bob"]])
        poster, reader = circle.enter(known["ada"]), circle.enter(known["bob"])
        reader.inbox.clear()
        entry = circle.message(known["ada"])
        losing_commits(authority.store, monkeypatch, done)
        with pytest.raises(HamrazError) as refused:
            poster.ask(circle.post(entry), Posted)
        assert refused.value.code == "authority_failing" and not reader.pushed()
        authority.look_after_disk()
        assert len(reader.pushed()) == done  # it is told to everybody, though nobody asks again
        place = poster.ask(circle.post(entry), Posted).n
        assert reader.pushed() == [(place, entry)]
        poster.ask(circle.post(circle.message(known["ada"])), Posted)
        assert [n for n, _ in reader.pushed()] == [place, place + 1]
    with started(tmp_path, schema) as authority:
        assert authority.chain_size(circle.gid) == place + 1 and not authority.recovery.on


def test_a_sign_up_in_doubt_is_one_account(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    ali, before = person(authority, "ali"), authority.published.size
    losing_commits(authority.store, monkeypatch, True)
    with pytest.raises(HamrazError):
        Peer(authority).hello().sign_up(ali)
    Peer(authority).hello().sign_up(ali)
    assert authority.published.size == before + 1
    agent(authority, ali)


def test_a_server_that_comes_back_older_is_no_contradiction(authority: Authority, schema: str) -> None:
    """As after a failover to a standby that had not followed: what was signed is asked for, and nothing is appended."""
    tables = "entries", "accounts", "settings"
    for name in tables:
        postgres.command(f"CREATE TABLE {schema}.old_{name} AS SELECT * FROM {schema}.{name}")
    ali = member(authority, "ali")
    peer = agent(authority, ali)
    signed = authority.published
    for name in tables:
        postgres.command(f"DELETE FROM {schema}.{name}; INSERT INTO {schema}.{name} SELECT * FROM {schema}.old_{name}")
    cut(authority.store)
    with pytest.raises(HamrazError):
        member(authority, "mina")
    authority.look_after_disk()
    assert authority.health.trouble is None and authority.recovery.on
    assert authority.floor.log == signed.size > authority.published.size
    assert peer.closed  # what it has of the log it gives back as it comes in
    with pytest.raises(HamrazError) as halted:
        member(authority, "mina")
    assert halted.value.code == "recovering"
