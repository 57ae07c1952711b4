// People and groups as they are seen everywhere: pictures, names, roles, the "verified" mark.

import { html } from "../../vendor/preact.js";
import { isSeen, plain, t } from "../i18n/i18n.js";
import { graphemesOf } from "../lib/graphemes.js";
import { called } from "../state/names.js";
import { icon } from "./icons.js";
import { Portrait } from "./portrait.js";

export const hue = (/** @type {string} */ id) => `hue-${((parseInt(String(id).slice(0, 8), 16) || 0) % 6) + 1}`;

const first = (/** @type {string} */ text) => graphemesOf(plain(text).trim())[0]?.toLocaleUpperCase() ?? "?";

const presence = (/** @type {boolean | null | undefined} */ online) =>
  online != null && html`<span class=${`presence ${online ? "is-online" : "is-away"}`}></span>`;

/** A person is a circle with their picture, or the name's first letter. @param {Api.Person} person @param {string} [size] @param {boolean} [shows] */
export const avatar = (person, size = "", shows = true) => html`
  <span class=${`avatar ${hue(person.uid)} ${size}`} aria-hidden="true">
    <span>${first(called(person))}</span>${person.picture && html`<${Portrait} key=${person.uid} of=${person} />`}${shows && presence(person.online)}
  </span>`;

/** Of the private talk with somebody; the one with oneself has a sign. @param {Api.Person} person @param {string} [size] @param {boolean} [shows] */
export const talkAvatar = (person, size = "", shows = true) =>
  person.me ? html`<span class=${`avatar is-notes ${size}`} aria-hidden="true">${icon("doc")}</span>` : avatar(person, size, shows);

/** A group is a rounded square with its picture, or the sign of groups. @param {string} gid @param {string} [size] @param {string | null} [picture] */
export const groupAvatar = (gid, size = "", picture = null) => html`
  <span class=${`avatar is-group ${hue(gid)} ${size}`} aria-hidden="true">${icon("group")}
    ${picture && html`<${Portrait} key=${gid} of=${{ gid, picture }} />`}</span>`;

/** Somebody's or something's name; one that nobody sees is said to be none. @param {string} text */
export const name = (text) => (isSeen(text) ? html`<bdi>${plain(text)}</bdi>` : html`<span class="quiet">${t("bounds.no_name")}</span>`);

/** Under what somebody is called: the user name, where that is something else, and more. @param {Api.Person} person @param {Page.Content} [more] */
export const userName = (person, more = "") =>
  called(person) === person.name ? more : html`<bdi class="user-name">${person.name}</bdi>${more && " · "}${more}`;

export const verified = (/** @type {Api.Person | null | undefined} */ person) =>
  person?.verified && html`<span class="verified">${icon("verified")}<span class="sr">${t("contact.verified")}</span></span>`;

// A word or two about somebody, beside the name.
export const chip = (/** @type {string} */ words, look = "") => html`<span class=${`chip ${look}`}>${words}</span>`;

/** @type {Record<string, string>} */
const roles = { "super admin": "super", admin: "admin", "advanced user": "advanced", "beginner user": "beginner" };
/** A role that this page doesn't know is told by its own name. @param {string | null} role */
export const roleWord = (role) => (roles[role ?? ""] ? t(`role.${roles[role ?? ""]}`) : plain(role));
export const roleMay = (/** @type {string | null} */ role) => (roles[role ?? ""] ? t(`role.${roles[role ?? ""]}.may`) : "");
