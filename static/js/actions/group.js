// What the person does with groups: making one, answering an invitation, changing its members, reloading, leaving.

import { call, refusalOf } from "../core/connection.js";
import { closeDialog, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";
import { askNewest, openChat } from "./reading.js";

const names = (/** @type {string[]} */ uids) => uids.map((uid) => getState().people[uid].name);

/** @param {{name: string, uids: string[], history: Api.History, write: Api.Write, picture: string}} group */
export async function makeGroup({ name, uids, history, write, picture }) {
  const { chat, port } = await call("public_chat_method", { user_to_add: names(uids), name: name.trim(), history, write, picture });
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

/** How a group looks and who may write there, for everybody; what isn't changed isn't sent, so that two may change it at once.
 * @param {Api.Group} group @param {string} before its name @param {{name: string, line: string, write: Api.Write, picture: string | null}} now */
export async function changeGroup(group, before, { name, line, write, picture }) {
  await call("change_group", {
    group_id: group.gid,
    ...(name.trim() !== before && { name }),
    ...(line.trim() !== group.line && { line }),
    ...(write !== group.write && { write }),
    picture,
  });
  closeDialog();
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
