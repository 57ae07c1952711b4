// People whom the page doesn't know yet: among many accounts the agent is asked for them as they are sought.

import { html, useEffect } from "../../vendor/preact.js";
import { attempt } from "../actions/notice.js";
import { findPeople } from "../actions/people.js";
import { t } from "../i18n/i18n.js";
import { othersOf } from "../state/screen.js";

const pause = 120; // ms for the next key

/** Whoever is called so comes into the page's state. @param {Page.State} state @param {string} text */
export function useSought(state, text) {
  const sought = text.trim();
  const areAll = othersOf(state) === 0;
  useEffect(() => {
    if (!sought || areAll) return undefined;
    const timer = setTimeout(() => attempt(findPeople(sought)), pause);
    return () => clearTimeout(timer);
  }, [sought, areAll]);
}

/** Under a list of people, that it isn't all of them. @param {Page.Props} props */
export const Others = ({ state }) =>
  othersOf(state) > 0 && html`<p class="quiet center" data-others>${t("people.others", { n: othersOf(state) })}</p>`;
