// What is left out of pictures and films before they are sent, and that all else stays.

import { bare, bareOf, goesOnAs } from "../../../static/js/lib/bare.js";
import { equal } from "../equal.js";

const hex = (text) => Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (two) => parseInt(two, 16));
const show = (bytes) => bytes && [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const text = (words) => show(new TextEncoder().encode(words));
const tidy = (words) => words.replace(/\s/g, "");
const word = (value, bytes = 4) => value.toString(16).padStart(2 * bytes, "0");
const little = (value) => word(value).match(/../g).toReversed().join("");

// --- JPEG ---

const segment = (mark, body) => `ff${mark}${word(body.length / 2 + 2, 2)}${body}`;
const jfif = segment("e0", `${text("JFIF")}00 0102 00 0048 0048 0000`.replace(/\s/g, ""));
const jfifWithPicture = segment("e0", tidy(`${text("JFIF")}00 0102 00 0048 0048 0101 aabbcc`));
const turned = (turn) => tidy(`4949 2a00 08000000 0100 1201 0300 01000000 ${little(turn)} 00000000`);
const exif = (tiff) => segment("e1", `${text("Exif")}0000${tiff}`);
const motorola = tidy(`4d4d 002a 00000008 0002 010f 0002 00000004 61626300 0112 0003 00000001 0006 0000 00000000 ${text("GPS 35.7 N")}`);
const icc = segment("e2", `${text("ICC_PROFILE")}000101aabb`);
const adobe = segment("ee", `${text("Adobe")}00640000000001`);
const table = segment("db", "00ff01ff");
const scan = `${segment("da", "010100003f00")} 12ff00 34ffd0 56 ${segment("c4", "0011")} ${segment("da", "010101003f00")} 78ff00ff00 9a`;
const photo = (before, after = "") => hex(`ffd8 ${before} ${table} ${scan} ffd9 ${after}`);

// --- boxes ---

const box = (type, body) => word(tidy(body).length / 2 + 8) + text(type) + tidy(body);
const file = (type, content) => box("ftyp", `${text(type)} 00000000 ${text("isom")}`) + content;
const track = (kind, more = "") => box("trak", box("mdia", box("hdlr", `00000000 00000000 ${text(kind)}`)) + more);
const bareBytes = async (whole) => {
  const made = await bareOf(new File([hex(whole)], "name.mov", { type: "video/quicktime", lastModified: 5 }));
  return made && { name: made.name, type: made.type, modified: made.lastModified, bytes: show(new Uint8Array(await made.arrayBuffer())) };
};
const film = (bytes) => ({ name: "name.mov", type: "video/quicktime", modified: 5, bytes });
const emptied = (whole) => word(whole.length / 2) + text("free") + "00".repeat(whole.length / 2 - 8);

export const cases = {
  "what was begun goes on as it was begun, and without what tells where both are as long": () => {
    const whole = { size: 100 };
    const [shorter, asLong] = [{ size: 90 }, { size: 100 }];
    equal(goesOnAs(whole, shorter, 100), null);
    equal(goesOnAs(whole, shorter, 90), shorter);
    equal(goesOnAs(whole, asLong, 100), asLong);
    equal(goesOnAs(whole, null, 100), null);
    equal(goesOnAs(whole, shorter, 7), shorter);
  },
  "of a photo stay what it shows, its colours and how it is turned": () => {
    const other = [segment("e1", text("http://ns.adobe.com/xap/1.0/")), segment("e2", text("MPF")), segment("ed", text("Photoshop 3.0")), segment("fe", text("words")), segment("e0", text("JFXX"))];
    equal(show(bare(photo(`${jfifWithPicture} ${exif(motorola)} ${other.join("")} ${icc} ${adobe}`, `0000 ${text("a film of before")}`))), show(photo(`${jfif} ${exif(turned(6))} ${icc} ${adobe}`)));
    equal(show(bare(photo(exif(motorola)))), show(photo(exif(turned(6)))));
  },
  "one that stands upright has no Exif at all, and neither has one that says nonsense": () => {
    for (const tiff of [turned(1), turned(9), turned(0), "4949", "", tidy("4d4d 002a ffffffff"), tidy("4949 2a00 08000000 ffff 0f01")]) equal(show(bare(photo(exif(tiff)))), show(photo("")));
  },
  "where nothing is to be left out there is no other file": () => {
    for (const one of [photo(""), photo(`${jfif} ${exif(turned(3))} ${icc}`)]) equal(bare(one), null);
    equal(bare(hex(`${text("%PDF-1.7")}00000000000000000000`)), null);
    equal(bare(new Uint8Array()), null);
  },
  "a photo that was cut off, and what decoders pass over": () => {
    const whole = photo(exif(motorola), text("behind"));
    for (let length = 3; length < whole.length; length += 1) bare(whole.slice(0, length));
    equal(show(bare(hex(`ffd8 ffff ${exif(motorola)} 0000 ${table} ${scan}`))), tidy(`ffd8 ${exif(turned(6))} ${table} ${scan}`));
  },
  "a PNG": () => {
    const chunk = (type, body) => word(body.length / 2) + text(type) + body + "00000000";
    const [head, data, end] = [chunk("IHDR", "00"), chunk("IDAT", "aabb"), chunk("IEND", "")];
    const kept = `89504e470d0a1a0a ${head} ${chunk("iCCP", "aa")} ${chunk("acTL", "00")}`;
    const exifChunk = `0000001a ${text("eXIf")} ${turned(6)} b7481129`;
    equal(show(bare(hex(`${kept} ${chunk("tEXt", text("words"))} ${chunk("iTXt", text("place"))} ${chunk("tIME", "00")} ${chunk("caBX", "00")} ${chunk("eXIf", motorola)} ${data} ${data} ${end} ${text("behind")}`))),
      tidy(`${kept} ${exifChunk} ${data} ${data} ${end}`));
    equal(bare(hex(`${kept} ${data} ${end}`)), null);
    equal(show(bare(hex(`${kept} ${chunk("eXIf", turned(1))} ${data}`))), tidy(`${kept} ${data}`));
  },
  "a WebP, whose head says what is in it": () => {
    const chunk = (type, body) => tidy(text(type) + little(tidy(body).length / 2) + body + (tidy(body).length % 4 ? "00" : ""));
    const whole = (...chunks) => text("RIFF") + little(chunks.join("").length / 2 + 4) + text("WEBP") + chunks.join("");
    const about = (flags) => chunk("VP8X", `${flags}000000 0f0000 0f0000`);
    const rest = [chunk("ICCP", "aabbcc"), chunk("VP8 ", "0102")];
    equal(show(bare(hex(`${whole(about("2c"), ...rest, chunk("EXIF", motorola), chunk("XMP ", text("place")))} ${text("behind")}`))), whole(about("28"), ...rest, chunk("EXIF", turned(6))));
    equal(show(bare(hex(whole(about("0c"), ...rest, chunk("EXIF", turned(1)), chunk("XMP ", text("place")))))), whole(about("00"), ...rest));
    equal(bare(hex(whole(about("20"), ...rest))), null);
    equal(bare(hex(whole(chunk("VP8 ", "0102")))), null);
  },
  "a GIF that moves": () => {
    const head = tidy(`${text("GIF89a")} 0100 0100 80 00 00 000000 ffffff`);
    const again = tidy(`21ff0b ${text("NETSCAPE2.0")} 03 010000 00`);
    const frame = tidy("21f904 00 0a00 00 00 2c 0000 0000 0100 0100 00 02 02 4401 00");
    const said = tidy(`21fe 05 ${text("words")} 00`);
    const xmp = tidy(`21ff0b ${text("XMP DataXMP")} 05 ${text("place")} 00`);
    equal(show(bare(hex(`${head}${again}${said}${frame}${xmp}${frame}3b${text("behind")}`))), `${head}${again}${frame}${frame}3b`);
    equal(bare(hex(`${head}${again}${frame}3b`)), null);
  },
  "a HEIC: nothing moves, and what its items say of the maker is gone": async () => {
    const [place, camera] = [text("x".repeat(40)), text("camera and place, say")];
    const info = box("iinf", `00000000 0002 ${box("infe", `02000000 0001 0000 ${text("Exif")} 00`)} ${box("infe", `02000000 0002 0000 ${text("mime")} 00`)}`);
    // the first lies in the file, the second in the box `idat`: (version 1; sizes 4, 4, 0, 0) id, method, in this file, pieces, [from, length]
    const meta = (at) => box("meta", `00000000 ${info} ${box("iloc", `01000000 44 00 0002 0001 0000 0000 0001 ${word(at)} ${word(camera.length / 2)} 0002 0001 0000 0001 00000000 ${word(place.length / 2)}`)} `);
    const withPlace = (at, what) => meta(at).replace(/^.{8}/, (size) => word(parseInt(size, 16) + 8 + what.length / 2)) + box("idat", what);
    const at = file("heic", withPlace(0, place)).length / 2 + 8;
    const whole = (exifs, xmp) => file("heic", withPlace(at, xmp) + box("mdat", `${exifs} aabbcc`));
    equal((await bareBytes(whole(camera, place)))?.bytes, whole(`00000000 49492a00 08000000 0000 00000000 ${"00".repeat(camera.length / 2 - 18)}`, text('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>   ')));
  },
  "of a film goes what stands beside its tracks, where its tracks lie nothing moves, and music keeps its title": async () => {
    const [place, map, maker] = [box("udta", box("\xa9xyz", text("+35.7+051.4/"))), box("meta", text("keys")), box("uuid", `${"ab".repeat(16)} ${text("camera")}`)];
    const whole = (...beside) => file("qt  ", maker.replace(maker, beside[0]) + box("mdat", "0102") + box("moov", track("vide", beside[1] + maker) + beside[2] + beside[3]));
    equal(await bareBytes(whole(maker, place, place, map)), film(whole(...[maker, place, place, map].map(emptied))));
    equal(await bareBytes(file("M4A ", box("moov", track("soun") + place))), null);
    equal(await bareBytes(file("isom", box("moov", track("vide")) + box("mdat", "01"))), null);
    equal(await bareBytes(box("moov", track("vide") + place) + box("mdat", "01")), film(box("moov", track("vide") + emptied(place)) + box("mdat", "01"))); // without `ftyp`, of long ago
    equal(await bareBytes(text("nothing of the kind, in a few words")), null);
  },
  "bytes by chance end, and break nothing": async () => {
    let seed = 7;
    const chance = (most) => (seed = (seed * 48271) % 2147483647) % most;
    const heads = ["ffd8ff", "89504e470d0a1a0a", `${text("RIFF")}ff000000${text("WEBP")}`, text("GIF89a"), file("heic", ""), file("isom", ""), file("avif", box("meta", `00000000${box("iinf", "00000000ffff")}${box("iloc", "00000000ffffffff")}`))];
    for (let turn = 0; turn < 700; turn += 1) {
      const bytes = hex(heads[turn % heads.length] + Array.from({ length: chance(200) }, () => word([0xff, 0xd8, 0xe1, 0, 0x2c, 0x21, 0x80][chance(9)] ?? chance(256), 1)).join(""));
      bare(bytes);
      await bareOf(new File([bytes], "x"));
    }
  },
};
