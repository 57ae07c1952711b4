// Writing: what the person does with messages of their own.

import { Refusal, call } from "../connection.js";
import { openOf } from "../screen.js";
import { dispatch, getState } from "../store.js";
import { askNewest } from "./reading.js";

const textLimit = 65_536; // bytes of UTF-8, as the protocol has it; a longer one would not even reach the agent

export const keepDraft = (chat, text) => dispatch({ type: "draft", chat, text });

const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function post(chat, id, text) {
  const state = getState();
  try {
    if (new TextEncoder().encode(text).length > textLimit) {
      throw new Refusal({ code: "message_too_long", values: { limit: textLimit } });
    }
    const { message } = chat.startsWith("g:")
      ? await call("send_public_message", { message: text, group_id: chat.slice(2), id })
      : await call("private_chat", {
          username: state.people[state.me].name,
          client_b_username: state.people[chat.slice(2)].name,
          message: text,
          id,
        });
    const known = getState().talks[chat]?.messages.find((one) => one.id === id);
    // a pushed event may have been quicker, and then it is newer
    if (known?.order === null) dispatch({ type: "pushed", name: "message", value: message, now: Date.now() });
    if (!getState().talks[chat]?.loaded) askNewest(chat);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    dispatch({ type: "changed", chat, id, change: { state: "failed", why: error.code, refusal: error } });
  }
}

// The message stands in the sheet at once; the agent's answer gives it its place.
export function send(text) {
  const state = getState();
  const it = openOf(state);
  if (!text.trim() || state.alarm || !it) return false;
  const id = freshId();
  dispatch({ type: "sending", chat: it.chat, id, text, now: Date.now() });
  post(it.chat, id, text);
  return true;
}

// The same id again is the same message, so a lost answer makes no second one.
export function sendAgain({ chat, id, text, order }) {
  if (order !== null) return send(text);
  dispatch({ type: "changed", chat, id, change: { state: "waiting", why: null, refusal: null } });
  return post(chat, id, text);
}

export const takeBack = ({ chat, id }) => dispatch({ type: "taken_back", chat, id });
