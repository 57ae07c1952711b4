// What lies on a clipboard beside files. Pure.

const said = /^(?:x-special\/.*|copy|cut)$/u; // by some programs before the addresses

/** The last part of a path or of a file's address. @param {string} line */
function lastOf(line) {
  const part = line.trim().split(/[\\/]/u).at(-1) ?? "";
  try {
    return line.startsWith("file:") ? decodeURIComponent(part) : part;
  } catch {
    return part; // a lone % in a name
  }
}

/** Whether a text says nothing but what the files are called, or where they lie: so file managers give it with them; what one writes with,
 * and gives a picture of beside it, says more. @param {string} text @param {string[]} names */
export function areNames(text, names) {
  const known = new Set(names.map((name) => name.normalize("NFC")));
  const lines = text.split(/[\r\n\0]+/u).filter((line) => line.trim() && !said.test(line.trim()));
  return lines.every((line) => known.has(lastOf(line).normalize("NFC")));
}
