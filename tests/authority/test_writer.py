"""Writes in batches: one bad job takes no other with it, a failing disk is named, and nothing undurable is shown."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server.core import batches, writer
from authority_server.core.authority import Authority, Done, Job
from authority_server.core.writer import Writer
from authority_server.state.state import State, begin
from authority_server.store import sqlite
from authority_server.store.database import Account, Rows
from protocol.errors import Damaged, HamrazError
from protocol.log import Log
from protocol.log_entries import RegisterEntry, encode_entry
from protocol.messages import Failed, FetchLog, LogPart, NewHead, Posted
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.authority.group_peer import Batch, Circle, people
from tests.authority.peer import Clock, Peer, agent, member, owner, person


def call_here(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


class Outcomes:
    """Collects what `done` is given, from whichever thread."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._changed = threading.Condition()

    def __call__(self, outcome: Any) -> None:
        with self._changed:
            self.all.append(outcome)
            self._changed.notify_all()

    def wait(self, count: int) -> list[Any]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.all) >= count, 10)
            return self.all


def note(name: str) -> Job[str]:
    def job(state: State, rows: Rows) -> str:
        state.save_setting(rows, name, b"x")
        return name

    return job


def refuse(state: State, rows: Rows) -> None:
    raise HamrazError("stale")


def fail(state: State, rows: Rows) -> None:
    state.save_setting(rows, "half", b"x")
    raise ZeroDivisionError


def write_and_refuse(state: State, rows: Rows) -> None:
    state.save_setting(rows, "half", b"x")
    raise HamrazError("stale")


def twice(state: State, rows: Rows) -> None:
    """Breaks a rule of the database, which shows only when the batch is sent."""
    account = Account(b"u" * 32, b"e" * 32, 0)
    state.add_account(rows, account)
    state.add_account(rows, account)


OURS = {"invitation", "email_key", "era", "batch", "lineage"}  # settings, of which a server's has the last


def saved(authority: Authority) -> set[str]:
    with authority.store.transaction() as rows:
        return rows.settings().keys() - OURS


@pytest.fixture
def on_disk(tmp_path: Path, clock: Clock) -> Iterator[Authority]:
    key = SigningKey.generate()
    sqlite.create(tmp_path / "a.db", lambda rows: begin(rows, key))
    store = sqlite.open_file(tmp_path / "a.db")
    yield Authority(store, key, clock)
    store.close()


def test_a_batch_is_one_transaction_and_a_refusal_is_one_jobs_own(authority: Authority) -> None:
    begun = 0
    transaction = authority.store.transaction

    def counted() -> Any:
        nonlocal begun
        begun += 1
        return transaction()

    authority.store.transaction = counted  # type: ignore[method-assign]
    first, refused, second = authority.execute([note("a"), refuse, note("b")])
    assert (first, second, begun) == ("a", "b", 1)
    assert isinstance(refused, HamrazError) and refused.code == "stale"
    assert saved(authority) == {"a", "b"}


@pytest.mark.parametrize("bad", [fail, twice, write_and_refuse])
def test_a_job_that_breaks_takes_no_other_with_it(authority: Authority, bad: Job[Any]) -> None:
    first, broken, second = authority.execute([note("a"), bad, note("b")])
    assert (first, second) == ("a", "b")
    assert isinstance(broken, Exception)
    assert saved(authority) == {"a", "b"}
    assert authority.state.settings.keys() - OURS == {
        "a",
        "b",
    }  # memory is what the disk is
    assert not authority.state.accounts


@pytest.mark.parametrize("bad", [fail, twice, write_and_refuse])
def test_a_job_that_breaks_costs_no_replay(
    authority: Authority, bad: Job[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did is taken back step by step: a long log makes it no dearer."""
    owner(authority)
    monkeypatch.setattr(authority, "_load", lambda: pytest.fail("replayed"))
    for _ in range(3):
        assert authority.execute([note("a"), bad, note("b")])[::2] == ["a", "b"]


def test_a_refusal_after_writing_takes_no_transaction_of_its_own(authority: Authority) -> None:
    begun = []
    transaction = authority.store.transaction
    authority.store.transaction = lambda: begun.append(1) or transaction()  # type: ignore[method-assign, func-returns-value]
    first, refused, second = authority.execute([note("a"), write_and_refuse, note("b")])
    assert (first, second, refused.code, len(begun)) == ("a", "b", "stale", 1)


def test_what_a_broken_job_did_to_the_log_is_undone(authority: Authority) -> None:
    who = owner(authority)
    late = person(authority, "late")
    head = authority.published

    def half(state: State, rows: Rows) -> None:
        state.append(rows, encode_entry(RegisterEntry(late.register())))
        raise ZeroDivisionError

    (broken,) = authority.execute([half])
    assert isinstance(broken, ZeroDivisionError)
    assert authority.published == head
    peer = Peer(authority).hello()
    peer.sign_up(late)  # as if nothing had been
    assert authority.state.log.size == 3
    reader = agent(authority, who)
    log = Log(authority.id)
    for raw in reader.ask(FetchLog(0, 0), LogPart).entries:
        log.append(raw)
    assert log.head == authority.state.log.head


def test_who_asked_for_a_job_that_broke_is_told_internal(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    owner(authority)
    caplog.clear()
    authority.run_write = lambda job, done, *_: authority.settle([done], authority.execute([fail]))
    with pytest.raises(HamrazError) as told:
        Peer(authority).hello().sign_up(person(authority, "ali"))
    assert told.value.code == "internal"
    (record,) = caplog.records
    assert record.levelno == logging.ERROR and record.exc_info


def test_an_answer_that_breaks_does_not_stop_the_others(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    heard = Outcomes()

    def broken(outcome: Any) -> None:
        raise ZeroDivisionError

    authority.settle([broken, heard], [1, 2])
    assert heard.all == [2]
    assert caplog.records


def test_what_one_job_wrote_is_pushed_although_the_next_one_broke_the_batch(authority: Authority) -> None:
    """The batch is rolled back and each job gets a transaction of its own; all is told once, at the end."""
    known = people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER)
    circle = Circle(authority).create(known["ada"], [known["ada"], known["bob"]])
    poster, reader, batch = circle.enter(known["ada"]), circle.enter(known["bob"]), Batch(authority)
    entries = [circle.message(known["ada"]) for _ in range(2)]
    reader.inbox.clear()
    first = poster.begin(circle.post(entries[0]))
    batch.add(twice)
    second = poster.begin(circle.post(entries[1]))
    batch.run()
    places = [poster.answer(number, Posted).n for number in (first, second)]
    assert reader.pushed() == list(zip(places, entries, strict=True))


def test_heads_are_pushed_once_a_batch(authority: Authority) -> None:
    who = owner(authority)
    peer = agent(authority, who)
    queued: list[tuple[Job[Any], Done]] = []
    authority.run_write = lambda job, done, *_: queued.append((job, done))
    for number in range(5):
        late = Peer(authority).hello()
        with pytest.raises(AssertionError, match="no answer"):
            late.sign_up(person(authority, f"user{number}"))
    authority.settle([done for _, done in queued], authority.execute([job for job, _ in queued]))
    (news,) = peer.inbox
    assert isinstance(news, NewHead)
    assert authority.published.size == 7


# --- the disk ---


def test_a_full_disk_is_named_and_the_server_goes_on(on_disk: Authority) -> None:
    who = owner(on_disk)
    head = on_disk.published
    connection: sqlite3.Connection = on_disk.store._connection.connection.dbapi_connection  # type: ignore[assignment]
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill(state: State, rows: Rows) -> None:
        state.save_setting(rows, "big", bytes(100_000))

    outcomes = on_disk.execute([fill, note("a")])
    assert [outcome.code for outcome in outcomes] == ["disk_full"] * 2
    connection.execute("PRAGMA max_page_count = 100000")
    assert on_disk.execute([note("b")]) == ["b"]
    assert saved(on_disk) - {"owner_code"} == {"b"}
    assert on_disk.published == head
    agent(on_disk, who)
    member(on_disk, "ali")


def test_a_disk_that_refuses_to_write_is_named_and_the_server_goes_on(on_disk: Authority) -> None:
    import resource

    owner(on_disk)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))  # every write behind 1 KiB of a file fails
    try:
        with pytest.raises(HamrazError) as refused:
            Peer(on_disk).hello().sign_up(person(on_disk, "ali"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.code == "authority_failing"  # whose disk it is
    assert on_disk.health.trouble is not None and on_disk.health.trouble.code == "disk_failing"
    member(on_disk, "ali")
    assert on_disk.health.trouble is None
    assert on_disk.state.log.size == 3


def test_while_the_database_cannot_be_read_again_every_write_is_refused(
    on_disk: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = owner(on_disk)
    monkeypatch.setattr(on_disk, "_load", lambda: (_ for _ in ()).throw(HamrazError("disk_failing")))
    on_disk.health.failed(Damaged("disk_failing"), 1, 0)
    outcomes = on_disk.execute([note("a"), note("b")])
    assert [outcome.code for outcome in outcomes] == ["disk_failing"] * 2
    monkeypatch.undo()
    assert on_disk.execute([note("a")]) == ["a"]
    agent(on_disk, who)


# --- the thread ---


def test_the_writers_thread_answers_all_in_their_order_and_in_batches(authority: Authority) -> None:
    batches: list[int] = []

    def offload(execute: Callable[..., Any], jobs: Any) -> Any:
        batches.append(len(jobs))
        return execute(jobs)

    thread = Writer(authority, offload)
    heard, hold = Outcomes(), threading.Event()

    def slow(state: State, rows: Rows) -> str:
        hold.wait(10)
        return "slow"

    thread.start()
    authority.run_write(slow, heard)
    for number in range(1200):
        authority.run_write(note(str(number)), heard)
    hold.set()
    assert heard.wait(1201) == ["slow", *map(str, range(1200))]
    assert max(batches) == writer.BATCH
    assert len(batches) <= 2 + 1200 // writer.BATCH
    thread.stop()


@pytest.mark.parametrize("ends", ["all are there", "somebody is in a hurry", "the moment is over", "the end"])
def test_who_is_patient_shares_a_commit_with_those_who_come_in_the_same_moment(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    monkeypatch.setattr(batches, "GATHER_SECONDS", 0.3 if ends == "the moment is over" else 20)
    sizes, heard = list[int](), Outcomes()

    def offload(execute: Callable[..., Any], jobs: Any) -> Any:
        sizes.append(len(jobs))
        return execute(jobs)

    thread = Writer(authority, offload)
    thread.start()
    authority.strangers = 1
    authority.run_write(note("alone"), heard, b"a", 1, True)  # nobody else is on the way in
    heard.wait(1)
    authority.strangers = 3
    authority.run_write(note("first"), heard, b"a", 1, True)
    authority.run_write(note("second"), heard, b"b", 1, True)
    if ends == "all are there":
        authority.run_write(note("third"), heard, b"c", 1, True)
    elif ends == "somebody is in a hurry":
        authority.run_write(note("third"), heard, b"c", 1)
    elif ends == "the end":
        thread.stop()
    count = 3 if ends in ("all are there", "somebody is in a hurry") else 2
    heard.wait(1 + count)
    assert sizes == [1, count]
    thread.stop()


def test_accounts_take_turns_in_the_writers_thread(authority: Authority) -> None:
    """However much one has sent before: the other's job is in the first batch."""
    batches: list[int] = []

    def offload(execute: Callable[..., Any], jobs: Any) -> Any:
        batches.append(len(jobs))
        return execute(jobs)

    thread, heard = Writer(authority, offload), Outcomes()
    for number in range(100):
        thread.submit(note(f"rude{number}"), heard, b"rude", 10)
    thread.submit(note("honest"), heard, b"honest", 10)
    thread.start()
    thread.stop()
    assert heard.all.index("honest") == 1
    assert batches[0] == writer.BATCH // 10
    assert [name for name in heard.all if name != "honest"] == [f"rude{number}" for number in range(100)]


def test_stop_finishes_what_is_queued(authority: Authority) -> None:
    thread = Writer(authority, call_here)
    heard = Outcomes()
    for number in range(700):
        thread.submit(note(str(number)), heard)
    thread.start()
    thread.stop()
    assert len(heard.all) == 700


def test_a_full_queue_blocks_nobody(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose share waits already is told to wait; for the others there is room until all of it is full."""
    owner(authority)
    monkeypatch.setattr(writer, "WAITING", 80)
    thread = Writer(authority, call_here)
    authority.run_write = thread.submit  # not started: a disk that hangs
    asked = time.monotonic()
    codes = []
    for place in (1, 1, 2, 3, 4, 5, 6):
        peer = Peer(authority, f"192.0.2.{place}").hello()
        peer.begin(peer.sign_up_request(person(authority, "ali")))
        codes += [message.code for message in peer.inbox if isinstance(message, Failed)] or [""]
        assert peer.session.client.in_flight == (0 if codes[-1] else 1)
    assert codes == ["", "slow_down", "", "", "", "", "busy"]
    assert time.monotonic() - asked < 0.5
