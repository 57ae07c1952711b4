"""The order of what waits for the disk: by account, by weight, with an end for each."""

import random

import pytest

from authority_server.core.fair_queue import OURS, FairQueue
from protocol.errors import HamrazError

A, B, C = b"a", b"b", b"c"


def queue(most: int = 10_000, each: int = 5_000, batch: int = 10_000) -> FairQueue[str]:
    return FairQueue(most, each, batch)


def code_of(waiting: FairQueue[str], account: bytes, weight: int = 1) -> str:
    with pytest.raises(HamrazError) as refused:
        waiting.put("x", account, weight)
    return refused.value.code


def test_one_accounts_jobs_stay_in_their_order_and_accounts_take_turns() -> None:
    waiting = queue()
    for number in range(3):
        waiting.put(f"a{number}", A)
    for number in range(3):
        waiting.put(f"b{number}", B)
    waiting.put("c0", C)
    assert waiting.take() == ["a0", "b0", "c0", "a1", "b1", "a2", "b2"]
    assert waiting.take() == [] and len(waiting) == 0 and waiting.weight == 0


def test_turns_are_by_weight_and_not_by_count() -> None:
    waiting = queue()
    for number in range(3):
        waiting.put(f"heavy{number}", A, 10)
    for number in range(30):
        waiting.put(f"light{number}", B, 1)
    order = waiting.take()
    assert [order.index(f"heavy{number}") for number in range(3)] == [0, 11, 22]


def test_what_is_short_waits_for_one_long_job_at_most() -> None:
    """However many of them came before it; and they come to their turn, however much that is short comes after them."""
    waiting = queue(batch=250)
    for number in range(4):
        waiting.put(f"long{number}", b"flood%d" % number, 58)
    waiting.put("less", b"other", 17)
    for number in range(20):
        waiting.put(f"short{number}", b"honest%d" % number, 8)
    shorts = [f"short{number}" for number in range(20)]
    assert waiting.take() == ["long0", *shorts]
    for number in range(4):
        waiting.put(f"new{number}", b"new%d" % number, 8)
    assert waiting.take() == ["long1", "new0", "new1", "new2", "new3"]
    assert [waiting.take() for _ in range(3)] == [["long2"], ["long3"], ["less"]]
    assert len(waiting) == waiting.weight == 0


def test_a_batch_ends_at_its_weight_and_always_has_something() -> None:
    waiting = queue(batch=10)
    waiting.put("huge", A, 100)
    for number in range(6):
        waiting.put(f"b{number}", B, 4)
    assert waiting.take() == ["huge"]
    assert waiting.take() == ["b0", "b1"]
    assert waiting.take() == ["b2", "b3"]


def test_a_newcomer_waits_for_no_more_than_one_turn_of_each_other() -> None:
    waiting = queue(batch=12)
    for account in range(12):
        for _ in range(50):
            waiting.put("rude", bytes([account]), 5)
    waiting.put("honest", b"honest", 5)
    before = []
    while "honest" not in (batch := waiting.take()):
        before += batch
    assert len(before) <= 12


def test_who_sends_one_after_the_other_does_not_come_first_each_time() -> None:
    waiting = queue(batch=1)
    for number in range(4):
        waiting.put(f"b{number}", B)
    order = []
    for number in range(4):
        waiting.put(f"a{number}", A)  # there is never more than one of them
        order += waiting.take()
    assert order.count("b0") == 1 and sum(name.startswith("b") for name in order) == 2


def test_our_own_jobs_go_first_and_are_never_refused() -> None:
    waiting = queue(most=10, each=10)
    waiting.put("a", A, 5)
    for number in range(20):
        waiting.put(f"ours{number}", OURS)
    assert waiting.take()[:20] == [f"ours{number}" for number in range(20)]


def test_an_account_has_its_share_of_the_waiting_room() -> None:
    waiting = queue(most=1_000, each=100)
    for _ in range(100):
        waiting.put("a", A)
    assert code_of(waiting, A) == "slow_down"
    waiting.put("b", B)


def test_however_many_fill_it_there_is_room_for_who_comes_next() -> None:
    waiting = queue(most=1_000, each=1_000)
    for account in range(40):
        with pytest.raises(HamrazError):
            while True:
                waiting.put("rude", bytes([account]))
    assert waiting.weight < 1_000
    waiting.put("honest", b"honest")


def test_when_all_of_it_is_full_it_says_so() -> None:
    waiting = queue(most=100, each=100)
    for account in range(10):
        waiting.put("x", bytes([account]), 10)
    assert code_of(waiting, b"late", 10) == "busy"
    waiting.take()
    waiting.put("x", b"late", 10)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_and_each_account_gets_its_part(seed: int) -> None:
    chance = random.Random(seed)
    waiting: FairQueue[tuple[bytes, int, int]] = FairQueue(10**9, 10**9, 50)
    put: dict[bytes, list[tuple[bytes, int, int]]] = {}
    taken: list[tuple[bytes, int, int]] = []
    for number in range(2_000):
        account = chance.choice([A, B, C])
        job = (account, number, chance.randint(1, 20))
        waiting.put(job, account, job[2])
        put.setdefault(account, []).append(job)
        if chance.random() < 0.02:
            taken += waiting.take()
    busy = {account: sum(job[2] for job in taken if job[0] == account) for account in put}
    if min(busy.values()) > 0:  # as long as each had something waiting
        assert max(busy.values()) - min(busy.values()) <= 60
    while len(waiting):
        taken += waiting.take()
    assert {account: [job for job in taken if job[0] == account] for account in put} == put
