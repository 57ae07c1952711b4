// What the person does with groups: making one, answering an invitation, changing its members, reloading, leaving.

import { call, refusalOf } from "../core/connection.js";
import { closeDialog, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";
import { askNewest, openChat } from "./reading.js";

const names = (/** @type {string[]} */ uids) => uids.map((uid) => getState().people[uid].name);

export async function makeGroup(/** @type {{name: string, uids: string[], history: Api.History}} */ { name, uids, history }) {
  const { chat, port } = await call("public_chat_method", { user_to_add: names(uids), name: name.trim(), history });
  closeDialog();
  openChat(chat);
  showToast("newgroup.made", { port: String(port) });
}

export async function answerInvitation(/** @type {string} */ gid, /** @type {boolean} */ join) {
  if (!(await attempt(call("answer_invitation", { group_id: gid, join })))) return;
  if (join) openChat(`g:${gid}`);
  else {
    if (getState().open === `g:${gid}`) openChat(null);
    showToast("invite.declined");
  }
}

/** @param {string} gid @param {string} name @param {{is_add: boolean, reason?: string}} how */
const command = (gid, name, how) => call("send_public_message", { message: name, group_id: gid, is_command: true, ...how });

/** One command for each person; what is done stays done where a later one is refused. @param {string} gid @param {string[]} uids */
export async function addMembers(gid, uids) {
  for (const name of names(uids)) await command(gid, name, { is_add: true });
  closeDialog();
}

export async function removeMember(/** @type {string} */ gid, /** @type {string} */ uid, /** @type {string} */ reason) {
  await command(gid, names([uid])[0], { is_add: false, reason: reason.trim() });
  closeDialog();
}

export async function leaveGroup(/** @type {string} */ gid) {
  await call("leave_group", { group_id: gid });
  closeDialog();
}

/** Gives null, or the Refusal that is shown under the button. @param {string} gid */
export async function reload(gid) {
  try {
    await call("reload_one_chat", { group_id: gid });
    await askNewest(`g:${gid}`);
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}
