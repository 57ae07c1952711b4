// An account goes to another computer, or comes from one.

import { call, refusalOf, token } from "../core/connection.js";
import { dispatch } from "../core/store.js";
import { refresh, showForm } from "./account.js";
import { attempt } from "./notice.js";

export const lookForComputers = () =>
  attempt(call("computers").then(({ computers }) => dispatch({ type: "computers", computers })));

/** @param {string} address @param {string | null} number */
export async function takeMove(address, number) {
  await call("take_move", { address: address.trim(), number });
  showForm(null);
  await refresh();
}

export async function beginMove(/** @type {Record<string, string>} */ { password }) {
  const { move } = await call("begin_move", { password });
  dispatch({ type: "move", move });
}

// The session's end may be pushed before the answer has come, and then the line that it would have come by is cut.
export async function confirmMove(/** @type {string[]} */ digits) {
  try {
    await call("confirm_move", { digits });
  } catch (error) {
    if (refusalOf(error) && token()) throw error;
  }
}

export const refuseMove = (/** @type {string[]} */ digits) => call("refuse_move", { digits });

async function done(/** @type {Promise<unknown>} */ promise) {
  await promise;
  await refresh();
}

export const endMove = () => done(call("end_move"));
export const goOnMove = () => done(call("go_on_move"));
export const takeOverMove = () => done(call("take_over_move"));
export const forgetMove = (/** @type {boolean} */ sure) => done(call("forget_move", { sure }));
