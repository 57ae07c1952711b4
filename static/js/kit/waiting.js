// Why a message of one's own has not gone out: mostly because nobody is there, and sometimes for a reason worth reading.

import { reason, t } from "../i18n/i18n.js";

const nobodyThere = ["away", "peer_unreachable", "authority_down", "timed_out"];

export function whyItWaits(/** @type {{why: string | null}} */ { why }, /** @type {string} */ name) {
  return (why && !nobodyThere.includes(why) && reason(why, { name })) || t("state.waiting.why");
}
