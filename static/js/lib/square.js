// The square of a picture that is shown, in pixels of the picture; it stays within. Pure.

/** @typedef {{x: number, y: number, side: number}} Square @typedef {{width: number, height: number}} Size */

const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(value, most));

/** @param {Square} square @param {Size} size @returns {Square} */
const kept = ({ x, y, side }, { width, height }) => ({ x: within(x, width - side), y: within(y, height - side), side });

/** The largest one, in the middle. @param {Size} size */
export function squareOf(size) {
  const side = Math.min(size.width, size.height);
  return kept({ x: (size.width - side) / 2, y: (size.height - side) / 2, side }, size);
}

/** @param {Square} square @param {Size} size @param {number} x @param {number} y */
export const moved = (square, size, x, y) => kept({ ...square, x: square.x + x, y: square.y + y }, size);

/** So many times smaller than the largest, about the same middle. @param {Square} square @param {Size} size @param {number} zoom */
export function grown(square, size, zoom) {
  const side = Math.min(size.width, size.height) / zoom;
  const change = (square.side - side) / 2;
  return kept({ x: square.x + change, y: square.y + change, side }, size);
}
