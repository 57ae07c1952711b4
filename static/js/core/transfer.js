// Files between the page and its agent, by HTTP: parts go in with the session token, a whole file comes out for a ticket.
// Knows no state and no view.

import { Refusal, call, token } from "./connection.js";

// One part, from this byte on, which the browser reads by itself: through the page it would take five times as long.
// Gives how many bytes are there now. Throws a Refusal.
export async function putPart(/** @type {string} */ id, /** @type {number} */ offset, /** @type {Blob} */ part) {
  let answer;
  try {
    const response = await fetch(`/files/upload/${id}/${offset}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token()}` },
      body: part,
    });
    answer = await response.json();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    throw new Refusal({ code: (await isReadable(part)) ? "agent_away" : "file_changed" });
  }
  if (!answer.ok) throw new Refusal(answer.error);
  return answer.done;
}

// Whether the file on disk is still what was chosen: the browser sends none of one that isn't, and doesn't say why.
const isReadable = (/** @type {Blob} */ part) =>
  part.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false,
  );

const ticketFor = async (/** @type {Page.Filed} */ { chat, order }) => (await call("file_ticket", { chat, order })).ticket;

/** The browser's own saving; nothing is opened. @param {string} ticket @param {string} name */
function saveBy(ticket, name) {
  const link = document.createElement("a");
  link.href = `/files/${ticket}`;
  link.download = name;
  link.click();
}

export const save = async (/** @type {Page.Filed} */ message) => saveBy(await ticketFor(message), message.file.name);

/** What was said, in one conversation or (null) in all. @param {string | null} chat @param {"en" | "fa"} language */
export async function saveExport(chat, language) {
  const { ticket } = await (chat === null ? call("export_all", { language }) : call("export_chat", { chat, language }));
  saveBy(ticket, "");
}

/** All of a file that is here; the browser keeps a large one on its disk. Throws a Refusal. @param {Page.Filed} message */
export async function blobOf(message) {
  const response = await fetch(`/files/${await ticketFor(message)}`);
  if (!response.ok) throw new Refusal((await response.json()).error);
  return response.blob();
}

/** The same, to be decoded. @param {Page.Filed} message */
export const bytesOf = async (message) => (await blobOf(message)).arrayBuffer();
