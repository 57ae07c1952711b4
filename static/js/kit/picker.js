// Choosing a person by typing: a field with the people whose names fit.

import { html, useState } from "../../vendor/preact.js";
import { inOrder, t } from "../i18n/i18n.js";
import { called } from "../state/names.js";
import { beginsSo, isCalled } from "../state/screen.js";
import { isComposed } from "./composed.js";
import { useSought } from "./everyone.js";
import { avatar, name as nameOf, roleWord, userName, verified } from "./faces.js";

const most = 6; // as many as fit under the field without scrolling

const found = (/** @type {Page.State} */ state, /** @type {string} */ text) =>
  Object.values(state.people)
    .filter((person) => !person.me && !person.revoked && isCalled(person, text))
    .sort(
      (a, b) =>
        Number(beginsSo(b, text)) - Number(beginsSo(a, text)) ||
        Number(b.contact) - Number(a.contact) ||
        Number(Boolean(b.online)) - Number(Boolean(a.online)) ||
        inOrder(called(a), called(b)),
    )
    .slice(0, most);

/** @param {Page.Props} props */
export function NamePicker({ id, name, state, label, error, onPick }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  useSought(state, text);
  const people = open && text.trim() ? found(state, text) : [];
  const active = people[Math.min(at, people.length - 1)];

  function pick(/** @type {Api.Person} */ person) {
    setText(person.name);
    setOpen(false);
    onPick(person);
  }

  function onKeyDown(/** @type {Page.Press} */ event) {
    if (isComposed(event)) return;
    if (!people.length) return;
    if (event.key === "ArrowDown") setAt((at + 1) % people.length);
    else if (event.key === "ArrowUp") setAt((at + people.length - 1) % people.length);
    else if (event.key === "Enter") pick(active);
    else if (event.key === "Escape") setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return html`
    <div class="picker">
      <div class="input">
        <input id=${id} name=${name} dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false"
          role="combobox" aria-label=${label}
          aria-autocomplete="list" aria-expanded=${String(people.length > 0)} aria-controls=${`${id}-list`}
          aria-activedescendant=${active ? `${id}-${active.uid}` : undefined}
            placeholder=${t("field.username")} aria-invalid=${error ? "true" : undefined} aria-describedby=${error ? `${id}-error` : undefined} value=${text}
          onInput=${(event) => {
            setText(event.target.value);
            setAt(0);
            setOpen(true);
          }} onKeyDown=${onKeyDown}
            onBlur=${() => setOpen(false)} />
      </div>
      <ul class="options" id=${`${id}-list`} role="listbox" aria-label=${t("newgroup.found")} hidden=${!people.length}>
        ${people.map((person) => html`
          <li key=${person.uid} id=${`${id}-${person.uid}`} class=${`option ${person === active ? "is-on" : ""}`}
            role="option" data-name=${person.name}
            aria-selected=${String(person === active)}
              onMouseDown=${(event) => {
                event.preventDefault();
                pick(person);
              }}>
            ${avatar(person, "s")}<span class="grow"><span class="strong option-name">
              ${nameOf(called(person))}${verified(person)}</span><span class="quiet">${userName(person, roleWord(person.role))}</span></span>
            ${person === active && html`<kbd aria-hidden="true">Enter</kbd>`}</li>`)}
      </ul>
    </div>`;
}
