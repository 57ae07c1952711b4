"""Files at the page: picked, pasted, dropped, shown before they are sent, looked at, saved; and what is no picture."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from protocol.primitives import random_id
from tests.browser.shared_network import SharedNetwork
from tests.browser.test_axe import violations
from tests.browser.window import OpenPage, Pair, Window
from tests.chromium import Watch
from tests.door.http_files import put
from tests.processes import until

MB = 1 << 20


def png(width: int, height: int, told: int | None = None) -> bytes:
    """A picture; with `told` its head says that it is a square of that side."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

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


HANDED = """([selector, type, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/png" }));
    const Kind = type === "paste" ? ClipboardEvent : DragEvent;
    const given = type === "paste" ? { clipboardData: data } : { dataTransfer: data };
    const event = new Kind(type, { ...given, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
    return event.defaultPrevented;
}"""


def test_a_picture_is_pasted_and_dropped(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)

    def hand(selector: str, kind: str, name: str) -> bool:
        return bool(sara.page.evaluate(HANDED, [selector, kind, name, list(PICTURE)]))

    dialog = sara.page.locator("[data-dialog=send_files]")
    assert hand("#write", "paste", "pasted.png")
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


def tone(seconds: float) -> bytes:
    """A sound as WAV: 8 bits at 8 kHz."""
    data = bytes(128 + (40 if at // 10 % 2 else -40) for at in range(int(seconds * 8000)))
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return head + struct.pack("<4sI", b"data", len(data)) + data


def moving() -> bytes:
    """Two pictures that take turns, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def frame(number: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 40, 30, 0, 0, 1, 10, 0, 0))

    pixels = [zlib.compress((b"\0" + bytes([shade, 90, 200]) * 40) * 30) for shade in (0, 255)]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)) + chunk(b"acTL", struct.pack(">II", 2, 0))
    parts = frame(0) + chunk(b"IDAT", pixels[0]) + frame(1) + chunk(b"fdAT", struct.pack(">I", 2) + pixels[1])
    return b"\x89PNG\r\n\x1a\n" + head + parts + chunk(b"IEND", b"")


FILM = """async () => {
    const canvas = document.createElement("canvas");
    const ink = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    for (let n = 0; n < 8; n += 1) {
        ink.fillStyle = `rgb(${n * 30} 90 120)`;
        ink.fillRect(0, 0, 300, 150);
        await new Promise((go) => setTimeout(go, 40));
    }
    recorder.stop();
    await new Promise((go) => { recorder.onstop = go; });
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


def test_sound_film_and_what_moves_play_inside_after_a_press(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)
    film = bytes(sara.page.evaluate(FILM))
    pick(sara, chosen("song.wav", tone(20), "audio/wav"), chosen("film.webm", film, "video/webm"))
    pick(sara, chosen("trap.mp4", b"#EXTM3U\nhttp://evil.example/x.ts\n", "video/mp4"))
    pick(sara, chosen("moving.png", moving(), "image/png"))
    for name in ("song.wav", "film.webm", "trap.mp4"):
        file_of(kian, name).locator("[data-file-act='file.fetch']").click()
    song, movie, trap = (file_of(kian, name) for name in ("song.wav", "film.webm", "trap.mp4"))
    expect(song.locator("[data-media=audio]")).to_be_visible()
    assert kian.page.locator("audio, video").count() == 0  # before a press nothing reaches a decoder

    song.locator("[data-play]").click()
    expect(song.locator("[data-plays=true] .sound-time")).to_have_text("0:01")
    song.locator("[data-speed]").click()
    expect(song.locator("[data-speed='1.5']")).to_be_visible()
    song.locator("input[type=range]").fill("150")
    expect(song.locator(".sound-time")).to_have_text(re.compile("0:1[5-9]"))
    song.locator("[data-play]").click()
    expect(song.locator("[data-plays=false]")).to_be_visible()
    movie.locator("[data-play]").click()
    until(lambda: movie.locator("video").evaluate("film => film.currentTime > 0.1"), what="that it plays")
    assert violations(kian.page) == []

    trap.locator("[data-play]").click()
    expect(trap.locator("[data-file-act='file.save']")).to_be_visible()
    assert trap.locator("video").count() == 0
    # whoever wants less motion presses once more; nobody else does, once it is here
    newest(sara).locator("[data-move-picture]").click()
    expect(newest(sara).locator("img[data-moving]")).to_be_visible()
    kian.page.emulate_media(reduced_motion="no-preference")
    assert newest(kian).locator("img").count() == 0
    newest(kian).locator("[data-picture]").click()
    expect(kian.page.locator("[data-dialog=picture] [data-file=here]")).to_be_visible()
    kian.page.keyboard.press("Escape")
    kian.page.reload()
    kian.begin("sara")
    expect(newest(kian).locator("img[data-moving]")).to_be_visible()
    kian.page.emulate_media(reduced_motion="reduce")


def test_pictures_are_leafed_through_and_what_was_shared_is_found(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)
    page = kian.page
    for name, width in (("one.png", 310), ("two.png", 320), ("three.png", 330)):
        pick(sara, chosen(name, png(width, 200), "image/png"))
    pick(sara, chosen("plan.pdf", b"%PDF-1.7"))
    sara.write("look at https://example.org/plan")
    expect(file_of(kian, "plan.pdf")).to_be_visible()
    images = page.locator("[data-picture]")
    images.last.click()
    dialog = page.locator("[data-dialog=picture]")
    expect(dialog).to_contain_text("three.png")
    zoom = dialog.locator(".zoom")
    page.keyboard.press("+")
    expect(zoom).to_have_attribute("data-scale", "1.4")
    zoom.dblclick()
    expect(zoom).to_have_attribute("data-scale", "1.0")
    zoom.hover()
    page.mouse.wheel(0, -100)
    expect(zoom).to_have_attribute("data-scale", "1.4")
    page.keyboard.press("0")
    assert violations(page) == []
    expect(dialog.locator("[data-turn='1']")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("two.png")
    box = zoom.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=3)  # swept to the right: the one before
    page.mouse.up()
    expect(dialog).to_contain_text("one.png")
    expect(dialog.locator("canvas[data-drawn='310x200']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.locator("[data-title]").click()
    page.locator("[data-gallery]").click()
    gallery = page.locator("[data-dialog=gallery]")
    expect(gallery.locator(".thumb[data-drawn]").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("ArrowRight")
    files = gallery.locator("[data-shelf-shown=document] [data-shared]")
    expect(files.first).to_contain_text("plan.pdf")
    expect(files.filter(has_text="one.png")).to_have_count(0)
    gallery.locator("[data-shelf-of=link]").click()
    expect(gallery.locator("[data-shared]").first).to_contain_text("https://example.org/plan")
    gallery.locator("[data-shelf-of=media]").click()
    gallery.locator("[data-shared]").nth(1).click()
    expect(page.locator("[data-dialog=picture]")).to_contain_text("two.png")
    page.keyboard.press("Escape")
    page.locator("[data-title]").click()


def test_pictures_that_are_sent_together_lie_together_and_are_smaller_on_wish(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)
    large = png(2600, 300)
    sara.page.locator("#attach-files").set_input_files(
        [chosen("large.png", large, "image/png"), *(chosen(f"{n}.png", png(200 + n, 150), "image/png") for n in (1, 2))]
    )
    dialog = sara.page.locator("[data-dialog=send_files]")
    expect(dialog.locator("[data-chosen] canvas[data-drawn]")).to_have_count(3)
    dialog.locator("#smaller").check()
    assert violations(sara.page) == []
    sara.page.locator("#caption").fill("three of them")
    dialog.locator("[type=submit]").click()
    album = kian.page.locator("[data-album='3']").last
    expect(album.locator("canvas[data-drawn]")).to_have_count(3)
    expect(kian.page.locator("[data-kind=file]").filter(has=album)).to_contain_text("three of them")
    assert violations(kian.page) == []

    album.locator("[data-tile='1'] [data-picture]").click()
    viewer = kian.page.locator("[data-dialog=picture]")
    expect(viewer.locator("[data-file=here] canvas[data-drawn='2048x236']")).to_be_visible()
    expect(viewer).to_contain_text("large.webp")
    kian.page.keyboard.press("Escape")
    # each is a message of its own: what is said to one is said to that one
    album.locator("[data-tile='2']").click(button="right")
    kian.page.locator("[data-popover=menu] [data-emoji]").first.click()
    expect(kian.page.locator("[data-reaction]").last).to_be_visible()
    with kian.agent.program() as bot:
        chat = kian.page.locator("section.pane").get_attribute("data-chat")
        found = bot.call("history", chat=chat)["messages"][-3:]
        assert [bool(one["reactions"]) for one in found] == [False, True, False]
        assert found[0]["file"]["size"] < len(large)
