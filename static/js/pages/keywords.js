// The words that one wants to be told of, in Settings: each with what takes it out, and a field for one more.

import { html, useState } from "../../vendor/preact.js";
import { setKeywords } from "../actions/choices.js";
import { t } from "../i18n/i18n.js";
import { icon } from "../kit/icons.js";
import { longest, most, whyNot } from "../lib/keywords.js";

// The word goes with the press, and focus to where the next one is typed.
const toField = () => requestAnimationFrame(() => document.getElementById("keyword")?.focus());

const Word = (/** @type {{word: string, remove: () => void}} */ { word, remove }) => html`
  <li class="chip keyword" data-keyword=${word}><bdi>${word}</bdi><button type="button" class="ghost" aria-label=${t("keywords.remove", { word })}
    title=${t("keywords.remove", { word })} onClick=${remove}>${icon("close")}</button></li>`;

/** @param {{keywords: string[]}} props */
export function Keywords({ keywords }) {
  const [typed, type] = useState("");
  const [why, say] = useState(/** @type {string | null} */ (null));

  function add(/** @type {Event} */ event) {
    event.preventDefault();
    const word = typed.trim().replace(/\s+/g, " ");
    const reason = word ? whyNot(keywords, word) : null;
    say(reason);
    if (!word || reason) return;
    type("");
    setKeywords([...keywords, word]);
  }

  return html`
    <div class="set-row keywords"><div><label class="strong" for="keyword">${t("keywords.title")}</label>
      <p class="quiet" id="keyword-hint">${t(keywords.length < most ? "keywords.hint" : "keywords.full", { n: most })}</p>
      ${keywords.length > 0 && html`<ul class="keyword-list" aria-label=${t("keywords.title")}>${keywords.map((word) => html`
        <${Word} key=${word} word=${word} remove=${() => setKeywords(keywords.filter((one) => one !== word)).then(toField)} />`)}</ul>`}</div>
      ${why && html`<p class="error" id="keyword-error" role="alert" data-why=${why}>${icon("warn")}<span>${t(why, { n: longest })}</span></p>`}
      <form class=${why ? "has-error" : ""} onSubmit=${add}><div class="input"><input id="keyword" dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false"
          value=${typed} disabled=${keywords.length >= most} aria-describedby=${why ? "keyword-error keyword-hint" : "keyword-hint"} aria-invalid=${why ? "true" : undefined}
          onInput=${(/** @type {any} */ event) => {
            type(event.target.value);
            say(null);
          }} /></div>
        <button type="submit" class="button" disabled=${keywords.length >= most}>${t("keywords.add")}</button></form></div>`;
}
