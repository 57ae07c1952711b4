// Files that somebody drops on the page or pastes into it.

import { showToast } from "./notice.js";

/** All of them but folders, which the browser takes for files that nobody can read, or for empty ones. @param {DataTransfer} given */
export function filesOf(given) {
  const items = [...given.items].filter(({ kind }) => kind === "file");
  if (!items.length) return [...given.files];
  const files = items.filter((one) => !one.webkitGetAsEntry?.()?.isDirectory);
  if (files.length < items.length) showToast("file.folder");
  return files.flatMap((one) => one.getAsFile() ?? []);
}
