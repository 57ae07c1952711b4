// Identity keys: a new one of one's own, the end of somebody's account, and a new account where one's own has ended.

import { call } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { begin, end } from "./account.js";
import { showToast } from "./notice.js";
import { readLog } from "./safety.js";

const closeDialog = () => dispatch({ type: "dialog", dialog: null });
const pushed = (name, value) => dispatch({ type: "pushed", name, value, now: Date.now() });

export async function renewKey() {
  const { person } = await call("renew_key");
  pushed("me", person);
  closeDialog();
  showToast("mykey.done");
}

export async function revokePerson({ name }) {
  const { person } = await call("revoke_person", { username: name });
  pushed("person", person);
  closeDialog();
  showToast("revoke.done", { name });
}

export async function recoverKey(username, password) {
  const { token } = await call("recover_key", { username, password });
  closeDialog();
  begin(token);
  showToast("recover.done");
}

export async function beginAnew({ password }) {
  await call("begin_anew", { password });
  closeDialog();
  end();
}

export function showKeysInLog() {
  dispatch({ type: "section", section: "trust" });
  readLog("keys");
}
