"""A page that is fed what a stranger, a member or the authority may send at its worst: it shows what can be shown, each
at the cost of its own row, stays usable and says nothing in the console. Before a fake agent.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.fake_agent import FakeAgent, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.chromium import Watch

NOBODY = "f" * 64
TIMES: list[Any] = [0, 1, 2**31, 2**53, 8_640_000_000_000_000 - 1, 8_640_000_000_000_000, 2**63 - 1, -(2**62), None]
NAMES = ["", " ", "\u200b", "\u2066\u202e", "x" * 64, "\u2800" * 64, "<b>&amp;{name}", "a\nb\tc\0d"]


def file_of(**more: Any) -> dict[str, Any]:
    """File, whose fields are whatever its sender says."""
    return {
        "id": "0" * 32, "name": "f", "media_type": "", "size": 0, "width": 0, "height": 0, "preview": False,
        "state": "offered", "done": 0, "where": None, "why": None,
    } | more  # fmt: skip


def system_of(what: str, **more: Any) -> dict[str, Any]:
    return {"what": what, "by": NOBODY, "who": [NOBODY] * 2000, "reason": ""} | more


BATCH: list[dict[str, Any]] = [
    *({"text": f"time {time}", "time": time} for time in TIMES),
    *({"text": "edited", "edited": time} for time in TIMES),
    *({"text": name or "no words"} for name in NAMES),
    {"text": ""},
    {"text": "gap", "gap": True},
    {"text": "from nobody", "from": NOBODY},
    *({"kind": "unreadable", "why": why} for why in ("no_key", "before_you", "bad_statement", "no such cause", None)),
    {"kind": "a kind of tomorrow"},
    {"kind": "deleted", "deleted": True},
    *({"kind": "file", "file": file_of(size=size, done=size)} for size in (0, 1, 2**53, 2**62, -1)),
    *({"kind": "file", "file": file_of(name=name)} for name in NAMES),
    *({"kind": "file", "file": file_of(state=state, why="no such why")} for state in ("gone", "failed", "of tomorrow")),
    {"kind": "file", "file": file_of(preview=True, width=2**32 - 1, height=1)},
    {"kind": "file", "file": file_of(preview=True, width=1, height=2**32 - 1)},
    *({"kind": "system", "system": system_of(what)} for what in ("added", "removed", "created", "settings", "else")),
    {"kind": "system", "system": system_of("removed", reason="\u202e" + "r" * 500)},
    {"text": "reactions", "reactions": [{"emoji": "👍", "from": [NOBODY] * 2000}]},
    {"text": "reactions", "reactions": [{"emoji": chr(0x1F600 + at), "from": [NOBODY]} for at in range(60)]},
    *(
        {"text": "answer", "reply": {"id": "1" * 32, "from": NOBODY, "order": order, "kind": kind, "text": text} | more}
        for order, kind, text, more in (
            (None, None, "", {"missing": True}),
            (1, "text", "\u202e" * 200, {"missing": False}),
            (2**53, "of tomorrow", "", {"missing": False}),
        )
    ),
    {"text": "place", "proof": {"n": 2**53, "epoch": 2**53}, "seen": {"delivered": 2**53, "read": 0, "all": 0}},
]


# Scrolls through the talk until as many messages were drawn as there are; what never was, after a while.
READ = """async (count) => {
    const drawn = new Set();
    const frame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    for (let round = 0; round < 20; round += 1) {
        for (const step of [-0.7, 0.7]) {
            for (let at = 0; at < 60; at += 1) {
                const log = document.querySelector(".pane .log");
                for (const line of log.querySelectorAll("[data-message]")) drawn.add(line.dataset.order);
                if (step > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 2) break;
                if (step < 0 && log.scrollTop < 2 && at > 3) break;
                log.scrollTop += step * log.clientHeight;
                await frame();
            }
        }
        if (drawn.size >= count) return [];
    }
    return [drawn.size, count];
}"""


class Hostile(FakeAgent):
    """Everything that can be asked for has a hostile row in it."""

    def search(self, text: str, **where: Any) -> dict[str, Any]:
        found = [message for all in self.messages.values() for message in all if message["kind"] == "text"]
        return {"hits": [{"message": one, "parts": [[one["text"], True]]} for one in found[:40]], "more": True}

    def waiting(self) -> dict[str, Any]:
        found = [message for all in self.messages.values() for message in all]
        return {"messages": found, "more": True}

    def log(self, before: int | None, limit: int, filter: str | None) -> dict[str, Any]:
        kinds = ("genesis", "register", "key", "role", "group", "of tomorrow")
        said: list[dict[str, Any]] = [
            {"n": n, "kind": kind, "who": who, "by": by, "role": role, "why": why, "gid": None}
            for n, (kind, who, by, role, why) in enumerate(
                (kind, who, by, role, why)
                for kind in kinds
                for who, by in ((NOBODY, NOBODY), (None, None))
                for role, why in (("admin", "own"), ("of tomorrow", "of tomorrow"), (None, None))
            )
        ]
        said.append({"n": 2**53, "kind": "register", "who": NOBODY, "by": None, "role": None, "why": None, "gid": None})
        return {"entries": said[::-1], "size": 2**53, "seen_by": 2**53}

    def message_details(self, chat: str, order: int) -> dict[str, Any]:
        receipts = [{"uid": NOBODY, "what": "of tomorrow", "time": time} for time in TIMES]
        edits = [{"time": time, "text": "\u202e"} for time in TIMES]
        return {
            "details": {
                "signed_by": NOBODY, "key": None, "key_entry": None, "key_current": False, "time": 2**63 - 1,
                "received": 2**63 - 1, "sequence": 2**62, "place": None, "previous": "", "hash": "", "sealed": None,
                "verified": False, "why": "no such why", "receipts": receipts, "edits": edits,
            }
        }  # fmt: skip


def hostile_cast() -> Hostile:
    fake_agent = Hostile("arash", ("sara", *NAMES))
    for name, role in zip(NAMES, ("of tomorrow", "admin", None, "", "x", "super admin", "admin", "admin"), strict=True):
        fake_agent.people[name] |= {
            "uid": uid_of(f"hostile {name.encode().hex()}"), "role": role, "since": 2**63 - 1, "online": False,
            "why_not": "no such why", "new_key": {"why": "of tomorrow", "entry": 2**53, "by": NOBODY},
        }  # fmt: skip
    return fake_agent


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_page_that_is_fed_hostile_rows(open_page: OpenPage, language: str) -> None:
    fake_agent = hostile_cast()
    with serving(fake_agent) as served:
        chat, group = fake_agent.private("sara"), fake_agent.group("\u2066", ("sara", "\u200b"))
        fake_agent.chats[group]["group"] |= {
            "epoch": 2**53, "port": 2**53, "acked": 2**53, "last_checked": 2**63 - 1, "creator": NOBODY,
            "certificate": {"checked": True, "entry": 2**53, "sequence": 2**53}, "history": "of tomorrow",
        }  # fmt: skip
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}), language)
        for where in (chat, group):
            for fields in BATCH:
                fake_agent.say(where, "sara", **fields)
            fake_agent.conversation(where, unread=2**53)
            open_chat(page, where)
            last = fake_agent.say(where, "sara", "the honest one")
            assert page.evaluate(READ, len(BATCH) + 1) == []
            expect(page.locator(f'[data-message="{last["id"]}"]')).to_be_in_viewport()
            unseen = fake_agent.say(where, "sara", "\u3164\u200b")
            words = {"en": "(nothing that can be seen)", "fa": "(چیزی برای دیدن ندارد)"}[language]
            expect(page.locator(f'[data-message="{unseen["id"]}"] .text')).to_have_text(words)
            expect(page.locator(f'.row[data-chat="{where}"] .words')).to_have_text(words)
            page.locator("button[data-details]").click()
            expect(page.locator("[data-details-pane]")).to_be_visible()
            page.locator("button[data-details]").click()
        # its proof
        page.locator(f'[data-message="{last["id"]}"] .bubble').click(button="right")
        page.locator("[data-popover=menu] [data-item=proof]").click()
        expect(page.locator("[data-popover=proof] .facts").first).to_be_visible()
        page.keyboard.press("Escape")
        # what was found, here and everywhere
        page.locator("#search").fill("answer")
        expect(page.locator(".rows .hit").first).to_be_visible()
        page.locator("#search").fill("")
        # people, trust with the log, what waits
        for section, sight in (("people", "[data-person]"), ("trust", "[data-entry]")):
            page.locator(f"[data-section={section}]").click()
            expect(page.locator(sight).first).to_be_visible()
        page.locator("[data-section=chats]").click()
        fake_agent.tell("link", {"up": False, "retry_in": 2**53, "waiting": 2**53, "why": "no such why"})
        page.locator("[data-queue]").first.click()
        expect(page.locator("[data-waiting]").first).to_be_visible()
        page.keyboard.press("Escape")
        fake_agent.tell("link", {"up": True, "retry_in": None, "waiting": 0, "why": None})
        # and one goes on writing
        page.locator(f'.row[data-chat="{chat}"]').click()
        page.locator("#write").fill("and on we go")
        page.keyboard.press("Enter")
        expect(page.locator(".msg.own").last).to_contain_text("and on we go")
        assert page.locator("[data-not-shown]").count() == 0
        assert page.locator(".broken").count() == 0


def test_what_cannot_be_drawn_costs_its_own_row(open_page: OpenPage, watch: Watch) -> None:
    """Rows that keep to no shape at all, as a fault of ours might make them."""
    watch.allow("TypeError")  # each is told to whoever looks for it
    fake_agent = Hostile()
    with serving(fake_agent) as served:
        page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
        chat = fake_agent.private("sara")
        fake_agent.say(chat, "sara", "before")
        for fields in ({"kind": "system"}, {"kind": "file"}, {"reactions": [None]}):
            fake_agent.say(chat, "sara", "what is this", **fields)
        fake_agent.say(chat, "sara", "after")
        open_chat(page, chat)
        expect(page.locator("[data-not-shown]")).to_have_count(3)
        expect(page.locator(".msg").first).to_contain_text("before")
        expect(page.locator(".msg").last).to_contain_text("after")
        # of a part of the page, the part
        fake_agent.people["sara"]["role"] = {}
        fake_agent.tell("person", fake_agent.people["sara"] | {"name": None})
        page.locator("[data-section=people]").click()
        expect(page.locator("[data-not-shown], [data-person]").first).to_be_visible()
        page.locator("[data-section=chats]").click()
        page.locator("#write").fill("still here")
        page.keyboard.press("Enter")
        expect(page.locator(".msg.own").last).to_contain_text("still here")
        assert page.locator(".broken").count() == 0
