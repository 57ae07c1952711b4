// An account goes to another computer, or comes from one.

import { call } from "../core/connection.js";
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

export const confirmMove = (/** @type {string[]} */ digits) => call("confirm_move", { digits });
export const refuseMove = (/** @type {string[]} */ digits) => call("refuse_move", { digits });

async function done(/** @type {Promise<unknown>} */ promise) {
  await promise;
  await refresh();
}

export const endMove = () => done(call("end_move"));
export const goOnMove = () => done(call("go_on_move"));
export const takeOverMove = () => done(call("take_over_move"));
export const forgetMove = (/** @type {boolean} */ sure) => done(call("forget_move", { sure }));
