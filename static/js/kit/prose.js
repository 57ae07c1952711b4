// What somebody typed, made of text nodes: paragraphs, quotes and lists in their own direction, marks, code, links.

import { html, useState } from "../../vendor/preact.js";
import { copy } from "../actions/messageactions.js";
import { plain, t } from "../i18n/i18n.js";
import { partsOf } from "../lib/highlight.js";
import { languageName } from "../lib/languages.js";
import { blocksOf, clipped } from "../lib/prose.js";
import { openGroupLink } from "../actions/joining.js";
import { openMessage, showPerson } from "../actions/reading.js";
import { getState, openDialog } from "../core/store.js";
import { isEverybody, nameOf } from "../lib/mentions.js";
import { personCalled } from "../state/mentions.js";
import { linkedGroup, linkedMessage, messagePlace } from "../state/place.js";
import { called } from "../state/names.js";
import { icon, iconButton } from "./icons.js";
import { run } from "./words.js";

// A link is shown whole and is what it says. Where it is written in letters that are easily mistaken, the name that is
// looked up stands beside it, and the first press asks.
function Link(/** @type {Page.Props} */ { text, href, host }) {
  const ask = (/** @type {Page.Press} */ event) => {
    event.preventDefault();
    openDialog({ kind: "link", text, href, host });
  };
  const linked = linkedMessage(href);
  if (linked) {
    const go = (/** @type {Page.Press} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab, as anywhere
      event.preventDefault();
      openMessage(linked.chat, linked.id);
    };
    const place = messagePlace(linked);
    return html`<a class="url" dir="ltr" href=${place} title=${t("msg.place")} data-leads=${linked.id} onClick=${go}>${text}</a>`;
  }
  const group = linkedGroup(href);
  if (group) {
    const said = t("joinlink.to", { group: group.name });
    return html`<button type="button" class="link group-link" aria-label=${said} title=${said} data-group-link=${group.gid} data-copied=${href}
      onClick=${() => openGroupLink(group)}>${icon("group")}<bdi>${plain(group.name)}</bdi></button>`;
  }
  if (/^web\+/iu.test(href)) return html`<bdi class="url" dir="ltr">${text}</bdi>`; // it leads nowhere
  return html`<a class=${/^https?:/u.test(href) ? "url" : "url of-person"} dir="ltr" href=${href} title=${href} rel="noopener noreferrer" target="_blank"
    onClick=${host === null ? undefined : ask}>${text}</a>${host !== null && html` <bdi class="host" dir="ltr">(${host})</bdi>`}`;
}

// A name behind an @ leads to that person; what is nobody's is text.
function Named(/** @type {Page.Props & {dir: string}} */ { kind, text, dir }) {
  const name = nameOf(text);
  if (name === null) return run({ kind, text, dir });
  const { people } = getState();
  const person = personCalled(people, name);
  if (!person) return isEverybody(name) ? html`<bdi class="at-all">${text}</bdi>` : run({ kind, text, dir });
  const rest = text.slice(name.length + 1);
  return html`<button type="button" class=${`at ${person.me ? "is-me" : ""}`} data-at=${person.uid} data-copied=${`@${person.name}`}
    onClick=${() => showPerson(person.uid)}><bdi>@${called(person)}</bdi></button>${rest}`;
}

// What its writer wanted to be seen only by who asks: a press shows it, and it stays shown here.
function Hidden(/** @type {Page.Props} */ { spans: inside }) {
  const [isShown, show] = useState(false);
  if (isShown) return html`<span class="hidden-words is-shown">${inside.map(spanView)}</span>`;
  return html`<button type="button" class="hidden-words" aria-label=${t("msg.hidden")} title=${t("msg.hidden")}
    onClick=${() => show(true)}><span aria-hidden="true">${inside.map(spanView)}</span></button>`;
}

/** @type {Record<string, (span: any) => Page.Content>} */
const spans = {
  mark: ({ look, spans: inside }) =>
    look === "hidden" ? html`<${Hidden} spans=${inside} />` : html`<${look}>${inside.map(spanView)}<//>`,
  text: run,
  run: (span) => html`<${Named} ...${span} />`,
  code: ({ text }) => html`<code dir="ltr">${text}</code>`,
  link: (span) => html`<${Link} ...${span} />`,
};

const spanView = (/** @type {{kind: string}} */ span) => spans[span.kind](span);

const arabic = /\p{Script=Arabic}/u; // letters that need more air between lines

/** @param {any} span @returns {boolean} */
const needsAir = ({ kind, text, spans: inside }) =>
  kind === "mark" ? inside.some(needsAir) : kind !== "code" && kind !== "link" && arabic.test(text);

const look = (/** @type {any[]} */ inside) => (inside.some(needsAir) ? "is-airy" : undefined);
const words = (/** @type {any[]} */ inside) => (inside.length ? inside.map(spanView) : html`<br />`);
// Inside a quote or a list, whose side of the bubble its own first letters decide: that isn't asked of what has a direction.
const within = (/** @type {any} */ { spans: inside }) => html`<p class=${look(inside)}>${words(inside)}</p>`;

const coloured = (/** @type {{text: string, language: string}} */ { text, language }) =>
  partsOf(text, language).map(({ look: kind, text: part }) => (kind ? html`<span class=${`code-${kind}`}>${part}</span>` : part));

/** @type {Record<string, (block: any, end: Page.Content) => Page.Content>} */
const views = {
  line: ({ spans: inside }, end) => html`<p dir="auto" class=${look(inside)}>${words(inside)}${end}</p>`,
  quote: (block) => html`<blockquote dir="auto">${block.lines.map(within)}</blockquote>`,
  list: (block) => html`<ul dir="auto" class="items">${block.items.map((/** @type {any} */ one) => html`
    <li class=${`depth-${one.depth}`}><span class="item-mark">${one.mark}</span>${within(one)}</li>`)}</ul>`,
  code: (block) => html`<div class="code-block" dir="ltr">${block.language && html`<span class="code-language">${languageName(block.language)}</span>`}<pre tabindex="0"
      aria-label=${languageName(block.language) || t("msg.code")}><code>${coloured(block)}</code></pre>
      ${iconButton("copy", t("action.copy"), () => copy(block.text), { look: "small" })}</div>`,
};

/** The time stands inside the last paragraph, or under it where something else is last. @param {Page.Props} props */
export function Prose({ text, end, onMore }) {
  const { blocks, more } = onMore ? clipped(text) : { blocks: blocksOf(text), more: false };
  const inside = blocks.at(-1)?.kind === "line" && !more;
  return html`
    <div class="text">
      ${blocks.map((block, at) => views[block.kind](block, inside && at === blocks.length - 1 && end))}
      ${more && html`<p><button type="button" class="link" onClick=${onMore}>${t("msg.all")}</button></p>`}
    </div>${!inside && end}`;
}
