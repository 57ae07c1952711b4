// Taking what was said out into a file, and saving that.

import { saveExport } from "../core/transfer.js";
import { closeDialog, getState, openDialog } from "../core/store.js";

export const askExport = (/** @type {string | null} */ chat) => openDialog({ kind: "export", chat });

/** Of one conversation, or of all; its page is in the language that this one has. @param {string | null} chat */
export async function exportChat(chat) {
  await saveExport(chat, getState().settings.language === "fa" ? "fa" : "en");
  closeDialog();
}
