// Small signs: icons of the sprite, people's and groups' faces, presence, the "verified" mark, a message's state ring.

import { html } from "../../vendor/preact.js";
import { isSeen, plain, t } from "../i18n/i18n.js";

export const icon = (/** @type {string} */ name) => html`<svg class="icon" aria-hidden="true" focusable="false">
  <use href=${`#i-${name}`} /></svg>`;

/** A button that is an icon alone, with its name for whoever listens or points. @type {(sign: string, label: string, press: Function, more?: any) => any} */
export const iconButton = (sign, label, press, { look = "", ...more } = {}) => html`<button type="button" class=${`ghost ${look}`}
  aria-label=${label} title=${label} onClick=${press} ...${more}>${icon(sign)}</button>`;

export const hue = (/** @type {string} */ id) => `hue-${((parseInt(String(id).slice(0, 8), 16) || 0) % 6) + 1}`;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const first = (/** @type {string} */ name) => [...segmenter.segment(plain(name).trim())][0]?.segment.toLocaleUpperCase() ?? "?";

function presence(/** @type {boolean | null | undefined} */ online) {
  if (online === null || online === undefined) return null;
  return html`<span class=${`presence ${online ? "is-online" : "is-away"}`}></span>`;
}

/** A person is a circle with the name's first letter. @param {Api.Person} person @param {string} [size] @param {boolean} [shows] */
export const avatar = (person, size = "", shows = true) => html`
  <span class=${`avatar ${hue(person.uid)} ${size}`} aria-hidden="true">
    <span>${first(person.name)}</span>${shows && presence(person.online)}
  </span>`;

/** @param {string} gid @param {string} [size] */
export const groupAvatar = (gid, size = "") =>
  html`<span class=${`avatar is-group ${hue(gid)} ${size}`} aria-hidden="true">${icon("group")}</span>`;

/** Somebody's or something's name; one that nobody sees is said to be none. @param {string} text */
export const name = (text) => (isSeen(text) ? html`<bdi>${plain(text)}</bdi>` : html`<span class="quiet">${t("bounds.no_name")}</span>`);

export const verified = (/** @type {Api.Person | null | undefined} */ person) =>
  person?.verified &&
  html`<span class="verified">${icon("verified")}<span class="sr">${t("contact.verified")}</span></span>`;

/** @type {Record<string, string>} */
const rings = {
  waiting: "s-waiting",
  authority: "s-authority",
  delivered: "s-delivered",
  read: "s-read",
  failed: "i-warn",
};

export const ring = (/** @type {string} */ state) =>
  rings[state] &&
  html`
  <span class=${`state is-${state}`}>
    <svg aria-hidden="true" focusable="false"><use href=${`#${rings[state]}`} /></svg><span class="sr">
      ${t(`state.${state}`)}</span>
  </span>`;

export const dots = () => html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;

/** @type {Record<string, string>} */
const roles = { "super admin": "super", admin: "admin", "advanced user": "advanced", "beginner user": "beginner" };
/** A role that this page doesn't know is told by its own name. @param {string | null} role */
export const roleWord = (role) => (roles[role ?? ""] ? t(`role.${roles[role ?? ""]}`) : plain(role));
export const roleMay = (/** @type {string | null} */ role) => (roles[role ?? ""] ? t(`role.${roles[role ?? ""]}.may`) : "");
