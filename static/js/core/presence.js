// That somebody is at this page, told to the agent now and then, which locks the vault by itself when nobody is.

import { call, refusalOf } from "./connection.js";
import { getState } from "./store.js";

const again = 20_000; // ms: the shortest time that can be chosen is fifteen times as long
const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

let told = 0;

function here() {
  const { session, connected, loaded, choices } = getState();
  if (!session || !connected || !loaded || choices.lock_after === "never" || Date.now() - told < again) return;
  told = Date.now();
  call("active").catch(refusalOf);
}

export function listenToPeople() {
  for (const sign of signs) document.addEventListener(sign, here, { capture: true, passive: true });
}
