// What the person does with groups: making one, answering an invitation, changing its members, reloading, leaving.

import { Refusal, call } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";
import { askNewest, openChat } from "./reading.js";

const took = (conversation) =>
  conversation && dispatch({ type: "pushed", name: "conversation", value: conversation, now: Date.now() });
const names = (uids) => uids.map((uid) => getState().people[uid].name);
const close = () => dispatch({ type: "dialog", dialog: null });

export async function makeGroup({ name, uids, history }) {
  const { chat, port } = await call("public_chat_method", { user_to_add: names(uids), name: name.trim(), history });
  close();
  openChat(chat);
  showToast("newgroup.made", { port: String(port) });
}

export async function answerInvitation(gid, join) {
  const done = await attempt(
    call("answer_invitation", { group_id: gid, join }).then(({ conversation }) => took(conversation)),
  );
  if (!done) return;
  if (join) openChat(`g:${gid}`);
  else {
    if (getState().open === `g:${gid}`) openChat(null);
    showToast("invite.declined");
  }
}

// One command for each person; what is done stays done where a later one is refused.
export async function addMembers(gid, uids) {
  for (const name of names(uids)) {
    const { conversation } = await call("send_public_message", {
      message: name,
      group_id: gid,
      is_command: true,
      is_add: true,
    });
    took(conversation);
  }
  close();
}

export async function removeMember(gid, uid, reason) {
  const { conversation } = await call("send_public_message", {
    message: names([uid])[0],
    group_id: gid,
    is_command: true,
    is_add: false,
    reason: reason.trim(),
  });
  took(conversation);
  close();
}

export async function leaveGroup(gid) {
  await call("leave_group", { group_id: gid });
  close();
}

// Gives null, or the Refusal that is shown under the button.
export async function reload(gid) {
  try {
    const { conversation } = await call("reload_one_chat", { group_id: gid });
    took(conversation);
    await askNewest(`g:${gid}`);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
}
