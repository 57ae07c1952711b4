// What somebody typed, made of text nodes: paragraphs in their own direction, inline code, blocks of code, links.

import { html } from "../../vendor/preact.js";
import { copy } from "../actions/messageactions.js";
import { t } from "../i18n/i18n.js";
import { blocksOf } from "../lib/prose.js";
import { openDialog } from "../core/store.js";
import { iconButton } from "./icons.js";
import { run } from "./words.js";

// A link is shown whole and is what it says. Where it is written in letters that are easily mistaken, the name that is
// looked up stands beside it, and the first press asks.
function Link(/** @type {Page.Props} */ { text, href, host }) {
  const ask = (/** @type {Page.Press} */ event) => {
    event.preventDefault();
    openDialog({ kind: "link", text, href, host });
  };
  return html`<a class="url" dir="ltr" href=${href} title=${href} rel="noopener noreferrer" target="_blank"
    onClick=${host === null ? undefined : ask}>${text}</a>${host !== null && html` <bdi class="host" dir="ltr">(${host})</bdi>`}`;
}

/** @type {Record<string, (span: any) => Page.Content>} */
const spans = {
  text: run,
  run,
  code: ({ text }) => html`<code dir="ltr">${text}</code>`,
  link: (span) => html`<${Link} ...${span} />`,
};

const arabic = /\p{Script=Arabic}/u; // letters that need more air between lines

const needsAir = (/** @type {{kind: string, text: string}} */ { kind, text }) =>
  kind !== "code" && kind !== "link" && arabic.test(text);

const Block = (/** @type {Page.Props} */ { block, end }) => {
  if (block.kind === "code") {
    return html`<div class="code-block" dir="ltr"><pre tabindex="0" aria-label=${block.language || t("msg.code")}><code>
      ${block.text}</code></pre>
      ${iconButton("copy", t("action.copy"), () => copy(block.text), { look: "small" })}</div>`;
  }
  const isAiry = block.spans.some(needsAir);
  return html`<p dir="auto" class=${isAiry ? "is-airy" : undefined}>
    ${block.spans.length ? block.spans.map((/** @type {{kind: string}} */ span) => spans[span.kind](span)) : html`<br />`}${end}</p>`;
};

/** The time stands inside the last paragraph, or under it where code is last. @param {Page.Props} props */
export function Prose({ text, end, more }) {
  const blocks = blocksOf(text);
  const inside = blocks.at(-1)?.kind === "line" && !more;
  return html`
    <div class="text">
      ${blocks.map((block, at) => html`<${Block} key=${at} block=${block} end=${inside && at === blocks.length - 1 && end} />`)}
      ${more && html`<p>${more}</p>`}
    </div>${!inside && end}`;
}
