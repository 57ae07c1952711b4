// What one shows of oneself: a name, a line, and a picture of which one chooses the square that is seen.

import { html } from "../../vendor/preact.js";
import { saveProfile } from "../actions/profile.js";
import { t } from "../i18n/i18n.js";
import { graphemesOf } from "../lib/graphemes.js";
import { FormDialog } from "../kit/dialog.js";
import { avatar } from "../kit/faces.js";
import { Field } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { icon } from "../kit/icons.js";
import { PictureChoice, usePicture } from "../kit/picturechoice.js";

/** What is too long is said while one types. @type {Page.Judge} */
const judge = async ({ display_name: name, line }) => ({
  errors: [
    ...(graphemesOf(name.trim()).length > 48 ? [{ code: "too_long", field: "display_name", values: { limit: 48 } }] : []),
    ...(graphemesOf(line.trim()).length > 140 ? [{ code: "too_long", field: "line", values: { limit: 140 } }] : []),
  ],
  strength: null,
});

export function ProfileDialog(/** @type {Page.Props} */ { state }) {
  const me = state.people[state.me];
  const picture = usePicture();
  const names = ["display_name", "line"];
  const it = useForm(names, async ({ display_name: name, line }) =>
    saveProfile(name, line, await picture.given()), judge, names);
  return html`
    <${FormDialog} kind="profile" title=${t("profile.title")} it=${it} go=${t("profile.go")} note=${t("profile.who")}>
      <${PictureChoice} it=${picture} has=${me.picture} face=${avatar(picture.isDropped ? { ...me, picture: null } : me, "xl", false)} />
      <${Field} id="display-name" name="display_name" dir="auto" autocomplete="off" maxlength="400" defaultValue=${me.display_name}
        label=${t("profile.name")} hint=${t("profile.name.hint", { name: me.name })} error=${it.at("display_name")} />
      ${me.alike && html`<p class="quiet with-mark" data-alike>${icon("info")}<span>${t("profile.alike")}</span></p>`}
      <${Field} id="profile-line" name="line" dir="auto" autocomplete="off" maxlength="1000" defaultValue=${me.line}
        label=${t("profile.line")} hint=${t("profile.line.hint")} error=${it.at("line")} /><//>`;
}
