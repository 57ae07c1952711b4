// What somebody typed, made of text nodes: paragraphs in their own direction, inline code, blocks of code, links.

import { html } from "../../vendor/preact.js";
import { showToast } from "../actions/notice.js";
import { t } from "../i18n/i18n.js";
import { blocksOf } from "../lib/prose.js";
import { dispatch } from "../core/store.js";
import { icon } from "./icons.js";
import { run } from "./words.js";

const copy = (text) => navigator.clipboard.writeText(text).then(() => showToast("action.copied"));

// A link is shown whole and is what it says. Where it is written in letters that are easily mistaken, the name that is
// looked up stands beside it, and the first press asks.
function Link({ text, href, host }) {
  const ask = (event) => {
    event.preventDefault();
    dispatch({ type: "dialog", dialog: { kind: "link", text, href, host } });
  };
  return html`<a class="url" dir="ltr" href=${href} title=${href} rel="noopener noreferrer" target="_blank"
    onClick=${host === null ? undefined : ask}>${text}</a>${host !== null && html` <bdi class="host" dir="ltr">(${host})</bdi>`}`;
}

const spans = {
  text: run,
  run,
  code: ({ text }) => html`<code dir="ltr">${text}</code>`,
  link: (span) => html`<${Link} ...${span} />`,
};

const arabic = /\p{Script=Arabic}/u; // letters that need more air between lines

const Block = ({ block, end }) => {
  if (block.kind === "code") {
    return html`<div class="code-block" dir="ltr"><pre tabindex="0" aria-label=${block.language || t("msg.code")}><code>
      ${block.text}</code></pre>
      <button type="button" class="ghost small" aria-label=${t("action.copy")} title=${t("action.copy")}
        onClick=${() => copy(block.text)}>${icon("copy")}</button></div>`;
  }
  const isAiry = block.spans.some(({ kind, text }) => kind !== "code" && kind !== "link" && arabic.test(text));
  return html`<p dir="auto" class=${isAiry ? "is-airy" : undefined}>
    ${block.spans.length ? block.spans.map((span) => spans[span.kind](span)) : html`<br />`}${end}</p>`;
};

// The time stands inside the last paragraph, or under it where code is last.
export function Prose({ text, end, more }) {
  const blocks = blocksOf(text);
  const inside = blocks.at(-1).kind === "line" && !more;
  return html`
    <div class="text">
      ${blocks.map(
        (block, at) => html`<${Block} key=${at} block=${block}
        end=${inside && at === blocks.length - 1 && end} />`,
      )}
      ${more && html`<p>${more}</p>`}
    </div>${!inside && end}`;
}
