// A backup that was saved as a file: chosen, or dropped on the form, it is gone on from in place of the server's copy.

import { html, useRef, useState } from "../../vendor/preact.js";
import { bringBackup, dropBackupFile } from "../actions/backup.js";
import { refusalOf } from "../core/connection.js";
import { t } from "../i18n/i18n.js";
import { DropZone } from "../kit/dropzone.js";
import { errorLine } from "../kit/field.js";
import { Progress } from "../kit/progress.js";

/** @param {Page.Props} props */
export function BackupFile({ state }) {
  const input = useRef(null);
  const [under, setUnder] = useState(/** @type {{done: number, total: number} | null} */ (null));
  const [error, setError] = useState(null);
  async function take(/** @type {FileList | File[] | null} */ files) {
    const file = files?.[0];
    if (!file || under) return;
    setError(null);
    setUnder({ done: 0, total: file.size });
    try {
      await bringBackup(file, (done) => setUnder({ done, total: file.size }));
    } catch (refusal) {
      setError(refusalOf(refusal));
    }
    setUnder(null);
  }
  if (state.status.backup_file) {
    return html`<p class="switch" data-backup-file="used"><span>${t("restore.file.used")}</span> <button type="button" class="link" data-drop-backup
      onClick=${dropBackupFile}>${t("restore.file.drop")}</button></p>`;
  }
  return html`
    <div data-backup-file="none">
      ${under
          ? html`<${Progress} label=${t("restore.file.under")} done=${under.done} total=${under.total} />`
          : html`<p class="switch"><span>${t("restore.file.have")}</span> <button type="button" class="link" id="bring-backup"
        onClick=${() => input.current.click()}>${t("restore.file.choose")}</button></p>`}
      <input ref=${input} type="file" hidden id="backup-file" accept=".hamraz-backup" onChange=${(/** @type {Page.Press} */ event) => {
        take(event.currentTarget.files);
        event.currentTarget.value = "";
      }} />
      <div role="alert">${errorLine("backup-file-error", error)}</div>
    </div>
    <${DropZone} words=${t("restore.file.drop_here")} take=${take} />`;
}
