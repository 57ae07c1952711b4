// Holds the state, gives it to whoever looks, and asks the reducer for the next one. Knows neither of them from inside.

import { initialState, reduce } from "../state/state.js";

const watchers = new Set();
let state = initialState;

export const getState = () => state;

export function dispatch(event) {
  const next = reduce(state, event);
  if (next === state) return;
  state = next;
  for (const watcher of watchers) watcher(state);
}

export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
