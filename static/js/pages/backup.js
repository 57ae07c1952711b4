// What Settings say of backups, honestly: when the last one was made and looked at; and the note after a restore.

import { html } from "../../vendor/preact.js";
import { makeBackup, readRestored, saveBackup } from "../actions/backup.js";
import { choose } from "../actions/choices.js";
import { dayAndTime, errorText, number, t } from "../i18n/i18n.js";
import { Action, Switch } from "../kit/choice.js";
import { icon } from "../kit/icons.js";

/** @param {Api.Backup} backup @param {number} now */
function how(backup, now) {
  if (backup.under_way) {
    const [done, of] = backup.under_way;
    return of ? t("backup.leaving", { done: number(done), of: number(of) }) : t("backup.making");
  }
  return backup.when === null ? t("backup.never") : t("backup.last", { time: dayAndTime(backup.when, now) });
}

/** Whether it is still there. @param {Api.Backup} backup @param {number} now */
function seen({ when, checked }, now) {
  if (when === null) return "";
  return `${checked ? t("backup.checked", { time: dayAndTime(checked, now) }) : t("backup.unchecked")} `;
}

/** The rows of Settings. @param {Page.Props} props */
export function BackupRows({ state }) {
  const { backup, choices, now } = state;
  if (!backup.kit) return html`<p class="set-note quiet" role="note" data-backup="none">${icon("info")}<span>${t("backup.no_kit")}</span></p>`;
  return html`
    <${Switch} id="set-backups" words=${t("backup.on")} hint=${t("backup.on.hint")} on=${choices.backups}
      change=${(/** @type {boolean} */ on) => choose("backups", on)} />
    ${choices.backups && html`
      <${Action} id="make-backup" words=${how(backup, now)} hint=${seen(backup, now) + t("backup.now.hint")} go=${t("backup.now")}
        press=${makeBackup} />
      ${backup.why && html`<p class="set-note error" role="alert" data-error=${backup.why}>${icon("warn")}<span>
        ${errorText({ code: backup.why })}</span></p>`}`}
    <${Action} id="save-backup" words=${t("backup.file")} hint=${t("backup.file.hint")} go=${t("backup.file.go")}
      press=${saveBackup} />`;
}

/** This vault was made from a backup: from when it is, and what still comes.
 * @param {{restored: NonNullable<Api.Backup["restored"]>, now: number}} props */
export function FromBackup({ restored, now }) {
  const { when, waiting } = restored;
  return html`
    <section class="banner" role="status" data-banner="from_backup"><span class="banner-icon">${icon("info")}</span>
      <div class="grow"><p class="strong">${when === null ? t("restored_from.none") : t("restored_from.title", { time: dayAndTime(when, now) })}</p>
        <p>${when === null
            ? `${waiting ? t("restored_from.none.waiting", { n: waiting }) : t("restored_from.none.done")} ${t("restored_from.chosen")}`
            : waiting
              ? t("restored_from.waiting", { n: waiting })
              : t("restored_from.done")}</p></div>
      <div class="retry"><button type="button" class="button small" onClick=${readRestored}>
        ${t("restored_from.go")}</button></div></section>`;
}
