"""The People and VerifiedLog pages as people use them: roles given by clicking, the log's timeline, safety numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desktops import Desktop, Desktops
from tests.browser.pictures import picture
from tests.processes import until
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(240)  # s; one agent after the other may have to be waited for on a busy machine

NAMES = ("arash", "sara", "omid")


@pytest.fixture(scope="module")
def started_desktops(profiles: Profiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktops]:
    with Desktops(tmp_path_factory.mktemp("desktops"), profiles, dict.fromkeys(NAMES, "en-GB")) as desktops:
        yield desktops


@pytest.fixture
def desktops(started_desktops: Desktops) -> Iterator[Desktops]:
    """Everybody with their first roles; an error in a page's console fails the test."""
    for name in NAMES[1:]:
        if started_desktops["arash"].person(started_desktops[name])["role"] != "beginner user":
            started_desktops.give_role("arash", name, "beginner user")
    with started_desktops.for_a_test():
        yield started_desktops


def told(desktop: Desktop, other: Desktop) -> bool:
    """Whether they have come to know of a profile."""
    return bool(desktop.person(other)["picture"])


def line(desktop: Desktop, other: Desktop) -> Locator:
    """The row of `other` on the People page of `desktop`."""
    return desktop.at(f'tr[data-person="{other.uid}"]')


def offered(desktop: Desktop, other: Desktop) -> list[str]:
    """The roles that the menu beside a person offers; what else it has (ending the account) is tested with the keys."""
    desktop.at(f"#role-{other.uid}").click()
    expect(line(desktop, other).locator("[role=menu]")).to_be_visible()
    roles = line(desktop, other).locator("[data-item][role=menuitemradio]")
    found = [item.get_attribute("data-item") or "" for item in roles.all()]
    desktop.page.keyboard.press("Escape")
    expect(line(desktop, other).locator("[role=menu]")).to_have_count(0)
    return found


def why_not(desktop: Desktop, other: Desktop, code: str, words: str) -> None:
    """Nothing is offered for this person, and the page says why."""
    expect(line(desktop, other).locator("[data-why]")).to_have_attribute("data-why", code)
    expect(line(desktop, other).locator("[data-why]")).to_have_text(words)
    expect(line(desktop, other).locator("button[data-role]")).to_have_count(0)


def test_only_roles_that_may_be_given_are_offered(desktops: Desktops) -> None:
    arash, sara, omid = (desktops[name] for name in NAMES)
    lower = ["advanced user", "beginner user"]
    for desktop in (arash, sara, omid):
        desktop.section("people")
    for other in (sara, omid):
        assert offered(arash, other) == ["admin", *lower]
    why_not(arash, arash, "role.super.fixed", "can’t be changed")
    why_not(sara, arash, "role.super.fixed", "can’t be changed")
    why_not(sara, sara, "role.own", "your own")
    why_not(sara, omid, "role.not_yours", "you can’t change this")

    # an admin, from one moment to the next: the lower roles, and why not more
    desktops.give_role("arash", "sara", "admin")
    expect(sara.at(f"#role-{omid.uid}")).to_be_visible()
    assert offered(sara, omid) == lower
    sara.at(f"#role-{omid.uid}").click()
    expect(sara.at(f"#role-{omid.uid}-why")).to_have_text("Only the super admin makes admins.")
    sara.page.keyboard.press("Escape")
    why_not(sara, arash, "role.super.fixed", "can’t be changed")
    why_not(sara, sara, "role.own", "your own")
    why_not(omid, sara, "role.not_yours", "you can’t change this")

    # two admins can't change each other
    desktops.give_role("arash", "omid", "admin")
    why_not(sara, omid, "role.only_super", "only the super admin")
    assert offered(arash, omid) == ["admin", *lower]


def test_a_new_role_is_on_every_page_at_once_and_counts(desktops: Desktops) -> None:
    arash, sara, omid = (desktops[name] for name in NAMES)
    omid.section("chats")
    omid.at("#new").click()
    expect(omid.at("[data-item=group]")).to_have_attribute("aria-disabled", "true")
    for desktop in (arash, sara):
        desktop.section("people")
        expect(line(desktop, omid)).to_have_attribute("data-role", "beginner user")
    arash.at(f"#role-{omid.uid}").click()
    item = line(arash, omid).locator('[data-item="advanced user"]')
    expect(item).to_have_attribute("aria-checked", "false")
    item.click()
    for desktop in (arash, sara):
        expect(line(desktop, omid)).to_have_attribute("data-role", "advanced user")
    expect(arash.at(f"#role-{omid.uid}")).to_be_focused()
    # omid's menu has stood open all the time
    expect(omid.at("[data-item=group]")).not_to_have_attribute("aria-disabled", "true")
    omid.at("[data-item=group]").click()
    omid.at("#group-name").fill("Made by omid")
    omid.at("#group-who").fill("sara")
    omid.at("#group-who").press("Enter")
    omid.at("[data-dialog=new_group] [type=submit]").click()
    expect(omid.at('section.pane[data-chat^="g:"]')).to_be_visible()
    sara.section("chats")
    sara.at('.row[data-name="Made by omid"]').click()
    sara.at('section.pane[data-chat^="g:"]').get_by_role("button", name="Join").click()
    expect(sara.at("#write")).to_be_visible()

    # and taken away again
    desktops.give_role("arash", "omid", "beginner user")
    omid.section("people")
    expect(line(omid, omid)).to_have_attribute("data-role", "beginner user")
    expect(omid.at(".page-head")).to_contain_text("Your role: Beginner.")
    omid.section("chats")
    omid.at("#new").click()
    expect(omid.at("[data-item=group]")).to_have_attribute("aria-disabled", "true")
    omid.page.keyboard.press("Escape")

    # in a group that stands open, too: who may add is the role's, not the maker's
    details = omid.details(omid.at('.row[data-name="Made by omid"]').get_attribute("data-chat") or "")
    add = details.get_by_role("button", name="Add", exact=True)
    expect(details.locator("[data-why]")).to_have_attribute("data-why", "role_not_allowed")
    expect(add).to_have_attribute("aria-disabled", "true")
    desktops.give_role("arash", "omid", "advanced user")
    expect(add).not_to_have_attribute("aria-disabled", "true")
    assert all(desktop.never_reloaded for desktop in (arash, sara, omid))


def test_the_timeline_tells_of_roles_and_groups(desktops: Desktops) -> None:
    omid = desktops["omid"]
    desktops.give_role("arash", "sara", "advanced user")
    desktops.make_group("sara", ["omid"], "In the log")
    omid.section("trust")
    entries = omid.at("[data-entry]")
    expect(entries.first).to_have_attribute("data-kind", "group")
    expect(entries.first).to_contain_text("A group’s members changed")
    expect(entries.first).not_to_contain_text("In the log")
    role = omid.at("[data-entry][data-kind=role]").first
    expect(role.locator("[data-noticed]")).to_have_text(re.compile("Noticed here: .*[0-9]{2}:[0-9]{2}"))
    for words in ("sara", "became advanced user", "by", "arash"):
        expect(role).to_contain_text(words)
    size = omid.bot.call("snapshot")["log_size"]
    expect(entries).to_have_count(size)
    assert [one.get_attribute("data-entry") for one in entries.all()] == [str(n) for n in reversed(range(size))]
    for filter, kinds in (("groups", {"group"}), ("roles", {"role"}), ("new", {"register", "genesis"})):
        omid.at(f"[data-filter={filter}]").click()
        expect(omid.at(f"[data-filter={filter}]")).to_have_attribute("aria-pressed", "true")
        expect(omid.at(".timeline")).to_have_attribute("aria-busy", "false")
        expect(entries.first).to_be_visible()
        assert {one.get_attribute("data-kind") for one in entries.all()} == kinds
    omid.at("[data-filter=keys]").click()
    expect(omid.at(".logbook .none")).to_contain_text("No events of this kind")
    omid.at("[data-filter=all]").click()
    expect(entries).to_have_count(size)

    # what happens while one looks comes on top
    desktops.give_role("arash", "sara", "beginner user")
    expect(omid.at("[data-entry]").first).to_contain_text("became beginner")
    expect(entries).to_have_count(size + 1)


def test_safety_numbers_are_the_same_on_both_pages_and_the_mark_stays(desktops: Desktops) -> None:
    arash, sara, omid = (desktops[name] for name in NAMES)
    shown = {}
    for desktop, other in ((arash, sara), (sara, arash), (arash, omid)):
        desktop.section("trust")
        if desktop.at("[data-safety]").count():
            desktop.at("[data-safety] header button").click()
        desktop.at(f'.contacts [data-person="{other.uid}"]').click()
        expect(desktop.at(f'[data-safety="{other.uid}"] .safety-digits li')).to_have_count(12)
        shown[desktop.name, other.name] = desktop.at(".safety-digits li").all_inner_texts()
    assert all(len(group) == 5 and group.isdigit() for group in shown["arash", "sara"])
    assert shown["arash", "sara"] == shown["sara", "arash"]
    assert shown["arash", "sara"] != shown["arash", "omid"]

    card = sara.at(f'[data-safety="{arash.uid}"]')
    expect(card.locator("[data-verified]")).to_have_attribute("data-verified", "false")
    card.get_by_role("button", name="They are the same").click()
    expect(card.locator("[data-verified]")).to_have_attribute("data-verified", "true")
    expect(card).to_contain_text("The mark stays until they change")
    sara.page.reload()
    sara.section("people")
    expect(line(sara, arash).locator(".verified")).to_be_visible()
    expect(line(sara, omid).locator(".verified")).to_have_count(0)
    line(sara, arash).locator("[data-card-of]").click()
    sara.at("[data-dialog=person] [data-write]").click()
    expect(sara.at("section.pane .who .verified")).to_be_visible()
    arash.section("people")
    expect(line(arash, sara).locator(".verified")).to_have_count(0)  # one's own comparison is one's own

    # taken away again
    sara.section("trust")
    sara.at(f'.contacts [data-person="{arash.uid}"]').click()
    card.get_by_role("button", name="Remove verification").click()
    expect(card.locator("[data-verified]")).to_have_attribute("data-verified", "false")
    sara.section("people")
    expect(line(sara, omid)).to_be_visible()
    expect(line(sara, arash).locator(".verified")).to_have_count(0)


def test_a_profile_reaches_whoever_is_written_to_and_stands_everywhere(desktops: Desktops) -> None:
    arash, sara, _omid = (desktops[name] for name in NAMES)
    talk = f"p:{sara.uid}"
    for one, other in ((arash, sara), (sara, arash)):  # they have read something of each other
        one.bot.call("send_message", chat=f"p:{other.uid}", text="hello")
    sara.open(f"p:{arash.uid}")
    arash.open(talk)
    sara.section("settings")
    sara.at("#edit-profile").click()
    sara.at("[data-picture-file]").set_input_files(
        files=[{"name": "me.png", "mimeType": "image/png", "buffer": picture()}]
    )
    sara.at("[data-crop]").focus()
    sara.page.keyboard.press("ArrowLeft")
    sara.at("#display-name").fill("Sara Karimi")
    sara.at("#profile-line").fill("library, room 12")
    sara.at("[data-dialog=profile] [type=submit]").click()
    expect(sara.at("#set-title")).to_have_text("Sara Karimi")
    expect(sara.at(".rail [data-portrait]")).to_be_visible()
    sara.wait_until(lambda one: "Sara" in one.person(one)["display_name"], "the profile")
    # it goes with what is said once the authority has it
    until(lambda: bool(sara.bot.call("send_message", chat=f"p:{arash.uid}", text="me")) and told(arash, sara), 30)
    expect(arash.row(talk).locator(".row-name")).to_have_text("Sara Karimi")
    expect(arash.row(talk).locator("[data-portrait='192']")).to_be_visible()
    expect(arash.at("[data-title]")).to_have_text("Sara Karimi")
    details = arash.details(talk)
    expect(details.locator("[data-user-name]")).to_have_text("sara")
    expect(details.locator("[data-line]")).to_have_text("library, room 12")
    arash.at("[data-details-pane] .details-head button").last.click()
