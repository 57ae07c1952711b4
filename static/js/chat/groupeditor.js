// How a group looks and who may write there, changed by who may: name, what it is for, picture.

import { html } from "../../vendor/preact.js";
import { changeGroup } from "../actions/group.js";
import { t } from "../i18n/i18n.js";
import { Choice } from "../kit/choice.js";
import { FormDialog } from "../kit/dialog.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";

/** What others change meanwhile doesn't change what is being written. @param {Page.Props} props */
export function EditGroup({ dialog: { group, name: before } }) {
  const it = useForm(["name"], ({ name, line, write }) => changeGroup(group, before, { name, line, write: /** @type {Api.Write} */ (write) }));
  return html`
    <${FormDialog} kind="edit_group" title=${t("group.edit")} it=${it} go=${t("group.edit.go")} note=${t("group.edit.note")}>
      <${Field} id="group-name" name="name" dir="auto" autocomplete="off" maxlength="64" label=${t("newgroup.name")}
        defaultValue=${before} error=${it.at("name")} />
      <${Field} id="group-line" name="line" dir="auto" autocomplete="off" maxlength="560" label=${t("group.line")}
        hint=${t("group.line.hint")} defaultValue=${group.line} error=${it.at("line")} />
      <fieldset class="choices"><legend>${t("write.title")}</legend>
        <${Choice} name="write" value="all" checked=${group.write === "all"} words=${t("write.all.choice")} hint=${t("write.all.hint")} />
        <${Choice} name="write" value="ranked" checked=${group.write === "ranked"} words=${t("write.only_ranked")}
          hint=${t("write.only_ranked.hint")} /></fieldset><//>`;
}
