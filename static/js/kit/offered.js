// What is offered over a field while one types in it: a list, of which one is chosen by arrows and Enter or by a press.

import { html } from "../../vendor/preact.js";

/** `takes` is given the field's keys first; true if one was for the list. `row` says how one of them looks: its key, attributes
 * and content. chosen: -1 while none is, when only Tab takes the first.
 * @template T
 * @param {{id: string, label: string, told: string, offered: T[], chosen: number, move: (at: number) => void, put: (one: T) => void,
 *   leave: () => void, row: (one: T) => {key: string, attributes: object, content: ReturnType<typeof html>}}} what */
export function offer({ id, label, told, offered, chosen, move, put, leave, row }) {
  const optionId = (/** @type {number} */ at) => `${id}-${at}`;

  function takes(/** @type {Page.Press} */ event) {
    if (!offered.length || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const step = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    if (step) move((chosen + step + offered.length) % offered.length);
    else if (event.key === "Tab" || (event.key === "Enter" && chosen >= 0)) put(offered[Math.max(0, chosen)]);
    else if (event.key === "Escape") leave();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const option = (/** @type {T} */ one, /** @type {number} */ index) => {
    const { key, attributes, content } = row(one);
    return html`<li key=${key} id=${optionId(index)} role="option" ...${attributes} class=${`option ${index === chosen ? "is-on" : ""}`}
      aria-selected=${String(index === chosen)} onMouseDown=${(/** @type {Page.Press} */ event) => {
        event.preventDefault();
        put(one);
      }}>${content}</li>`;
  };
  const list = offered.length > 0 && html`
    <ul class="options names" id=${id} role="listbox" aria-label=${label}>${offered.map(option)}</ul>
    <p class="sr" role="status">${told}</p>`;
  const aria = offered.length && chosen >= 0 ? { "aria-controls": id, "aria-activedescendant": optionId(chosen) } : {};
  return { list, takes, aria };
}
