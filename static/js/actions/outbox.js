// Messages on their way from the page to its agent: one after the other in each conversation, so that none overtakes
// another, not after a cut either. The same id again is the same message, so a lost answer makes no second one.

import { Refusal, call, refusalOf } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { sizeOf, textLimit } from "./compose.js";
import { albumsOf } from "./files.js";
import { askNewest } from "./reading.js";

const passing = ["agent_away", "locked", "bad_token", "token_needed"]; // it wasn't refused: nobody was there
/** @type {Set<string>} */
const flowing = new Set(); // conversations whose messages go over now

const isNext = (/** @type {Page.Message} */ { order, accepted, kind, state, why }) =>
  order === null && !accepted && kind === "text" && (state === "waiting" || (state === "failed" && passing.includes(why ?? "")));

const nextOf = (/** @type {string} */ chat) => getState().talks[chat]?.messages.find(isNext);

/** @param {Page.Message} message @param {Partial<Page.Message>} to */
const change = ({ chat, id }, to) => dispatch({ type: "changed", chat, id, change: to });

/** Everything of a conversation that isn't at the agent, in its order, until it is there or nobody answers. @param {string} chat */
export async function flow(chat) {
  if (flowing.has(chat)) return;
  flowing.add(chat);
  try {
    while (nextOf(chat)) {
      await albumsOf(chat);
      const message = nextOf(chat); // that one may have been given up meanwhile, or another account be here
      if (!message || !(await post(message))) break;
    }
  } finally {
    flowing.delete(chat);
  }
}

// Once the agent answers again.
export const flowAll = () => Promise.all(Object.keys(getState().talks).map(flow));

/** False if nobody was there; a message that is refused says why, and the next one goes on. @param {Page.Message} message */
async function post(message) {
  const { chat, id, text, reply } = message;
  try {
    if (message.state === "failed") change(message, { state: "waiting", why: null, refusal: null });
    if (sizeOf(text) > textLimit) throw new Refusal({ code: "message_too_long", values: { limit: textLimit } });
    await call("send_message", { chat, text, reply_to: reply?.order ?? null, id });
    change(message, { accepted: true });
    if (!getState().talks[chat]?.loaded) askNewest(chat);
    return true;
  } catch (error) {
    const refusal = refusalOf(error);
    change(message, { state: "failed", why: refusal.code, refusal });
    return !passing.includes(refusal.code);
  }
}
