// Files in the state: what is being handed to the agent stands among the messages like one that is being sent; what the
// agent says of a file's way is laid over the message that has it. Pure.

import { withConversation } from "./list.js";
import { talkOf, withTalk } from "./talks.js";
import { putMessage } from "./talk.js";

const over = (message, file) => (message.file ? { ...message, file: { ...message.file, ...file } } : message);

// How far a file is, pushed by the agent or told by the page's own handing over.
export function withFile(state, { chat, id, file }) {
  const conversation = state.conversations[chat];
  const isLast = conversation?.last?.id === id;
  const next = isLast ? withConversation(state, { ...conversation, last: over(conversation.last, file) }) : state;
  const talk = next.talks[chat];
  if (!talk?.messages.some((message) => message.id === id)) return next;
  const messages = talk.messages.map((message) => (message.id === id ? over(message, file) : message));
  return withTalk(next, chat, { ...talk, messages });
}

// A file on its way from the page to the agent. `file.state` is `handing`, `stopped` (the page has lost it and its agent
// has a part) or `failed`.
function handing(state, { chat, id, text = "", file, now }) {
  const talk = talkOf(state, chat);
  const known = talk.messages.find((message) => message.id === id);
  if (known) return withFile(state, { chat, id, file });
  const draft = {
    id,
    chat,
    order: null,
    from: state.me,
    mine: true,
    time: now,
    kind: "file",
    text,
    state: "handing",
    why: null,
    gap: false,
    file: { media_type: "", width: 0, height: 0, preview: false, where: null, why: null, ...file },
  };
  return withTalk(state, chat, putMessage({ ...talk, divider: null }, draft));
}

export const fileEvents = { handing };
