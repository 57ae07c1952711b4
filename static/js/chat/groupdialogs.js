// Making a group and adding to one: people by name, and for a new group its name and what newcomers see.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { addMembers, makeGroup } from "../actions/group.js";
import { Refusal } from "../core/connection.js";
import { t } from "../i18n/i18n.js";
import { Dialog, footer } from "../kit/dialog.js";
import { Field, errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { NamePicker } from "../kit/picker.js";

// What was typed but not chosen isn't lost silently: it is an error at the field.
function whole(uids, typed) {
  if (typed?.trim()) throw new Refusal({ code: "unknown_user", field: "user_to_add", values: { name: typed.trim() } });
  if (!uids.length) throw new Refusal({ code: "nobody", field: "user_to_add" });
}

function Chosen({ state, uids, set, it, left }) {
  return html`
    <div class=${`field ${it.at("user_to_add") ? "has-error" : ""}`}><label for="group-who">${t("newgroup.who")}</label>
      <${NamePicker} id="group-who" name="typed" state=${state} label=${t("newgroup.who")}
        error=${it.at("user_to_add")} chosen=${uids} left=${left}
        onPick=${({ uid }) => {
          set([...uids, uid]);
          it.clear();
        }}
          drop=${(uid) => set(uids.filter((one) => one !== uid))} />
      ${errorLine("group-who-error", it.at("user_to_add"))}</div>`;
}

const Choice = ({ value, checked, words, hint }) => html`
  <label class="choice"><input type="radio" name="history" value=${value} defaultChecked=${checked} /><span>
    <span class="strong">${words}</span><span class="quiet">${hint}</span></span></label>`;

function useFocusOnError(it) {
  useEffect(() => {
    if (it.at("user_to_add")) document.getElementById("group-who").focus();
  }, [it.at("user_to_add")]);
}

export function NewGroup({ state }) {
  const [uids, set] = useState([]);
  const it = useForm(["name", "user_to_add"], ({ name, history, typed }) => {
    whole(uids, typed);
    return makeGroup({ name, uids, history });
  });
  useFocusOnError(it);
  return html`
    <${Dialog} kind="new_group" title=${t("newgroup.title")}>
      <form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <div class="dialog-body">
        <${Field} id="group-name" name="name" dir="auto" autocomplete="off" maxlength="64" label=${t("newgroup.name")}
          error=${it.at("name")} />
        <${Chosen} state=${state} uids=${uids} set=${set} it=${it} />
        <fieldset class="choices"><legend>${t("newgroup.history")}</legend>
          <${Choice} value="joining" checked words=${t("newgroup.joining")} hint=${t("newgroup.joining.hint")} />
          <${Choice} value="all" words=${t("newgroup.all")} hint=${t("newgroup.all.hint")} /></fieldset>
      </div>
      ${footer(it, t("newgroup.go"), { note: t(it.busy ? "newgroup.port" : "newgroup.ask") })}</form><//>`;
}

export function AddMembers({ state, dialog }) {
  const [uids, set] = useState([]);
  const conversation = state.conversations[`g:${dialog.gid}`];
  const it = useForm(["user_to_add"], ({ typed }) => {
    whole(uids, typed);
    return addMembers(dialog.gid, uids);
  });
  useFocusOnError(it);
  return html`
    <${Dialog} kind="add" title=${t("add.title", { group: conversation?.name ?? "" })}>
      <form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <div class="dialog-body"><${Chosen} state=${state} uids=${uids} set=${set} it=${it}
        left=${conversation?.group.members.filter(({ state: at }) => at === "joined").map(({ uid }) => uid) ?? []} />
        <p class="hint">${t(conversation?.group.history === "all" ? "add.all" : "add.joining")}</p></div>
      ${footer(it, t("members.add"), { note: t("newgroup.ask") })}</form><//>`;
}
