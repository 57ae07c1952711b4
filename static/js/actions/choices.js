// What the person chooses that the agent keeps, so that each of its pages has the same; and the vault's password.

import { Refusal, call } from "../connection.js";
import { askLeave, leave } from "../notifications.js";
import { dispatch } from "../store.js";
import { attempt, tell } from "./notice.js";

export const choose = (name, value) =>
  attempt(
    call("set_setting", { name, value }).then(({ settings }) =>
      dispatch({ type: "pushed", name: "settings", value: settings, now: Date.now() }),
    ),
  );

// The press that chooses them is the one after which the browser may ask.
export function chooseNotifications(value) {
  if (value !== "off" && leave() === "default") allowNotifications();
  return choose("notifications", value);
}

export async function allowNotifications() {
  const given = await askLeave();
  dispatch({ type: "clock", now: Date.now() }); // drawn anew: what the browser allows isn't in the state
  if (given === "granted") tell("notify.on");
}

export async function changePassword({ password, new_password, new_password_confirm }) {
  if (new_password !== new_password_confirm) {
    throw new Refusal({ code: "password_mismatch", field: "new_password_confirm" });
  }
  await call("change_password", { password, new_password, new_password_confirm });
  dispatch({ type: "dialog", dialog: null });
  tell("password.changed");
}
