// Putting a sign around what is selected, or taking it off again: around each of its lines, as a mark ends with its line, and not
// around the spaces that a double press selects too. Pure.

const most = 8; // signs on one side

/** The signs that stand together at the beginning and at the end of a text, and what is between. @param {string} text */
function parted(text) {
  const [, begin, words, end] = /** @type {string[]} */ (/^([*_~]*)(.*?)([*_~]*)$/su.exec(text));
  return { begin, words, end };
}

/** Without this sign, once or twice, on both sides of a text; null if it isn't there. @param {string} text @param {string} sign */
function without(text, sign) {
  const { begin, words, end } = parted(text);
  if (!words || !begin.includes(sign) || !end.includes(sign)) return null;
  return begin.replaceAll(sign, "") + words + end.replaceAll(sign, "");
}

/** What takes the place of the text from `from` to `to`, and where the words are in it that stay selected.
 * @param {string} value @param {number} first where the selection begins @param {number} last and ends @param {string} sign
 * @returns {{from: number, to: number, text: string, start: number, end: number}} */
export function marking(value, first, last, sign) {
  const selected = value.slice(first, last);
  const from = selected.trim() ? first + selected.length - selected.trimStart().length : first;
  const to = selected.trim() ? last - selected.length + selected.trimEnd().length : last;
  const words = value.slice(from, to);
  const lines = words.split("\n");
  if (lines.length > 1) {
    const bare = lines.map((line) => without(line.trim(), sign) ?? (line.trim() ? null : line));
    const put = (/** @type {string} */ line) => line.replace(/\S(?:.*\S)?/u, (said) => sign + said + sign);
    const text = lines.map((line, at) => (bare.includes(null) ? (bare[at] === null ? put(line) : line) : line.replace(/\S(?:.*\S)?/u, () => bare[at] ?? ""))).join("\n");
    return { from, to, text, start: from, end: from + text.length };
  }
  const before = /[*_~]*$/u.exec(value.slice(Math.max(0, from - most), from))?.[0].length ?? 0;
  const behind = /^[*_~]*/u.exec(value.slice(to, to + most))?.[0].length ?? 0;
  const bare = words ? without(value.slice(from - before, to + behind), sign) : null;
  if (bare !== null) {
    const { begin, words: said } = parted(bare);
    return { from: from - before, to: to + behind, text: bare, start: from - before + begin.length, end: from - before + begin.length + said.length };
  }
  if (!words && value.slice(0, from).endsWith(sign) && value.startsWith(sign, to)) {
    return { from: from - sign.length, to: to + sign.length, text: "", start: from - sign.length, end: from - sign.length };
  }
  return { from, to, text: sign + words + sign, start: from + sign.length, end: from + sign.length + words.length };
}
