"""Words that are marked: how they look, by keyboard, and where only one line of them is shown."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.window import Pair

WRITTEN = """*پررنگ* و _کج_ و ~نه~ و ||راز|| با `code`
> نقل‌قول
- نان
۲. شیر
به sara@example.org یا ۰۹۱۲ ۳۴۵ ۶۷۸۹ در www.example.org"""


def test_marks_are_seen_and_hidden_words_only_by_who_asks(pair: Pair) -> None:
    sara, kian = pair
    sara.begin("کیان")
    sara.write(WRITTEN)
    kian.begin("sara")
    text = kian.messages.last.locator(".text")
    for mark, words in (("strong", "پررنگ"), ("em", "کج"), ("s", "نه"), ("blockquote", "نقل‌قول")):
        expect(text.locator(mark)).to_have_text(words)
    expect(text.locator("li p")).to_have_text(["نان", "شیر"])
    for mark in ("blockquote", "ul"):
        assert text.locator(mark).evaluate("one => getComputedStyle(one).direction") == "rtl"
    wanted = ["mailto:sara@example.org", "tel:09123456789", "https://www.example.org/"]
    assert text.locator("a").evaluate_all("all => all.map(one => one.href)") == wanted

    hidden = text.locator("button.hidden-words")
    assert hidden.locator("span").evaluate("one => getComputedStyle(one).visibility") == "hidden"
    expect(kian.row("sara").locator(".words")).to_contain_text("پررنگ و کج و نه و ▒▒▒▒")
    hidden.focus()
    kian.page.keyboard.press("Enter")
    expect(text.locator(".hidden-words.is-shown")).to_have_text("راز")


def test_what_is_selected_is_marked_by_keyboard_and_not_any_more_by_the_same_keys(pair: Pair) -> None:
    sara, _ = pair
    sara.begin("کیان")
    sara.composer.fill("یک دو")
    sara.composer.press("ControlOrMeta+A")
    pressed = [("b", "*یک دو*"), ("i", "*_یک دو_*"), ("i", "*یک دو*"), ("b", "یک دو"), ("Shift+x", "~یک دو~")]
    for keys, marked in pressed:
        sara.composer.press(f"ControlOrMeta+{keys}")
        expect(sara.composer).to_have_value(marked)
    sara.composer.fill("")


def test_what_is_copied_is_what_was_written(pair: Pair) -> None:
    sara, _ = pair
    sara.begin("کیان")
    for text in ("one\ntwo\n\nfour", "- نان\n- شیر"):
        sara.write(text)
    expect(sara.messages.last.locator("li p")).to_have_count(2)
    copied = """() => {
        const texts = [...document.querySelectorAll("[data-message] .text")].slice(-2);
        const range = document.createRange();
        range.setStart(texts[0], 0);
        range.setEnd(texts[1], texts[1].childNodes.length);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        const data = new DataTransfer();
        const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
        texts[0].dispatchEvent(event);
        return data.getData("text/plain");
    }"""
    assert sara.page.evaluate(copied) == "one\ntwo\n\nfour\n• نان\n• شیر"
