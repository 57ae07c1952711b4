// Of which conversations one wants to be told.

import { asksSaid, freshAsks } from "../../../static/js/state/asks.js";
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
  "who waits to be let in counts until it is answered, but where it is muted": () => {
    const group = { asks: [{ uid: "aa", time: 1 }, { uid: "bb", time: 2 }] };
    equal([talk({ group }), talk({ group, unread: 0 }), talk({ group, mentions_only: true }), talk({ group, muted: true }), talk({ group: null })].map((one) =>
      counted(one, 8)), [7, 2, 4, 0, 5]);
    const knew = (/** @type {string[]} */ ...uids) => talk({ group: { asks: uids.map((uid) => ({ uid, time: 1 })) } });
    equal([undefined, talk({ group: null }), knew(), knew("aa"), knew("cc", "bb", "aa")].map((before) => freshAsks(before, talk({ group }))), [
      ["aa", "bb"], ["aa", "bb"], ["aa", "bb"], ["bb"], []]);
    equal([freshAsks(knew("aa"), talk({ group: null })), freshAsks(undefined, talk({}))], [[], []]);
    equal(asksSaid(/** @type {any} */ ({ aa: { name: "omid", nickname: "امید" } }), ["aa"]).includes("امید"), true);
  },
  "only what names one": () => {
    equal([talk({ marked_unread: true }), talk({ marked_unread: true, unread: 0 }), talk({ marked_unread: true, unread: 0, muted: true })].map((one) =>
      counted(one, 8)), [5, 1, 0]);
    const quiet = talk({ mentions_only: true });
    equal([isTold(quiet, false, 8), isTold(quiet, true, 8), isTold(talk({ muted: true }), true, 8), isTold(talk({}), false, 8)], [false, true, false, true]);
  },
};
