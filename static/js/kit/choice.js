// The rows of Settings: one choice of several, a switch, something to press; and choices in a form.

import { html } from "../../vendor/preact.js";

/** options: [value, words, language of the words] @param {Omit<Page.Props, "now"> & {now: string}} props */
export const Segments = ({ id, words, hint, now, options, change }) => html`
  <div class="set-row"><div class="grow"><p class="strong">${words}</p>${hint && html`<p class="quiet">${hint}</p>`}</div>
    <fieldset class="segs"><legend class="sr">${words}</legend>
      ${options.map((/** @type {[string, string, string?]} */ [value, label, lang]) => html`
        <label class="seg" key=${value}><input type="radio" name=${id} value=${value} checked=${now === value}
          onChange=${() => change(value)} /><span><span lang=${lang}>${label}</span></span></label>`)}
    </fieldset></div>`;

/** One of several things that can be chosen in a form, or one that can be ticked, with a line that says what it means. @param {Page.Props} props */
export const Choice = ({ type = "radio", name, value, checked, words, hint }) => html`
  <label class="choice"><input type=${type} name=${name} value=${value} defaultChecked=${checked} /><span>
    <span class="strong">${words}</span><span class="quiet">${hint}</span></span></label>`;

export const Switch = (/** @type {Page.Props} */ { id, words, hint, on, change }) => html`
  <div class="set-row"><div class="grow"><label class="strong" for=${id}>${words}</label>
    ${hint && html`<p class="quiet" id=${`${id}-hint`}>${hint}</p>`}</div>
    <input class="switch-box" type="checkbox" role="switch" id=${id} checked=${on}
      aria-describedby=${hint ? `${id}-hint` : undefined} onChange=${(event) => change(event.target.checked)} /></div>`;

export const Action = (/** @type {Page.Props} */ { words, hint, go, stop, press, id }) => html`
  <div class="set-row"><div class="grow"><p class="strong">${words}</p><p class="quiet">${hint}</p></div>
    <button type="button" id=${id} class=${`button small ${stop ? "stop" : ""}`} onClick=${press}>${go}</button></div>`;
