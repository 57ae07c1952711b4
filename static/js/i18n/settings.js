// How the page looks and types for the person at this computer: kept in localStorage, shown on the root element.
// Holds nothing secret and nothing anybody wrote.

import { languages, setLanguage } from "./i18n.js";

const place = "hamraz.settings";
/** @type {Object<string, (string | boolean)[]>} */
const choices = {
  language: ["en", "fa"],
  digits: ["own", "latin"],
  calendar: ["own", "persian", "gregory"],
  theme: ["system", "light", "dark"],
  size: ["small", "medium", "large"],
  enter: [true, false],
};

export function loadSettings() {
  const settings = {
    language: navigator.language.startsWith("fa") ? "fa" : "en",
    digits: "own",
    calendar: "own",
    theme: "system",
    size: "medium",
    enter: true,
  };
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(place)) ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // somebody else's value: start anew
  }
  for (const [name, allowed] of Object.entries(choices)) if (allowed.includes(kept[name])) settings[name] = kept[name];
  return settings;
}

export const saveSettings = (settings) => localStorage.setItem(place, JSON.stringify(settings));

export function applySettings(settings) {
  const root = document.documentElement;
  setLanguage(settings.language, settings.digits, settings.calendar);
  root.lang = settings.language;
  root.dir = languages[settings.language].dir;
  root.dataset.size = settings.size;
  if (settings.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = settings.theme;
}

export const isDark = (settings) =>
  settings.theme === "dark" || (settings.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
