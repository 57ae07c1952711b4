// The log as a timeline: every entry that the agent has checked, newest on top, in words.

import { html, useEffect } from "../../vendor/preact.js";
import { readLog } from "../actions/safety.js";
import { dayAndTime, digits, iso, isTime, t } from "../i18n/i18n.js";
import { guarded } from "../kit/guard.js";
import { roleWord } from "../kit/faces.js";
import { dots, icon } from "../kit/icons.js";
import { userNameOf } from "../kit/system.js";

/** @type {[Page.Filter, string][]} */
const filters = [
  [null, "all"],
  ["keys", "keys"],
  ["roles", "roles"],
  ["new", "new"],
  ["groups", "groups"],
];

/** @type {Record<string, string>} */
const whyOf = {
  key_own: "log.key.old", key_recovery: "log.key.recovery", recovery_own: "log.recovery.old", recovery_sole: "log.recovery.sole",
};

// What an entry says: sign, words, second line, and whether it needs a look.
/** @param {Api.LogEntry} entry @param {Page.People} people @returns {[string, string, string, boolean?]} */
function told({ kind, who, by, role, why }, people) {
  const name = userNameOf(people, who);
  if (kind === "genesis") return ["flag", t("log.genesis"), t("log.genesis.sub")];
  if (kind === "register") return ["add-person", t("log.register", { name }), t("log.register.self")];
  const reason = whyOf[`${kind}_${why}`];
  const sub = reason ? t(reason) : t("log.by", { name: userNameOf(people, by) });
  if (kind === "role") return ["role", t("log.role", { name, role: { ready: roleWord(role).toLocaleLowerCase() } }), sub];
  if (kind === "recovery") return ["key", t("log.recovery", { name }), sub, why !== "own"];
  if (kind === "key") return ["key", t("log.key", { name }), sub, true];
  return ["group", t("log.group"), t("log.group.hash")];
}

const Entry = guarded(({ entry, people, now }) => {
  const [sign, words, sub, warns] = told(entry, people);
  return html`
    <li class=${`entry ${warns ? "is-warn" : ""}`} data-entry=${entry.n} data-kind=${entry.kind}>
      <span class="entry-icon">${icon(sign)}</span>
      <div class="grow"><p>${words}</p><p class="quiet">${sub}</p>
        ${isTime(entry.noticed) && html`<p class="quiet" data-noticed><time datetime=${iso(entry.noticed)}>
          ${t("log.noticed", { time: { ready: dayAndTime(entry.noticed, now) } })}</time></p>`}</div>
      <p class="entry-n"><span class="sr">${t("log.number")} </span><span class="code">
        ${digits(entry.n)}</span></p></li>`;
});

// Changes with what the page hears of that only a new entry can have brought about: the log itself isn't pushed.
const grown = (/** @type {{people: Page.People, conversations: Record<string, Api.Conversation>}} */ { people, conversations }) =>
  [
    ...Object.values(people).map(({ role, new_key: key, revoked }) => `${role} ${key?.entry} ${revoked}`),
    ...Object.values(conversations).map(({ group }) => group?.certificate.entry),
  ].join();

export function Logbook(/** @type {Page.Props} */ { state }) {
  const { log, people } = state;
  useEffect(() => void readLog(log.filter), [log.size, grown(state)]);
  const last = log.entries.at(-1);
  return html`
    <section class="logbook" aria-labelledby="log-title">
      <header class="part"><h3 id="log-title">${t("log.title")}</h3>
        ${log.seenBy > 0 && html`<p class="chip is-ok">${icon("check")}<span>
        ${t("log.same", { n: log.seenBy })}</span></p>`}</header>
      <p class="quiet">${t("log.count", { n: log.size })}</p>
      <div class="filters" role="group" aria-label=${t("log.filter")}>${filters.map(([filter, word]) => html`
        <button type="button" class="filter" data-filter=${word} aria-pressed=${String(log.filter === filter)}
          onClick=${() => readLog(filter)}>${t(`log.${word}`)}</button>`)}</div>
      <ol class="timeline" aria-busy=${String(log.asking)}>
        ${log.entries.map((entry) => html`<${Entry} key=${entry.n} entry=${entry} people=${people} now=${state.now} />`)}</ol>
      ${!log.asking && !log.entries.length && html`<p class="none">${t("log.none")}</p>`}
      ${log.asking && html`<p class="none">${dots()}</p>`}
      ${log.more && !log.asking && html`<button type="button" class="button wide"
        onClick=${() => readLog(log.filter, last?.n)}>${t("log.more")}</button>`}
    </section>`;
}
