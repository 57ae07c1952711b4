// The recovery kit: shown after sign-up and from the settings, confirmed, replaced; signing for somebody who has lost theirs.

import { call, refusalOf } from "../core/connection.js";
import { closeDialog, dispatch, getState, openDialog } from "../core/store.js";
import { showToast } from "./notice.js";

let chosen = /** @type {string | null} */ (null); // the password of a sign-up, until its kit has been offered

export const offerKitFor = (/** @type {string} */ password) => {
  chosen = password;
};

/** Once everything is here: who has just signed up sees their kit. It can be shown later, too, if that fails. */
export async function offerKit() {
  const password = chosen;
  chosen = null;
  if (password === null || getState().kit.where !== "here") return;
  try {
    await showKit({ password });
  } catch (error) {
    refusalOf(error);
  }
}

// Over a group's link that somebody came with before they had an account, which is there again afterwards.
const show = (/** @type {Api.KitSheet} */ sheet) => {
  const { dialog } = getState();
  openDialog(dialog?.kind === "ask_join" ? { kind: "kit", next: dialog } : { kind: "kit" });
  dispatch({ type: "sheet", sheet });
};

export const showKit = async (/** @type {Record<string, string>} */ { password }) => show(await call("kit", { password }));

export const newKit = async (/** @type {Record<string, string>} */ { password, kit }) =>
  show(await call("new_kit", { password, kit: kit || null }));

export async function confirmKit(/** @type {Record<string, string>} */ { first, second }) {
  await call("confirm_kit", { first, second });
  closeDialog();
  showToast("kit.done");
}

/** The same admin again gets the same text. @param {string} admin */
export async function askForKit(admin) {
  const { rows } = await call("ask_for_kit", { admin });
  dispatch({ type: "request_code", rows });
}

export async function signForKit(/** @type {Api.Person} */ { uid, name }, /** @type {string} */ request) {
  await call("sign_for_kit", { uid, request });
  closeDialog();
  showToast("kit.sign.done", { name });
}
