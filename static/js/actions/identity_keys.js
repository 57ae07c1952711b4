// Identity keys: a new one of one's own, the end of somebody's account, and a new account where one's own has ended.

import { call } from "../core/connection.js";
import { closeDialog, dispatch } from "../core/store.js";
import { begin, end } from "./account.js";
import { showToast } from "./notice.js";
import { readLog } from "./safety.js";

export async function renewKey() {
  await call("renew_key");
  closeDialog();
  showToast("mykey.done");
}

export async function revokePerson(/** @type {Api.Person} */ { name }) {
  await call("revoke_person", { username: name });
  closeDialog();
  showToast("revoke.done", { name });
}

/** @param {string} username @param {Record<string, string>} values: `kit`, unless its key is still in the vault */
export async function recoverKey(username, { password, kit }) {
  const { token } = await call("recover_key", { username, password, kit: kit || null });
  closeDialog();
  begin(token);
  showToast("recover.done");
}

export async function beginAnew(/** @type {Record<string, string>} */ { password }) {
  await call("begin_anew", { password });
  closeDialog();
  end();
}

export function showKeysInLog() {
  dispatch({ type: "section", section: "trust" });
  readLog("keys");
}
