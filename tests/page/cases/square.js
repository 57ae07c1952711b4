// The square of a picture that is shown.

import { grown, moved, squareOf } from "../../../static/js/lib/square.js";
import { equal } from "../equal.js";

const size = { width: 400, height: 300 };
const whole = squareOf(size);

export const cases = {
  "the largest one, in the middle": () => equal(whole, { x: 50, y: 0, side: 300 }),
  "it is moved as far as the picture goes": () =>
    equal([moved(whole, size, -20, 30), moved(whole, size, 500, 0), moved(whole, size, -500, 0)].map(({ x, y }) => [x, y]), [[30, 0], [100, 0], [0, 0]]),
  "it grows about its middle, and stays within": () => {
    equal(grown(whole, size, 2), { x: 125, y: 75, side: 150 });
    equal(grown(moved(grown(whole, size, 2), size, 999, 999), size, 1), { x: 100, y: 0, side: 300 });
  },
};
