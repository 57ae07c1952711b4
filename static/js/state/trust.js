// What Trust shows, as the state holds it: the safety number that is compared, and the log as far as it was read. Pure.

/** @satisfies {Partial<Page.State>} */
export const emptyTrust = {
  safety: { uid: null, digits: null, error: null, rows: null, code: null, verdict: null },
  log: { entries: [], size: 0, seenBy: 0, filter: null, more: false, asking: false },
};

/** The newest page goes before those that were read on to, as long as the two meet. @type {Page.Reducers["log_page"]} */
function logPaged(state, { entries, size, seenBy, more, from }) {
  const before = state.log.entries;
  const newer = from === null ? [] : before.filter(({ n }) => n >= from);
  const last = entries.at(-1)?.n ?? -1;
  const older = from === null && more && before.some(({ n }) => n === last) ? before.filter(({ n }) => n < last) : [];
  const log = { entries: [...newer, ...entries, ...older], more: older.length ? state.log.more : more };
  return { ...state, log: { ...state.log, ...log, size, seenBy, asking: false } };
}

/** @satisfies {Partial<Page.Reducers>} */
export const trustEvents = {
  safety: (state, { safety }) => ({ ...state, safety: { ...emptyTrust.safety, ...safety } }),
  verdict: (state, { verdict }) => ({ ...state, safety: { ...state.safety, verdict } }),
  log_asking: (state, { filter }) => ({
    ...state,
    log: { ...state.log, filter, asking: true, entries: filter === state.log.filter ? state.log.entries : [] },
  }),
  log_page: logPaged,
  log_failed: (state) => ({ ...state, log: { ...state.log, asking: false } }),
};
