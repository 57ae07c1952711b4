// Making a group and adding to one: people from a list with ticks, and for a new group its name and what newcomers see.

import { html, useEffect, useState } from "../../vendor/preact.js";
import { addMembers, makeGroup } from "../actions/group.js";
import { Refusal } from "../core/connection.js";
import { t } from "../i18n/i18n.js";
import { Choice } from "../kit/choice.js";
import { FormDialog } from "../kit/dialog.js";
import { groupAvatar } from "../kit/faces.js";
import { Field, errorLine } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { PictureChoice, usePicture } from "../kit/picturechoice.js";
import { TickList } from "../kit/ticklist.js";
import { foundOf, share, toTick } from "../state/ticks.js";

/** What was sought and not ticked isn't lost silently: it is an error at the field. @param {Page.State} state @param {string[]} uids @param {string} typed @param {string[]} left */
function whole(state, uids, typed, left) {
  const sought = typed?.trim();
  const found = sought ? foundOf(toTick(state, left), sought).map(({ uid }) => uid) : [];
  if (sought && !found.length) throw new Refusal({ code: "unknown_user", field: "user_to_add", values: { name: sought } });
  if (sought && share(uids, found) === "none") throw new Refusal({ code: "not_ticked", field: "user_to_add" });
  if (!uids.length) throw new Refusal({ code: "nobody", field: "user_to_add" });
}

function Chosen(/** @type {Page.Props} */ { state, uids, set, it, left, again }) {
  const change = (/** @type {string[]} */ now) => {
    set(now);
    it.clear();
  };
  return html`
    <div class=${`field ${it.at("user_to_add") ? "has-error" : ""}`}><p class="strong" aria-hidden="true">${t("newgroup.who")}</p>
      <${TickList} id="group-who" state=${state} label=${t("newgroup.who")} error=${it.at("user_to_add")} uids=${uids}
        left=${left} again=${again} set=${change} />
      ${errorLine("group-who-error", it.at("user_to_add"))}</div>`;
}

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
  const picture = usePicture();
  const it = useForm(["name", "user_to_add"], async ({ name, history, write, typed }) => {
    whole(state, uids, typed, []);
    return makeGroup({ name, uids, history: /** @type {Api.History} */ (history), write: write === "ranked" ? "ranked" : "all",
      picture: (await picture.given()) ?? "" });
  }, someone(uids));
  useFocusOnError(it);
  return html`
    <${FormDialog} kind="new_group" title=${t("newgroup.title")} it=${it} go=${t("newgroup.go")}
      note=${t(it.busy ? "newgroup.port" : "newgroup.ask")}>
        <${PictureChoice} it=${picture} has=${null} face=${groupAvatar("", "xl", null)} />
        <${Field} id="group-name" name="name" dir="auto" autocomplete="off" maxlength="64" label=${t("newgroup.name")}
          error=${it.at("name")} />
        <${Chosen} state=${state} uids=${uids} set=${set} it=${it} />
        <fieldset class="choices"><legend>${t("newgroup.history")}</legend>
          <${Choice} name="history" value="joining" checked words=${t("newgroup.joining")} hint=${t("newgroup.joining.hint")} />
          <${Choice} name="history" value="all" words=${t("newgroup.all")} hint=${t("newgroup.all.hint")} /></fieldset>
        <${Choice} type="checkbox" name="write" value="ranked" words=${t("write.only_ranked")} hint=${t("write.only_ranked.hint")} /><//>`;
}

export function AddMembers(/** @type {Page.Props} */ { state, dialog }) {
  const [uids, set] = useState(/** @type {string[]} */ ([]));
  const conversation = state.conversations[`g:${dialog.gid}`];
  const members = conversation?.group?.members ?? [];
  const [inside, again] = ["joined", "invited"].map((at) => members.filter(({ state: how }) => how === at).map(({ uid }) => uid));
  const it = useForm(["user_to_add"], ({ typed }) => {
    whole(state, uids, typed, inside);
    return addMembers(dialog.gid, uids);
  });
  useFocusOnError(it);
  return html`
    <${FormDialog} kind="add" title=${t("add.title", { group: conversation?.name ?? "" })} it=${it} go=${t("members.add")}
      note=${t("newgroup.ask")}><${Chosen} state=${state} uids=${uids} set=${set} it=${it}
        left=${inside} again=${again} />
        <p class="hint">${t(conversation?.group?.history === "all" ? "add.all" : "add.joining")}</p><//>`;
}
