// Backups of one's vault, and an account that goes on here because its computer is lost.

import { Refusal, call, refusalOf } from "../core/connection.js";
import { dispatch, getState } from "../core/store.js";
import { putPart } from "../core/transfer.js";
import { begin, refresh, showForm } from "./account.js";
import { attempt, showError, showToast } from "./notice.js";

const OF_NO_USE = ["backup_broken", "backup_newer", "backup_gone", "not_a_backup"]; // of a backup that was chosen

/** @param {Record<string, string>} values */
export async function findBackup({ kit }) {
  const { backups, without } = await call("find_backup", { kit });
  dispatch({ type: "restore", restore: { kit, backups, chosen: 0, without, failed: null } });
}

/** The other one of two. @param {number} chosen */
export function chooseBackup(chosen) {
  const { restore } = getState();
  if (restore) dispatch({ type: "restore", restore: { ...restore, chosen, failed: null } });
}

/** Where what was chosen can't be gone on from: by the kit alone. */
export function goWithout() {
  const { restore } = getState();
  if (!restore?.failed) return;
  const without = { username: restore.backups[restore.chosen].username, why: restore.failed };
  dispatch({ type: "restore", restore: { ...restore, without } });
}

const PART = 4 << 20; // bytes that are handed over at once

/** A backup that was saved as a file is handed to the agent. Throws a Refusal. @param {File} file
 * @param {(done: number) => unknown} told bytes that are there */
export async function bringBackup(file, told) {
  const { id } = await call("bring_backup", { size: file.size });
  for (let done = 0; done < file.size; told(done)) {
    done = await putPart(id, done, file.slice(done, done + PART));
  }
  await refresh();
}

export async function dropBackupFile() {
  await attempt(call("drop_backup_file", {}));
  forgetBackup();
  await refresh();
}

export const forgetBackup = () => dispatch({ type: "restore", restore: null });

/** @param {Api.Entrance} entered */
function goIn({ token }) {
  forgetBackup();
  showForm(null);
  begin(token);
}

/** @param {Record<string, string>} values */
export async function goOnHere({ password, password_confirm }) {
  if (password !== password_confirm) throw new Refusal({ code: "password_mismatch", field: "password_confirm" });
  const found = getState().restore;
  if (!found) return;
  const how = found.without ? { without: true } : { id: found.backups[found.chosen].id };
  try {
    goIn(await call("restore", { kit: found.kit, password, password_confirm, ...how }));
  } catch (refusal) {
    const { code } = refusalOf(refusal);
    if (OF_NO_USE.includes(code)) dispatch({ type: "restore", restore: { ...found, failed: code } });
    throw refusal;
  }
}

/** All was here when it was cut off. @param {Record<string, string>} values */
export const restoreAgain = async ({ password }) => goIn(await call("restore_again", { password }));

export async function beginAnew() {
  await attempt(call("drop_restore", {}));
  dispatch({ type: "status", status: await call("status") });
}

export async function makeBackup() {
  if (await attempt(call("make_backup", {}))) showToast("backup.made");
}

export async function saveBackup() {
  try {
    const { ticket } = await call("backup_file", {});
    const link = document.createElement("a");
    link.href = `/files/${ticket}`;
    link.download = "";
    link.click();
  } catch (refusal) {
    showError(refusalOf(refusal));
  }
}

export const readRestored = () => attempt(call("restore_read", {}));
