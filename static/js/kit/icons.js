// Small signs: icons of the sprite, buttons that are an icon alone, a message's state ring, and the dots of what takes a while.

import { html } from "../../vendor/preact.js";
import { t } from "../i18n/i18n.js";

export const icon = (/** @type {string} */ name) => html`<svg class="icon" aria-hidden="true" focusable="false">
  <use href=${`#i-${name}`} /></svg>`;

// Its name is there for whoever listens or points.
/** @type {(sign: string, label: string, press: Function, more?: any) => any} */
export const iconButton = (sign, label, press, { look = "", ...more } = {}) => html`<button type="button" class=${`ghost ${look}`}
  aria-label=${label} title=${label} onClick=${press} ...${more}>${icon(sign)}</button>`;

const states = ["waiting", "authority", "delivered", "read", "failed"];

export const ring = (/** @type {string} */ state) => states.includes(state) && html`
  <span class=${`state is-${state}`}>
    <svg aria-hidden="true" focusable="false"><use href=${state === "failed" ? "#i-warn" : `#s-${state}`} /></svg><span class="sr">
      ${t(`state.${state}`)}</span>
  </span>`;

export const dots = () => html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;
