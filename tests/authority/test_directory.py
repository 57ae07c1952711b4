"""Finding people, being told when they come and go, and what a signed answer binds."""

import pytest

from authority_server.core.authority import Authority
from protocol.errors import HamrazError
from protocol.log_entries import RegisterEntry, encode_entry
from protocol.messages import ChangePresence, Done, Find, Found, Present, ShowPresence, Watch, Watching
from protocol.statements import FoundUser, check
from tests.authority.peer import Peer, agent, member, owner, person

NONCE = b"n" * 32


def find(peer: Peer, name: str) -> FoundUser:
    found = peer.ask(Find(0, name, NONCE), Found)
    return check(found.found, FoundUser, peer.authority.key.public, peer.authority.id)


def test_find_is_signed_over_nonce_name_key_and_presence(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "علی")
    asker = agent(authority, sara)
    assert find(asker, "علی") == FoundUser(NONCE, "علی", ali.uid, ali.key.public.raw, 2, False, None, None)
    peer = agent(authority, ali)
    assert find(asker, "علی") == FoundUser(
        NONCE, "علی", ali.uid, ali.key.public.raw, 2, True, ali.presence(), "192.0.2.1"
    )
    newer = ali.presence(2, port=4002)
    peer.ask(ChangePresence(0, newer), Done)
    assert find(asker, "علی").presence == newer
    peer.hang_up()
    found = find(asker, "علی")
    assert not found.online and found.presence == newer  # where to try it, authority or not


def test_nobody_is_found_by_another_name(authority: Authority) -> None:
    asker = agent(authority, owner(authority, "sara"))
    for name in ("Sara", "sarа", "nobody", " sara"):
        with pytest.raises(HamrazError) as refusal:
            find(asker, name)
        assert (refusal.value.code, refusal.value.values) == ("unknown_user", {"name": name})


def test_an_account_that_is_not_durable_yet_is_not_found(authority: Authority) -> None:
    asker, late = agent(authority, owner(authority, "sara")), person(authority, "late")
    with authority.store.transaction() as rows:  # a batch that is still open, in the writer's thread
        authority.state.append(rows, encode_entry(RegisterEntry(late.register())))
        with pytest.raises(HamrazError) as refusal:
            find(asker, "late")
    assert refusal.value.code == "unknown_user"


def test_watchers_are_told_who_comes_and_goes(authority: Authority) -> None:
    sara, ali, reza = owner(authority, "sara"), member(authority, "ali"), member(authority, "reza")
    watcher = agent(authority, sara)
    agent(authority, reza)
    answer = watcher.ask(Watch(0, [ali.uid, reza.uid, b"?" * 32]), Watching)
    assert answer.online == [reza.uid]
    peer = agent(authority, ali)
    assert watcher.inbox == [Present(ali.uid, True)]
    peer.hang_up()
    assert watcher.inbox[1:] == [Present(ali.uid, False)]
    watcher.inbox.clear()
    watcher.ask(Watch(0, [reza.uid]), Watching)  # replaces the list
    agent(authority, ali)
    assert watcher.inbox == []


def test_watches_end_with_their_connection(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    watcher = agent(authority, sara)
    watcher.ask(Watch(0, [ali.uid]), Watching)
    watcher.hang_up()
    agent(authority, ali)
    assert watcher.inbox == []
    assert not authority.online._watchers


# --- who is shown ---


def test_who_is_not_shown_comes_and_goes_unseen_and_sees_nobody(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    watcher = agent(authority, sara)
    watcher.ask(Watch(0, [ali.uid]), Watching)
    hidden = Peer(authority).hello()
    hidden.log_in(ali, shown=False)
    assert watcher.ask(Watch(0, [ali.uid]), Watching).online == []
    assert hidden.ask(Watch(0, [sara.uid]), Watching).online == []
    watcher.hang_up()
    assert hidden.inbox == []  # nor that somebody goes
    watcher = agent(authority, sara)
    watcher.ask(Watch(0, [ali.uid]), Watching)
    hidden.hang_up()
    assert watcher.inbox == []


def test_find_says_where_somebody_is_who_is_not_shown(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    Peer(authority).hello().log_in(ali, shown=False)
    assert find(agent(authority, sara), "ali").online  # or no message would go straight


def test_being_shown_changes_while_one_is_here(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    watcher, peer = agent(authority, sara), agent(authority, ali)
    watcher.ask(Watch(0, [ali.uid]), Watching)
    assert peer.ask(Watch(0, [sara.uid]), Watching).online == [sara.uid]
    for shown in (False, False, True):
        peer.ask(ShowPresence(0, shown), Done)
    assert watcher.inbox == [Present(ali.uid, False), Present(ali.uid, True)]
    watcher.hang_up()
    assert peer.inbox == []  # who was hidden asks again whom it wants to see
    assert peer.ask(Watch(0, [sara.uid]), Watching).online == []
    agent(authority, sara)
    assert peer.inbox == [Present(sara.uid, True)]
