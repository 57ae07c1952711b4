// How loud something is, as a row of heights: measured while it is recorded, made as many as a message has, and drawn. Pure.

export const most = 64; // heights in a message

/** From levels between 0 and 1, however many, at most 64 heights between 0 and 255: of each stretch the loudest. @param {number[]} levels */
export function heightsOf(levels) {
  const count = Math.min(most, levels.length);
  return Array.from({ length: count }, (_none, index) => {
    const stretch = levels.slice(Math.floor((index * levels.length) / count), Math.floor(((index + 1) * levels.length) / count));
    return Math.round(Math.max(0, Math.min(1, Math.max(...stretch))) * 255);
  });
}

/** How loud this moment is, 0 to 1: speech lies between a whisper and a shout, and is spread over all of it. @param {Uint8Array} bytes of the wave, 128 is silence */
export function levelOf(bytes) {
  const sum = bytes.reduce((all, byte) => all + ((byte - 128) / 128) ** 2, 0);
  return Math.min(1, Math.sqrt(sum / Math.max(1, bytes.length)) * 3);
}

const high = 24; // px of the drawing
const wide = 3; // px of a bar, and as much again between two, less one

/** As the path of an SVG of this width: a bar for each height; what has none is a line. @param {number[]} heights */
export function pathOf(heights) {
  const bars = heights.length ? heights : Array.from({ length: 40 }, () => 0);
  const path = bars
    .map((height, index) => {
      const tall = 2 + (Math.max(0, Math.min(255, height)) / 255) * (high - 2);
      return `M${index * (wide + 2) + wide / 2} ${((high - tall) / 2).toFixed(1)}v${tall.toFixed(1)}`;
    })
    .join("");
  return { path, width: bars.length * (wide + 2) - 2, height: high };
}
