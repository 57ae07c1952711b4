// Who is writing: as it comes, and as it is taken back.

import { initialState, reduce } from "../../../static/js/state/state.js";
import { equal } from "../equal.js";

const push = (state, value) => reduce(state, { type: "pushed", name: "typing", value, now: 0 });
const on = (chat, uid, what = "typing") => ({ chat, uid, on: true, what });
const off = (chat, uid, what = "typing") => ({ chat, uid, on: false, what });
const typing = (...uids) => uids.map((uid) => ({ uid, what: "typing" }));

export const cases = {
  "who begins stands behind those who write already": () => {
    const state = push(push(initialState, on("g:1", "a")), on("g:1", "b"));
    equal(state.typing, { "g:1": typing("a", "b") });
    equal(push(state, on("g:1", "a")).typing, { "g:1": typing("b", "a") });
  },
  "nobody is nothing": () => {
    equal(push(push(initialState, on("p:1", "a")), off("p:1", "a")).typing, {});
    equal(push(initialState, off("p:1", "a")).typing, {});
  },
  "conversations are apart": () => {
    equal(push(push(initialState, on("p:1", "a")), off("g:1", "a")).typing, { "p:1": typing("a") });
  },
  "who writes and sends a file does both, until each is over": () => {
    const both = push(push(initialState, on("p:1", "a")), on("p:1", "a", "sending"));
    equal(both.typing["p:1"].map(({ what }) => what), ["typing", "sending"]);
    equal(push(both, off("p:1", "a")).typing["p:1"], [{ uid: "a", what: "sending" }]);
  },
};
