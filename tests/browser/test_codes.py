"""QR codes and safety codes on the page: drawn as the agent says them, and every verdict reads as what it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from protocol import links, safety
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import Pair, Window

MARGIN = 4


def drawn(picture: Locator) -> list[str]:
    """The rows of a QR code, read off the page's SVG."""
    box = [int(number) for number in str(picture.get_attribute("viewBox")).split()]
    side = box[2] - 2 * MARGIN
    assert box == [-MARGIN, -MARGIN, side + 2 * MARGIN, side + 2 * MARGIN]
    rows = [["0"] * side for _ in range(side)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", str(picture.locator("path").get_attribute("d"))):
        rows[int(y)][int(x) : int(x) + int(run)] = "1" * int(run)
    return ["".join(row) for row in rows]


def is_crisp(picture: Locator) -> None:
    """A module is a whole number of pixels, on white whatever the theme, and the picture has a name."""
    box, modules = picture.bounding_box(), int(str(picture.get_attribute("viewBox")).split()[2])
    assert box is not None and box["width"] == box["height"] and box["width"] % modules == 0 < box["width"]
    assert picture.locator("rect").evaluate("rect => getComputedStyle(rect).fill") == "rgb(255, 255, 255)"
    assert picture.get_attribute("role") == "img" and picture.get_attribute("aria-label")


def test_the_join_link_is_a_picture_a_text_and_a_code_to_read_out(pair: Pair) -> None:
    sara, _kian = pair
    sara.section("people")
    sara.page.locator(".page-head .button.primary").click()
    dialog = sara.page.locator("[data-dialog=join_link]")
    picture = dialog.locator(".qr")
    with sara.agent.program() as program:
        code = program.call("qr", what="join")
    expect(picture).to_be_visible()
    assert drawn(picture) == code["rows"] and dialog.locator(".link-box").inner_text() == code["text"]
    is_crisp(picture)
    invitation = dialog.locator("[data-invitation-code]").inner_text()
    assert links.read_invitation(invitation) == links.decode(code["text"]).invitation
    sara.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    sara.section("chats")


@pytest.fixture
def card(pair: Pair) -> Locator:
    """sara looks at her safety number with کیان."""
    sara, kian = pair
    sara.section("trust")
    if sara.page.locator("[data-safety] header button").count():
        sara.page.locator("[data-safety] header button").click()
    sara.page.locator(f'.contacts [data-name="{kian.agent.name}"]').click()
    found = sara.page.locator("[data-safety]")
    expect(found.locator(".qr")).to_be_visible()
    return found


def code_of(window: Window, other: Window) -> str:
    with window.agent.program() as program:
        return str(program.call("safety_number", username=other.agent.name)["code"])


def test_the_picture_of_a_safety_number_says_its_code(pair: Pair, card: Locator) -> None:
    sara, kian = pair
    with sara.agent.program() as program:
        code = program.call("qr", what="safety", username=kian.agent.name)
    assert drawn(card.locator(".qr")) == code["rows"]
    is_crisp(card.locator(".qr"))
    card.locator(".by-code summary").click()
    assert card.locator(".own-code .link-box").inner_text() == code["text"] == code_of(sara, kian)


def test_every_verdict_says_what_it_is(pair: Pair, card: Locator, shared_network: SharedNetwork) -> None:
    sara, kian = pair
    theirs = safety.read_code(code_of(kian, sara))
    changed = safety.SafetyCode(theirs.shower, theirs.other, ["00000", *theirs.digits[1:]], theirs.head).encode()
    with shared_network.people["jose"].program() as program:
        for_others = str(program.call("safety_number", username="sara")["code"])
    tries = [
        (code_of(kian, sara), "same", "is-ok"),
        (code_of(kian, sara).lower(), "same", "is-ok"),
        (changed, "differs", "is-stop"),
        (code_of(sara, kian), "own", "is-note"),
        (for_others, "other_people", "is-note"),
    ]
    card.locator(".by-code summary").click()
    for code, verdict, look in tries:
        card.locator("#other-code").fill(code)
        card.locator(".by-code [type=submit]").click()
        shown = card.locator("[data-verdict]")
        expect(shown).to_have_attribute("data-verdict", verdict)
        expect(shown).to_have_class(re.compile(look))
        expect(card.locator("[data-verified]")).to_have_attribute("data-verified", "false")  # that is for the person
    card.locator("#other-code").fill("30824 91756")
    card.locator(".by-code [type=submit]").click()
    expect(card.locator("[data-error=bad_safety_code]")).to_be_visible()
    expect(card.locator("#other-code")).to_have_attribute("aria-invalid", "true")
    expect(card.locator("[data-verdict]")).to_have_count(0)
