// Blocking people, and unblocking them.

import { call } from "../core/connection.js";
import { closeDialog, openDialog } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

export const askBlock = (/** @type {Api.Person} */ { uid }) => openDialog({ kind: "block", uid });

export async function block(/** @type {Api.Person} */ { uid, name }) {
  await call("block", { uid });
  closeDialog();
  showToast("block.done", { name });
}

export async function unblock(/** @type {Api.Person} */ { uid, name }) {
  const done = await attempt(call("unblock", { uid }));
  if (done) showToast("unblock.done", { name });
  return done;
}
