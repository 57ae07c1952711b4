"""What the authority keeps back, and what it has said falsely, as the page names it: each condition in both languages,
with evidence that can be saved and that a stranger's program judges.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from authority_server.store import keys
from protocol.evidence import judge
from protocol.group_entries import ChainHead
from protocol.primitives import SigningKey
from protocol.statements import FoundUser, Head, Signed, Statement, authority_id_of, issue
from tests.browser.axe import violations
from tests.browser.window import OpenPage, Window
from tests.processes import PASSWORD, Network, until
from web_client.account.states import NAMES, WITH_EVIDENCE, States
from web_client.account.verified_log import VerifiedLog, shown_head
from web_client.vault.database import Vault

PROVES = {
    "log_behind": "behind",
    "chain_behind": "chain_behind",
    "change_withheld": "withheld",
    "false_answer": "answer",
}
TITLES = {  # what of the words must stand there, in English and in Persian
    "log_behind": ("doesn’t show everything", "همه‌چیز را نشان نمی‌دهد"),
    "chain_behind": ("doesn’t show all of", "را نشان نمی‌دهد"),
    "change_withheld": ("holds back a change of members of", "را پنهان نگه داشته است"),
    "false_answer": ("has given a false answer about", "پاسخ نادرست داده است"),
}
ABOUT = {"chain_behind": "workshop", "change_withheld": "workshop", "false_answer": "arash"}


class Told:
    """sara's agent, whose vault holds all of them; the authority is away, so nothing ends them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.arash, self.sara = (network.account(name) for name in ("arash", "sara"))
        with self.arash.program() as arash, self.sara.program() as sara:
            gid = arash.call("public_chat_method", user_to_add=["sara"], name="workshop", history="all")["group_id"]
            sara.wait_for(lambda name, value: name == "conversation" and value["kind"] == "group", 30)
            sara.call("answer_invitation", group_id=gid, join=True)
            until(lambda: sara.call("snapshot")["log_size"] == 4, 30, "the log")
        self.gid = bytes.fromhex(gid)
        for service in (self.sara, self.arash, network.authority):
            service.stop()
        self.key: SigningKey = keys.load(network.authority.folder / "authority.key")
        self.id = authority_id_of(self.key.public)
        self.fill()
        self.sara.start()
        with self.sara.door() as door:
            door.call("login", username="sara", password=PASSWORD)

    def sign(self, statement: Statement) -> Signed:
        return issue(statement, self.key, self.id)

    def fill(self) -> None:
        """As an authority that holds its own key would have it."""
        vault = Vault.open(self.sara.folder, PASSWORD, lambda function, *arguments: function(*arguments))
        trust = VerifiedLog(vault, self.id, lambda alarm: None, lambda: 0)
        log, head = trust.log, trust.head
        assert head is not None
        arash = log.by_name("arash")
        assert arash is not None and arash.key is not None
        states = States(vault, lambda: 1_764_000_000_000, lambda: None)
        larger = self.sign(Head(log.size + 1, bytes(32)))
        states.begin(
            "log_behind",
            b"",
            {"signed": log.size + 1, "shown": log.size},
            {"larger": _hex(larger), "shown": _hex(head)},
        )
        ends = [self.sign(ChainHead(self.gid, n, bytes([n]) * 32, 1, log.size)) for n in (3, 7)]
        states.begin(
            "chain_behind", self.gid, {"signed": 7, "shown": 3}, {"larger": _hex(ends[1]), "shown": _hex(ends[0])}
        )
        before = self.sign(ChainHead(self.gid, 1, bytes(32), 0, log.size))
        states.begin(
            "change_withheld", self.gid, {"epoch": 1}, {"head": shown_head(head), "chain_head": shown_head(before)}
        )
        false = FoundUser(bytes(32), "arash", bytes(32), arash.key.raw, arash.key_entry, False, None, None)
        states.begin("false_answer", arash.uid, {}, {"head": _hex(head), "found": _hex(self.sign(false))})
        vault.close()


def _hex(signed: Signed) -> dict[str, str]:
    return {"body": signed.body.hex(), "sig": signed.sig.hex()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with Network(tmp_path_factory.mktemp("told")) as network:
        yield Told(network)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_each_is_named_with_what_it_means_and_evidence_to_save(
    told: Told, open_page: OpenPage, tmp_path: Path, language: str
) -> None:
    window = Window(open_page(), told.sara).come_in()
    if language == "fa":
        window.speak("fa")
    for code, words in TITLES.items():
        banner = window.page.locator(f"[data-banner=state][data-state={code}]")
        expect(banner).to_be_visible()
        expect(banner).to_have_attribute("role", "status")
        expect(banner).to_contain_text(words[language == "fa"])
        expect(banner).to_contain_text(ABOUT.get(code, ""))
        with window.page.expect_download() as saving:
            banner.get_by_role("button").click()
        saving.value.save_as(tmp_path / "evidence.json")
        saved = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
        assert saved["state"] == code and judge(saved, told.id).what == PROVES[code]
    assert violations(window.page) == []


def test_none_is_left_out() -> None:
    """Every condition with evidence stands above."""
    assert set(TITLES) == set(PROVES) == set(WITH_EVIDENCE) <= set(NAMES)
