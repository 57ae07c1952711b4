// Messages of the open conversation that were ticked, so that something is done with all of them. Pure.

/** @satisfies {Partial<Page.State>} */
export const nothingSelected = { selecting: null };

/** @type {Page.Reducers["select"]} */
function select(state, { chat, id }) {
  const before = state.selecting?.chat === chat ? state.selecting.ids : [];
  const ids = before.includes(id) ? before.filter((one) => one !== id) : [...before, id];
  return { ...state, selecting: { chat, ids }, popover: null };
}

/** Those that are still here, in their order. @param {Page.State} state @returns {Page.Sent[]} */
export function selectedOf({ selecting, talks }) {
  if (!selecting) return [];
  const found = (talks[selecting.chat]?.messages ?? []).filter(({ id, order }) => order !== null && selecting.ids.includes(id));
  return /** @type {Page.Sent[]} */ (found);
}

/** @satisfies {Partial<Page.Reducers>} */
export const selectEvents = {
  select,
  select_over: (state) => ({ ...state, selecting: null }),
};
