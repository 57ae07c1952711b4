"""What a hostile computer at either end, or between them, gets: nothing of the account, and no second one."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.messages import (
    ComparePart,
    Failed,
    FetchPart,
    FileList,
    GoingOn,
    GoOn,
    HaveAll,
    ListFiles,
    Message,
    MovedFile,
    MoveHello,
    MoveWelcome,
    Part,
    RevealNonce,
)
from protocol.move_messages import MOST_BYTES, MOST_FILES, PART
from protocol.moving import Meeting, check_files, commitment
from tests.moving.pair import FILES, FINGERPRINT, Pair, steps
from tests.protocol.fixed_people import seed
from web_client.agent.moves import read_address
from web_client.moving import new_folder, old_folder, taking
from web_client.moving.giving import PATIENCE, GivingSession
from web_client.moving.taking import Taking

NONCE = seed("a hostile computer's nonce")


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


@contextlib.contextmanager
def refusing(code: str) -> Iterator[None]:
    with pytest.raises(HamrazError) as caught:
        yield
    assert caught.value.code == code


class Caller:
    """Whoever calls the old computer, body by body."""

    def __init__(self, pair: Pair) -> None:
        self.heard: list[Message] = []
        self.closed = False
        self.session: GivingSession = pair.giving.session(self._hear, self._hang_up)

    def _hear(self, body: bytes) -> None:
        self.heard.append(messages.decode(body, messages.FromOld | MoveWelcome))

    def _hang_up(self) -> None:
        self.closed = True

    def say(self, message: Message) -> Message:
        count = len(self.heard)
        self.session.receive(messages.encode(message))
        return self.heard[-1] if len(self.heard) > count else Failed(0, "nothing", None, {})

    def meet(self, fingerprint: bytes = FINGERPRINT, nonce: bytes = NONCE) -> Meeting:
        welcome = self.say(MoveHello(messages.VERSION, commitment(fingerprint, nonce)))
        assert isinstance(welcome, MoveWelcome)
        return Meeting(fingerprint, welcome.nonce, nonce)


def code(answer: Message) -> str:
    return answer.code if isinstance(answer, Failed) else "ok"


# --- between the two ---


def test_a_man_in_the_middle_shows_other_digits(pair: Pair) -> None:
    """To the new computer he shows a certificate of his own, to the old one he calls himself; whatever nonces he picks,
    he is bound to the one before he learns the other.
    """
    his = seed("his certificate")
    to_old = Caller(pair)
    at_old = to_old.meet()
    to_old.say(RevealNonce(1, NONCE))
    at_new = Meeting(his, at_old.old_nonce, NONCE)  # at best he passes the same nonces on
    assert pair.giving.digits == at_old.digits()
    assert at_new.digits() != at_old.digits()


def test_whoever_reveals_another_nonce_than_was_bound_isnt_heard(pair: Pair) -> None:
    caller = Caller(pair)
    caller.meet()
    assert code(caller.say(RevealNonce(1, seed("a nonce that fits better")))) == "move_forged"
    assert caller.closed and pair.giving.digits is None


def test_a_commitment_is_for_one_certificate(pair: Pair) -> None:
    caller = Caller(pair)
    caller.meet(fingerprint=seed("another certificate"))
    assert code(caller.say(RevealNonce(1, NONCE))) == "move_forged"


def test_every_part_of_a_meeting_changes_the_digits() -> None:
    meetings = [
        Meeting(FINGERPRINT, seed("old"), seed("new")),
        Meeting(seed("x"), seed("old"), seed("new")),
        Meeting(FINGERPRINT, seed("x"), seed("new")),
        Meeting(FINGERPRINT, seed("old"), seed("x")),
    ]
    assert len({tuple(one.digits()) for one in meetings}) == 4


def test_digits_that_differ_send_the_caller_away(pair: Pair) -> None:
    pair.says = False
    steps(pair.taking)
    assert pair.taking.state == "failed" and pair.taking.trouble is not None
    assert pair.taking.trouble.code == "move_refused"
    assert pair.giving.state == "waiting" and pair.is_old and not pair.is_new


def test_only_the_digits_that_were_compared_are_confirmed(pair: Pair) -> None:
    """Between the look and the click another one calls."""
    first, second = Caller(pair), Caller(pair)
    seen = first.meet()
    first.say(RevealNonce(1, NONCE))
    second.meet(nonce=seed("another"))
    second.say(RevealNonce(1, seed("another")))
    assert first.closed and code(first.heard[-1]) == "move_replaced"
    with refusing("move_replaced"):
        pair.giving.accept(seen.digits())
    assert pair.giving.state == "asked"


# --- a hostile new computer, or anybody in the network ---


@pytest.mark.parametrize(
    "message",
    [ListFiles(2, 0), FetchPart(2, 0, 0), ComparePart(2, 0, 0, 0, bytes(32)), HaveAll(2), messages.MovedIn(2)],
    ids=lambda message: type(message).__name__,
)
def test_nothing_is_given_before_the_digits_are_confirmed(pair: Pair, message: Message) -> None:
    caller = Caller(pair)
    caller.meet()
    caller.say(RevealNonce(1, NONCE))
    assert code(caller.say(message)) == "unexpected_message"
    assert caller.closed and pair.is_old


@pytest.mark.parametrize("message", [RevealNonce(2, NONCE), GoOn(2, NONCE, bytes(32))], ids=["reveal", "go on"])
def test_one_connection_has_one_try(pair: Pair, message: Message) -> None:
    caller = Caller(pair)
    caller.meet()
    caller.say(RevealNonce(1, NONCE))
    assert code(caller.say(message)) == "unexpected_message" and caller.closed


def test_another_version_is_named(pair: Pair) -> None:
    caller = Caller(pair)
    assert code(caller.say(MoveHello(3, bytes(32)))) == "wrong_version" and caller.closed


def test_all_that_a_caller_says_is_short(pair: Pair) -> None:
    assert Caller(pair).session.limit == 4096
    longest = max(len(messages.encode(one)) for one in (GoOn(1, NONCE, NONCE), ComparePart(1, 1, 1, 1, NONCE)))
    assert longest < 4096


def going(pair: Pair) -> tuple[Caller, bytes]:
    """Somebody who was confirmed, and the secret."""
    caller = Caller(pair)
    meeting = caller.meet()
    caller.say(RevealNonce(1, NONCE))
    pair.giving.accept(meeting.digits())
    pair.giving.begin("سارا")
    begun = caller.heard[-1]
    assert isinstance(begun, messages.MoveBegun)
    return caller, begun.secret


def test_who_was_not_confirmed_cant_go_on(pair: Pair) -> None:
    caller, secret = going(pair)
    caller.say(ListFiles(2, 0))
    for proof in (lambda m: m.proof_of_new(NONCE), lambda m: m.proof_of_old(secret, False), lambda m: bytes(32)):
        other = Caller(pair)
        meeting = other.meet()
        assert code(other.say(GoOn(1, NONCE, proof(meeting)))) == "move_over" and other.closed
    replayed = Caller(pair)
    seen = replayed.meet().proof_of_new(secret)
    assert code(replayed.say(GoOn(1, NONCE, seen))) == "ok"
    again = Caller(pair)
    again.meet()
    assert code(again.say(GoOn(1, NONCE, seen))) == "move_over"  # a proof is good on one connection


def test_the_account_isnt_handed_over_before_everything_was_compared(pair: Pair) -> None:
    caller, _secret = going(pair)
    listed = caller.say(ListFiles(2, 0))
    assert isinstance(listed, FileList) and {file.name for file in listed.files} == set(FILES)
    for number, file in enumerate(listed.files):
        assert code(caller.say(HaveAll(3))) == "move_incomplete"
        wrong = caller.say(ComparePart(4, number, 0, file.size, bytes(32)))
        assert isinstance(wrong, messages.Compared) and not wrong.same
        hash = hashlib.sha256(FILES[file.name]).digest()
        assert caller.say(ComparePart(5, number, 0, file.size, hash)) == messages.Compared(5, True)
    assert pair.is_old
    assert code(caller.say(HaveAll(6))) == "ok" and not pair.is_old


def test_what_lies_beyond_a_file_isnt_read(pair: Pair) -> None:
    caller, _secret = going(pair)
    assert code(caller.say(FetchPart(2, 99, 0))) == "file_gone"
    assert caller.say(FetchPart(3, 0, 2**61)) == Part(3, b"")
    assert caller.say(ComparePart(4, 0, 2**61, 64, bytes(32))) == messages.Compared(4, False)
    assert caller.say(ListFiles(5, 2**32 - 1)) == FileList(5, [], False)


def test_after_the_hand_over_only_that_is_said(pair: Pair) -> None:
    steps(pair.taking)
    caller = Caller(pair)
    caller.meet()
    assert code(caller.say(RevealNonce(1, NONCE))) == "account_moved"
    with refusing("account_moved"):
        pair.giving.end()


def test_a_move_that_ended_gives_nothing_more(pair: Pair) -> None:
    caller, _secret = going(pair)
    caller.say(ListFiles(2, 0))
    pair.giving.end()
    assert caller.closed and code(caller.heard[-1]) == "move_over"
    assert code(caller.say(HaveAll(3))) == "move_replaced"
    assert pair.is_old


@pytest.mark.parametrize("so_far", ["nobody called", "confirmed"])
def test_it_lapses(pair: Pair, so_far: str) -> None:
    if so_far == "confirmed":
        going(pair)[0].say(ListFiles(2, 0))
    pair.seconds = PATIENCE - 1
    assert not pair.giving.lapse()
    pair.seconds = PATIENCE
    assert pair.giving.lapse() and pair.giving.state == "over" and pair.is_old


def test_who_leaves_without_a_word_ends_it(pair: Pair) -> None:
    """It may not have heard the secret, without which it can't come back."""
    caller, _secret = going(pair)
    caller.session.left()
    assert pair.giving.state == "over" and pair.is_old


# --- a hostile old computer ---


def told(pair: Pair, kind: type[Message], change: Callable[[Any], Message]) -> None:
    """Change what the old one says."""

    def changed(body: bytes) -> bytes:
        try:
            message = messages.decode(body, messages.FromOld)
        except HamrazError:
            return body
        return messages.encode(change(message)) if isinstance(message, kind) else body

    pair.changed = changed


RIGHT = [MovedFile("vault.db", 9), MovedFile("vault.key", 9)]


@pytest.mark.parametrize(
    ("about", "files"),
    [
        ("a way out", [*RIGHT, MovedFile("../vault.key", 9)]),
        ("a way out of files", [*RIGHT, MovedFile("files/../vault.key", 9)]),
        ("an absolute path", [*RIGHT, MovedFile("/etc/passwd", 9)]),
        ("the state of the move", [*RIGHT, MovedFile("state", 9)]),
        ("what says that it has moved", [*RIGHT, MovedFile("moved", 9)]),
        ("another name in files", [*RIGHT, MovedFile("files/a", 9)]),
        ("a name and a line's end", [*RIGHT, MovedFile("files/" + "0" * 32 + "\n", 9)]),
        ("twice the same", [*RIGHT, MovedFile("vault.key", 9)]),
        ("no key", RIGHT[:1]),
        ("no database", RIGHT[1:]),
        ("an empty database", [MovedFile("vault.db", 0), RIGHT[1]]),
        ("a key file that is too long", [RIGHT[0], MovedFile("vault.key", 4097)]),
        ("more than there is on earth", [MovedFile("vault.db", MOST_BYTES), RIGHT[1]]),
    ],
)
def test_a_list_that_is_no_account(pair: Pair, about: str, files: list[MovedFile]) -> None:
    told(pair, FileList, lambda answer: FileList(answer.re, files, False))
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "bad_move", about
    assert pair.is_old and not pair.is_new
    assert sorted(path.name for path in (pair.new / "arriving").iterdir()) == ["state"]


def test_too_many_files() -> None:
    many = [*RIGHT, *(MovedFile(f"files/{number:032x}", 0) for number in range(MOST_FILES - 2))]
    check_files(many)
    with refusing("bad_move"):
        check_files([*many, MovedFile("files/" + "f" * 32, 0)])


def test_a_list_without_an_end(pair: Pair) -> None:
    told(pair, FileList, lambda answer: FileList(answer.re, [], True))
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "bad_move"


def test_more_than_the_disk_holds(pair: Pair) -> None:
    told(pair, FileList, lambda answer: FileList(answer.re, [MovedFile("vault.db", MOST_BYTES - 9), RIGHT[1]], False))
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "disk_full"


@pytest.mark.parametrize("content", [b"", b"other words" * 100, bytes(PART)], ids=["nothing", "short", "zeros"])
def test_what_comes_otherwise_than_it_is_compared(pair: Pair, content: bytes) -> None:
    told(pair, Part, lambda answer: Part(answer.re, content))
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "file_broken"
    assert pair.taking.state == "failed" and pair.is_old and not pair.is_new


def test_a_newer_vault_is_refused_before_anything_is_fetched(pair: Pair) -> None:
    told(pair, messages.MoveBegun, lambda answer: msgspec.structs.replace(answer, format=1000))
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "move_newer"
    assert list(pair.new.iterdir()) == [] and pair.is_old


def interrupted(pair: Pair, at: int) -> None:
    pair.cut_at = at
    steps(pair.taking, most=0)
    again = taking.Taking.again(pair.new, pair.dial, lambda: None)
    assert again is not None
    pair.taking = again


@pytest.mark.parametrize("lie", ["a proof by nobody", "that it has handed over", "with the right proof, too"])
def test_who_answers_in_the_old_ones_place_after_a_cut(pair: Pair, lie: str) -> None:
    interrupted(pair, 12)

    def change(answer: GoingOn) -> GoingOn:
        if lie == "a proof by nobody":
            return msgspec.structs.replace(answer, proof=bytes(32))
        return msgspec.structs.replace(answer, moved=True)

    told(pair, GoingOn, change)
    steps(pair.taking)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "move_forged"
    assert pair.is_old and not pair.is_new


def test_nobody_talks_the_new_one_out_of_what_it_may_have(pair: Pair) -> None:
    """It has asked and not heard: whoever says in the old one's place that the move is over ends nothing."""
    interrupted(pair, 38)
    known = new_folder.arriving(pair.new)
    assert known is not None and known.phase == "asked" and not pair.is_old and not pair.is_new
    pair.changed = lambda body: messages.encode(Failed(1, "move_over", None, {}))
    steps(pair.taking, most=3)
    assert pair.taking.state == "asked"
    with refusing("move_unsure"):
        pair.taking.give_up()
    pair.changed = lambda body: body
    pair.restart_new()
    steps(pair.taking)
    assert pair.is_new
    pair.require_whole(pair.new)


def test_the_old_one_is_gone_for_good(pair: Pair) -> None:
    """Before it has answered it burns; the person says so."""
    interrupted(pair, 38)
    pair.taking.take_over()
    assert pair.is_new and (pair.new / "alone").exists()
    pair.require_whole(pair.new)


def test_nobody_takes_over_what_isnt_there(pair: Pair) -> None:
    interrupted(pair, 20)
    with refusing("move_over"):
        pair.taking.take_over()
    pair.taking.give_up()
    assert list(pair.new.iterdir()) == []


@pytest.mark.parametrize("at", range(1, 40))
def test_who_gives_up_in_any_moment_ends_it_or_is_told(pair: Pair, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Beside each thing that it does to the disk: never does the old one hand over what is thrown away here."""
    monkeypatch.setattr(taking, "ENDING_SECONDS", 0.0)  # what runs goes on only after the hook
    number, given_up = count(1), list[int]()

    def offload(function: Callable[..., Any], *arguments: Any) -> Any:
        if next(number) == at:
            person.start()
            person.join(0.1)  # unless it has to wait for what is written in this moment
        return function(*arguments)

    def give_up() -> None:
        with contextlib.suppress(HamrazError):  # `move_unsure`
            pair.taking.give_up()
            given_up.append(at)

    person = threading.Thread(target=give_up)
    pair.taking = Taking(pair.new, pair.dial, ["192.0.2.1"], 4000, "4821", lambda: None, offload)
    steps(pair.taking, most=3)
    assert next(number) > at, "it does less than that"
    person.join()
    assert pair.is_old != pair.is_new and (given_up or pair.is_new)
    assert pair.is_new or list((pair.new / "arriving").rglob("*state")) == []
    pair.require_whole(pair.old if pair.is_old else pair.new)


def test_who_gives_up_just_before_it_asks_is_given_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "ENDING_SECONDS", 0.0)
    monkeypatch.setattr(new_folder.Arrived, "sync", lambda self: pair.taking.give_up())
    steps(pair.taking, most=3)
    assert pair.is_old and list(pair.new.iterdir()) == []
    pair.require_whole(pair.old)


# --- disks ---


def test_a_disk_that_refuses_leaves_the_account_where_it_was(pair: Pair) -> None:
    (pair.old / "moved.part").mkdir()  # it can't be written
    steps(pair.taking, most=1)
    assert pair.taking.trouble is not None and pair.taking.trouble.code == "move_failing"
    assert pair.taking.state == "asked" and pair.is_old and not pair.is_new
    (pair.old / "moved.part").rmdir()
    pair.restart_new()
    steps(pair.taking, most=1)
    assert pair.is_new and not pair.is_old


def test_a_vault_that_is_still_open_isnt_given(pair: Pair) -> None:
    (pair.old / "vault.db-wal").write_bytes(b"a page")
    caller = Caller(pair)
    meeting = caller.meet()
    caller.say(RevealNonce(1, NONCE))
    pair.giving.accept(meeting.digits())
    with refusing("vault_busy"):
        pair.giving.begin("سارا")


def test_what_says_that_it_has_moved_counts_when_it_cant_be_read(pair: Pair) -> None:
    (pair.old / "moved").write_bytes(b"\xc1")
    assert old_folder.moved(pair.old) is not None


@pytest.mark.parametrize(
    "typed",
    [
        "192.168.1.20:5001",
        " 192.168.1.20 : 5001\n",
        "۱۹۲.۱۶۸.۱.۲۰:۵۰۰۱",
        "\u2066192.168.1.20:5001\u2069",
        "١٩٢.١٦٨.١.٢٠：٥٠٠١",
    ],
)
def test_an_address_is_read_as_keyboards_give_it(typed: str) -> None:
    assert read_address(typed) == (["192.168.1.20"], 5001)


@pytest.mark.parametrize("typed", ["", "example.org:5001", "192.168.1:5001", "192.168.1.20", "192.168.1.20:0", "[::1]"])
def test_what_is_none_is_no_address(typed: str) -> None:
    with pytest.raises(HamrazError) as reason:
        read_address(typed)
    assert (reason.value.code, reason.value.field) == ("bad_address", "address")
