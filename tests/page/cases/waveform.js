// How loud something was, in as many heights as a message has; and what players write.

import { clockOf, mayMove, playableAs } from "../../../static/js/lib/playable.js";
import { heightsOf, levelOf, most, pathOf } from "../../../static/js/lib/waveform.js";
import { equal } from "../equal.js";

const file = (name, media_type = "", size = 9) => ({ name, media_type, size });

export const cases = {
  "of each stretch the loudest counts": () => {
    const levels = Array.from({ length: 640 }, (_none, at) => (at === 325 ? 1 : 0.2));
    const heights = heightsOf(levels);
    equal(heights.length, most);
    equal(heights.indexOf(255), 32);
    equal(heights.filter((height) => height === 51).length, 63);
  },
  "few stay few, none stays none, and what is too loud is as loud as may be": () => {
    equal(heightsOf([0.5, 2, -1]), [128, 255, 0]);
    equal(heightsOf([]), []);
  },
  "silence is nothing, and a shout is all": () => {
    equal(levelOf(new Uint8Array(64).fill(128)), 0);
    equal(levelOf(Uint8Array.from({ length: 64 }, (_none, at) => (at % 2 ? 255 : 0))), 1);
  },
  "what a message says of its heights is drawn whatever it is": () => {
    equal(pathOf([]).path.split("M").length, 41);
    equal(pathOf([0, 255, 9000]).path, "M1.5 11.0v2.0M6.5 0.0v24.0M11.5 0.0v24.0");
  },
  "minutes and seconds, hours where there are any": () => {
    equal([0, 9.9, 61, 3725, -4, Number.NaN, Infinity].map(clockOf), ["0:00", "0:09", "1:01", "1:02:05", "0:00", "0:00", "0:00"]);
  },
  "what may be heard or seen, by name or type; an empty one may not": () => {
    equal([file("a.MP3"), file("x", "audio/ogg"), file("b.mov"), file("x", "video/mp4"), file("a.pdf"), file("a.mp3", "", 0)].map(playableAs),
      ["audio", "audio", "video", "video", null, null]);
  },
  "what may move is a picture that isn't too large": () => {
    equal([file("a.gif"), file("x", "image/webp"), file("a.jpg", "image/jpeg"), file("a.gif", "", 17e6)].map(mayMove), [true, true, false, false]);
  },
};
