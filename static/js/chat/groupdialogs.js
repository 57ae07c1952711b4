// Making a group and adding to one: people by name, and for a new group its name and what newcomers see.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { addMembers, makeGroup } from "../actions/group.js";
import { Refusal } from "../core/connection.js";
import { t } from "../i18n/i18n.js";
import { FormDialog } from "../kit/dialog.js";
import { Field, errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { NamePicker } from "../kit/picker.js";

/** What was typed but not chosen isn't lost silently: it is an error at the field. @param {string[]} uids @param {string} typed */
function whole(uids, typed) {
  if (typed?.trim()) throw new Refusal({ code: "unknown_user", field: "user_to_add", values: { name: typed.trim() } });
  if (!uids.length) throw new Refusal({ code: "nobody", field: "user_to_add" });
}

function Chosen(/** @type {Page.Props} */ { state, uids, set, it, left }) {
  return html`
    <div class=${`field ${it.at("user_to_add") ? "has-error" : ""}`}><label for="group-who">${t("newgroup.who")}</label>
      <${NamePicker} id="group-who" name="typed" state=${state} label=${t("newgroup.who")}
        error=${it.at("user_to_add")} chosen=${uids} left=${left}
        onPick=${(/** @type {Api.Person} */ { uid }) => {
          set([...uids, uid]);
          it.clear();
        }}
          drop=${(/** @type {string} */ uid) => set(uids.filter((/** @type {string} */ one) => one !== uid))} />
      ${errorLine("group-who-error", it.at("user_to_add"))}</div>`;
}

const Choice = (/** @type {Page.Props} */ { value, checked, words, hint }) => html`
  <label class="choice"><input type="radio" name="history" value=${value} defaultChecked=${checked} /><span>
    <span class="strong">${words}</span><span class="quiet">${hint}</span></span></label>`;

/** Nobody chosen is told beside what else is wrong. @param {string[]} uids @returns {Page.Judge} */
const someone = (uids) => async ({ typed }) => ({
  errors: uids.length || typed.trim() ? [] : [{ code: "nobody", field: "user_to_add" }],
  strength: null,
});

function useFocusOnError(/** @type {Page.Form} */ it) {
  useEffect(() => {
    if (it.at("user_to_add")) document.getElementById("group-who")?.focus();
  }, [it.at("user_to_add")]);
}

export function NewGroup(/** @type {Page.Props} */ { state }) {
  const [uids, set] = useState(/** @type {string[]} */ ([]));
  const it = useForm(["name", "user_to_add"], ({ name, history, typed }) => {
    whole(uids, typed);
    return makeGroup({ name, uids, history: /** @type {Api.History} */ (history) });
  }, someone(uids));
  useFocusOnError(it);
  return html`
    <${FormDialog} kind="new_group" title=${t("newgroup.title")} it=${it} go=${t("newgroup.go")}
      note=${t(it.busy ? "newgroup.port" : "newgroup.ask")}>
        <${Field} id="group-name" name="name" dir="auto" autocomplete="off" maxlength="64" label=${t("newgroup.name")}
          error=${it.at("name")} />
        <${Chosen} state=${state} uids=${uids} set=${set} it=${it} />
        <fieldset class="choices"><legend>${t("newgroup.history")}</legend>
          <${Choice} value="joining" checked words=${t("newgroup.joining")} hint=${t("newgroup.joining.hint")} />
          <${Choice} value="all" words=${t("newgroup.all")} hint=${t("newgroup.all.hint")} /></fieldset><//>`;
}

export function AddMembers(/** @type {Page.Props} */ { state, dialog }) {
  const [uids, set] = useState(/** @type {string[]} */ ([]));
  const conversation = state.conversations[`g:${dialog.gid}`];
  const it = useForm(["user_to_add"], ({ typed }) => {
    whole(uids, typed);
    return addMembers(dialog.gid, uids);
  });
  useFocusOnError(it);
  return html`
    <${FormDialog} kind="add" title=${t("add.title", { group: conversation?.name ?? "" })} it=${it} go=${t("members.add")}
      note=${t("newgroup.ask")}><${Chosen} state=${state} uids=${uids} set=${set} it=${it}
        left=${conversation?.group?.members.filter(({ state: at }) => at === "joined").map(({ uid }) => uid) ?? []} />
        <p class="hint">${t(conversation?.group?.history === "all" ? "add.all" : "add.joining")}</p><//>`;
}
