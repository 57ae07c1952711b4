// How a group looks and who may write there, changed by who may: name, what it is for, picture.

import { html } from "../../vendor/preact.js";
import { changeGroup } from "../actions/group.js";
import { t } from "../i18n/i18n.js";
import { graphemesOf } from "../lib/graphemes.js";
import { Choice } from "../kit/choice.js";
import { FormDialog } from "../kit/dialog.js";
import { groupAvatar } from "../kit/faces.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { PictureChoice, usePicture } from "../kit/picturechoice.js";

/** What is too long is said while one types. @type {Page.Judge} */
const judge = async ({ line }) => ({
  errors: graphemesOf(line.trim()).length > 140 ? [{ code: "too_long", field: "line", values: { limit: 140 } }] : [],
  strength: null,
});

/** What others change meanwhile doesn't change what is being written. @param {Page.Props} props */
export function EditGroup({ dialog: { group, name: before } }) {
  const picture = usePicture();
  const it = useForm(["name", "line"], async ({ name, line, write }) =>
    changeGroup(group, before, { name, line, write: /** @type {Api.Write} */ (write), picture: await picture.given() }), judge, ["line"]);
  return html`
    <${FormDialog} kind="edit_group" title=${t("group.edit")} it=${it} go=${t("group.edit.go")} note=${t("group.edit.note")}>
      <${PictureChoice} it=${picture} has=${group.picture} face=${groupAvatar(group.gid, "xl", picture.isDropped ? null : group.picture)} />
      <${Field} id="group-name" name="name" dir="auto" autocomplete="off" maxlength="64" label=${t("newgroup.name")}
        defaultValue=${before} error=${it.at("name")} />
      <${Field} id="group-line" name="line" dir="auto" autocomplete="off" maxlength="1000" label=${t("group.line")}
        hint=${t("group.line.hint")} defaultValue=${group.line} error=${it.at("line")} />
      <fieldset class="choices"><legend>${t("write.title")}</legend>
        <${Choice} name="write" value="all" checked=${group.write === "all"} words=${t("write.all.choice")} hint=${t("write.all.hint")} />
        <${Choice} name="write" value="ranked" checked=${group.write === "ranked"} words=${t("write.only_ranked")}
          hint=${t("write.only_ranked.hint")} /></fieldset><//>`;
}
