"""The load generator in groups: every delivery is counted once, and the time of each is that of its own message."""

import pytest

from benchmarks import busy_town
from benchmarks.generator import Crowd
from benchmarks.group_load import Arrival, Audience, Voice, delays, paced
from benchmarks.groups import gathering, voices_of
from benchmarks.history import history
from protocol.errors import Forged
from protocol.group_batch import check_batch
from protocol.group_seals import open_message
from protocol.groups import Group
from protocol.messages import Entries, encode
from protocol.statements import Signed

LINE: object = object()


def test_a_group_of_real_members_delivers_everything_once() -> None:
    with gathering(4) as group:
        voices = voices_of(group, 2, 6)
        for voice in voices:
            voice.fill(5)
        group.audience.wait(2 * 5 * 4, 10)
        group.crowd.until(lambda: all(voice.idle for voice in voices), 10)
        paced(group.crowd, voices, 2, 0.01)
        group.audience.wait(2 * 6 * 4, 10)
        group.crowd.until(lambda: all(voice.idle for voice in voices), 10)
        assert group.audience.deliveries == 2 * 6 * 4
        # one commit and three joins stand before them
        assert sorted(n for voice in voices for n in voice.sent) == list(range(5, 17))
        assert 0 < delays(voices, group.audience, (50,))[0] < 10
        assert group.crowd.say(group.lines[3], group.plan.reload()) == 16
        group.crowd.say(group.commander, group.plan.change(group.place.members[0], group.place.members))
        assert group.plan.epoch == 2, "a change of membership is one that the authority takes"


def push(audience: Audience, crowd: Crowd, start: int, count: int) -> None:
    crowd.on_push(LINE, b"entries", encode(Entries(bytes(16), start, [b"e"] * count, Signed(b"", bytes(64)))))  # type: ignore[arg-type]


def test_a_gap_or_a_repetition_is_no_figure() -> None:
    crowd = Crowd(1, lambda line, tag, body: None)
    audience = Audience(crowd)
    push(audience, crowd, 1, 3)
    push(audience, crowd, 4, 1)
    assert audience.deliveries == 4
    with pytest.raises(AssertionError, match="entry 6 came after 4"):
        push(audience, crowd, 6, 1)
    with pytest.raises(AssertionError, match="entry 4 came after 4"):
        push(audience, crowd, 4, 1)
    crowd.close()


def test_delays_count_from_each_messages_own_time() -> None:
    crowd = Crowd(1, lambda line, tag, body: None)
    audience = Audience(crowd)
    audience.arrivals = [Arrival(10.0, 1, 2), Arrival(12.0, 1, 1)]

    class Spoken(Voice):
        def __init__(self) -> None:
            self.sent = {1: 9.0, 2: 9.5}

    assert delays([Spoken()], audience, (1, 50, 100)) == [0.5, 1.0, 3.0]
    crowd.close()


def test_a_made_history_is_a_real_one() -> None:
    told = history(3, 7)
    group = Group(told.gid)
    changes = check_batch(group, told.entries, told.log)
    texts = [open_message(change.entry, told.key) for change in changes[told.told :]]  # type: ignore[arg-type]
    assert [text.time for text in texts] == list(range(7))
    forged = [*told.entries[:-1], told.entries[-1][:-1] + bytes([told.entries[-1][-1] ^ 1])]
    with pytest.raises(Forged, match="signature"):
        check_batch(Group(told.gid), forged, told.log)


@pytest.mark.long
def test_a_town_comes_in_writes_and_comes_back() -> None:
    figures = dict(zip(busy_town.UNITS, busy_town.measure(12, 3, 0.3), strict=True))
    assert all(value >= 0 for value in figures.values())
    assert figures["restart: tries of each"] >= 1
