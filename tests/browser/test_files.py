"""Files at the page: picked, pasted, dropped, shown before they are sent, looked at, saved; and what is no picture."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from protocol.primitives import random_id
from tests.browser.axe import violations
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import OpenPage, Pair, Window
from tests.chromium import Watch
from tests.door.http_files import put
from tests.processes import until

MB = 1 << 20


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, told: int | None = None) -> bytes:
    """A picture; with `told` its head says that it is a square of that side."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (x % 256, y % 256, 128)) for y in range(height))
    head = struct.pack(">IIBBBBB", told or width, told or height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


PICTURE = png(300, 200)


def chosen(name: str, data: bytes, media_type: str = "application/octet-stream") -> Any:
    return {"name": name, "mimeType": media_type, "buffer": data}


def pick(window: Window, *files: Any, caption: str = "") -> None:
    """Choose files and send them."""
    window.page.locator("#attach-files").set_input_files(list(files))
    dialog = window.page.locator("[data-dialog=send_files]")
    expect(dialog).to_be_visible()
    window.page.locator("#caption").fill(caption)
    dialog.locator("[type=submit]").click()
    expect(dialog).to_have_count(0)


def file_of(window: Window, name: str) -> Locator:
    """The newest message with a file of this name."""
    return window.page.locator("[data-kind=file]").filter(has_text=name).last


def newest(window: Window) -> Locator:
    return window.page.locator("[data-kind=file]").last


def meet(pair: Pair) -> None:
    for window, name in zip(pair, ("کیان", "sara"), strict=True):
        window.begin(name)
        window.page.locator(".log").press("End")  # and stays there


def saved(window: Window, press: Locator, folder: Path) -> tuple[str, bytes]:
    with window.page.expect_download() as coming:
        press.click()
    coming.value.save_as(folder / "saved")
    return coming.value.suggested_filename, (folder / "saved").read_bytes()


@pytest.mark.parametrize("language", ["en", pytest.param("fa", marks=pytest.mark.long)])
def test_a_document_and_a_picture(pair: Pair, tmp_path: Path, language: str) -> None:
    sara, kian = pair
    for window in pair:
        window.speak(language)
    meet(pair)
    data = bytes(range(256)) * 5000
    pick(sara, chosen("گزارش ۱.pdf", data), chosen("a.png", PICTURE, "image/png"), caption=f"for you [{language}]")
    document, image = file_of(kian, "گزارش ۱.pdf"), newest(kian)
    expect(document).to_contain_text(f"for you [{language}]")
    expect(document.locator("[data-file=offered]")).to_be_visible()  # nothing comes by itself
    expect(image.locator("canvas[data-drawn='300x200']")).to_be_visible()
    assert kian.page.locator("section.pane img").count() == 0

    document.locator("[data-file-act='file.fetch']").click()
    expect(document.locator("[data-file=here]")).to_be_visible()
    assert saved(kian, document.locator("[data-file-act='file.save']"), tmp_path) == ("گزارش ۱.pdf", data)

    image.locator("[data-picture]").click()
    dialog = kian.page.locator("[data-dialog=picture]")
    expect(dialog.locator("[data-file=here] canvas[data-drawn='300x200']")).to_be_visible()
    assert saved(kian, dialog.locator("footer .primary"), tmp_path) == ("a.png", PICTURE)
    kian.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(image.locator("[data-picture]")).to_be_focused()

    held: list[Route] = []
    sara.page.route("**/files/upload/**", lambda route: held.append(route))
    pick(sara, chosen("long.bin", data))
    expect(kian.page.locator(".typing[data-what=sending] .quiet")).to_contain_text("sara")  # before anything is there
    until(lambda: sara.page.evaluate("true") and held, what="its first part")
    held[0].continue_()
    sara.page.unroute_all()
    expect(file_of(kian, "long.bin")).to_be_visible()
    expect(kian.page.locator(".typing")).to_have_attribute("data-typing", "0")

    document.locator(".bubble").click(button="right", position={"x": 4, "y": 4})  # and passed on to who had sent it
    kian.page.locator("[data-item=forward]").click()
    kian.page.locator("[data-dialog=forward] [data-place]").filter(has_text="sara").first.click()
    kian.page.locator("[data-dialog=forward] [type=submit]").click()
    again = sara.page.locator("[data-kind=file].other").last
    expect(again.locator(".forwarded")).to_contain_text("sara")
    expect(again).to_contain_text(f"for you [{language}]")
    again.locator("[data-file-act='file.fetch']").click()
    expect(again.locator("[data-file=here]")).to_be_visible()
    assert saved(sara, again.locator("[data-file-act='file.save']"), tmp_path) == ("گزارش ۱.pdf", data)
    for window in pair:
        window.speak("en")


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_axe_finds_nothing(pair: Pair, language: str) -> None:
    """In bubbles with a file and a picture, before sending, and with the picture large; at three widths."""
    sara, kian = pair
    for window in pair:
        window.speak(language)
    meet(pair)
    pick(sara, chosen("a.pdf", b"%PDF"), chosen("a.png", PICTURE, "image/png"), caption="نگاه کن")
    expect(newest(kian).locator("canvas[data-drawn]")).to_be_visible()
    sara.page.locator("#attach-files").set_input_files([chosen("b.png", PICTURE, "image/png"), chosen("b.pdf", b"x")])
    expect(sara.page.locator("[data-chosen='b.png'] canvas[data-drawn]")).to_be_visible()
    newest(kian).locator("[data-picture]").click()
    expect(kian.page.locator("[data-dialog=picture] [data-file=here] canvas[data-drawn]")).to_be_visible()
    for width in (1280, 1024, 390):
        for window in pair:
            window.page.set_viewport_size({"width": width, "height": 800})
            assert violations(window.page) == []
    for window in pair:
        window.page.set_viewport_size({"width": 1280, "height": 800})
        window.page.keyboard.press("Escape")
        assert violations(window.page) == []
        window.speak("en")


HANDED = """([selector, type, name, bytes, text]) => {
    const data = new DataTransfer();
    if (text) data.setData("text/plain", text);
    data.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/png" }));
    const Kind = type === "paste" ? ClipboardEvent : DragEvent;
    const given = type === "paste" ? { clipboardData: data } : { dataTransfer: data };
    const event = new Kind(type, { ...given, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
    return event.defaultPrevented;
}"""


# On what isn't written in, and where one writes: whether the browser is kept from going there.
LINKS_DROPPED = """() => [".log", "#write"].map((selector) => {
    const data = new DataTransfer();
    data.setData("text/uri-list", "https://example.org/");
    const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
    return event.defaultPrevented;
})"""
FOLDER_DROPPED = """() => {
    const data = new DataTransfer();
    data.items.add(new File([], "a folder"));
    const [item] = data.items;
    item.webkitGetAsEntry = () => ({ isDirectory: true });
    const given = { items: [item], files: data.files, types: ["Files"] };
    const event = new DragEvent("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(event, "dataTransfer", { value: given });
    document.querySelector(".log").dispatchEvent(event);
    return event.defaultPrevented;
}"""


def test_a_picture_is_pasted_and_dropped(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)

    def hand(selector: str, kind: str, name: str, text: str = "") -> bool:
        return bool(sara.page.evaluate(HANDED, [selector, kind, name, list(PICTURE), text]))

    dialog = sara.page.locator("[data-dialog=send_files]")
    assert not hand("#write", "paste", "a table.png", "of words")
    assert hand("#write", "paste", "pasted.png", "file:///home/sara/pasted.png")
    expect(dialog.locator("[data-chosen='pasted.png'] canvas[data-drawn]")).to_be_visible()
    sara.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    assert hand(".log", "dragover", "dropped.png")
    expect(sara.page.locator(".drop.is-over")).to_be_visible()
    assert hand(".log", "drop", "dropped.png")
    expect(sara.page.locator(".drop.is-over")).to_have_count(0)
    expect(dialog.locator("[data-chosen='dropped.png']")).to_be_visible()
    sara.page.keyboard.press("Enter")  # the caption has the focus
    expect(newest(kian).locator("canvas[data-drawn]")).to_be_visible()

    assert hand(".rail", "drop", "missed.png")  # and the browser doesn't open it in the page's place
    expect(dialog).to_have_count(0)
    assert sara.page.evaluate(LINKS_DROPPED) == [True, False]
    assert sara.page.evaluate(FOLDER_DROPPED)
    expect(sara.page.locator(".toast")).to_contain_text("archive")
    expect(dialog).to_have_count(0)


def test_what_is_taken_off_and_what_is_too_big_is_not_sent(
    pair: Pair, lasting: tuple[Pair, Watch], tmp_path: Path
) -> None:
    (sara, _kian), watch = pair, lasting[1]
    meet(pair)
    big = tmp_path / "big.iso"
    with big.open("wb") as file:
        file.truncate(200 * MB + 1)
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").write_bytes(b"b")
    sara.page.locator("#attach-files").set_input_files([big, tmp_path / "a.txt", tmp_path / "b.txt"])
    expect(sara.page.locator("[data-chosen='big.iso'] [data-error=file_too_big]")).to_be_visible()
    sara.page.locator("[data-chosen='b.txt'] button").click()
    expect(sara.page.locator("[data-chosen]")).to_have_count(2)
    sara.page.locator("[data-dialog] [type=submit]").click()
    expect(file_of(sara, "a.txt")).to_be_visible()
    for name in ("big.iso", "b.txt"):
        expect(file_of(sara, name)).to_have_count(0)

    watch.allow("ERR_UPLOAD_FILE_CHANGED")
    sara.page.locator("#attach-files").set_input_files([tmp_path / "a.txt"])
    (tmp_path / "a.txt").write_bytes(b"another one")  # after it was chosen
    sara.page.locator("[data-dialog] [type=submit]").click()
    expect(file_of(sara, "a.txt").locator("[data-error=file_changed]")).to_be_visible()
    file_of(sara, "a.txt").locator("[data-file-stop]").click()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><image href='http://evil.example/x'/></svg>"


@pytest.mark.parametrize(
    ("name", "data"),
    [("drawing.svg", SVG), ("photo.png", SVG), ("bomb.png", png(9, 9, told=30_000)), ("broken.png", PICTURE[:60])],
)
def test_what_is_no_picture_is_a_file(pair: Pair, name: str, data: bytes) -> None:
    sara, kian = pair
    meet(pair)
    pick(sara, chosen(name, data, "image/svg+xml" if name.endswith("svg") else "image/png"))
    expect(file_of(kian, name).locator("[data-file=offered]")).to_be_visible()
    expect(file_of(sara, name).locator("[data-file=here]")).to_be_visible()
    assert file_of(kian, name).locator("canvas").count() == file_of(sara, name).locator("canvas").count() == 0


def announce(shared_network: SharedNetwork, name: str, data: bytes, preview: bytes, size: int = 300) -> None:
    """What a stranger's program may send: any preview with any file."""
    sender, id = shared_network.people["sara"], random_id().hex()
    with sender.program() as bot:
        people = bot.call("snapshot")["people"]
        chat = next(f"p:{one['uid']}" for one in people if one["name"] == "کیان")
        bot.call("file_begin", chat=chat, id=id, name=name, size=len(data), media_type="image/png")
        assert put(sender.port, sender.api_token, id, 0, data)["ok"]
        bot.call("send_file", id=id, preview=base64.b64encode(preview).decode(), width=size, height=size)


def test_a_hostile_preview_draws_nothing(shared_network: SharedNetwork, pair: Pair) -> None:
    """A bomb of a gigapixel, a damaged picture, and a picture whose file is none."""
    _sara, kian = pair
    meet(pair)
    for preview in (png(9, 9, told=30_000), PICTURE[:80], b"RIFF" + SVG):
        announce(shared_network, "x.png", SVG, preview)
    announce(shared_network, "last.png", SVG, png(60, 40))
    kian.page.locator(".log").press("End")
    images = kian.page.locator("[data-picture]")
    expect(images.last.locator("canvas[data-drawn='60x40']")).to_be_visible()
    for back in (2, 3, 4):
        expect(images.nth(images.count() - back).locator("canvas")).to_be_visible()
        assert images.nth(images.count() - back).locator("canvas[data-drawn]").count() == 0
    images.last.click()
    dialog = kian.page.locator("[data-dialog=picture]")
    expect(dialog.locator("[data-file=here] canvas")).to_be_attached()
    assert dialog.locator("[data-file=here] canvas[data-drawn]").count() == 0
    kian.page.keyboard.press("Escape")


def test_an_agent_that_is_killed_in_the_middle_gets_the_rest(
    shared_network: SharedNetwork, open_page: OpenPage, watch: Any
) -> None:
    """Its page goes on by itself once the vault is open again; nothing is handed over twice."""
    watch.allow("ERR_CONNECTION_(REFUSED|RESET)|WebSocket connection|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED")
    jose = Window(open_page(), shared_network.people["jose"]).come_in()
    jose.begin("sara")
    data, offsets = bytes(range(256)) * (40 << 10), []  # 10 MiB

    def watch_parts(route: Route) -> None:
        offsets.append(int(route.request.url.rsplit("/", 1)[1]))
        if len(offsets) == 2:
            jose.agent.kill()
        route.continue_()

    jose.page.route("**/files/upload/**", watch_parts)
    pick(jose, chosen("long.bin", data))
    expect(jose.page.locator("[data-banner=agent]")).to_be_visible()
    jose.agent.start()
    jose.is_on("log_in")
    jose.log_in("jose")
    expect(jose.row("sara")).to_be_visible()
    jose.row("sara").click()
    expect(file_of(jose, "long.bin").locator("[data-file=here]")).to_be_visible()
    assert sorted(set(offsets)) == [0, 4 * MB, 8 * MB]
    assert len(offsets) == 4  # the one in the middle of which it was killed
    with jose.agent.program() as bot:
        assert bot.call("uploads")["uploads"] == []


def test_a_page_that_is_loaded_anew_asks_for_the_file_again(
    shared_network: SharedNetwork, open_page: OpenPage, tmp_path: Path
) -> None:
    """And goes on where it was, if it is the same file; another one is taken for what it is."""
    jose = Window(open_page(), shared_network.people["jose"]).come_in()
    jose.begin("sara")
    film, offsets = tmp_path / "film.bin", []
    film.write_bytes(bytes(10 * MB))

    def hold(route: Route) -> None:
        offsets.append(int(route.request.url.rsplit("/", 1)[1]))
        if len(offsets) != 2:
            route.continue_()

    jose.page.route("**/files/upload/**", hold)
    pick(jose, film)
    expect(file_of(jose, "film.bin").locator("[data-done='4194304']")).to_be_visible()
    while len(offsets) < 2:  # the one that is held
        jose.page.wait_for_timeout(20)
    jose.page.reload()
    jose.begin("sara")
    stopped = file_of(jose, "film.bin")
    expect(stopped.locator("[data-file=stopped][data-done='4194304']")).to_be_visible()
    stopped.locator("input[type=file]").set_input_files(film)
    jose.page.locator("[data-dialog=send_files] [type=submit]").click()
    expect(stopped.locator("[data-file=here]")).to_be_visible()
    assert offsets == [0, 4 * MB, 4 * MB, 8 * MB]

    with jose.agent.program() as bot:
        chat = jose.page.locator("section.pane").get_attribute("data-chat")
        bot.call("file_begin", chat=chat, id=random_id().hex(), name="other.bin", size=9)
        jose.page.reload()
        jose.begin("sara")
        other = file_of(jose, "other.bin")
        other.locator("input[type=file]").set_input_files(film)
        jose.page.locator("[data-dialog=send_files] [type=submit]").click()
        expect(jose.page.locator("[data-error=file_changed]")).to_be_visible()
        jose.page.locator("[data-file=failed] [data-file-stop]").click()
        expect(jose.page.locator("[data-file=failed]")).to_have_count(0)
        until(lambda: bot.call("uploads")["uploads"] == [], what="that it is forgotten")
