"""The alarm stands before anything more is asked of the liar, who may dribble, never end, or be silent."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from protocol.errors import Damaged, Forged, HamrazError, Unreachable
from protocol.log import link_hash
from protocol.messages import FetchLog, LogPart
from protocol.primitives import random_id
from protocol.statements import Head, Signed, issue
from tests.processes import until
from tests.world import Person, World
from web_client.account import verified_log as trust_file
from web_client.account.events import Equivocation
from web_client.account.verified_log import VerifiedLog

GARBAGE = b"\xc1 not an entry"


def lie(world: World, size: int) -> Signed:
    """A head of so many entries, whatever they are."""
    return issue(Head(size, b"\x07" * 32), world.authority_key, world.link.authority_id)


def told(world: World, trust: VerifiedLog, fetch: Callable[[FetchLog], LogPart], head: Signed) -> str:
    """How it comes out."""
    with pytest.raises(HamrazError) as reason:
        trust.sync(fetch, head, world.authority_key.public)
    return reason.value.code


def check_stands(person: Person, other: Person) -> None:
    """Stored, told to the page, and nothing goes out any more."""
    assert person.node.ctx.trust.alarm is not None
    assert [event.alarm for event in person.changes if isinstance(event, Equivocation)] == [person.node.ctx.trust.alarm]
    with pytest.raises(HamrazError) as refusal:
        person.write(other, "anybody there?")
    assert refusal.value.code == "sending_stopped"
    stored = person.vault.read(lambda rows: rows.execute("SELECT 1 FROM settings WHERE name = 'alarm'").fetchone())
    assert stored is not None


def test_nothing_more_is_asked_before_the_alarm_stands(world: World, arash: Person, sara: Person) -> None:
    trust, head, asked = arash.node.ctx.trust, lie(world, 2**62), 0

    def fetch(request: FetchLog) -> LogPart:
        nonlocal asked
        asked += 1
        if asked > 1:
            check_stands(arash, sara)
        return LogPart(0, [GARBAGE], head)

    assert told(world, trust, fetch, head) == "log_invalid"
    assert asked == 1
    check_stands(arash, sara)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trust_file, "MOST_EVIDENCE", 50)
        trust.gather(fetch)
    assert asked <= 51 and len(trust.evidence()["refused"]) <= 50


def test_a_lie_without_end_is_gathered_within_its_bounds(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_file, "MOST_EVIDENCE_BYTES", 100_000)
    trust, head = arash.node.ctx.trust, lie(world, 2**62)
    sizes = 0

    def fetch(request: FetchLog) -> LogPart:
        nonlocal sizes
        sizes += 10_000
        return LogPart(0, [GARBAGE + bytes(10_000 - len(GARBAGE))], head)

    told(world, trust, fetch, head)
    trust.gather(fetch)
    assert sizes <= 130_000
    assert 0 < sum(len(entry) // 2 for entry in trust.evidence()["refused"]) <= 100_000


def test_a_liar_who_dribbles_takes_no_longer_than_the_bound(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(trust_file.time, "monotonic", lambda: now)
    trust, head = arash.node.ctx.trust, lie(world, 2**62)

    def fetch(request: FetchLog) -> LogPart:
        nonlocal now
        now += 3
        return LogPart(0, [GARBAGE], head)

    told(world, trust, fetch, head)
    assert now == 3
    trust.gather(fetch)
    assert now <= 3 + trust_file.EVIDENCE_SECONDS + 3


def test_a_silent_liar_is_waited_for_by_nobody(world: World, arash: Person, sara: Person) -> None:
    """While the rest of the lie is asked for, no lock is held: heads are compared, and the page is served."""
    trust, head, silence, asked = arash.node.ctx.trust, lie(world, 9), threading.Event(), threading.Event()

    def silent(request: FetchLog) -> LogPart:
        asked.set()
        silence.wait(20)
        raise Unreachable("timed_out")

    told(world, trust, lambda request: LogPart(0, [GARBAGE], head), head)
    gathering = threading.Thread(target=trust.gather, args=(silent,))
    gathering.start()
    asked.wait(5)
    done: list[str] = []

    def others() -> None:
        trust.compare(world.authority.published.head, world.authority_key.public, sara.uid)
        done.append(str(trust.evidence()["alarm"]["why"]))

    compared = threading.Thread(target=others)
    compared.start()
    compared.join(5)
    assert done == ["bad_statement"]
    silence.set()
    gathering.join(5)
    check_stands(arash, sara)


def test_no_lock_is_held_while_the_log_is_fetched(world: World, arash: Person, sara: Person) -> None:
    """An authority that is silent in the middle holds up no knock and no message of others."""
    trust, head, silence, asked = arash.node.ctx.trust, lie(world, 9), threading.Event(), threading.Event()

    def silent(request: FetchLog) -> LogPart:
        asked.set()
        silence.wait(20)
        raise Unreachable("timed_out")

    fetching = threading.Thread(target=lambda: told(world, trust, silent, head))
    fetching.start()
    asked.wait(5)
    compared = threading.Thread(
        target=lambda: trust.compare(world.authority.published.head, world.authority_key.public, sara.uid)
    )
    compared.start()
    compared.join(5)
    alive = compared.is_alive()
    silence.set()
    fetching.join(5)
    assert not alive


def test_two_who_fetch_at_once_keep_each_entry_once(world: World, arash: Person, sara: Person) -> None:
    trust, state = arash.node.ctx.trust, world.authority.state
    arash.network.cut("authority")
    world.sign_up("zal")
    head, both, size = world.authority.published.head, threading.Barrier(2, timeout=10), trust.log.size

    def fetch(request: FetchLog) -> LogPart:
        if request.start == size and not both.broken:
            both.wait()
        return LogPart(0, list(state.entries[request.start :]), head)

    new: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda: new.append(trust.sync(fetch, head, world.authority_key.public)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(new) == [[], [size]] and trust.log.size == size + 1


@pytest.mark.parametrize("way", ["a drop at a time", "without end"])
def test_valid_entries_that_lead_nowhere_are_given_up(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """They break no rule, and the head that is to prove them never comes: nothing of it is kept, in memory either."""
    from protocol.log_entries import GroupEntry, encode_entry

    now = 0.0
    monkeypatch.setattr(trust_file.time, "monotonic", lambda: now)
    monkeypatch.setattr(trust_file, "MOST_UNPROVEN", 50_000)
    trust, head, size = arash.node.ctx.trust, lie(world, 2**62), arash.node.ctx.trust.log.size

    def fetch(request: FetchLog) -> LogPart:
        nonlocal now
        entries = [encode_entry(GroupEntry(random_id(), 1, bytes(32))) for _ in range(1 if way[0] == "a" else 100)]
        now += 3 if way[0] == "a" else 0.01
        return LogPart(0, entries, head)

    assert told(world, trust, fetch, head) == "wrong_answer"
    assert now < 60 and trust.log.size == size and trust.alarm is None
    assert trust.behind, "what was signed and not shown is remembered"


def test_the_alarm_stands_although_the_disk_takes_nothing(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust, head = arash.node.ctx.trust, lie(world, 2)

    def full(change: object) -> None:
        raise Damaged("disk_full")

    with monkeypatch.context() as then:
        then.setattr(arash.vault, "write", full)
        with pytest.raises(Forged):
            trust.compare(head, world.authority_key.public, None)
        assert trust.alarm is not None and Equivocation(trust.alarm) in arash.changes
    trust.save_alarm()
    check_stands(arash, sara)
    arash.restart(connect=False)
    assert arash.node.ctx.trust.alarm == trust.alarm


def test_on_threads_the_page_hears_at_once_and_the_evidence_comes_later(world: World, arash: Person) -> None:
    """The whole link: logged in, lied to, and the liar says nothing any more."""
    state = world.authority.state
    size = len(state.entries)
    head = issue(
        Head(size + 1, link_hash(state.log.hashes[size], size, GARBAGE)), world.authority_key, world.link.authority_id
    )
    link = arash.node.authority
    channel, answers = link.channel, iter([LogPart(0, [], head), LogPart(0, [GARBAGE], head)])
    assert channel is not None
    arash.node.authority.log.threaded = True
    hanging = threading.Event()

    def request(asked: object, kind: object) -> LogPart:
        found = next(answers, None)
        if found is None:
            hanging.wait(20)
            raise Unreachable("timed_out")
        return found

    channel.request = request  # type: ignore[method-assign, assignment]
    with pytest.raises(HamrazError) as reason:
        link.log.refresh()
    assert reason.value.code == "log_invalid" and arash.node.ctx.trust.alarm is not None
    hanging.set()
    until(lambda: not arash.node.ctx.trust.wants_evidence)
