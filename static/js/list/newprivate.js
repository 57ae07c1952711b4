// Somebody to write to: everybody one may write to stands there at once, and typing finds among them. Of many people as many
// rows are in the page as one has scrolled to.

import { html, useRef, useState } from "../../vendor/preact.js";
import { openChat, openPerson } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { toWriteTo } from "../state/screen.js";
import { foundOf } from "../state/ticks.js";
import { isComposed } from "../kit/composed.js";
import { FormDialog } from "../kit/dialog.js";
import { Others, useSought } from "../kit/everyone.js";
import { avatar, name as nameOf, userName, verified } from "../kit/faces.js";
import { errorLine, SearchField } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { guarded } from "../kit/guard.js";
import { presenceWord } from "../kit/presence.js";
import { rovingFocus } from "../kit/rovingfocus.js";

const step = 60; // rows that are drawn, and as many more at each end of the scrolling

const One = guarded(({ person, now, stop }) => html`
  <li><button type="button" class="menu-item" tabindex=${stop ? "0" : "-1"} data-write-to=${person.uid} data-name=${person.name}
    onClick=${() => openChat(`p:${person.uid}`)}>${avatar(person, "s")}<span class="grow">
      <span class="strong option-name">${nameOf(called(person))}${verified(person)}</span>
      <span class="quiet">${userName(person, presenceWord(person, now))}</span></span></button></li>`);

export function NewPrivate(/** @type {Page.Props} */ { state }) {
  const it = useForm(["username"], async ({ username }) => openPerson(username));
  const [text, setText] = useState("");
  const [drawn, setDrawn] = useState(step);
  const list = /** @type {{current: HTMLElement}} */ (useRef(null));
  useSought(state, text);
  const people = foundOf(toWriteTo(state), text);
  const first = () => /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector("button"));
  function find(/** @type {string} */ sought) {
    setText(sought);
    setDrawn(step);
    if (list.current) list.current.scrollTop = 0;
  }
  function onFieldKey(/** @type {Page.Press} */ event) {
    if (isComposed(event)) return;
    if (event.key === "ArrowDown" && people.length) first()?.focus();
    else if (event.key === "Enter" && text.trim() && people.length) openChat(`p:${people[0].uid}`);
    else return;
    event.preventDefault();
  }
  function onListKey(/** @type {Page.Press} */ event) {
    if (event.key === "ArrowUp" && document.activeElement === first()) document.getElementById("new-name")?.focus();
    else if (!rovingFocus(event, "button")) return;
    event.preventDefault();
  }
  return html`
    <${FormDialog} kind="new_private" title=${t("new.private")} it=${it} go=${t("empty.go")} note=${t("new.private.hint")}>
      <div class=${`field ${it.at("username") ? "has-error" : ""}`}>
        <div class="ticks">
          <${SearchField} id="new-name" name="username" look="on-panel" label=${t("ticks.search")} value=${text} find=${find} onKeyDown=${onFieldKey}
            autocapitalize="none" aria-invalid=${it.at("username") ? "true" : undefined}
            aria-describedby=${it.at("username") ? "new-name-error" : undefined} />
          ${errorLine("new-name-error", it.at("username"))}
          <p class="sr" role="status">${text.trim() ? t("search.count", { n: people.length }) : ""}</p>
          ${people.length
              ? html`<ul class="tick-list is-tall" ref=${list} aria-label=${t("empty.people")} onKeyDown=${onListKey}
            onScroll=${(/** @type {Page.Press} */ { currentTarget: box }) => box.scrollHeight - box.scrollTop < 2 * box.clientHeight &&
              drawn < people.length && setDrawn(drawn + step)}>
            ${people.slice(0, drawn).map((person, at) => html`<${One} key=${person.uid} person=${person} now=${state.now} stop=${at === 0} />`)}</ul>`
              : html`<p class="quiet center">${t(text.trim() ? "list.nothing" : "safety.nobody")}</p>`}
          ${!text.trim() && html`<${Others} state=${state} />`}</div>
        </div><//>`;
}
