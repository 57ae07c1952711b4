"""Groups as people use them: made, joined, written to, reloaded, changed and left by clicking, on several pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desktops import Desktop, Desktops, halted
from tests.processes import until
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(240)  # s; one agent after the other may have to be waited for on a busy machine

PERSIAN = "سلام، کلاس فردا ساعت ۹ است."
FIRST = "Written before anybody joined."
# of one's own message once it is in the chain: it goes on as the others get it and look at it
STANDS = re.compile("authority|delivered|read")


@pytest.fixture(scope="module")
def started_desktops(profiles: Profiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktops]:
    names = {"arash": "en-GB", "sara": "en-GB", "omid": "en-GB", "ندا": "fa-IR"}
    with Desktops(tmp_path_factory.mktemp("desktops"), profiles, names) as desktops:
        desktops.give_role("arash", "sara", "advanced user")
        yield desktops


def choose(desktop: Desktop, name: str) -> None:
    """Type the beginning of a name and tick the person."""
    desktop.at("#group-who").fill(name[:2])
    desktop.at(f'.tickrow[data-name="{name}"] input').check()
    desktop.at("#group-who").fill("")


def invitation(desktop: Desktop, gid: str) -> str:
    return f'[data-invitation="{gid}"]'


def test_a_beginner_may_not_make_a_group_and_reads_why(desktops: Desktops) -> None:
    omid = desktops["omid"]
    omid.section("chats")
    omid.at("#new").click()
    item = omid.at("[data-item=group]")
    expect(item).to_have_attribute("aria-disabled", "true")
    note = omid.at(f"#{item.get_attribute('aria-describedby')}")
    expect(note).to_contain_text("advanced users and admins make groups")
    item.click(force=True)
    expect(omid.at("[data-dialog]")).to_have_count(0)
    # the note leads to those who can change that
    note.get_by_role("button").click()
    expect(omid.at("html")).to_have_attribute("data-screen", "people")
    omid.section("chats")
    arash = desktops["arash"]
    arash.section("chats")
    arash.at("#new").click()
    expect(arash.at("[data-item=group]")).to_be_enabled()
    expect(arash.at("[data-item=group]")).not_to_have_attribute("aria-disabled", "true")
    arash.page.keyboard.press("Escape")


def test_made_invited_joined_and_declined_by_clicking(desktops: Desktops) -> None:
    arash, sara, omid, neda = (desktops[name] for name in ("arash", "sara", "omid", "ندا"))
    arash.section("chats")
    arash.at("#new").click()
    arash.at("[data-item=group]").click()
    dialog = arash.at("[data-dialog=new_group]")
    arash.at("#group-name").fill("Network lab")
    dialog.locator("[type=submit]").click()
    expect(dialog.locator("[data-error=nobody]")).to_be_visible()
    for name in ("sara", "omid", "ندا"):
        choose(arash, name)
    dialog.locator("input[value=all]").check()
    with halted(desktops.network.authority):
        dialog.locator("[type=submit]").click()
        expect(dialog.locator("footer")).to_contain_text("Creating the group")
    pane = arash.at('section.pane[data-chat^="g:"]')
    expect(pane).to_be_visible()
    chat = pane.get_attribute("data-chat") or ""
    gid = chat.removeprefix("g:")
    port = str(arash.group(chat)["port"])
    expect(arash.at("[data-toast=ok]").filter(has_text="Group created")).to_be_visible()
    details = arash.details(chat)
    expect(details.locator(".members")).to_be_visible()
    expect(details.get_by_text("Port", exact=True)).to_be_hidden()  # what is technical lies folded
    details.locator("[data-security-details] > summary").click()
    expect(details.get_by_text("Port", exact=True)).to_be_visible()
    expect(details).to_contain_text(f"Port{port}")
    for invited in (sara, omid, neda):
        expect(arash.at(f'[data-details-pane] [data-person="{invited.uid}"]')).to_have_attribute(
            "data-state", "invited"
        )
    arash.write(FIRST)
    expect(arash.message(FIRST)).to_have_attribute("data-state", "authority")

    # the maker has the new group on top, and no talk with each of those who were asked
    expect(arash.at(".row[data-chat]").first).to_have_attribute("data-chat", chat)
    expect(arash.at('.row[data-chat^="p:"]')).to_have_count(0)
    # at whom was asked it stands once: who asks, to what, with whom, what one will see
    expect(sara.row(chat)).to_have_attribute("data-unread", "1")
    sara.open(chat)
    card = sara.at(invitation(sara, gid))
    for words in ("Network lab", "arash", "omid", "ندا", "everything from the beginning"):
        expect(card).to_contain_text(words)
    expect(sara.row(chat)).to_have_attribute("data-unread", "0")
    expect(sara.at('.row[data-chat^="p:"]')).to_have_count(0)
    # and says "invited" and nothing else
    for desktop, words in ((sara, "Invitation to a group"), (neda, "دعوت به گروه")):
        pane = desktop.open(chat)
        expect(pane.locator(".sub")).to_have_text(words)
        expect(pane.locator(invitation(desktop, gid))).to_be_visible()
        expect(desktop.at("#write")).to_have_count(0)
        expect(desktop.at("[data-message]")).to_have_count(0)
        expect(desktop.at("body")).not_to_contain_text(FIRST)
        assert desktop.bot.call("history", chat=chat)["messages"] == []
    details = sara.details(chat)
    expect(details.locator(f'[data-person="{sara.uid}"]')).to_contain_text("Invited; sees nothing until joining")
    expect(details.locator(f'[data-person="{arash.uid}"]')).to_contain_text("Super admin")
    expect(details.locator("[data-reload]")).to_have_count(0)

    card.get_by_role("button", name="Join").click()
    expect(sara.at(f'section.pane[data-chat="{chat}"]')).to_be_visible()
    expect(sara.message(FIRST)).to_be_visible()
    expect(arash.line("sara", "joined")).to_be_visible()
    expect(arash.at(f'[data-details-pane] [data-person="{sara.uid}"]')).to_have_attribute("data-state", "joined")

    omid.open(chat).get_by_role("button", name="Decline").click()
    expect(omid.row(chat)).to_have_count(0)
    expect(omid.at("[data-toast=ok]")).to_contain_text("Declined")
    for desktop in (arash, sara):
        expect(desktop.line("omid", "declined")).to_be_visible()
    declined = arash.at(f'[data-details-pane] [data-person="{omid.uid}"]')
    expect(declined).to_have_attribute("data-state", "declined")
    expect(declined).to_contain_text("Declined the invitation")


def test_what_one_writes_stands_on_the_pages_of_the_others(desktops: Desktops) -> None:
    arash, sara, neda = (desktops[name] for name in ("arash", "sara", "ندا"))
    chat = desktops.make_group("arash", ["sara", "ندا"], "Readers")
    for desktop in (arash, sara, neda):
        desktop.open(chat)
    talk = [(arash, "Does everybody have a port?"), (neda, PERSIAN), (sara, "All three of us.")]
    for writer, text in talk:
        writer.write(text)
        expect(writer.message(text)).to_have_attribute("data-state", STANDS)
        for reader in (arash, sara, neda):
            shown = reader.message(text)
            expect(shown).to_have_count(1)
            expect(shown).to_have_attribute("data-from", writer.uid)
            if reader is not writer:
                expect(shown.locator(".sender bdi")).to_have_text(writer.name)
    orders = [
        [one.get_attribute("data-message") for one in desktop.at('[data-message][data-kind="text"]').all()]
        for desktop in (arash, sara, neda)
    ]
    assert orders[0] == orders[1] == orders[2]
    expect(sara.message(PERSIAN).locator("[dir]").first).to_have_css("direction", "rtl")


def test_reload_says_when_it_was_checked(desktops: Desktops) -> None:
    arash, sara = desktops["arash"], desktops["sara"]
    chat = desktops.make_group("arash", ["sara"], "Notes")
    details = sara.details(chat)
    before = sara.group(chat)["last_checked"] or 0
    details.locator("[data-reload]").click()
    expect(details.locator("[data-reload]")).to_have_attribute("aria-busy", "false")
    until(lambda: sara.group(chat)["last_checked"] > before, 30, "a newer check")
    checked = sara.group(chat)["last_checked"]
    clock = sara.page.evaluate(
        "(ms) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(ms)", checked
    )
    expect(sara.at("#reload-says")).to_contain_text(f"last checked at {clock}")

    with halted(desktops.network.authority):  # what a reload waits for is shown
        details.locator("[data-reload]").click()
        expect(details.locator("[data-reload]")).to_have_attribute("aria-busy", "true")
    expect(details.locator("[data-reload]")).to_have_attribute("aria-busy", "false")
    expect(sara.at("#reload-says [data-error]")).to_have_count(0)
    assert arash.never_reloaded


def test_later_members_see_what_the_policy_gives_them(desktops: Desktops) -> None:
    arash, omid, neda = (desktops[name] for name in ("arash", "omid", "ندا"))
    for history, sees in (("all", True), ("joining", False)):
        chat = desktops.make_group("arash", ["omid"], f"Shares {history}", history)
        old = f"Old words of {history}"
        arash.bot.call("send_public_message", message=old, group_id=chat[2:])
        details = arash.details(chat)
        details.get_by_role("button", name="Add", exact=True).click()
        hint = "everything from the beginning" if sees else "from then on"
        expect(arash.at("[data-dialog=add]")).to_contain_text(hint)
        choose(arash, "ندا")
        arash.at("[data-dialog=add] [type=submit]").click()
        expect(arash.at("[data-dialog]")).to_have_count(0)
        member = arash.at(f'[data-details-pane] [data-person="{neda.uid}"]')
        expect(member).to_have_attribute("data-state", "invited")
        expect(arash.line("arash", "added", "ندا")).to_be_visible()
        expect(neda.row(chat)).to_be_visible()
        neda.open(chat).locator("footer .button.primary").click()
        expect(neda.at("#write")).to_be_visible()
        expect(member).to_have_attribute("data-state", "joined")
        arash.write("New words")
        expect(neda.message("New words")).to_be_visible()
        expect(neda.message(old)).to_have_count(1 if sees else 0)
        assert (old in neda.page.inner_text("body")) is sees
        omid.open(chat)
        expect(omid.message("New words")).to_be_visible()


def test_removed_with_a_reason_left_and_the_new_key_counted(desktops: Desktops) -> None:
    arash, sara, omid, neda = (desktops[name] for name in ("arash", "sara", "omid", "ندا"))
    chat = desktops.make_group("arash", ["sara", "omid", "ندا"], "Rotation")
    details = arash.details(chat)
    expect(details.locator("[data-acked]")).to_have_attribute("data-acked", "4")
    sara.details(chat)
    neda.open(chat)
    omid.details(chat)
    expect(omid.at("[data-why]")).to_have_attribute("data-why", "role_not_allowed")  # a beginner's words to it
    expect(omid.at("[data-add]")).to_have_attribute("aria-disabled", "true")
    omid.at(f"#member-{neda.uid}").click()
    expect(omid.at("[data-item=write]")).to_be_visible()
    expect(omid.at("[data-item=remove]")).to_have_attribute("aria-disabled", "true")
    omid.page.keyboard.press("Escape")

    with halted(neda.agent):  # the new key is counted as each agent takes it
        arash.at(f"#member-{omid.uid}").click()
        arash.at("[data-item=remove]").click()
        arash.at("#reason").fill("Moved to the other class")
        arash.at("[data-dialog=remove] [type=submit]").click()
        expect(arash.at("[data-dialog]")).to_have_count(0)
        expect(details.locator("[data-acked]")).to_have_attribute("data-all", "3")
        expect(details.locator("[data-acked]")).to_have_attribute("data-acked", "2")
        expect(details.locator(".keycard")).to_contain_text("ندا")
    expect(details.locator("[data-acked]")).to_have_attribute("data-acked", "3")
    expect(details.locator("[data-acked]")).to_have_text("New key: 3 of 3 acknowledged")
    expect(details.locator(".meter i.on")).to_have_count(3)
    for desktop in (arash, sara, neda):
        expect(desktop.line("arash", "omid", "Moved to the other class")).to_be_visible()

    # whoever was removed: told at once, told on reload, and shown nothing more
    expect(omid.at("[data-closed]")).to_have_attribute("data-closed", "removed")
    expect(omid.line("arash", "removed you from this group", "Moved to the other class")).to_be_visible()
    expect(omid.row(chat)).to_contain_text("removed you")
    expect(omid.at("[data-closed]")).to_contain_text(
        re.compile(r"arash.* removed you from this group, today at .*Moved to the other class")
    )
    expect(omid.at(f'[data-details-pane] [data-person="{omid.uid}"]')).to_have_count(0)
    expect(omid.at("#write")).to_have_count(0)
    omid.at("[data-reload]").click()
    expect(omid.at("#reload-says [data-error]")).to_have_attribute("data-error", "not_member")
    expect(omid.at("#reload-says")).to_contain_text("You have no access to this group")
    arash.write("Not for omid")
    expect(sara.message("Not for omid")).to_be_visible()
    expect(omid.message("Not for omid")).to_have_count(0)

    sara.at("[data-details-pane]").get_by_role("button", name="Leave the group").click()
    sara.at("[data-dialog=leave] [type=submit]").click()
    expect(sara.at("[data-dialog]")).to_have_count(0)
    expect(sara.line("You left the group")).to_be_visible()
    expect(sara.at(f'[data-details-pane] [data-person="{sara.uid}"]')).to_have_count(0)
    for desktop in (arash, neda):
        expect(desktop.line("sara")).to_have_count(2)  # joined, and left
    expect(arash.line("sara", "left")).to_be_visible()
    expect(arash.at(f'[data-details-pane] [data-person="{sara.uid}"]')).to_have_count(0)
    expect(details.locator("[data-acked]")).to_have_attribute("data-all", "2")
    expect(details.locator("[data-acked]")).to_have_attribute("data-acked", "2")
    arash.write("The two of us")
    expect(neda.message("The two of us")).to_be_visible()


def test_a_class_of_five_for_announcements(desktops: Desktops) -> None:
    """Of thirty: test_class_of_thirty.py, in the long form."""
    arash, sara, omid, neda = (desktops[name] for name in ("arash", "sara", "omid", "ندا"))
    mina = desktops.network.account("mina")
    arash.section("chats")
    arash.at("#new").click()
    arash.at("[data-item=group]").click()
    arash.at("#group-name").fill("Class 4b")
    expect(arash.at('.tickrow[data-name="mina"]')).to_be_attached()  # who has just come is in the list
    arash.at("#group-who-all").check()
    expect(arash.at("[data-ticked]")).to_have_attribute("data-ticked", "4")
    arash.at("[data-dialog=new_group] [name=write]").check()
    arash.at("[data-dialog=new_group] [type=submit]").click()
    pane = arash.at('section.pane[data-chat^="g:"]').filter(has_text="Class 4b")
    expect(pane).to_be_visible()
    chat = pane.get_attribute("data-chat") or ""
    with mina.program() as bot:
        for one in (sara.bot, omid.bot, neda.bot, bot):
            until(
                lambda one=one: any(c["chat"] == chat for c in one.call("snapshot")["conversations"]),
                30,
                "the invitation",
            )
            if one is neda.bot:
                expect(neda.open(chat).locator(".invitation")).to_contain_text("فقط کاربران پیشرفته و مدیران")
            one.call("answer_invitation", group_id=chat[2:], join=True)
        expect(pane.locator(".sub")).to_contain_text("5 members")

        # who may writes; the others read, and are told why there is nothing to write in
        arash.write("No school on Monday")
        neda.open(chat)
        expect(neda.message("No school on Monday")).to_be_visible()
        expect(neda.at("#write")).to_have_count(0)
        expect(neda.at("[data-closed]")).to_contain_text("تنها کاربران پیشرفته و مدیران می‌نویسند")
        sara.open(chat)
        sara.write("Nor on Tuesday")
        expect(neda.message("Nor on Tuesday")).to_be_visible()

        # another name, what it is for, and everybody may write: on all pages, with lines that say so
        arash.details(chat)
        arash.at("[data-edit-group]").click()
        arash.at("#group-name").fill("Class 4b, news")
        arash.at("#group-line").fill("What parents should know")
        arash.at("[name=write][value=all]").check()
        arash.at("[data-dialog=edit_group] [type=submit]").click()
        expect(arash.at("[data-dialog]")).to_have_count(0)
        expect(neda.row(chat)).to_have_attribute("data-name", "Class 4b, news")
        expect(sara.line("arash", "named the group", "Class 4b, news")).to_be_visible()
        expect(sara.line("arash", "lets every member write")).to_be_visible()
        expect(neda.at("#write")).to_be_visible()
        expect(sara.details(chat).locator(".contact")).to_contain_text("What parents should know")
        neda.write("ممنون")
        expect(arash.message("ممنون")).to_be_visible()


def test_the_authority_dies_and_comes_back_while_pages_are_open(desktops: Desktops) -> None:
    by_name = [desktops[name] for name in ("arash", "sara", "ندا")]
    arash, sara, neda = by_name
    chat = desktops.make_group("arash", ["sara", "ندا"], "Resilient")
    port = arash.group(chat)["port"]
    for desktop in by_name:
        desktop.open(chat)
    desktops.network.authority.kill()
    for desktop in by_name:
        expect(desktop.at("[data-banner=authority]")).to_be_visible()
    expect(arash.at("[data-banner=authority]")).to_contain_text("No connection to the server")
    sara.write("Written while it was away")
    desktops.network.authority.start()
    for desktop in by_name:
        expect(desktop.at("[data-banner]")).to_have_count(0)
        expect(desktop.at("[data-link=up]")).to_be_visible()
    for desktop in (arash, neda):
        expect(desktop.message("Written while it was away")).to_have_count(1)
    neda.write(PERSIAN)
    for desktop in (arash, sara):
        expect(desktop.message(PERSIAN)).to_have_count(1)
    expect(sara.message("Written while it was away")).to_have_attribute("data-state", STANDS)
    assert arash.group(chat)["port"] == port
