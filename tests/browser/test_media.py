"""What is heard and looked at inside the page: sound, film, what moves, pictures in a row and close, what is spoken."""

from __future__ import annotations

import re
import struct
import zlib

from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.test_files import chosen, chunk, file_of, meet, newest, pick, png
from tests.browser.window import Pair
from tests.processes import until


def tone(seconds: float) -> bytes:
    """A sound as WAV: 8 bits at 8 kHz."""
    data = bytes(128 + (40 if at // 10 % 2 else -40) for at in range(int(seconds * 8000)))
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return head + struct.pack("<4sI", b"data", len(data)) + data


def moving() -> bytes:
    """Two pictures that take turns, as PNG."""

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
    expect(file_of(kian, "trap.mp4")).to_be_visible()  # so that what follows is the newest
    pick(sara, chosen("moving.png", moving(), "image/png"))
    for name in ("song.wav", "film.webm", "trap.mp4"):
        file_of(kian, name).locator("[data-file-act='file.fetch']").click()
    song, movie, trap = (file_of(kian, name) for name in ("song.wav", "film.webm", "trap.mp4"))
    expect(song.locator("[data-media=audio]")).to_be_visible()
    for window in pair:  # what its sender made small, and nothing of the film itself
        expect(file_of(window, "film.webm").locator("[data-still] canvas[data-drawn]")).to_be_visible()
        expect(file_of(window, "trap.mp4").locator("[data-still]")).to_have_count(0)
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

    trap.locator("[data-play]").click()
    expect(trap.locator("[data-file-act='file.save']")).to_be_visible()
    assert trap.locator("video").count() == 0


def test_pictures_lie_together_are_leafed_through_and_found_again(pair: Pair) -> None:
    """Sent at once and smaller on wish; looked at closely, one after the other; and on the shelves of the chat."""
    sara, kian = pair
    meet(pair)
    page, large, small = kian.page, png(2600, 300), png(320, 150)
    told = small[:33] + chunk(b"tEXt", b"Comment\0taken at home") + small[33:]  # behind its head
    sara.page.locator("#attach-files").set_input_files(
        [chosen("one.png", large, "image/png"), *(chosen(f"{n}.png", told, "image/png") for n in (320, 330))]
    )
    chosen_files = sara.page.locator("[data-dialog=send_files]")
    expect(chosen_files.locator("[data-chosen] canvas[data-drawn]")).to_have_count(3)
    chosen_files.locator("#smaller").check()
    expect(chosen_files.locator("#whole")).not_to_be_checked()
    assert violations(sara.page) == []
    sara.page.locator("#caption").fill("three of them")
    chosen_files.locator("[type=submit]").click()
    pick(sara, chosen("plan.pdf", b"%PDF-1.7"))
    sara.write("look at https://example.org/plan, ||but not yet||")
    album = page.locator("[data-album='3']")
    expect(album.locator("canvas[data-drawn]")).to_have_count(3)
    expect(page.locator("[data-kind=file]").filter(has=album)).to_contain_text("three of them")
    expect(file_of(kian, "plan.pdf")).to_be_visible()
    assert violations(page) == []

    # each is a message of its own: what is said to one is said to that one
    album.locator("[data-tile='2']").click(button="right")
    page.locator("[data-popover=menu] [data-emoji]").first.click()
    expect(page.locator("[data-reaction]")).to_be_visible()
    with kian.agent.program() as bot:
        chat = page.locator("section.pane").get_attribute("data-chat")
        found = [one for one in bot.call("history", chat=chat)["messages"] if one["file"] and one["file"]["preview"]]
        assert [bool(one["reactions"]) for one in found[-3:]] == [False, True, False]
        assert found[-3]["file"]["size"] < len(large)
        assert [one["file"]["size"] for one in found[-2:]] == [
            len(small)
        ] * 2  # what tells of their maker has stayed here

    # and ticked by itself, where it lies
    album.locator("[data-tile='2']").click(button="right")
    page.locator("[data-item=select]").click()
    bar = page.locator("[data-selected]")
    expect(album.locator("[data-tile='2'] [role=checkbox]")).to_have_attribute("aria-checked", "true")
    album.locator("[data-tile='3'] [data-picture]").click()
    expect(bar).to_have_attribute("data-selected", "2")
    assert violations(page) == []
    page.locator(".msg").filter(has=album).locator(".tick-place [role=checkbox]").click()
    expect(bar).to_have_attribute("data-selected", "3")
    album.locator("[data-tile='1'] [role=checkbox]").focus()
    page.keyboard.press("Space")
    expect(bar).to_have_attribute("data-selected", "2")
    page.keyboard.press("Escape")
    expect(album.locator("[role=checkbox]")).to_have_count(0)

    album.locator("[data-tile='3'] [data-picture]").click()
    dialog = page.locator("[data-dialog=picture]")
    zoom = dialog.locator(".zoom")
    expect(dialog).to_contain_text("330.png")
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
    expect(dialog).to_contain_text("320.png")
    box = zoom.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=3)  # swept to the right: the one before
    page.mouse.up()
    expect(dialog).to_contain_text("one.webp")
    expect(dialog.locator("[data-file=here] canvas[data-drawn='2048x236']")).to_be_visible()
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
    expect(files.filter(has_text="png")).to_have_count(0)
    gallery.locator("[data-shelf-of=link]").click()
    expect(gallery.locator("[data-shared]").first).to_contain_text("https://example.org/plan")
    expect(gallery.locator("[data-shared]").first).not_to_contain_text("not yet")
    gallery.locator("[data-shelf-of=media]").click()
    gallery.locator("[data-shared]").nth(1).click()
    expect(dialog).to_contain_text("320.png")
    page.keyboard.press("Escape")
    page.locator("[data-title]").click()


PLAYED = re.compile("/files/play/")
NO_MICROPHONE = """(name) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""


def test_what_is_spoken(pair: Pair) -> None:
    sara, kian = pair
    meet(pair)
    page, mic, recorder = sara.page, sara.page.locator("[data-mic]"), sara.page.locator("[data-recording]")
    second = re.compile(r"^0:0[1-3]$")

    # by keyboard, and thrown away
    mic.focus()
    page.keyboard.press("Enter")
    expect(recorder).to_have_attribute("data-recording", "recording")
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    assert recorder.locator(".wave path").get_attribute("d") != ""
    assert violations(page) == []
    assert not page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")  # it asks first
    page.keyboard.press("Escape")
    expect(recorder).to_have_count(0)
    expect(page.locator("#write")).to_be_visible()

    # tapped, and heard before it goes
    mic.click()
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    recorder.locator("[data-stop]").click()
    expect(recorder.locator("audio")).to_be_visible()
    assert violations(page) == []
    recorder.locator("[data-send-voice]").click()
    voices = kian.page.locator("[data-voice]")
    expect(voices).to_have_count(1)

    # held: slid away, and let go
    mic.hover()
    page.mouse.down()
    expect(recorder).to_have_attribute("data-held", "true")
    box = recorder.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=4)
    expect(recorder).to_have_count(0)
    page.mouse.up()
    mic.hover()
    page.mouse.down()
    expect(recorder.locator(".recorder-time")).to_have_text(second)
    page.mouse.up()
    expect(voices).to_have_count(2)
    expect(voices.first).to_have_attribute("data-voice", re.compile("[123]"))
    expect(kian.page.locator("[data-unheard]")).to_have_count(2)

    # heard: it is fetched, and the next one follows
    assert kian.page.locator("audio").count() == 0
    kian.page.evaluate("void (Audio = class extends Audio { constructor() { super(); window.player = this; } })")
    with kian.page.expect_request(PLAYED) as first:
        voices.first.locator("[data-play]").click()
    expect(voices.first).to_have_attribute("data-plays", "true")
    assert violations(kian.page) == []
    expect(voices.last).to_have_attribute("data-plays", "true")
    expect(voices.last).to_have_attribute("data-plays", "false")
    expect(kian.page.locator("[data-unheard]")).to_have_count(0)
    expect(page.locator("[data-listened]")).to_have_count(2)
    assert violations(page) == []

    # it is let go then, with the keyboard's keys for what plays; and is heard again the next morning
    until(lambda: kian.page.evaluate("!player.hasAttribute('src')"), what="that it is let go")
    kian.page.evaluate("void (Date.now = ((now) => () => now() + 13 * 3_600_000)(Date.now))")
    with kian.page.expect_request(PLAYED) as again:
        voices.first.locator("[data-play]").click()
    assert again.value.url != first.value.url

    # no microphone, and none for this page
    for name, words in {"NotFoundError": "No microphone was found", "NotAllowedError": "wasn’t allowed"}.items():
        page.evaluate(NO_MICROPHONE, name)
        mic.click()
        expect(page.locator("[data-toast]").filter(has_text=words)).to_be_visible()
    expect(recorder).to_have_count(0)
