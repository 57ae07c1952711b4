"""Mail and files that nobody fetched in time: counted in the authority's running time, whatever clocks say; and whoever
had left them knows.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from authority_server.core.running_time import STEP, Running
from authority_server.handlers import expiry, gone
from authority_server.store import gone as gone_store
from protocol import messages
from protocol.errors import HamrazError
from protocol.gone_messages import DropGone, FetchGone, Gone, GoneItem
from protocol.messages import Failed
from protocol.primitives import random_id
from tests.agent.test_recovery import no_alarm
from tests.agent.wire import decoded
from tests.sharing import content, newest, private, send
from tests.world import MemoryChannel, Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged
from web_client.authority.fallback_prekey import DAY
from web_client.messages import outbox_rows

YEAR = 365 * DAY


def rest(world: World) -> None:
    """Everybody does what there is to do. Whoever has something for somebody who is away goes on looking for them."""
    for _round in range(2):
        for person in list(world.people.values()):
            person.settle()


def away(world: World, *people: Person) -> None:
    for person in people:
        person.stop()
        world.people.pop(person.name, None)


def back(world: World, *people: Person) -> None:
    for person in people:
        world.people[person.name] = person
        person.restart()
    rest(world)


def why(of: Person, to: Person) -> list[tuple[str, str | None]]:
    return [(shown["state"], shown["why"]) for shown in of.shown(to)]


def waits(world: World) -> int:
    return world.authority.state.mail.items.total


def told(world: World) -> int:
    """Items that somebody is still to be told of."""
    with world.store.reading() as rows:
        found = sum(count for _sender, count in gone_store.counts(rows))
    assert found == world.authority.state.gone.total
    return found


# --- how old something is ---


def test_who_comes_back_after_59_days_reads_what_was_written(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    arash.say(sara, "while you were away")
    away(world, arash)
    world.run_for(59 * DAY)
    back(world, sara)
    assert sara.texts(arash) == ["while you were away"]
    assert told(world) == 0
    no_alarm(world)


def test_after_61_days_its_sender_knows(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    arash.say(sara, "one")
    arash.say(sara, "two")
    away(world, arash)
    world.run_for(61 * DAY)
    assert (waits(world), told(world)) == (0, 2)
    back(world, sara)
    assert sara.texts(arash) == []
    away(world, sara)
    back(world, arash)
    assert why(arash, sara) == [("failed", "mail_gone")] * 2
    assert told(world) == 0, "it has noted it, and the authority has forgotten it"


def test_who_is_here_is_told_at_once(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    order = arash.say(sara, "one")
    world.run_for(60 * DAY + 1)
    assert told(world) == 1
    arash.changes.clear()
    rest(world)
    assert why(arash, sara) == [("failed", "mail_gone")] and MessageChanged(order) in arash.changes


@pytest.mark.parametrize("jump", [80 * YEAR, -50 * YEAR])
def test_no_clock_drops_anything(world: World, arash: Person, sara: Person, jump: int) -> None:
    """While it runs, while it rests, and while the machine sleeps."""
    away(world, sara)
    arash.say(sara, "kept")
    sent = send(arash, private(sara), content(1000))
    rest(world)
    assert len(world.authority.chunks.sizes()) == 1
    real = world.now
    for now in (real + jump, real, real + jump):
        world.now = now
        expiry.look(world.authority)
        world.now += STEP * 3
        expiry.look(world.authority)
    assert (waits(world), told(world), len(world.authority.chunks.sizes())) == (2, 0, 1)
    away(world, arash)
    for now in (real + jump, real):
        world.now = now
        world.restart_authority()
        expiry.look(world.authority)
    assert (waits(world), told(world)) == (2, 0)
    back(world, sara)
    assert sara.texts(arash)[0] == "kept" and sent["id"]
    no_alarm(world)


def test_the_time_that_counts_outlasts_restarts(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    arash.say(sara, "old")
    for _night in range(61):
        assert waits(world) == 1
        world.run_for(DAY)
        world.now += DAY  # it rests as long as it runs
        world.restart_authority()
    assert waits(world) == 0


def test_a_kill_loses_a_minute_of_it_and_an_end_in_peace_nothing(world: World) -> None:
    authority, before = world.authority, world.authority.running.total
    for _look in range(12):
        world.now += 10_000
        expiry.look(authority)
    assert authority.running.total == before + 120_000
    world.restart_authority()  # it was kept after the first look, and each minute
    assert world.authority.running.total == before + 70_000
    world.now += 5_000
    expiry.keep(world.authority)
    world.restart_authority()
    assert world.authority.running.total == before + 75_000


def test_a_step_is_never_long_and_never_back() -> None:
    now = 1_000
    running = Running(lambda: now, 500)
    for passed, counted in ((10, 10), (-5_000, 0), (STEP + 1, STEP), (400 * DAY, STEP)):
        before, now = running.total, now + passed
        running.look()
        assert running.total == before + counted


def test_where_the_time_is_lost_nothing_goes_early(world: World, arash: Person, sara: Person) -> None:
    """As in a folder of before, or after a bad disk."""
    world.run_for(100 * DAY)
    away(world, sara)
    arash.say(sara, "kept")
    with world.store.transaction() as rows:
        rows.drop_setting("running")
    world.restart_authority()
    world.run_for(59 * DAY)
    assert waits(world) == 1
    world.run_for(2 * DAY)
    assert waits(world) == 0


# --- what its sender does ---


@pytest.fixture
def unread(world: World, arash: Person, sara: Person) -> list[Person]:
    """arash's "one" and "two" went unread; sara is away."""
    away(world, sara)
    arash.say(sara, "one")
    arash.say(sara, "two")
    world.run_for(61 * DAY)
    rest(world)
    assert why(arash, sara) == [("failed", "mail_gone")] * 2
    return [arash, sara]


def test_it_is_sent_again_in_its_order_when_its_writer_wants_that(world: World, unread: list[Person]) -> None:
    arash, sara = unread
    rest(world)
    assert waits(world) == 0, "not by itself: nobody comes for it"
    assert arash.agent().leave_again(private(sara)) == {"messages": 2}
    assert why(arash, sara) == [("waiting", None)] * 2
    rest(world)
    assert [state for state, _why in why(arash, sara)] == ["authority"] * 2
    assert arash.agent().leave_again(private(sara)) == {"messages": 0}
    away(world, arash)
    back(world, sara)
    assert sara.texts(arash) == ["one", "two"]
    back(world, arash)
    assert arash.states(sara) == ["delivered"] * 2


def test_when_both_are_here_it_goes_by_itself(world: World, unread: list[Person]) -> None:
    arash, sara = unread
    back(world, sara)
    arash.settle()
    assert sara.texts(arash) == ["one", "two"] and arash.states(sara) == ["delivered"] * 2


def test_it_can_go_unread_again(world: World, unread: list[Person]) -> None:
    arash, sara = unread
    arash.agent().leave_again(private(sara))
    rest(world)
    world.run_for(61 * DAY)
    rest(world)
    assert why(arash, sara) == [("failed", "mail_gone")] * 2 and told(world) == 0


def test_a_new_key_takes_it_along(world: World, unread: list[Person]) -> None:
    arash, sara = unread
    sara.restart()
    world.people["sara"] = sara
    sara.agent().renew_key()
    away(world, sara)
    rest(world)
    assert why(arash, sara) == [("failed", "mail_gone")] * 2
    back(world, sara)
    arash.settle()
    assert sara.texts(arash) == ["one", "two"]


def test_whose_account_has_ended_gets_nothing(world: World, unread: list[Person]) -> None:
    arash, sara = unread
    arash.agent().revoke_person("sara")
    rest(world)
    assert [reason for _state, reason in why(arash, sara)] == ["revoked"] * 2
    with pytest.raises(HamrazError) as reason:
        arash.agent().leave_again(private(sara))
    assert reason.value.code == "revoked"
    for chat in (ChatId("p:00"), ChatId.group(bytes(16))):
        with pytest.raises(HamrazError) as reason:
            arash.agent().leave_again(chat)
        assert reason.value.code == "no_such_chat"


def test_what_the_authority_s_disk_has_changed_is_left_again_by_itself(
    world: World, arash: Person, sara: Person
) -> None:
    from tests.groups.test_damage import change

    away(world, sara)
    arash.say(sara, "one")
    away(world, arash)
    change(world, "mail", "sealed")
    back(world, sara)
    away(world, sara)
    assert (waits(world), told(world)) == (0, 1)
    back(world, arash)
    assert (waits(world), told(world), arash.states(sara)) == (1, 0, ["authority"])
    away(world, arash)
    back(world, sara)
    assert sara.texts(arash) == ["one"]


def test_a_file_is_named_to_its_owner_and_to_whoever_asks(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    send(arash, private(sara), content(1000))
    rest(world)
    away(world, arash)
    world.run_for(31 * DAY)
    assert world.authority.chunks.sizes() == {} and waits(world) == 1
    back(world, sara)
    order = newest(sara, private(arash))["order"]
    sara.agent().file_fetch(private(arash), order)
    rest(world)
    assert newest(sara, private(arash))["file"]["state"] in ("fetching", "gone")
    back(world, arash)
    shown = newest(arash, private(sara))["file"]
    assert (shown["state"], shown["why"]) == ("here", "file_old")
    world.now += 120_000
    rest(world)
    sara.node.files.step()
    assert newest(sara, private(arash))["file"]["state"] == "here", "straight from his agent"


# --- lies, losses, limits ---


def _line(person: Person) -> MemoryChannel:
    channel = person.node.authority.channel
    assert isinstance(channel, MemoryChannel)
    return channel


def say(world: World, reader: Person, *answers: Gone) -> list[object]:
    """Have the authority answer `fetch_gone` so; what else the reader asked for about it."""
    left, asked = list(answers), []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, FetchGone) if source == reader.name else None
        if source == reader.name and (dropped := decoded(body, DropGone)) is not None:
            asked.append(dropped)
        if request is None or not left:
            return [body]
        answer = left.pop(0)
        _line(reader).take(messages.encode(Gone(request.rid, answer.items, answer.up_to, answer.more)))
        return []

    world.carry = carry
    reader.node.unread.look()
    return asked


@pytest.mark.parametrize(
    "lie",
    [
        lambda sara, id: GoneItem("message", sara.uid, random_id(), "old"),
        lambda sara, id: GoneItem("message", None, id, "old"),
        lambda sara, id: GoneItem("message", bytes(32), id, "damaged"),
        lambda sara, id: GoneItem("file", sara.uid, id, "old"),
        lambda sara, id: GoneItem("message", sara.uid, id, "old"),
        lambda sara, id: GoneItem("message", sara.uid, id, "damaged"),
    ],
)
def test_what_it_says_of_what_has_a_receipt_or_is_not_ours_changes_nothing(
    world: World, arash: Person, sara: Person, lie: Callable[[Person, bytes], GoneItem]
) -> None:
    arash.say(sara, "here")
    before = arash.shown(sara)
    asked = say(world, arash, Gone(0, [lie(sara, bytes.fromhex(before[0]["id"]))], 1, False))
    rest(world)
    assert arash.shown(sara) == before and asked
    assert arash.vault.read(lambda rows: rows.execute("SELECT count(*) FROM outbox").fetchone()[0]) == 0


def test_answers_that_get_nowhere_end(world: World, arash: Person, sara: Person) -> None:
    item = GoneItem("message", sara.uid, random_id(), "old")
    say(world, arash, *[Gone(0, [item], 1, True)] * 5)
    with pytest.raises(HamrazError) as reason:
        arash.node.unread.step()
    assert reason.value.code == "wrong_answer" and arash.node.unread._is_due


def test_an_authority_that_does_not_know_the_request_is_left_alone(world: World, arash: Person) -> None:
    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, FetchGone) if source == "arash" else None
        if request is None:
            return [body]
        _line(arash).take(messages.encode(Failed(request.rid, "unknown_request", None, {})))
        return []

    world.carry = carry
    arash.node.unread.look()
    arash.node.unread.step()
    assert not arash.node.unread._is_due


@pytest.mark.parametrize("lost", [FetchGone, Gone, DropGone])
def test_a_line_that_breaks_in_between_loses_nothing(
    world: World, arash: Person, sara: Person, lost: type[messages.Message]
) -> None:
    away(world, sara)
    arash.say(sara, "one")
    world.run_for(61 * DAY)
    cut = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if not cut and "arash" in (source, target) and decoded(body, lost) is not None:
            cut.append(body)
            arash.network.cut("authority")
            return []
        return [body]

    world.carry = carry
    with pytest.raises(HamrazError):
        arash.node.unread.step()
    arash.reconnect()
    rest(world)
    assert cut and why(arash, sara) == [("failed", "mail_gone")] and told(world) == 0


def test_what_is_left_again_is_not_told_of(world: World, arash: Person, sara: Person) -> None:
    """Its answer was lost; the sender's vault has it as never left."""
    away(world, sara)
    arash.say(sara, "one")
    away(world, arash)
    world.run_for(61 * DAY)
    arash.vault.write(lambda rows: rows.execute("UPDATE outbox SET mailed = 0"))
    arash.restart()
    arash.deliver()
    assert (waits(world), told(world)) == (1, 0)
    arash.settle()
    assert [state for state, _why in why(arash, sara)] == ["authority"]
    assert arash.vault.read(lambda rows: rows.execute("SELECT mailed FROM outbox").fetchone()[0]) == outbox_rows.LEFT


def test_one_account_does_not_use_up_what_is_told(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gone, "WHOLE", 8)
    mani = world.sign_up("mani")
    rest(world)
    away(world, sara)
    for number in range(12):
        arash.say(sara, f"message {number}")
    world.run_for(1_000)
    mani.say(sara, "and mine")
    world.run_for(61 * DAY)
    with world.store.reading() as rows:
        counts = dict(gone_store.counts(rows))
    assert counts[mani.uid] == 1 and 1 <= counts[arash.uid] < 8
    assert waits(world) == 0


def test_a_thousand_go_in_several_jobs_and_are_told_in_several_answers(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "AT_ONCE", 3)
    monkeypatch.setattr(gone, "TOGETHER", 4)
    away(world, sara)
    for number in range(10):
        arash.say(sara, f"message {number}")
    world.run_for(61 * DAY)
    for _look in range(5):
        expiry.look(world.authority)
    assert (waits(world), told(world)) == (0, 10)
    rest(world)
    assert why(arash, sara) == [("failed", "mail_gone")] * 10 and told(world) == 0


def test_who_never_comes_is_forgotten_after_a_year(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    arash.say(sara, "one")
    away(world, arash)
    world.run_for(61 * DAY)
    world.run_for(YEAR - 1)
    assert told(world) == 1
    world.run_for(60_002)
    assert told(world) == 0


def test_receipts_are_not_told_of(world: World, arash: Person, sara: Person) -> None:
    away(world, sara)
    arash.say(sara, "one")
    away(world, arash)
    back(world, sara)  # her receipt waits for him
    assert waits(world) == 1
    away(world, sara)
    world.run_for(61 * DAY)
    assert (waits(world), told(world)) == (0, 0)


def test_nobody_is_told_of_anybody_else_s(world: World, arash: Person, sara: Person) -> None:
    mani = world.sign_up("mani")
    rest(world)
    away(world, sara)
    arash.say(sara, "one")
    away(world, arash)
    world.run_for(61 * DAY)
    answer = mani.node.authority.request(FetchGone(0), Gone)
    assert (answer.items, answer.up_to, answer.more) == ([], 0, False)
    mani.node.authority.request(DropGone(0, 2**62), messages.Done)
    assert told(world) == 1
