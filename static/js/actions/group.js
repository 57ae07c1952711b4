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

export async function addMembers(/** @type {string} */ gid, /** @type {string[]} */ uids) {
  await call("add_members", { group_id: gid, user_to_add: names(uids) });
  closeDialog();
}

export async function removeMember(/** @type {string} */ gid, /** @type {string} */ uid, /** @type {string} */ reason) {
  const [message] = names([uid]);
  await call("send_public_message", { message, group_id: gid, is_command: true, is_add: false, reason: reason.trim() });
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
