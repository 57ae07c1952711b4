// What the person chooses about the page itself: language, colours, digits, size, what Enter does.

import { applySettings, saveSettings } from "../i18n/settings.js";
import { dispatch, getState } from "../core/store.js";
import { choose } from "./choices.js";

export function setLook(/** @type {Partial<Page.Look>} */ change) {
  const settings = { ...getState().settings, ...change };
  saveSettings(settings);
  applySettings(settings); // before the state changes, so that the next drawing speaks the new language
  dispatch({ type: "settings", settings });
  const { desktop } = getState().choices;
  if (change.language && desktop && desktop !== "off") choose("desktop", change.language); // its notices speak the same
}
