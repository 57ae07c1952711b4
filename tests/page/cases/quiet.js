// Of which conversations one wants to be told.

import { counted, isMuted, isTold } from "../../../static/js/state/quiet.js";
import { equal } from "../equal.js";

const talk = (/** @type {object} */ more) => /** @type {any} */ ({ muted: false, muted_until: null, mentions_only: false, unread: 5, mentions: 2, ...more });

export const cases = {
  "muted for good, for a while, and no longer": () => {
    equal([talk({ muted: true }), talk({ muted: true, muted_until: 9 }), talk({ muted: true, muted_until: 8 }), talk({})].map((one) => isMuted(one, 8)), [true, true, false, false]);
  },
  "what counts for the window's title": () => {
    equal([talk({}), talk({ muted: true }), talk({ muted: true, muted_until: 8 }), talk({ mentions_only: true })].map((one) => counted(one, 8)), [5, 0, 5, 2]);
  },
  "only what names one": () => {
    equal([talk({ marked_unread: true }), talk({ marked_unread: true, unread: 0 }), talk({ marked_unread: true, unread: 0, muted: true })].map((one) =>
      counted(one, 8)), [5, 1, 0]);
    const quiet = talk({ mentions_only: true });
    equal([isTold(quiet, false, 8), isTold(quiet, true, 8), isTold(talk({ muted: true }), true, 8), isTold(talk({}), false, 8)], [false, true, false, true]);
  },
};
