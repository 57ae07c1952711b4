"""What the README shows beyond the tour: faces, a poll, an album, something spoken, a group with a picture."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from launch.agent_api import AgentApi
from protocol.primitives import random_id
from tests.browser.tour import GROUP, PEOPLE, Tour, open_row
from tests.door.http_files import put
from tests.processes import until
from tests.tabs import Profiles

ABOUT = {  # display name, line, and the colours of the drawn face: behind it, clothes, hair, skin
    "arash": ("Arash Rad", "Computer lab, room 12", ("#9cc9c4", "#2c5f6e", "#2a2320", "#d9a57e")),
    "sara": ("Sara Karimi", "Mornings only", ("#f0c9a0", "#8a3d55", "#5b3423", "#eab998")),
    "نیلوفر": ("نیلوفر احمدی", "کتابخانه، طبقهٔ دوم", ("#c9c3ea", "#4d6b3c", "#1f1b24", "#d7a98a")),
}
FACE = """([back, clothes, hair, skin]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
    const ink = canvas.getContext("2d");
    const oval = (colour, ...where) => {
        ink.fillStyle = colour;
        ink.beginPath();
        ink.ellipse(...where, 0, 0, 7);
        ink.fill();
    };
    ink.fillStyle = back;
    ink.fillRect(0, 0, 256, 256);
    oval(hair, 128, 112, 66, 78);
    oval(clothes, 128, 268, 104, 78);
    oval(skin, 128, 190, 24, 30);
    oval(skin, 128, 124, 48, 60);
    ink.fillStyle = hair;
    ink.beginPath();
    ink.ellipse(128, 84, 58, 32, -0.12, Math.PI, 2 * Math.PI + 0.5);
    ink.fill();
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""
ROBOT = """() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 256 });
    const ink = canvas.getContext("2d");
    const box = (colour, x, y, width, height, round) => {
        ink.fillStyle = colour;
        ink.beginPath();
        ink.roundRect(x, y, width, height, round);
        ink.fill();
    };
    box("#274b66", 0, 0, 256, 256, 0);
    box("#f2c14e", 122, 36, 12, 34, 6);
    box("#f2c14e", 114, 26, 28, 28, 14);
    box("#dfe8ea", 54, 68, 148, 118, 28);
    box("#274b66", 84, 104, 28, 28, 14);
    box("#274b66", 144, 104, 28, 28, 14);
    box("#e07a5f", 92, 152, 72, 12, 6);
    box("#dfe8ea", 98, 196, 60, 60, 12);
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""
VIEW = """([top, low, far, near, sun]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1200, height: 900 });
    const ink = canvas.getContext("2d");
    const sky = ink.createLinearGradient(0, 0, 0, 640);
    sky.addColorStop(0, top);
    sky.addColorStop(1, low);
    ink.fillStyle = sky;
    ink.fillRect(0, 0, 1200, 900);
    ink.fillStyle = "#fff4d6";
    ink.beginPath();
    ink.arc(sun, 260, 70, 0, 7);
    ink.fill();
    [[far, 520, 150, 190], [near, 680, 90, 310]].forEach(([colour, height, rise, wave]) => {
        ink.fillStyle = colour;
        ink.beginPath();
        ink.moveTo(0, 900);
        for (let x = 0; x <= 1200; x += 8)
            ink.lineTo(x, height + rise * Math.sin((x + sun) / wave) * Math.cos(x / 97 / 3));
        ink.lineTo(1200, 900);
        ink.fill();
    });
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""
VIEWS = (
    ("#5b7db1", "#f6c48e", "#7d8aa8", "#3d5a52", 820),
    ("#2f4b7c", "#d45087", "#5b4b73", "#2b2f45", 360),
    ("#7fb7d9", "#e8f1e4", "#8fb39a", "#44734f", 560),
)
POLL = "📊☑️ When can you come?\n1️⃣ Saturday at ten\n2️⃣ یکشنبه، ساعت ۵\n3️⃣ Monday, after school"
SATURDAY_AND_SUNDAY = "📊\U000e0031\U000e0032"
ANSWERS = (  # whose, what, to what
    ("sara", "I have one. Is there a *cable* for the network?", GROUP[0][1]),
    ("arash", "Three metres, for each table.", "I have one."),
    ("نیلوفر", "من هم می‌آیم. از کدام در؟", GROUP[0][1]),
    ("arash", "geo:35.70061,51.39123;u=20", "من هم"),
)
THANKS = "چه *قشنگ*! دومی را چاپ کنیم برای درِ کارگاه؟"
SPOKEN = 14_000  # ms


def furnish(tour: Tour, profiles: Profiles) -> None:
    """Give the tour's people and their group what they would have after a week. Takes some seconds."""
    page = profiles.open(locale="en-GB", viewport={"width": 1280, "height": 800})
    faces = {name: page.evaluate(FACE, colours) for name, (_shown, _line, colours) in ABOUT.items()}
    robot, views = page.evaluate(ROBOT), [base64.b64decode(page.evaluate(VIEW, view)) for view in VIEWS]
    profiles.close(page)
    bots = {name: tour.people[name].program() for name in PEOPLE[:3]}
    for name, (shown, line, _colours) in ABOUT.items():
        bots[name].call("set_profile", display_name=shown, line=line, picture=faces[name])
    _group(tour, bots, robot)
    chat = {
        name: f"p:{bots[other].call('snapshot')['me']['uid']}" for name, other in (("arash", "sara"), ("sara", "arash"))
    }
    _album(tour, profiles, views, lambda: len(_files(bots["sara"], chat["sara"])) == len(views))
    _speak(tour, bots["sara"], chat["sara"])
    bots["sara"].call("send_message", chat=chat["sara"], text=THANKS)
    bots["sara"].call("react", chat=chat["sara"], order=_files(bots["sara"], chat["sara"])[0]["order"], emoji="❤️")
    until(lambda: THANKS in _texts(bots["arash"], chat["arash"]), 30)
    for bot in bots.values():
        bot.close()


def answer(tour: Tour) -> None:
    """Have the group's first message answered, and one of the answers."""
    bots = {name: tour.people[name].program() for name in PEOPLE[:3]}
    for name, text, to in ANSWERS:
        until(lambda bot=bots[name], to=to: to in _texts(bot, tour.group), 30)  # type: ignore[misc]
        messages = bots[name].call("history", chat=tour.group)["messages"]
        order = next(one["order"] for one in messages if str(one["text"]).startswith(to))
        bots[name].call("send_message", chat=tour.group, text=text, reply_to=order)
    for bot in bots.values():
        until(lambda bot=bot: ANSWERS[-1][1] in _texts(bot, tour.group), 30)  # type: ignore[misc]
        bot.close()


def _texts(bot: AgentApi, chat: str) -> str:
    return "\n".join(str(one["text"]) for one in bot.call("history", chat=chat)["messages"])


def _files(bot: AgentApi, chat: str) -> list[dict[str, Any]]:
    return [one for one in bot.call("history", chat=chat)["messages"] if one["file"]]


def _group(tour: Tour, bots: dict[str, AgentApi], picture: str) -> None:
    group = tour.group
    arash = bots["arash"]
    arash.call("change_group", group_id=group[2:], line="Saturdays at ten, room 12", picture=picture)
    first = next(one for one in arash.call("history", chat=group)["messages"] if str(one["text"]).startswith("Good"))
    arash.call("pin_message", chat=group, order=first["order"], on=True)
    arash.call("send_message", chat=group, text=POLL)
    for name, vote in (("sara", SATURDAY_AND_SUNDAY), ("نیلوفر", SATURDAY_AND_SUNDAY), ("arash", "1️⃣")):
        bot = bots[name]
        until(lambda bot=bot: POLL in _texts(bot, group), 30)  # type: ignore[misc]
        poll = next(one for one in bot.call("history", chat=group)["messages"] if one["text"] == POLL)
        bot.call("react", chat=group, order=poll["order"], emoji=vote)


def _album(tour: Tour, profiles: Profiles, views: list[bytes], arrived: Callable[[], bool]) -> None:
    window = tour.window(profiles, locale="en-GB", viewport={"width": 1280, "height": 800})
    open_row(window, "sara")
    files: list[Any] = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": view} for n, view in enumerate(views)]
    window.page.locator("#attach-files").set_input_files(files)
    window.page.locator("#caption").fill("From the trip on Friday")
    window.page.locator("[data-dialog=send_files] [type=submit]").click()
    page: Page = window.page
    expect(page.locator("[data-album='3'] canvas[data-drawn]")).to_have_count(3)
    until(arrived, 30)
    profiles.close(page)


def _speak(tour: Tour, bot: AgentApi, chat: str) -> None:
    id, agent = random_id().hex(), tour.people["sara"]
    data = bytes(20_000)
    bot.call("file_begin", chat=chat, id=id, name="voice.webm", size=len(data), media_type="audio/webm")
    assert put(agent.port, agent.api_token, id, 0, data)["ok"]
    loud = bytes(int(90 + 80 * math.sin(n / 2.3) * math.cos(n / 5) + 70 * (n * 37 % 11) / 11) for n in range(64))
    bot.call("send_voice", id=id, duration=SPOKEN, waveform=base64.b64encode(loud).decode())
