"""Two people and their real agents: what one does with a message stands in the other's window, and its proof holds."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.window import Pair, Window


def press(window: Window, text: str, tool: str) -> None:
    window.message(text).last.locator(".bubble").hover()
    window.message(text).last.locator(f"[data-tool={tool}]").click()


def last(window: Window) -> Locator:
    return window.messages.last


def test_answers_reactions_changes_and_deletions_reach_the_other_window(pair: Pair) -> None:
    sara, kian = pair
    sara.begin("کیان")
    kian.begin("sara")
    sara.write("shall we meet at 7?")
    expect(last(kian)).to_contain_text("shall we meet at 7?")
    press(kian, "shall we meet at 7?", "reply")
    kian.write("ساعت ۷ خوب است")
    for window in pair:
        expect(last(window).locator("[data-quote]")).to_contain_text("shall we meet at 7?")
    press(sara, "ساعت ۷ خوب است", "react")
    sara.page.locator('[data-popover=quick] [data-emoji="👍"]').click()
    expect(last(kian).locator('[data-reaction="👍"]')).to_have_attribute("aria-pressed", "false")
    press(kian, "ساعت ۷ خوب است", "edit")
    kian.composer.fill("ساعت ۸ خوب است")
    kian.composer.press("Enter")
    expect(last(sara)).to_contain_text("ساعت ۸ خوب است")
    expect(last(sara)).to_contain_text("edited")
    press(kian, "ساعت ۸ خوب است", "proof")
    proof = kian.page.locator("[data-popover=proof]")
    expect(proof.locator("[data-verified=true]")).to_be_visible()
    expect(proof).to_contain_text("ساعت ۷ خوب است")
    kian.page.keyboard.press("Escape")
    sara.page.locator("[data-quote]").last.click()
    expect(sara.message("shall we meet at 7?").first).to_be_in_viewport()
    press(kian, "ساعت ۸ خوب است", "delete")
    kian.page.locator("[data-dialog=delete] [type=submit]").click()
    for window in pair:
        expect(last(window)).to_have_attribute("data-kind", "deleted")
        expect(window.message("ساعت ۸")).to_have_count(0)
    expect(sara.row("کیان")).to_contain_text("Deleted message")
