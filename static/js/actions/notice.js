// Short words at the foot of the page that go by themselves: something worked, or failed where no field stands.

import { refusalOf } from "../core/connection.js";
import { dispatch } from "../core/store.js";

const stay = 7000; // ms: two short sentences read twice
let last = 0;

function show(/** @type {Omit<Page.Toast, "id">} */ toast) {
  last += 1;
  const id = last;
  dispatch({ type: "toast", toast: { id, ...toast } });
  setTimeout(() => dispatch({ type: "toast_gone", id }), stay);
}

export const showError = (/** @type {Api.Failure} */ error) => show({ kind: "stop", error });
/** undo: what takes back what was done. @param {string} key @param {Page.Words} values @param {Page.Toast["undo"]} undo */
export const showToast = (key, values = {}, undo = undefined) => show({ kind: "ok", key, values, undo });
export const dismiss = (/** @type {number} */ id) => dispatch({ type: "toast_gone", id });

/** Does it, and says so where the agent refuses. Gives true when it was done. @param {Promise<unknown>} promise */
export async function attempt(promise) {
  try {
    await promise;
    return true;
  } catch (error) {
    showError(refusalOf(error));
    return false;
  }
}
