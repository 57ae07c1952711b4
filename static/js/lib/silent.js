// A message that is to disturb nobody: its first sign says so (docs/protocol.md, 8.3). Pure.

const sign = "🔕 ";

/** What it says, or null of one that isn't silent. @param {string} text */
export const silentOf = (text) => (text.startsWith(sign) && text.slice(sign.length).trim() ? text.slice(sign.length) : null);

/** @param {string} text */
export const silenced = (text) => (silentOf(text) === null ? sign + text : text);
