"""Who gets an account, and every way to be refused one."""

from typing import Any

import pytest

from authority_server.core.authority import Authority
from protocol.errors import HamrazError
from protocol.messages import SignedUp
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import Head, check
from tests.authority.peer import Clock, Peer, Person, member, new_authority, owner, person


def refusal(peer: Peer, who: Person, **changes: Any) -> tuple[str, str | None]:
    """Code and field with which both the question and the sign-up itself are refused; nothing may have changed."""
    size, accounts = peer.authority.state.log.size, len(peer.authority.state.accounts)
    with pytest.raises(HamrazError) as signing:
        peer.sign_up(who, **{name: value for name, value in changes.items() if name != "name"})
    if "register" not in changes:
        with pytest.raises(HamrazError) as asking:
            peer.check_sign_up(who, **changes)
        assert asking.value.code == signing.value.code
        assert asking.value.field == signing.value.field
    assert (peer.authority.state.log.size, len(peer.authority.state.accounts)) == (size, accounts)
    assert not peer.closed
    return signing.value.code, signing.value.field


def test_the_owner_becomes_super_admin_and_everybody_else_a_beginner(authority: Authority) -> None:
    code = authority.issue_owner_code()
    first, second = person(authority, "sara"), person(authority, "علی")
    peer = Peer(authority).hello()
    assert peer.check_sign_up(first, owner_code=code).first
    signed = peer.sign_up(first, owner_code=code)
    assert check(signed.head, Head, authority.key.public, authority.id).size == 2
    assert not peer.check_sign_up(second).first
    peer.sign_up(second)
    users = authority.state.log.users
    assert users[first.uid].role is Role.SUPER_ADMIN
    assert users[second.uid].role is Role.BEGINNER
    assert users[second.uid].key == second.key.public


def test_nobody_signs_up_before_the_owner(authority: Authority) -> None:
    authority.issue_owner_code()
    assert refusal(Peer(authority).hello(), person(authority, "mallory")) == ("owner_first", None)


def test_an_owner_code_must_be_the_right_one(authority: Authority) -> None:
    peer, who = Peer(authority).hello(), person(authority, "mallory")
    assert refusal(peer, who, owner_code="a" * 26) == ("owner_code_wrong", None)  # none has been issued
    authority.issue_owner_code()
    assert refusal(peer, who, owner_code="a" * 26) == ("owner_code_wrong", None)
    assert refusal(peer, who, owner_code="") == ("owner_code_wrong", None)
    old = authority.issue_owner_code()
    authority.issue_owner_code()
    assert refusal(peer, who, owner_code=old) == ("owner_code_wrong", None)


def test_an_owner_code_is_good_once(authority: Authority) -> None:
    code = authority.issue_owner_code()
    peer = Peer(authority).hello()
    peer.sign_up(person(authority, "sara"), owner_code=code)
    assert refusal(peer, person(authority, "ali"), owner_code=code) == ("owner_code_used", None)
    assert refusal(peer, person(authority, "ali"), owner_code="b" * 26) == ("owner_code_wrong", None)


def test_two_first_sign_ups_at_once_make_one_super_admin(authority: Authority) -> None:
    code = authority.issue_owner_code()
    queued: list[Any] = []
    authority.run_write = lambda job, done, *_: queued.append((job, done))
    racers = [(Peer(authority).hello(), person(authority, name)) for name in ("sara", "mallory")]
    for peer, who in racers:
        with pytest.raises(AssertionError, match="no answer"):
            peer.sign_up(who, owner_code=code)
    # both decided in one batch, one transaction
    authority.settle([done for _, done in queued], authority.execute([job for job, _ in queued]))
    assert racers[0][0].answer(1, SignedUp).head == authority.published.head
    with pytest.raises(HamrazError) as second:
        racers[1][0].answer(1, SignedUp)
    assert second.value.code == "owner_code_used"
    assert [user.role for user in authority.state.log.users.values()] == [Role.SUPER_ADMIN]


@pytest.mark.parametrize("invitation", ["", "a" * 16, "سلام", "x" * 500])
def test_the_invitation_must_be_right(authority: Authority, invitation: str) -> None:
    owner(authority)
    peer = Peer(authority).hello()
    assert refusal(peer, person(authority, "ali"), invitation=invitation) == ("no_invitation", None)


def test_a_renewed_invitation_voids_the_one_before(authority: Authority) -> None:
    owner(authority)
    peer, old = Peer(authority).hello(), authority.state.invitation
    authority.renew_invitation("b" * 16)
    assert refusal(peer, person(authority, "ali"), invitation=old) == ("no_invitation", None)
    peer.sign_up(person(authority, "ali"), invitation="b" * 16)


@pytest.mark.parametrize(
    ("taken", "asked", "code"),
    [
        ("sara", "sara", "name_taken"),
        ("sara", "Sara", "name_lookalike"),
        ("علی", "علي", "name_lookalike"),
        ("کاوه", "كاوه", "name_lookalike"),
        ("cop", "сор", "name_lookalike"),  # all Cyrillic
        ("Ali", "AIi", "name_lookalike"),  # a capital i: only the look tells
        ("BOBA", "ВОВА", "name_lookalike"),
    ],
)
def test_a_name_like_a_taken_one_is_refused(authority: Authority, taken: str, asked: str, code: str) -> None:
    owner(authority)
    member(authority, taken)
    late = person(authority, asked)
    changes = {"email": "else@example.org"}
    assert refusal(Peer(authority).hello(), late, **changes) == (code, "name")
    with pytest.raises(HamrazError) as told:
        Peer(authority).hello().check_sign_up(late, **changes)
    assert told.value.values == {"name": taken}


@pytest.mark.parametrize(("name", "code"), [("a b", "name_form"), ("aliعلی", "name_scripts"), ("x", "name_form")])
def test_a_name_that_may_not_be_is_refused(authority: Authority, name: str, code: str) -> None:
    owner(authority)
    assert refusal(Peer(authority).hello(), person(authority, name)) == (code, "name")


def test_an_e_mail_has_one_account(authority: Authority) -> None:
    owner(authority)
    member(authority, "sara")
    peer = Peer(authority).hello()
    for email in ("sara@example.org", "SARA@Example.org", " sara@example.org "):
        assert refusal(peer, person(authority, "other"), email=email) == ("email_taken", "email")


@pytest.mark.parametrize("email", ["sara", "@", "a@", "@b", "a b@c.d", "a@b@c", "a@.b", "a@b.", "a@b..c", "\u0000"])
def test_an_e_mail_has_its_form(authority: Authority, email: str) -> None:
    owner(authority)
    assert refusal(Peer(authority).hello(), person(authority, "sara"), email=email) == ("email_form", "email")


def test_no_e_mail_stands_in_the_database_in_the_clear(authority: Authority) -> None:
    owner(authority)
    member(authority, "sara")
    with authority.store.transaction() as rows:
        dump = repr([*rows.accounts(), *rows.entries(), *rows.settings().items()])
    assert "sara" in dump  # the name is public
    assert "sara@" not in dump
    assert "example" not in dump


def test_a_register_that_does_not_hold_is_refused(authority: Authority) -> None:
    owner(authority)
    peer, who = Peer(authority).hello(), person(authority, "sara")
    honest, other = who.register(), SigningKey.generate()
    for register, code in [
        (type(honest)(honest.body, bytes(64)), "bad_signature"),
        (type(honest)(honest.body + b"\0", honest.sig), "bad_statement"),
        (type(honest)(b"", honest.sig), "bad_statement"),
        (who.register(uid=b"u" * 32), "bad_statement"),
        (who.register(identity_key=other.public.raw), "bad_signature"),
        (who.register(name_key="sarah"), "bad_statement"),  # the authority alone says what a name is compared by
        (Person(b"a" * 32, "sara", who.key).register(), "bad_signature"),  # meant for another authority
    ]:
        assert refusal(peer, who, register=register)[0] == code, code


def test_a_key_has_one_account(authority: Authority) -> None:
    owner(authority)
    who = member(authority, "sara")
    again = Person(authority.id, "parisa", who.key)
    assert refusal(Peer(authority).hello(), again, register=again.register()) == ("bad_statement", None)


def test_the_same_sign_up_again_gets_the_same_answer(authority: Authority) -> None:
    code = authority.issue_owner_code()
    first = person(authority, "sara")
    Peer(authority).hello().sign_up(first, owner_code=code)
    size = authority.state.log.size
    Peer(authority).hello().sign_up(first, owner_code=code)
    assert authority.state.log.size == size


def test_asking_is_not_limited_by_its_count_and_accounts_are(clock: Clock) -> None:
    authority = new_authority(clock)
    owner(authority)
    peer = Peer(authority, "198.51.100.9").hello()
    for _ in range(500):
        peer.check_sign_up(person(authority, "sara"))
    made = 0
    with pytest.raises(HamrazError) as full:
        for number in range(200):
            peer.sign_up(person(authority, f"user{number}"))
            made += 1
    assert full.value.code == "slow_down" and made == authority.limits.sign_ups.each
    Peer(authority, "198.51.100.10").hello().sign_up(person(authority, "elsewhere"))
    clock.advance(float(full.value.values["n"]))
    peer.sign_up(person(authority, "later"))


def test_a_connections_first_try_has_a_reserve(clock: Clock) -> None:
    """Whoever tries one name after the other leaves something for who has just come to the same place."""
    authority = new_authority(clock)
    owner(authority)
    rude = Peer(authority).hello()
    with pytest.raises(HamrazError):
        for number in range(200):
            rude.sign_up(person(authority, f"user{number}"))
    newcomer = Peer(authority).hello()
    newcomer.check_sign_up(person(authority, "sara"))
    newcomer.sign_up(person(authority, "sara"))


def test_twelve_places_leave_room_for_one_more(clock: Clock) -> None:
    authority = new_authority(clock)
    owner(authority)
    for place in range(12):
        peer = Peer(authority, f"198.51.100.{place}").hello()
        with pytest.raises(HamrazError):
            for number in range(200):
                peer.sign_up(person(authority, f"user{place}x{number}"))
    Peer(authority, "203.0.113.5").hello().sign_up(person(authority, "sara"))


def test_what_is_refused_is_not_charged(authority: Authority) -> None:
    owner(authority)
    who = person(authority, "sara")
    for number in range(20):
        stranger = Peer(authority).hello()
        code, _field = refusal_of_sign_up(stranger, who, invitation="z" * 16)
        assert code == "no_invitation"
        code, field = refusal_of_sign_up(stranger, person(authority, f"user{number}"), email="owner@example.org")
        assert (code, field) == ("email_taken", "email")
    assert authority.limits.sign_ups.taken("192.0.2.1", authority.clock()) == 1  # the owner


def test_a_lost_answer_is_not_charged_again(authority: Authority) -> None:
    owner(authority)
    who = person(authority, "sara")
    request = who.register()
    for _ in range(5):
        Peer(authority).hello().sign_up(who, register=request)
    assert authority.limits.sign_ups.taken("192.0.2.1", authority.clock()) == 2


def refusal_of_sign_up(peer: Peer, who: Person, **changes: Any) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as refused:
        peer.sign_up(who, **changes)
    return refused.value.code, refused.value.field
