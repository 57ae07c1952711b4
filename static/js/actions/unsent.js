// What was written while one's own agent didn't answer goes to it when it does, in its order. The same id again is the
// same message, so what had got there all the same is there once.

import { getState } from "../store.js";
import { sendAgain } from "./talk.js";

const passed = ["agent_away", "locked", "bad_token", "token_needed"]; // it wasn't refused: nobody was there

export async function sendUnsent() {
  const waiting = Object.values(getState().talks)
    .flatMap(({ messages }) => messages)
    .filter(({ order, state, why }) => order === null && state === "failed" && passed.includes(why));
  for (const message of waiting) await sendAgain(message);
}
