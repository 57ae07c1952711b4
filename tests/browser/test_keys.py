"""Keys that change, as people see it: a new one of one's own, an account that an admin ends, and its person anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.desktops import Desktop, Desktops
from tests.processes import PASSWORD
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(240)  # s; one agent after the other may have to be waited for on a busy machine

NAMES = {"sara": "en-GB", "reza": "en-GB", "ندا": "fa-IR"}


@pytest.fixture(scope="module")
def started_desktops(profiles: Profiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktops]:
    with Desktops(tmp_path_factory.mktemp("desktops"), profiles, NAMES) as desktops:
        yield desktops


def chat_with(desktop: Desktop, other: Desktop) -> None:
    """Open the private chat, which may not have begun."""
    desktop.section("chats")
    desktop.at("#new").click()
    desktop.at("[data-item=private]").click()
    desktop.at("#new-name").fill(other.name)
    desktop.at("#new-name").press("Enter")
    expect(desktop.at("[data-dialog]")).to_have_count(0)


def talk(one: Desktop, other: Desktop, text: str) -> None:
    """There and back, read on both sides."""
    for writer, reader, words in ((one, other, text), (other, one, f"{text}, back")):
        writer.write(words)
        expect(reader.message(words)).to_have_count(1)
        expect(writer.message(words)).to_have_attribute("data-state", "read")


def test_a_new_key_of_ones_own(desktops: Desktops) -> None:
    sara, reza = desktops["sara"], desktops["reza"]
    chat_with(sara, reza)
    chat_with(reza, sara)
    talk(sara, reza, "with the first key")
    sara.bot.call("set_verified", username="reza", verified=True)

    reza.section("settings")
    reza.at("[data-my-key] [data-open=new_key]").click()
    expect(reza.at("[data-dialog=new_key]")).to_contain_text("no copy of this account from before lets anybody in")
    reza.at("[data-dialog] [type=submit]").click()
    expect(reza.at("[data-dialog]")).to_have_count(0)
    expect(reza.at(".toast")).to_contain_text("Your new safety number counts")

    notice = sara.at("[data-key-change=own]")
    expect(notice).to_be_visible()
    assert violations(sara.page) == []
    expect(notice).to_contain_text("’s safety number has changed")
    technical = notice.get_by_text("The old key itself signed the new one (log entry")
    expect(technical).to_be_hidden()
    notice.locator("summary").click()
    expect(technical).to_be_visible()
    assert sara.person(reza)["verified"] is False
    chat_with(reza, sara)
    talk(sara, reza, "and on with the second")
    talk(reza, sara, "both ways")

    notice.get_by_role("button").click()  # its one action: compare
    expect(sara.at(f'[data-safety="{reza.uid}"]')).to_be_visible()
    sara.at("[data-safety] footer .primary").click()
    expect(sara.at("[data-safety] [data-verified=true]")).to_be_visible()
    sara.open(f"p:{reza.uid}")
    expect(sara.at("[data-key-change]")).to_have_count(0)


def test_an_account_that_an_admin_ends_and_its_person_anew(desktops: Desktops) -> None:
    sara, reza, neda = desktops["sara"], desktops["reza"], desktops["ندا"]
    group = desktops.make_group("sara", ["reza", "ندا"], "workshop")
    chat_with(reza, neda)
    chat_with(neda, reza)
    talk(reza, neda, "before")

    sara.section("people")
    sara.at(f"#role-{neda.uid}").click()
    sara.at("[data-item=revoke]").click()
    dialog = sara.at("[data-dialog=revoke]")
    expect(dialog).to_contain_text("can’t be undone")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)
    row = sara.at(f'tr[data-person="{neda.uid}"]')
    expect(row).to_contain_text("account ended")
    expect(row.locator("[data-role]")).to_have_count(0)

    # on both sides: what has happened, and nothing more can be written
    expect(neda.at("[data-banner=ended]")).to_be_visible()
    expect(neda.at("[data-closed=own_revoked]")).to_be_visible()
    expect(neda.message("before, back")).to_be_visible()
    notice = reza.at("[data-key-change=admin]")
    expect(notice).to_be_visible()
    assert violations(reza.page) == []
    expect(notice).to_contain_text("’s account has ended")
    expect(notice).to_contain_text("has ended it (log entry")
    expect(reza.at("[data-closed=revoked]")).to_be_visible()
    notice.get_by_role("button").click()  # nobody has the name yet
    expect(reza.at("[data-filter=keys]")).to_have_attribute("aria-pressed", "true")

    # the group goes on without the account, under a new key
    reza.open(group)
    reza.write("only for us two")
    sara.open(group)
    expect(sara.message("only for us two")).to_be_visible()
    expect(sara.line("removed", "ندا")).to_be_visible()

    # who comes back comes back as somebody new
    neda.at("[data-banner=ended] [data-open=begin_anew]").click()
    neda.at("#anew-password").fill("not this one, surely")
    neda.at("[data-dialog] [type=submit]").click()
    expect(neda.at("[data-error=password]")).to_be_visible()
    neda.at("#anew-password").fill(PASSWORD)
    neda.at("[data-dialog] [type=submit]").click()
    expect(neda.at("html")).to_have_attribute("data-screen", "sign_up")
    values = {"email": neda.agent.name.encode().hex() + "@example.org", "username": "ندا", "password": PASSWORD}
    for name, value in (values | {"password-confirm": PASSWORD}).items():
        neda.at(f"#{name}").fill(value)
    neda.at("form [type=submit]").click()
    neda.kit_later()
    expect(neda.at("#new")).to_be_visible()
    assert (neda.agent.folder / f"ended-{neda.uid[:16]}" / "vault.db").exists()
    old, neda.uid = neda.uid, neda.bot.call("snapshot")["me"]["uid"]
    assert neda.uid != old

    reza.open(f"p:{old}")
    expect(reza.at("[data-key-change=admin]")).to_contain_text("has ended")
    reza.at("[data-key-change=admin]").get_by_role("button").click()
    expect(reza.at(f'section.pane[data-chat="p:{neda.uid}"]')).to_be_visible()
    expect(reza.at("[data-key-change=admin]")).to_contain_text("replaced the account. It starts anew")
    chat_with(neda, reza)
    talk(reza, neda, "hello again")
    assert reza.person(neda)["role"] == "beginner user"
