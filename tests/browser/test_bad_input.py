"""What people may type or paste, or others send: shown as typed, or refused beside it; nothing of it ever runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.shared_network import SharedNetwork, say
from tests.browser.window import Pair
from tests.processes import until

LIMIT = 64 * 1024  # bytes of UTF-8

# What is typed, and what stands in both windows then, if it is something else.
AS_TYPED = {
    "script": "<script>document.title = 'ran'; alert(1)</script>",
    "handler": "<img src=x onerror=\"document.title = 'ran'\"><svg onload=alert(1)>",
    "frame": "<iframe srcdoc='<script>top.document.title = 1</script>'></iframe><style>*{display:none}</style>",
    "template": "${alert(1)} {{7*7}} <%= 1 %> &lt;b&gt; &#x202e; \\u202e",
    "mixed": "قیمت 12.50 USD است (نسخهٔ v1.2-beta را ببین) و تمام!",
    "half-spaces": "می‌خواهم، نمی\u200cدانم؛ ‏«چرا؟»",
    "bidi": (
        "invoice\u202efdp.exe \u2066unclosed \u2067also \u202a\u202b\u200f\u200e",
        "invoice\ufffdfdp.exe \u2066unclosed \u2067also \u202a\u202b\u200f\u200e",
    ),
    "accents": "Z̴͇̈a̷̦͝l̶͖̈g̵̱̋o̷͎͂ " + "e" + "\u0301" * 50,
    "emoji": "👩‍👩‍👧‍👦🇮🇷🏳️‍🌈👍🏽",
    "emoji in words": "well done 🎉🎉🎉🎉 آفرین",
    "space around": "  two before and two behind  ",
    "one long word": "ن" * 3000,
    "lines": ("first\r\n\r\nthird\u2028fourth\u2029fifth\u0085sixth\fseventh",),
    "control": ("bell\x07 null\x00 escape\x1b[31m delete\x7f", "bell\ufffd null\ufffd escape\ufffd[31m delete\ufffd"),
    "code": ("```html\n<b onclick='alert(1)'>bold</b>\n```", "<b onclick='alert(1)'>bold</b>"),
    "unclosed": "```\n[a](javascript:alert(1)) javascript:alert(1) data:text/html,<b>x ` never closed",
}
LINES = "first\n\nthird\nfourth\nfifth\nsixth\nseventh"


@pytest.fixture(autouse=True)
def open_chat(pair: Pair) -> None:
    for window, name in zip(pair, ("کیان", "sara"), strict=True):
        if window.page.locator("section.pane h2").all_inner_texts() != [name]:
            window.begin(name)


@pytest.mark.parametrize("what", AS_TYPED)
def test_a_message_is_shown_as_it_was_typed_and_never_runs(pair: Pair, what: str) -> None:
    given = AS_TYPED[what]
    typed, shown = (given, given) if isinstance(given, str) else (given[0], given[1] if len(given) > 1 else LINES)
    sara, kian = pair
    before = sara.last()
    sara.write(typed)
    until(lambda: sara.last() != before, what="the message")
    expect(sara.messages.last).to_have_attribute("data-state", "read")
    for window in (sara, kian):
        assert window.texts()[-1] == shown
        bubble = window.messages.last
        assert bubble.locator("script, img, iframe, style, object, embed, b, [onclick], [onerror]").count() == 0
        assert all(link.startswith("http") for link in hrefs(bubble))
        assert bubble.evaluate(OVERFLOWS) == []
        assert window.page.title() == "Hamraz"


def test_only_true_addresses_become_links(pair: Pair) -> None:
    sara, kian = pair
    sara.write("(https://example.org/a?b=1), http://bank@evil.example javascript:alert(1) https://x\u202e.example/y")
    expect(kian.messages.last).to_contain_text("evil.example")
    links = kian.messages.last.locator("a")
    assert hrefs(kian.messages.last) == ["https://example.org/a?b=1"]
    assert links.all_inner_texts() == ["https://example.org/a?b=1"]
    expect(links.first).to_have_attribute("rel", "noopener noreferrer")
    expect(links.first).to_have_attribute("target", "_blank")


@pytest.mark.parametrize("text", ["", " ", "   \n\n\t  ", "\u2003\u00a0\u3000"])
def test_nothing_but_space_is_not_sent(pair: Pair, text: str) -> None:
    sara, _kian = pair
    before = sara.lines()
    sara.composer.fill(text)
    expect(sara.page.locator(".composer [type=submit]")).to_be_disabled()
    sara.composer.press("Enter")
    sara.write("and this is")
    sara.ends_in("and this is")
    assert sara.lines() == before + 1


@pytest.mark.parametrize("word", ["seven ", "هفته "])
def test_64_kib_pass_and_one_more_letter_is_refused_before_it_is_sent(pair: Pair, word: str) -> None:
    sara, kian = pair
    text = word * (LIMIT // len(word.encode()))
    text += "." * (LIMIT - len(text.encode()))
    sara.write(text)
    expect(sara.composer).to_have_value("")
    expect(sara.messages.last).to_have_attribute("data-state", "read")
    kian.messages.last.get_by_role("button", name="Show all of it").click()
    expect(kian.messages.last.get_by_role("button", name="Show all of it")).to_have_count(0)
    assert kian.texts()[-1] == text

    sent = sara.lines()
    sara.write(text + "..")
    expect(sara.page.locator("#write-size")).to_have_attribute("data-over", "2")
    expect(sara.page.locator(".composer [type=submit]")).to_be_disabled()
    assert sara.lines() == sent
    expect(sara.composer).to_have_value(text + "..")
    sara.write("short now")
    kian.ends_in(text, "short now")


def test_megabytes_are_refused_by_their_number_and_the_page_goes_on(pair: Pair) -> None:
    sara, kian = pair
    sara.composer.evaluate(PASTE, "seven " * 180_000)
    sara.composer.press("Enter")
    expect(sara.page.locator("#write-size")).to_have_attribute("data-over", str(6 * 180_000 - LIMIT))
    expect(sara.page.locator("[data-link=up]")).to_be_visible()
    sara.write("after the flood")
    expect(kian.message("after the flood").last).to_be_visible()


def test_half_a_character_is_refused_beside_the_message(pair: Pair) -> None:
    sara, _kian = pair
    sara.composer.evaluate("""(field) => {
        field.value = "half \\ud83d of a fox";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    sara.composer.press("Enter")
    expect(sara.messages.last.locator("[data-error=message_chars]")).to_be_visible()


def test_what_others_send_harms_neither_list_nor_title_nor_search(shared_network: SharedNetwork, pair: Pair) -> None:
    sara, kian = pair
    kian.leave()
    text = "<img src=x onerror=alert(1)> \u202eright to left\u2067 \x00\x07 first\nsecond"
    say(sara.agent, kian.agent, text)
    preview = kian.row("sara").locator(".preview")
    expect(preview).to_contain_text("<img src=x onerror=alert(1)>")
    assert set("\u202e\u2067\x00\x07\n").isdisjoint(preview.inner_text())
    kian.fill(search="<img")
    expect(kian.page.locator("[data-hit]").first).to_contain_text("<img src=x onerror=alert(1)>")
    kian.fill(search="<b>nobody</b>\u202e")
    expect(kian.page.locator(".row")).to_have_count(0)
    kian.fill(search="")
    expect(kian.row("sara")).to_be_visible()


PASTE = """(field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
}"""

# What of a message reaches out of its bubble, or out of the log.
OVERFLOWS = """(message) => {
    const log = message.closest("[role=log]").getBoundingClientRect();
    const bubble = message.querySelector(".bubble").getBoundingClientRect();
    const reaches = (inner, outer) => inner.width && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
    const parts = [...message.querySelectorAll(".text > *, .meta")];
    const fits = (one) => one.scrollWidth <= one.clientWidth + 1 && !reaches(one.getBoundingClientRect(), bubble);
    const out = parts.filter((one) => !fits(one)).map((one) => one.outerHTML);
    return reaches(bubble, log) ? [...out, "the bubble"] : out;
}"""


def hrefs(bubble: Locator) -> list[str]:
    found: list[str] = bubble.locator("a").evaluate_all("links => links.map((link) => link.href)")
    return found
