// How the page looks and types, and the way out: lock, log out.

import { html } from "../../vendor/preact.js";
import { lock } from "../actions/account.js";
import { setLook } from "../actions/look.js";
import { attempt } from "../actions/notice.js";
import { languages, t } from "../i18n.js";
import { where } from "../screen.js";
import { dispatch } from "../store.js";
import { face, icon, name, roleWord } from "./marks.js";

const Segment = ({ setting, value, words, lang, now }) => html`
  <label class="seg"><input type="radio" name=${setting} value=${value} checked=${now === value}
    onChange=${() => setLook({ [setting]: value })} /><span><span lang=${lang}>${words}</span></span></label>`;

const Segments = ({ setting, words, now, options }) => html`
  <div class="set-row"><p class="strong grow">${words}</p>
    <fieldset class="segs"><legend class="sr">${words}</legend>
      ${options.map(
        ([value, label, lang]) => html`
        <${Segment} key=${value} setting=${setting} value=${value} words=${label} lang=${lang} now=${now} />`,
      )}
    </fieldset></div>`;

const Switch = ({ id, words, hint, on, change }) => html`
  <div class="set-row"><div class="grow"><label class="strong" for=${id}>${words}</label>
    ${hint && html`<p class="quiet" id=${`${id}-hint`}>${hint}</p>`}</div>
    <input class="switch-box" type="checkbox" role="switch" id=${id} checked=${on}
      aria-describedby=${hint ? `${id}-hint` : undefined} onChange=${(event) => change(event.target.checked)} /></div>`;

const Action = ({ words, hint, go, stop, press }) => html`
  <div class="set-row"><div class="grow"><p class="strong">${words}</p><p class="quiet">${hint}</p></div>
    <button type="button" class=${`button small ${stop ? "stop" : ""}`} onClick=${press}>${go}</button></div>`;

export function Settings({ state }) {
  const { settings } = state;
  const me = state.people[state.me];
  const tongues = Object.entries(languages).map(([code, { own }]) => [code, own, code]);
  const digits = [
    ["own", t("set.digits.own"), "fa"],
    ["latin", t("set.digits.latin"), "en"],
  ];
  const themes = ["system", "light", "dark"].map((theme) => [theme, t(`set.theme.${theme}`)]);
  const sizes = ["small", "medium", "large"].map((size) => [size, t(`set.size.${size}`)]);
  return html`
    <section class="pane page" aria-labelledby="set-title">
      <div class="page-scroll" tabindex="0" role="group" aria-labelledby="set-title"><div class="page-in">
      <header class="page-head"><div class="profile">${face({ ...me, online: state.link.up }, "l")}<div>
        <h2 id="set-title">${name(me.name)}</h2>
        <p class="quiet">${roleWord(me.role)} · <span class="code" dir="ltr">
          ${where(state.authority)}</span></p></div></div>
        <button type="button" class="button" onClick=${() => attempt(lock())}>${icon("lock")}<span>
          ${t("set.lock")}</span></button></header>
      <section class="set" aria-labelledby="set-look"><h3 id="set-look">${t("set.look")}</h3><div class="card">
        <${Segments} setting="language" words=${t("set.language")} now=${settings.language} options=${tongues} />
        ${
          settings.language === "fa" &&
          html`
          <${Segments} setting="digits" words=${t("set.digits")} now=${settings.digits} options=${digits} />`
        }
        <${Segments} setting="theme" words=${t("set.theme")} now=${settings.theme} options=${themes} />
        <${Segments} setting="size" words=${t("set.size")} now=${settings.size} options=${sizes} />
      </div></section>
      <section class="set" aria-labelledby="set-talk"><h3 id="set-talk">${t("set.talk")}</h3><div class="card">
        <${Switch} id="set-enter" words=${t("set.enter")} hint=${t("set.enter.hint")} on=${settings.enter}
          change=${(enter) => setLook({ enter })} />
        <${Action} words=${t("keys.title")} hint=${t("set.keys.hint")} go=${t("set.keys.go")}
          press=${() => dispatch({ type: "dialog", dialog: { kind: "shortcuts" } })} />
      </div></section>
      <section class="set" aria-labelledby="set-leave"><h3 id="set-leave">${t("set.leave")}</h3><div class="card">
        <${Action} words=${t("action.lock")} hint=${t("set.lock.hint")} go=${t("set.lock")}
          press=${() => attempt(lock())} />
        <${Action} words=${t("set.log_out")} hint=${t("set.log_out.hint")} go=${t("set.log_out")} stop
          press=${() => dispatch({ type: "dialog", dialog: { kind: "log_out" } })} />
      </div></section>
    </div></div></section>`;
}
