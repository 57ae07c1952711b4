// Holds the state, gives it to whoever looks, and asks the reducer for the next one. Knows neither of them from inside.

import { initialState, reduce } from "../state/state.js";

/** @typedef {(state: Page.State) => void} Watcher @type {Set<Watcher>} */
const watchers = new Set();
let state = initialState;

export const getState = () => state;

export function dispatch(/** @type {Page.Event} */ event) {
  const next = reduce(state, event);
  if (next === state) return;
  state = next;
  for (const watcher of watchers) watcher(state);
}

// What the agent has said, or would say of what one does here.
/** @template {keyof Page.Pushes} K @param {K} name @param {Page.Pushes[K]} value */
export const apply = (name, value) =>
  dispatch(/** @type {Page.Event} */ ({ type: "pushed", name, value, now: Date.now() }));

export const openDialog = (/** @type {Page.Dialog} */ dialog) => dispatch({ type: "dialog", dialog });
export const closeDialog = () => dispatch({ type: "dialog", dialog: null });

export const watch = (/** @type {Watcher} */ watcher) => watchers.add(watcher);
