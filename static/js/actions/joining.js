// Coming into a group by a link that somebody has given away, and giving one away.

import { Refusal, call } from "../core/connection.js";
import { closeDialog, getState, openDialog } from "../core/store.js";
import { groupLinkIn } from "../state/place.js";
import { attempt, showToast } from "./notice.js";
import { openChat } from "./reading.js";

/** To the group, for who is in it or invited; else to where one can ask. @param {Page.JoinLink} link */
export function openGroupLink(link) {
  const chat = `g:${link.gid}`;
  const { group } = getState().conversations[chat] ?? {};
  if (group?.state !== "joined" && group?.state !== "invited") return openDialog({ kind: "ask_join", link });
  closeDialog();
  openChat(chat);
}

/** What somebody has pasted. @param {string} text */
export function readGroupLink(text) {
  const link = groupLinkIn(text);
  if (!link) throw new Refusal({ code: "bad_group_link", field: "link" });
  openGroupLink(link);
}

/** @param {Page.JoinLink} link */
export async function askToJoin({ gid, uid, secret, name }) {
  try {
    await call("ask_to_join", { group_id: gid, uid, secret });
  } catch (error) {
    const isElsewhere = error instanceof Refusal && error.code === "unknown_user";
    throw isElsewhere ? new Refusal({ code: "group_link_elsewhere" }) : error;
  }
  closeDialog();
  showToast("joinlink.asked", { group: name });
}

/** @param {string} gid @param {{on: boolean, admits: Api.GroupLink["admits"], anew?: boolean}} change */
export const setJoinLink = (gid, change) => attempt(call("set_join_link", { group_id: gid, ...change }));

/** The rows of its QR code. @param {string} gid */
export const joinLinkCode = (gid) => call("join_link_qr", { group_id: gid }).then(({ rows }) => rows);

/** @param {string} gid @param {string} uid @param {boolean} accept */
export const answerAsk = (gid, uid, accept) => attempt(call("answer_ask", { group_id: gid, uid, accept }));
