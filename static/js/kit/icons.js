// Small signs: icons of the sprite, people's and groups' faces, presence, the "verified" mark, a message's state ring.

import { html } from "../../vendor/preact.js";
import { isSeen, plain, t } from "../i18n/i18n.js";

export const icon = (name) => html`<svg class="icon" aria-hidden="true" focusable="false">
  <use href=${`#i-${name}`} /></svg>`;

export const hue = (id) => `hue-${((parseInt(String(id).slice(0, 8), 16) || 0) % 6) + 1}`;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const first = (name) => [...segmenter.segment(plain(name).trim())][0]?.segment.toLocaleUpperCase() ?? "?";

function presence(online) {
  if (online === null || online === undefined) return null;
  return html`<span class=${`presence ${online ? "is-online" : "is-away"}`}></span>`;
}

// A person is a circle with the name's first letter.
export const avatar = (person, size = "", shows = true) => html`
  <span class=${`avatar ${hue(person.uid)} ${size}`} aria-hidden="true">
    <span>${first(person.name)}</span>${shows && presence(person.online)}
  </span>`;

export const groupAvatar = (gid, size = "") =>
  html`<span class=${`avatar is-group ${hue(gid)} ${size}`} aria-hidden="true">${icon("group")}</span>`;

// Somebody's or something's name; one that nobody sees is said to be none.
export const name = (text) => (isSeen(text) ? html`<bdi>${plain(text)}</bdi>` : html`<span class="quiet">${t("bounds.no_name")}</span>`);

export const verified = (person) =>
  person?.verified &&
  html`<span class="verified">${icon("verified")}<span class="sr">${t("contact.verified")}</span></span>`;

const rings = {
  waiting: "s-waiting",
  authority: "s-authority",
  delivered: "s-delivered",
  read: "s-read",
  failed: "i-warn",
};

export const ring = (state) =>
  rings[state] &&
  html`
  <span class=${`state is-${state}`}>
    <svg aria-hidden="true" focusable="false"><use href=${`#${rings[state]}`} /></svg><span class="sr">
      ${t(`state.${state}`)}</span>
  </span>`;

export const dots = () => html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;

const roles = { "super admin": "super", admin: "admin", "advanced user": "advanced", "beginner user": "beginner" };
// A role that this page doesn't know is told by its own name.
export const roleWord = (role) => (roles[role] ? t(`role.${roles[role]}`) : plain(role));
export const roleMay = (role) => (roles[role] ? t(`role.${roles[role]}.may`) : "");
