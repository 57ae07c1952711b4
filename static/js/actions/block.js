// Blocking people, and unblocking them.

import { call } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

const pushed = (value) => dispatch({ type: "pushed", name: "person", value, now: Date.now() });

export const askBlock = ({ uid }) => dispatch({ type: "dialog", dialog: { kind: "block", uid } });

export async function block({ uid, name }) {
  const { person } = await call("block", { uid });
  pushed(person);
  dispatch({ type: "dialog", dialog: null });
  showToast("block.done", { name });
}

export async function unblock({ uid, name }) {
  const done = await attempt(call("unblock", { uid }).then(({ person }) => pushed(person)));
  if (done) showToast("unblock.done", { name });
  return done;
}
