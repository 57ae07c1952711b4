// What the person chooses that the agent keeps, so that each of its pages has the same; and the vault's password.

import { Refusal, call } from "../core/connection.js";
import { askPermission, permission } from "../core/notifications.js";
import { apply, closeDialog, dispatch, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

const put = (/** @type {Api.Settings} */ settings) => apply("settings", settings);

// A switch stays where it was pressed to, and goes back if the agent refuses.
function chosen(/** @type {keyof Api.Settings} */ name, /** @type {boolean | string | string[]} */ value, /** @type {Promise<unknown>} */ asked) {
  const before = getState().choices[name];
  put({ ...getState().choices, [name]: value });
  return attempt(
    asked.catch((refusal) => {
      put({ ...getState().choices, [name]: before });
      throw refusal;
    }),
  );
}

export const choose = (/** @type {Api.Calls["set_setting"][0]["name"]} */ name, /** @type {boolean | string} */ value) =>
  chosen(name, value, call("set_setting", { name, value }));

export const setKeywords = (/** @type {string[]} */ keywords) => chosen("keywords", keywords, call("set_keywords", { keywords }));

/** Whether this computer starts Hamraz at log-in; null where it can't. @param {boolean | null} on what it is to be from now on @returns {Promise<boolean | null>} */
export const startAtLogin = async (on = null) => (await call("start_at_login", { on })).on;

/** The press that chooses them is the one after which the browser may ask. @param {Api.Settings["notifications"]} value */
export function chooseNotifications(value) {
  if (value !== "off" && permission() === "default") allowNotifications();
  return choose("notifications", value);
}

export async function allowNotifications() {
  const given = await askPermission();
  dispatch({ type: "clock", now: Date.now() }); // drawn anew: what the browser allows isn't in the state
  if (given === "granted") showToast("notify.on");
}

export async function changePassword(/** @type {Record<string, string>} */ { password, new_password, new_password_confirm }) {
  if (new_password !== new_password_confirm) {
    throw new Refusal({ code: "password_mismatch", field: "new_password_confirm" });
  }
  await call("change_password", { password, new_password, new_password_confirm });
  closeDialog();
  showToast("password.changed");
}
