// Blocking people, and unblocking them.

import { call } from "../core/connection.js";
import { apply, closeDialog, openDialog } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

export const askBlock = (/** @type {Api.Person} */ { uid }) => openDialog({ kind: "block", uid });

export async function block(/** @type {Api.Person} */ { uid, name }) {
  apply("person", (await call("block", { uid })).person);
  closeDialog();
  showToast("block.done", { name });
}

export async function unblock(/** @type {Api.Person} */ { uid, name }) {
  const done = await attempt(call("unblock", { uid }).then(({ person }) => apply("person", person)));
  if (done) showToast("unblock.done", { name });
  return done;
}
