"""Two things at once at one agent, of which one overtakes the other: neither is lost, and neither undoes the other."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import ShowPresence
from tests.agent.wire import decoded
from tests.sharing import content, hand_over, newest, private
from tests.world import Person, World
from web_client.account import settings
from web_client.account.events import SettingsChanged
from web_client.agent.views import status as status_views
from web_client.files import staging
from web_client.files.context import FileContext


def code_of(run: Any) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def watched(person: Person) -> frozenset[bytes]:
    """Whom the authority tells this person about."""
    caller = person.world.authority.online.occupant(person.uid)
    assert caller is not None
    return caller.watched


# --- a file that is handed over ---


def test_a_file_that_is_dropped_while_a_part_is_kept_is_dropped(
    arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has parts under way whenever a person cancels an upload."""
    agent, id = arash.agent(), hand_over(arash, private(sara), content(staging.PART))
    agent.file_drop(id)
    id = agent.file_begin(private(sara), "ab" * 16, "film", CHUNK)["done"] or "ab" * 16
    asked, refused = threading.Event(), []
    alone, write = FileContext.alone, arash.store.write

    def drop() -> None:
        try:
            agent.file_drop(id)
        except HamrazError as reason:
            refused.append(reason.code)

    def noted(context: FileContext, *given: Any, **more: Any) -> Any:
        if threading.current_thread() is dropping:
            asked.set()
        return alone(context, *given, **more)

    def slowly(*given: Any) -> None:
        dropping.start()
        assert asked.wait(10)
        write(*given)

    dropping = threading.Thread(target=drop)
    monkeypatch.setattr(FileContext, "alone", noted)
    monkeypatch.setattr(arash.store, "write", slowly)
    try:
        agent.take_part(id, 0, content(CHUNK))
    except HamrazError as reason:
        assert reason.code == "file_gone"
    dropping.join(10)
    assert refused == [] and agent.uploads()["uploads"] == [] and arash.store.names() == []


def test_a_file_that_is_sent_while_it_is_dropped_stays(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its message is written by then, and whoever reads that wants to have it."""
    agent, id = arash.agent(), hand_over(arash, private(sara), content(CHUNK))
    alone, sent = FileContext.alone, []

    def send_first(context: FileContext, *given: Any, **more: Any) -> Any:
        if not sent:
            sent.append(id)
            agent.send_file(id)
        return alone(context, *given, **more)

    monkeypatch.setattr(FileContext, "alone", send_first)
    agent.file_drop(id)
    world.settle()
    assert newest(arash, private(sara))["file"]["state"] in ("sending", "here") and arash.store.names()
    assert newest(sara, private(arash))["file"]["state"] == "offered"


def test_a_file_that_is_dropped_before_its_message_is_written_has_none(
    arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message would announce what nobody has."""
    agent, id = arash.agent(), hand_over(arash, private(sara), content(CHUNK))
    finish = staging.finish

    def cancelled(context: FileContext, message: bytes) -> Any:
        file = finish(context, message)
        agent.file_drop(id)
        return file

    monkeypatch.setattr(staging, "finish", cancelled)
    assert code_of(lambda: agent.send_file(id)) == "file_gone"
    assert arash.shown(sara) == []


# --- what is chosen at two pages ---


def test_what_two_pages_choose_at_once_holds_both(arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, ctx, changed = sara.agent(), sara.node.ctx, settings.changed
    came, lock = threading.Event(), ctx._replaced.choosing

    class Noted:
        """A lock that says that somebody wants it."""

        def __enter__(self) -> None:
            if threading.current_thread() is other:
                came.set()
            lock.acquire()

        def __exit__(self, *_given: object) -> None:
            lock.release()

    def choose() -> None:
        agent.set_setting("typing", False)
        came.set()

    def slowly(before: Any, name: str, value: Any) -> Any:
        if name == "notifications":
            other.start()
            assert came.wait(10)
        return changed(before, name, value)

    other = threading.Thread(target=choose)
    monkeypatch.setattr(ctx._replaced, "choosing", Noted())
    monkeypatch.setattr(settings, "changed", slowly)
    agent.set_setting("notifications", "off")
    other.join(10)
    assert (ctx.settings.typing, ctx.settings.notifications) == (False, "off")
    assert sara.vault.read(settings.load) == ctx.settings


def test_the_authority_hears_of_the_last_choice_last(world: World, arash: Person, sara: Person) -> None:
    """Two pages change whether one is shown: what is chosen is what others see."""
    agent, chosen = sara.agent(), []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "sara" and decoded(body, ShowPresence) is not None and not chosen:
            chosen.append(True)
            agent.set_setting("presence", True)  # it comes first
        return [body]

    world.carry = carry
    agent.set_setting("presence", False)
    assert chosen and sara.node.ctx.settings.presence
    assert world.authority.online.shows(sara.uid) and arash.uid in watched(sara)


def test_who_is_shown_again_watches_whoever_was_asked_for_too_early(world: World, arash: Person, sara: Person) -> None:
    """The link's loop asks for the others a moment before the authority knows that one is shown, and gets nobody."""
    agent, early = sara.agent(), []
    agent.set_setting("presence", False)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "sara" and decoded(body, ShowPresence) is not None and not early:
            early.append(True)
            sara.node.authority.watch()
        return [body]

    world.carry = carry
    agent.set_setting("presence", True)
    assert early and arash.uid in watched(sara)


# --- the page ---


def test_nothing_is_told_of_a_vault_once_it_is_locked(
    arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that shows the log-in by then would show of whom one knows."""
    agent, told = sara.agent(), []
    agent.subscribe(lambda event, value: told.append(event))
    shown = status_views.settings

    def locked(session: Any) -> Any:
        found = shown(session)
        agent.lock()
        return found

    monkeypatch.setattr(status_views, "settings", locked)
    sara.node.ctx.emit(SettingsChanged())
    assert told == ["stage"]
