// Bytes as people say them.

import { number, t } from "../i18n/i18n.js";

export const round = (/** @type {number} */ n) => number(n < 10 ? Math.round(n * 10) / 10 : Math.round(n));

export function sizeWords(/** @type {number} */ bytes) {
  if (bytes < 1000) return t("file.bytes", { n: bytes });
  if (bytes < 1e6) return t("file.kb", { size: { ready: round(bytes / 1e3) } });
  return t("file.mb", { size: { ready: round(bytes / 1e6) } });
}
