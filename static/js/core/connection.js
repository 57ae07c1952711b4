// The page's one line to its agent: the only module that knows Socket.IO. Carries calls and pushed events; keeps no
// state of the talk, knows no view. The session token lives in sessionStorage, which neither other tabs nor other ports
// can read.

import { io } from "../../vendor/socket.io.js";
import { passing } from "../lib/kept.js";

const place = "hamraz.token";
/** @type {(keyof Api.Pushes)[]} */
const pushed = [
  "stage", "discovered", "computers", "move", "me", "link", "alarm", "disk", "states", "typing", "settings", "kit", "backup", "restoring", "person",
  "conversation", "conversation_gone", "reread", "message", "message_gone", "file",
];
const patience = 120_000; // ms; making an account derives keys and may wait for the authority

// What the agent answered instead of doing it.
export class Refusal extends Error {
  constructor(/** @type {Api.Failure} */ { code, text = "", hint = "", field = null, values = {} }) {
    super(text || code);
    this.code = code;
    this.text = text;
    this.hint = hint;
    this.field = field;
    this.values = values;
  }
}

/** Why something wasn't done, where something is caught; whatever is no refusal is thrown on. @param {unknown} error */
export function refusalOf(error) {
  if (!(error instanceof Refusal)) throw error;
  return error;
}

export const token = () => passing.get(place);

// Of a message, before it is sent.
export const freshId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// WebSocket only: it always names its Origin, which the agent asks of a page without a token.
const socket = io({
  transports: ["websocket"],
  autoConnect: false,
  auth: (/** @type {(auth: object) => void} */ give) => give({ ...(token() && { token: token() }), together: true }),
  reconnectionDelay: 300,
  reconnectionDelayMax: 3000,
});

/** @type {Promise<unknown>} until the line that is made with another token is there, or can't be had */
let anew = Promise.resolve();

export function setToken(/** @type {string | null} */ value) {
  passing.set(place, value);
  anew = new Promise((done) => socket.once("connect", () => done(null)).once("connect_error", done));
  socket.disconnect().connect();
}

/** @template {keyof Api.Calls} K @param {K} name @param {Api.Arguments<K>} args @returns {Promise<Api.Calls[K][1]>} */
export async function call(name, ...[args = {}]) {
  if (!socket.connected) await anew; // who is quick at the door isn't told that nobody is there
  if (!socket.connected) throw new Refusal({ code: "agent_away" });
  const away = () => ({ ok: false, error: { code: "agent_away" } });
  const { ok, error, ...answer } = await socket.timeout(patience).emitWithAck(name, args).catch(away);
  if (!ok) throw new Refusal(error);
  return answer;
}

// up() and down() follow the line; onPush() gets what the agent pushes; refused() says that the token is no good.
/** @param {{up: () => void, down: () => void, onPush: (name: keyof Api.Pushes, value: any) => void, refused: () => void}} on */
export function connect({ up, down, onPush, refused }) {
  for (const name of pushed) socket.on(name, (value) => onPush(name, value));
  // of one change, so that it is drawn once
  socket.on("together", (/** @type {[keyof Api.Pushes, any][]} */ told) => {
    for (const [name, value] of told) {
      try {
        if (pushed.includes(name)) onPush(name, value);
      } catch (error) {
        reportError(error); // as if it had come alone: the others are taken all the same
      }
    }
  });
  socket.on("connect", up);
  socket.on("disconnect", down);
  socket.on("connect_error", () => {
    down();
    if (socket.active || !token()) return; // a line that can't be made is tried again by itself
    setToken(null);
    refused();
  });
  socket.connect();
}
