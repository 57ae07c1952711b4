// The line to the authority and the alarm: trying again, saving the evidence; safety numbers and the log.

import { call, refusalOf } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { attempt, showToast } from "./notice.js";

export const tryNow = () => attempt(call("try_now"));

// What waits to go out, for whoever looks at it.
export const readQueue = () =>
  attempt(call("waiting").then(({ messages }) => dispatch({ type: "waiting", messages })));

/** A file of the agent's own making, by the browser's own saving; nothing is opened. @param {string} name @param {object} value */
function save(name, value) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // a minute: the browser has long begun to read it
}

export const saveEvidence = () =>
  attempt(call("evidence").then(({ evidence }) => save("hamraz-evidence.json", evidence)));

/** The same of a condition that is no alarm. @param {Api.State} state */
export const saveStateEvidence = ({ code, about }) =>
  attempt(
    call("evidence", { state: code, about }).then(({ evidence }) => save(`hamraz-evidence-${code}.json`, evidence)),
  );

export async function compare(/** @type {string | null} */ uid) {
  const { people } = getState();
  dispatch({ type: "section", section: "trust" });
  dispatch({ type: "safety", safety: { uid } });
  if (uid === null) return;
  const username = people[uid].name;
  try {
    const [{ digits, code }, { rows }] = await Promise.all([
      call("safety_number", { username }),
      call("qr", { what: "safety", username }),
    ]);
    if (getState().safety.uid === uid) dispatch({ type: "safety", safety: { uid, digits, code, rows } });
  } catch (error) {
    const refusal = refusalOf(error);
    if (getState().safety.uid === uid) dispatch({ type: "safety", safety: { uid, error: refusal } });
  }
}

export async function compareCode(/** @type {Api.Person} */ person, /** @type {string} */ code) {
  dispatch({ type: "verdict", verdict: null });
  const verdict = await call("compare_safety", { username: person.name, code });
  if (getState().safety.uid === person.uid) dispatch({ type: "verdict", verdict });
}

export async function setVerified(/** @type {Api.Person} */ { name }, /** @type {boolean} */ verified) {
  if (await attempt(call("set_verified", { username: name, verified })))
    showToast(verified ? "safety.done" : "safety.undone", { name });
}

const page = 100;

export async function readLog(/** @type {Page.Filter} */ filter, /** @type {number | null} */ before = null) {
  dispatch({ type: "log_asking", filter });
  const asked = call("log", { before, limit: page, filter }).then(({ entries, size, seen_by: seenBy }) => {
    if (getState().log.filter === filter)
      dispatch({ type: "log_page", entries, size, seenBy, more: entries.length === page, from: before });
  });
  if (!(await attempt(asked))) dispatch({ type: "log_failed" });
}
