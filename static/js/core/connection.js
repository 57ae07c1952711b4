// The page's one line to its agent: the only module that knows Socket.IO. Carries calls and pushed events; keeps no
// state of the talk, knows no view. The session token lives in sessionStorage, which neither other tabs nor other ports
// can read.

import { io } from "../../vendor/socket.io.js";

const place = "hamraz.token";
const pushed = [
  "stage",
  "me",
  "link",
  "alarm",
  "disk",
  "states",
  "person",
  "conversation",
  "conversation_gone",
  "message",
  "message_gone",
  "reread",
  "file",
  "settings",
  "discovered",
  "typing",
];
const patience = 120_000; // ms; making an account derives keys and may wait for the authority

// What the agent answered instead of doing it: {code, text, hint, field, values} of docs/agent-api.md.
export class Refusal extends Error {
  constructor({ code, text = "", hint = "", field = null, values = {} }) {
    super(text || code);
    this.code = code;
    this.text = text;
    this.hint = hint;
    this.field = field;
    this.values = values;
  }
}

export const token = () => sessionStorage.getItem(place);

// WebSocket only: it always names its Origin, which the agent asks of a page without a token.
const socket = io({
  transports: ["websocket"],
  autoConnect: false,
  auth: (give) => give(token() ? { token: token() } : {}),
  reconnectionDelay: 300,
  reconnectionDelayMax: 3000,
});

export function setToken(value) {
  if (value) sessionStorage.setItem(place, value);
  else sessionStorage.removeItem(place);
  socket.disconnect().connect();
}

export async function call(name, args = {}) {
  if (!socket.connected) throw new Refusal({ code: "agent_away" });
  const answer = await new Promise((resolve) => {
    socket
      .timeout(patience)
      .emit(name, args, (late, given) => resolve(late ? { ok: false, error: { code: "agent_away" } } : given));
  });
  if (!answer.ok) throw new Refusal(answer.error);
  return answer;
}

// up() and down() follow the line; heard(name, value) gets what the agent pushes; refused() says that the token is no
// good.
export function connect({ up, down, onPush, refused }) {
  for (const name of pushed) socket.on(name, (value) => onPush(name, value));
  socket.on("connect", up);
  socket.on("disconnect", down);
  socket.on("connect_error", () => {
    down();
    if (socket.active || !token()) return; // a line that can't be made is tried again by itself
    sessionStorage.removeItem(place);
    refused();
    socket.connect();
  });
  socket.connect();
}
