// Hamraz as an app of its own window, where the browser offers that; and then a worker that shows the page while the agent
// is away. In a mere tab there is none: nothing of ours stays in a browser that nobody has asked to keep it.

import { dispatch } from "./store.js";

/** @typedef {Event & {prompt: () => Promise<unknown>}} InstallPrompt */

/** @type {InstallPrompt | null} */
let offered = null;

export const canInstall = () => offered !== null;

export async function install() {
  const prompt = offered;
  offered = null;
  await prompt?.prompt();
}

/** Links of ours, where they stand in other programs, and where the browser takes them. */
const scheme = "web+hamraz";

export const canTakeLinks = () => Boolean(navigator.registerProtocolHandler);

/** The browser asks, and opens such a link here from then on. */
export const takeLinks = () => navigator.registerProtocolHandler(scheme, `${location.origin}/#/open/%s`);

/** The one address that may become a script here, beside what the page itself loads (`trusted-types` in page/guard.py). */
const worker = "/worker.js";

async function keepShell() {
  /** @type {any} */
  const { trustedTypes } = globalThis;
  const policy = trustedTypes?.createPolicy("hamraz-worker", { createScriptURL: () => worker });
  try {
    await navigator.serviceWorker?.register(policy ? policy.createScriptURL("") : worker);
  } catch (error) {
    console.info("no worker:", error); // private windows have none; the page does without
  }
}

export function listenToInstalling() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = /** @type {InstallPrompt} */ (event);
    dispatch({ type: "clock", now: Date.now() }); // drawn anew: what the browser offers isn't in the state
  });
  addEventListener("appinstalled", keepShell, { once: true });
  if (matchMedia("(display-mode: standalone)").matches) keepShell();
}
