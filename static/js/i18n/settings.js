// How the page looks and types for the person at this computer: kept by the browser, shown on the root element.
// Holds nothing secret and nothing anybody wrote.

import { lasting } from "../lib/kept.js";
import { languages, setLanguage } from "./i18n.js";

const place = "hamraz.settings";
/** @type {Record<string, (string | boolean)[]>} */
const choices = {
  language: ["en", "fa"],
  digits: ["own", "latin"],
  calendar: ["own", "persian", "gregory"],
  theme: ["system", "light", "dark"],
  size: ["small", "medium", "large"],
  accent: ["teal", "blue", "violet", "green"],
  density: ["roomy", "compact"],
  enter: [true, false],
  technique: [true, false],
  sound: [true, false],
  asked: [true, false], // whether somebody has said what they think of notices
  introduced: [true, false], // and of showing others a name and a picture
};

export function loadSettings() {
  /** @type {Page.Look} */
  const settings = {
    language: navigator.language.startsWith("fa") ? "fa" : "en",
    digits: "own",
    calendar: "own",
    theme: "system",
    size: "medium",
    accent: "teal",
    density: "roomy",
    enter: true,
    technique: false,
    sound: true,
    asked: false,
    introduced: false,
  };
  /** @type {Record<string, any>} */
  let kept = {};
  try {
    kept = JSON.parse(lasting.get(place) ?? "null") ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // somebody else's value: start anew
  }
  const good = Object.entries(kept).filter(([name, value]) => choices[name]?.includes(value));
  return { ...settings, ...Object.fromEntries(good) };
}

export const saveSettings = (/** @type {Page.Look} */ settings) => lasting.set(place, JSON.stringify(settings));

export function applySettings(/** @type {Page.Look} */ settings) {
  const root = document.documentElement;
  setLanguage(settings.language, settings.digits, settings.calendar, settings.technique);
  root.lang = settings.language;
  root.dir = languages[settings.language].dir;
  root.dataset.size = settings.size;
  root.dataset.accent = settings.accent;
  root.dataset.density = settings.density;
  if (settings.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = settings.theme;
}

export const isDark = (/** @type {Page.Look} */ settings) =>
  settings.theme === "dark" || (settings.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
