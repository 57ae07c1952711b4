// Messages with a star, of all conversations or of one, and a field to look for words in them.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { attempt } from "../actions/notice.js";
import { askStarred } from "../actions/stars.js";
import { t } from "../i18n/i18n.js";
import { Dialog } from "../kit/dialog.js";
import { SearchField } from "../kit/field.js";
import { Guard } from "../kit/guard.js";
import { dots } from "../kit/icons.js";
import { rovingFocus } from "../kit/rovingfocus.js";
import { SearchResult } from "../kit/searchresult.js";

const pause = 120; // ms between the last key and the question

export function Starred(/** @type {Page.Props} */ { state, dialog: { chat } }) {
  const [sought, find] = useState("");
  const [found, show] = useState(/** @type {{text: string, hits: Page.Hit[], more: boolean} | null} */ (null));
  useEffect(() => {
    let alive = true;
    const ask = () => attempt(askStarred(sought, chat).then((answer) => alive && show({ text: sought, ...answer })));
    const timer = setTimeout(ask, sought ? pause : 0);
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, [sought, chat]);
  const { hits = [], more = false } = found ?? {};
  const goOn = () =>
    attempt(askStarred(sought, chat, hits.length).then((answer) => show({ text: sought, hits: [...hits, ...answer.hits], more: answer.more })));
  return html`
    <${Dialog} kind="starred" title=${t("star.some")}>
      <div class="dialog-body starred">
        <${SearchField} id="star-search" label=${t("star.search")} look="on-card" find=${find} />
        ${!found && dots()}
        ${found && !hits.length && html`<p class="none">${t(found.text.trim() ? "star.nothing" : "star.none")}</p>`}
        <ul class="hits" hidden=${!hits.length} aria-label=${t("star.some")} onKeyDown=${(event) => rovingFocus(event, ".row")}>
          ${hits.map((hit, at) => html`<li key=${hit.message.order}><${Guard} of=${hit}><${SearchResult} hit=${hit} stop=${at === 0}
            conversation=${state.conversations[hit.message.chat]} person=${state.people[hit.message.from]}
            partner=${state.people[hit.message.chat.slice(2)]} isWithin=${chat !== null} /><//></li>`)}
          ${more && html`<li><button type="button" class="button wide" onClick=${goOn}>${t("search.more")}</button></li>`}</ul>
      </div><//>`;
}
