// What one shows of oneself, and what one calls others.

import { call } from "../core/connection.js";
import { closeDialog, openDialog } from "../core/store.js";
import { showToast } from "./notice.js";

export const editProfile = () => openDialog({ kind: "profile" });
export const showCard = (/** @type {string} */ uid) => openDialog({ kind: "person", uid });
export const askNickname = (/** @type {string} */ uid) => openDialog({ kind: "nickname", uid });

/** picture: base64, "" for none any more, or null where it stays. @param {string} name @param {string} line @param {string | null} picture */
export async function saveProfile(name, line, picture) {
  await call("set_profile", { display_name: name, line, picture });
  closeDialog();
  showToast("profile.done");
}

export async function giveNickname(/** @type {string} */ uid, /** @type {string} */ nickname) {
  await call("set_nickname", { uid, nickname });
  closeDialog();
}
