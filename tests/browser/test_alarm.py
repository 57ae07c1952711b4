"""An authority that shows two histories: the alarm on the page, nothing sent any more, and evidence to be saved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from launch.agent_api import Refused
from tests.agent.test_lying_authority import proves
from tests.authority.peer import member
from tests.browser.axe import violations
from tests.browser.equivocating_authority import EquivocatingAuthority
from tests.browser.window import OpenPage, Window
from tests.processes import Agent, until


@dataclass
class Deceived:
    faces: EquivocatingAuthority
    people: dict[str, Agent]


@pytest.fixture(scope="module")
def deceived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deceived]:
    """sara and jose see the first face, on which mani has an account; کیان sees the second, on which zal has one."""
    faces, people = EquivocatingAuthority(), {}
    folder = tmp_path_factory.mktemp("deceived")
    try:
        for name in ("sara", "کیان", "jose"):
            people[name] = Agent(folder / name, "eventlet", "--join", faces.link_for(name))
            people[name].start()
            people[name].sign_up(name)
        faces.part()
        faces.turn("کیان", faces.second)
        member(faces.first, "mani")
        member(faces.second, "zal")
        for name, newcomer in (("sara", "mani"), ("کیان", "zal"), ("jose", "mani")):
            until(lambda name=name, newcomer=newcomer: newcomer in known_to(people[name]), what=newcomer)  # type: ignore[misc]
        yield Deceived(faces, people)
    finally:
        for agent in people.values():
            if agent.child is not None:
                agent.stop()
            print(*agent.output, sep="\n")
        faces.close()


def known_to(agent: Agent) -> set[str]:
    with agent.program() as program:
        if not program.call("snapshot")["link"]["up"]:
            program.call("try_now")
        return {person["name"] for person in program.call("snapshot")["people"]}


def test_two_histories_that_meet_raise_the_alarm_on_both_pages(
    deceived: Deceived, open_page: OpenPage, tmp_path: Path
) -> None:
    sara = Window(open_page(), deceived.people["sara"]).come_in()
    kian = Window(open_page(), deceived.people["کیان"]).come_in()
    expect(sara.page.locator("[data-alarm]")).to_have_count(0)
    sara.begin("jose")
    sara.composer.fill("half a thought")
    kian.begin("sara")
    kian.write("is your history mine?")

    for window, other in ((sara, "کیان"), (kian, "sara")):
        alarm = window.page.locator("[data-alarm]")
        expect(alarm).to_be_visible()
        assert violations(window.page) == []
        expect(alarm).to_be_visible()
        expect(alarm).to_have_attribute("role", "alert")
        expect(alarm).to_contain_text(other)
        expect(alarm).to_contain_text("log entry 4")  # mani's, or zal's
        expect(window.page.locator(".composer [type=submit]")).to_be_disabled()

    # What was written is neither lost nor sent.
    expect(kian.message("is your history mine?")).to_have_attribute("data-state", "waiting")
    kian.write("this neither")
    expect(kian.composer).to_have_value("this neither")
    expect(kian.messages).to_have_count(1)
    sara.composer.press("Enter")
    expect(sara.composer).to_have_value("half a thought")
    expect(sara.messages).to_have_count(0)
    assert sara.row("کیان").count() == 0
    with kian.agent.program() as program, pytest.raises(Refused) as refusal:
        program.call("private_chat", username="کیان", client_b_username="sara", message="as a bot would")
    assert refusal.value.code == "sending_stopped"

    for window in (sara, kian):
        with window.page.expect_download() as saving:
            window.page.get_by_role("button", name="Save the evidence").click()
        assert saving.value.suggested_filename.endswith(".json")
        saving.value.save_as(tmp_path / "evidence.json")
        assert proves(json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8")), deceived.faces.first.id)

    # It does not go away by loading the page again, nor by starting the agent again.
    sara.page.reload()
    expect(sara.page.locator("[data-alarm]")).to_be_visible()
    for window in (sara, kian):  # both, or they would find it out anew
        window.page.close()
        window.agent.stop()
    kian.agent.start()
    again = Window(open_page(), kian.agent).go()
    again.speak_at_door("fa")
    again.log_in("کیان")
    expect(again.page.locator("[data-alarm]")).to_contain_text("sara")
    again.row("sara").click()
    expect(again.message("is your history mine?")).to_have_attribute("data-state", "waiting")
    expect(again.page.locator(".composer [type=submit]")).to_be_disabled()


def test_an_authority_that_says_another_thing_than_before_raises_the_alarm(
    deceived: Deceived, page: Page, tmp_path: Path
) -> None:
    jose = Window(page, deceived.people["jose"]).come_in()
    jose.begin("sara")
    deceived.faces.turn("jose", deceived.faces.second)
    alarm = page.locator("[data-alarm]")
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text("one thing earlier and another thing now")
    jose.write("not sent")
    expect(jose.messages).to_have_count(0)
    expect(page.locator("#paused")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the evidence").click()
    saving.value.save_as(tmp_path / "evidence.json")
    assert proves(json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8")), deceived.faces.first.id)
