"""How a server is reached, and what it says when it doesn't want to: TLS, passwords, a standby, limits, a full disk. As
docs/operating.md has it, on real servers. (Short forms: tests/authority/test_postgres.py, by SQLSTATE.)
"""

from __future__ import annotations

import contextlib
import datetime
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from authority_server.core.authority import Authority
from authority_server.main import open_folder
from authority_server.store import data_folder, sessions
from authority_server.store.postgres import DatabaseServer
from authority_server.store.signed_sizes import SignedSizes
from protocol.errors import HamrazError
from protocol.statements import authority_id_of
from tests import postgres
from tests.authority.peer import Clock, agent, member, owner
from tests.failures.servers import Pair, Server
from tests.live import disks
from tests.processes import LOOPBACK, until

pytestmark = pytest.mark.long


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server("alone")
    try:
        made.start()
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def running(folder: Path, address: str) -> Iterator[Authority]:
    with data_folder.held(folder):
        key, store = open_folder(folder, DatabaseServer.at(address))
        try:
            sizes = SignedSizes(folder / "authority.sizes", authority_id_of(key.public))
            yield Authority(store, key, Clock(), sizes=sizes)
        finally:
            store.close()


def refused(folder: Path, address: str) -> str:
    """The one sentence of a start that fails; nothing of the password is in it."""
    with pytest.raises(HamrazError) as reason, running(folder, address):
        raise AssertionError("started")
    assert "open-sesame" not in str(reason.value)
    return str(reason.value)


def address(server: Server, user: str = "hamraz", database: str = "postgres", more: str = "", host: str = "") -> str:
    where = f"{host or LOOPBACK}:{server.cluster.port}"
    return f"postgresql+psycopg2://{user}@{where}/{database}?{more}"


def certify(folder: Path, name: str) -> None:
    """A certificate of this name in `server.crt`, with its key beside it; it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2120, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(True, 0), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_the_server_proves_who_it_is(server: Server, tmp_path: Path) -> None:
    data = server.folder / "data"
    certify(data, "localhost")
    for name in ("server.crt", "server.key"):
        (data / name).chmod(0o600)
        if server.cluster.user is not None:
            shutil.chown(data / name, server.cluster.user)
    (data / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
    server.kill()
    server.start(ssl="on")
    trusted, foreign = tmp_path / "trusted.crt", tmp_path / "foreign"
    shutil.copy(data / "server.crt", trusted)
    foreign.mkdir()
    certify(foreign, "localhost")
    checked, folder = f"sslmode=verify-full&sslrootcert={trusted}", tmp_path / "authority"
    assert "no encryption" in refused(folder, address(server, more="sslmode=disable"))
    other = f"sslmode=verify-full&sslrootcert={foreign / 'server.crt'}"
    assert "certificate verify failed" in refused(folder, address(server, more=other, host="localhost"))
    assert "does not match host name" in refused(folder, address(server, more=checked))
    with running(folder, address(server, more=checked, host="localhost")) as authority:
        agent(authority, owner(authority))
        with authority.store.reading() as rows:
            assert rows._connection.exec_driver_sql(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            ).scalar_one()


def test_passwords_and_names(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.ask("CREATE ROLE other LOGIN PASSWORD 'open-sesame'")
    (server.folder / "data" / "pg_hba.conf").write_text(
        "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    )
    server.ask("SELECT pg_reload_conf()")
    assert "no password supplied" in refused(tmp_path, address(server, "other"))
    assert "password authentication failed" in refused(tmp_path, address(server, "other:wrong"))
    assert 'database "nowhere" does not exist' in refused(tmp_path, address(server, "other:open-sesame", "nowhere"))
    assert "permission denied" in refused(tmp_path, address(server, "other:open-sesame"))
    server.ask("CREATE DATABASE hamraz OWNER other")
    passwords = tmp_path / "passwords"
    passwords.write_text(f"{LOOPBACK}:*:hamraz:other:open-sesame\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with running(tmp_path / "authority", address(server, "other", "hamraz")) as authority:
        agent(authority, owner(authority))


def test_a_standby_alone_is_refused(tmp_path: Path) -> None:
    with Pair() as pair:
        assert pair.standby is not None
        with running(tmp_path, pair.address()) as authority:
            owner(authority)
        assert "it only follows another server" in refused(tmp_path, address(pair.standby))
        asked = address(pair.standby, more="target_session_attrs=read-write")
        assert "session is read-only" in refused(tmp_path, asked)
        # the order of the hosts doesn't matter, and nobody has to say that only one of them takes writes
        hosts = "&".join(f"host={LOOPBACK}:{one.cluster.port}" for one in (pair.standby, pair.primary))
        with running(tmp_path, f"postgresql://hamraz@/postgres?{hosts}") as authority:
            member(authority, "ali")


def test_a_primary_that_was_replaced_and_comes_back(tmp_path: Path) -> None:
    """It doesn't know, and takes writes: the authority stays with the one that took over."""
    with Pair(waits=False) as pair:
        first = pair.primary
        with running(tmp_path, pair.address()) as authority:
            owner(authority)
            pair.promote()
            authority.execute([lambda state, rows: None])
            first.kill()
            with pytest.raises(HamrazError):
                member(authority, "ali")
            authority.look_after_disk()
            assert authority.health.trouble is None
            member(authority, "ali")
            first.start()
            pair.primary.lines[0].cut()
            with pytest.raises(HamrazError):
                member(authority, "mina")
            authority.look_after_disk()
            assert authority.health.trouble is None and not authority.recovery.on
            member(authority, "mina")
            pair.primary.kill()
        assert "another server has taken its place" in refused(tmp_path, pair.address())


def test_a_transaction_that_is_held_for_too_long(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends its session, as we have asked it to: nothing of it is there, and all goes on."""
    soon = re.sub(r"'\w+', true", "'100ms', true", sessions.TAKE_TURN)
    held = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
    with running(tmp_path, address(server)) as authority:
        boss = owner(authority)
        with monkeypatch.context() as patch:
            patch.setattr(sessions, "TAKE_TURN", soon)
            (outcome,) = authority.execute([lambda state, rows: until(lambda: server.ask(held) == 0)])
        assert outcome.code == "database_unusable"
        authority.look_after_disk()
        assert authority.health.trouble is None
        agent(authority, boss)


def test_a_full_disk(tmp_path: Path) -> None:
    """The server refuses, or ends where its own journal finds no place; with room it goes on by itself."""
    folder = postgres.new_folder()
    folder.chmod(0o755)  # its user comes through
    with disks.small_disk(folder / "disk", 160) as disk:
        made = Server("cramped")
        shutil.rmtree(made.folder)
        made.folder.symlink_to(disk)
        if made.cluster.user is not None:
            shutil.chown(disk, made.cluster.user)
        try:
            made.start(max_wal_size="32MB")
            with running(tmp_path, address(made)) as authority:
                known = [owner(authority)]
                disks.fill(disk)
                codes = set()
                for number in range(2_000):
                    try:
                        known.append(member(authority, f"user{number}"))
                        if number % 20 == 0:
                            authority.execute([lambda state, rows: rows.save_setting("filler", bytes(500_000))])
                    except HamrazError as reason:
                        codes.add(reason.code)
                        break
                assert codes == {"authority_failing"}
                assert authority.health.trouble is not None
                print(authority.health.trouble, len(known))
                disks.make_room(disk)
                if made.cluster.process.poll() is not None:
                    made.start()
                until(lambda: authority.look_after_disk() or authority.health.trouble is None, what="the disk, usable")
                assert not authority.recovery.on
                member(authority, "late")
                for who in known:
                    agent(authority, who).hang_up()
        finally:
            made.kill()
            made.close_lines()
            made.folder.unlink()
    shutil.rmtree(folder)
