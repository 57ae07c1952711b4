// The reducer: events of the agent's API and of the person in, new state out.

import {
  conversationsOf,
  mayFilter,
  openOf,
  othersOf,
  paneOf,
  personNamed,
  screenOf,
  withoutChat,
  unreadOf,
} from "../../../static/js/state/screen.js";
import { initialState, reduce } from "../../../static/js/state/state.js";
import { equal } from "../equal.js";

const uid = (letter) => letter.repeat(64);
const person = (letter, name, more = {}) => ({
  uid: uid(letter),
  name,
  role: "beginner user",
  me: false,
  online: true,
  since: null,
  verified: false,
  contact: false,
  new_key: null,
  revoked: false,
  may: [],
  why_not: null,
  ...more,
});
const me = person("a", "arash", { me: true });
const sara = person("b", "sara");
const chat = `p:${sara.uid}`;
const message = (order, more = {}) => ({
  id: `m${order}`,
  chat,
  order,
  position: order,
  from: sara.uid,
  mine: false,
  time: order,
  kind: "text",
  text: `t${order}`,
  state: "received",
  why: null,
  gap: false,
  ...more,
});
const conversation = (more = {}) => ({
  chat,
  kind: "private",
  name: "sara",
  uid: sara.uid,
  last: null,
  unread: 0,
  position: 0,
  can_send: true,
  why_not: null,
  group: null,
  ...more,
});
const snapshot = (more = {}) => ({
  stage: "ready",
  me,
  authority: { hosts: ["h"], port: 1 },
  link: { up: true, retry_in: null, waiting: 0 },
  alarm: null,
  people: [me, sara],
  conversations: [conversation()],
  log_size: 3,
  join_link: null,
  people_in_all: 2,
  ...more,
});

const run = (...events) => events.reduce(reduce, initialState);
const pushed = (name, value) => ({ type: "pushed", name, value, now: 5 });
const ready = [
  { type: "status", status: { stage: "ready", authority: null } },
  { type: "session", on: true },
  { type: "snapshot", snapshot: snapshot(), now: 1 },
];
const page = (messages, more = {}) => ({ type: "page", chat, messages, more: false, side: "newest", ...more });
const texts = (state) =>
  (state.talks[chat]?.messages ?? []).map(({ text, order, state: how }) => `${text}:${order}:${how}`);
const stage = (name) => screenOf(run({ type: "status", status: { stage: name, authority: null } }));

export const cases = {
  "what the recovery kit was shown over is there again afterwards, once"() {
    const asked = { kind: "ask_join", link: { gid: "", uid: "", secret: "", name: "Family" } };
    let state = reduce(initialState, { type: "dialog", dialog: { kind: "kit", next: asked } });
    equal(state.dialog.kind, "kit");
    for (const seen of [asked, null]) equal((state = reduce(state, { type: "dialog", dialog: null })).dialog, seen);
  },
  "each stage has its door": () =>
    equal(["join", "sign_up", "log_in", "ready"].map(stage), ["join", "sign_up", "log_in", "log_in"]),
  "nothing is shown before the agent has answered": () => equal(screenOf(initialState), "loading"),
  "whoever has an account elsewhere can reach the log-in": () =>
    equal(
      screenOf(
        run({ type: "status", status: { stage: "sign_up", authority: null } }, { type: "form", form: "log_in" }),
      ),
      "log_in",
    ),
  "a session without its snapshot is still loading": () => equal(screenOf(run(ready[0], ready[1])), "loading"),
  "the snapshot opens the list": () => equal([screenOf(run(...ready)), paneOf(run(...ready))], ["list", "list"]),
  "every event replaces what it names": () => {
    const state = run(
      ...ready,
      pushed("person", { ...sara, verified: true }),
      pushed("me", { ...me, role: "admin" }),
      pushed("link", { up: false, retry_in: 8, waiting: 2 }),
      pushed("alarm", { entry: 4 }),
      pushed("conversation", conversation({ unread: 3 })),
    );
    equal(
      [state.people[sara.uid].verified, state.people[me.uid].role, state.link, state.alarm, unreadOf(state)],
      [true, "admin", { up: false, retry_in: 8, waiting: 2, since: 5, down: 5 }, { entry: 4 }, 3],
    );
  },
  "an absence of the authority lasts until all that waited has gone out": () => {
    const link = (up, waiting, now) => ({ type: "pushed", name: "link", value: { up, waiting, retry_in: null }, now });
    const state = run(...ready, link(false, 0, 10), link(false, 3, 20));
    equal(state.link.down, 10);
    equal(reduce(state, link(true, 2, 30)).link.down, 10);
    equal([link(true, 2, 30), link(true, 0, 40)].reduce(reduce, state).link.down, null);
    equal(run(...ready, link(true, 5, 10)).link.down, null);
  },
  "people who are found are known from then on, and the others are counted": () => {
    const many = [ready[0], ready[1], { type: "snapshot", snapshot: snapshot({ people_in_all: 5 }), now: 1 }];
    const found = { type: "people_found", people: [person("c", "kaveh"), { ...sara, verified: true }] };
    equal([othersOf(run(...ready)), othersOf(run(...many)), othersOf(run(...many, found))], [0, 3, 2]);
    equal(run(...many, found).people[sara.uid].verified, true);
    equal(othersOf(run(...ready, pushed("person", person("c", "kaveh")))), 0);
  },
  "who is here isn't known without a link, and is known again with one, but for who was told of meanwhile": () => {
    const link = (up) => pushed("link", { up, waiting: 0, retry_in: null });
    const [kaveh, mani] = [person("c", "kaveh"), person("d", "mani", { online: false })];
    const here = (state) => Object.values(state.people).map(({ online }) => online);
    const begun = [...ready, pushed("person", kaveh), pushed("person", mani)];
    equal(here(run(...begun, link(false))), [true, null, null, null]);
    equal(here(run(...begun, link(false), link(false), link(true), link(true))), [true, true, true, false]);
    equal(here(run(...begun, link(false), pushed("person", { ...kaveh, online: false }), link(true))), [true, true, false, false]);
    equal(here(run(...begun, link(false), pushed("person", { ...kaveh, online: null }), link(true))), [true, true, null, false]);
    const anew = { type: "snapshot", snapshot: snapshot({ people: [me, { ...sara, online: null }] }), now: 1 };
    equal(here(run(...begun, link(false), anew, link(true))), [true, null]);
  },
  "a locked vault leaves nothing behind": () => {
    const state = run(
      ...ready,
      { type: "open", chat },
      page([message(1)]),
      { type: "draft", chat, text: "secret" },
      pushed("stage", { stage: "log_in" }),
    );
    equal(
      [state.session, state.stage, state.talks, state.drafts, state.people, state.conversations, state.open],
      [false, "log_in", {}, {}, {}, {}, null],
    );
  },
  "what is sent stands there at once, and becomes the agent's": () => {
    const sent = run(...ready, { type: "open", chat }, page([message(1)]), {
      type: "sending",
      chat,
      id: "x",
      text: "hello",
      now: 9,
    });
    equal(texts(sent), ["t1:1:received", "hello:null:waiting"]);
    const state = [
      pushed("message", message(2, { id: "x", mine: true, text: "hello", state: "authority" })),
      pushed("message", message(3)),
    ].reduce(reduce, sent);
    equal(texts(state), ["t1:1:received", "hello:2:authority", "t3:3:received"]);
  },
  "what the agent has accepted waits for its look, and nothing but that is done to it here": () => {
    const accept = { type: "changed", chat, id: "x", change: { accepted: true } };
    const sent = [page([message(1)]), { type: "sending", chat, id: "x", text: "hello", now: 9 }, accept];
    const state = run(...ready, { type: "open", chat }, ...sent);
    equal(texts(state), ["t1:1:received", "hello:null:waiting"]);
    const shown = pushed("message", message(2, { id: "x", text: "hello", state: "delivered" }));
    equal(texts(reduce(state, shown)), ["t1:1:received", "hello:2:delivered"]);
    // the push was quicker than the answer, or than its failure
    const failed = { ...accept, change: { state: "failed", why: "agent_away" } };
    equal(texts([shown, accept, failed].reduce(reduce, state)), ["t1:1:received", "hello:2:delivered"]);
  },
  "what the agent has accepted is not kept beside what it shows of it": () => {
    const sent = ["x", "y"].map((id) => ({ type: "sending", chat, id, text: id, now: 9 }));
    const accept = { type: "changed", chat, id: "x", change: { accepted: true } };
    const again = { type: "snapshot", snapshot: snapshot(), now: 2 };
    const elsewhere = run(...ready, ...sent, accept, again);
    equal(texts(elsewhere), ["y:null:waiting"]);
    const here = run(...ready, { type: "open", chat }, page([message(1)]), ...sent, accept, again);
    equal(texts(reduce(here, page([message(7)]))), ["t7:7:received", "y:null:waiting"]);
    equal(texts(reduce(here, page([message(7, { id: "x", text: "x" })]))), ["x:7:received", "y:null:waiting"]);
  },
  "sending ends the draft": () =>
    equal(
      run(...ready, { type: "draft", chat, text: "hel" }, { type: "sending", chat, id: "x", text: "hello", now: 9 })
        .drafts,
      {},
    ),
  "a refused message keeps its words and its reason, until it is taken back": () => {
    const state = run(
      ...ready,
      { type: "sending", chat, id: "x", text: "hello", now: 9 },
      { type: "changed", chat, id: "x", change: { state: "failed", why: "away" } },
    );
    equal(texts(state), ["hello:null:failed"]);
    equal(texts(reduce(state, { type: "taken_back", chat, id: "x" })), []);
  },
  "a new snapshot keeps what has not reached the agent": () => {
    const before = run(...ready, { type: "open", chat }, page([message(1)]), {
      type: "sending",
      chat,
      id: "x",
      text: "hello",
      now: 9,
    });
    const state = [{ type: "snapshot", snapshot: snapshot(), now: 2 }, page([message(1), message(2)])].reduce(
      reduce,
      before,
    );
    equal(texts(state), ["t1:1:received", "t2:2:received", "hello:null:waiting"]);
  },
  "what comes while a page is on its way is there with it, once, as the page has it or as it came": () => {
    const asked = [{ type: "open", chat }, { type: "asking", chat, side: "newest" }];
    const came = [pushed("message", message(2, { state: "waiting" })), pushed("message", message(3))];
    const state = run(...ready, ...asked, ...came, page([message(1), message(2)]));
    equal(texts(state), ["t1:1:received", "t2:2:received", "t3:3:received"]);
    equal(texts(run(...ready, ...asked, ...came, asked[1], page([message(1)]))), ["t1:1:received"]);
  },
  "messages of a talk that isn't loaded are not kept, but the list shows the last": () => {
    const state = run(...ready, pushed("message", message(1)));
    equal([state.talks[chat], state.conversations[chat].last.id], [undefined, "m1"]);
  },
  "an older message that changes doesn't become the last": () => {
    const state = run(
      ...ready,
      pushed("conversation", conversation({ last: message(9) })),
      pushed("message", message(4)),
    );
    equal(state.conversations[chat].last.id, "m9");
  },
  "what was unread on opening is divided, and no longer when one comes back": () => {
    const unread = [
      ...ready,
      pushed("conversation", conversation({ unread: 1 })),
      { type: "open", chat },
      page([message(1), message(2)]),
    ];
    equal(run(...unread).talks[chat].divider, { id: "m2", n: 1 });
    const back = run(
      ...unread,
      pushed("conversation", conversation({ unread: 0 })),
      { type: "open", chat: null },
      { type: "open", chat },
    );
    equal(back.talks[chat].divider, null);
  },
  "writing takes the divider away": () =>
    equal(
      run(...ready, pushed("conversation", conversation({ unread: 1 })), { type: "open", chat }, page([message(1)]), {
        type: "sending",
        chat,
        id: "x",
        text: "h",
        now: 9,
      }).talks[chat].divider,
      null,
    ),
  "what a message was to become, or was answered with, isn't lost when it goes": () => {
    const open = [...ready, { type: "open", chat }, page([message(1), message(2)]), { type: "draft", chat, text: "before" }];
    for (const gone of [pushed("message_gone", { chat, id: message(1).id }), pushed("message", message(1, { kind: "deleted", deleted: true, text: "" }))]) {
      const edited = run(...open, { type: "edit", chat, message: message(1) }, { type: "draft", chat, text: "another" }, gone);
      equal([edited.editing, edited.drafts[chat]], [{}, "before\nanother"]);
      const untouched = run(...open, { type: "edit", chat, message: message(1) }, gone);
      equal([untouched.editing, untouched.drafts[chat]], [{}, "before"]);
      const found = { type: "hits", slot: "chatSearch", text: "a", hits: [{ message: message(1) }, { message: message(2) }], more: false, before: null };
      equal(run(...open, { type: "searching", slot: "chatSearch", text: "a" }, found, gone).chatSearch.hits.map((hit) => hit.message.id), [message(2).id]);
      const answered = run(...open, { type: "answer", chat, message: message(1) }, gone);
      equal([answered.answering, answered.drafts[chat]], [{}, "before"]);
    }
  },
  "a message that was taken back before it left is gone": () => {
    const gone = { chat, id: message(1).id };
    const state = run(...ready, { type: "open", chat }, page([message(1), message(2)]), pushed("message_gone", gone));
    equal(texts(state), texts(run(...ready, { type: "open", chat }, page([message(2)]))));
  },
  "of a conversation that is to be read again only what isn't at the agent yet stays": () => {
    const talk = (state) => state.talks[chat];
    const read = run(...ready, { type: "open", chat }, page([message(1)]));
    const sent = { type: "sending", chat, id: "mine", text: "on its way", now: 1 };
    const steps = [...ready, { type: "open", chat }, page([message(1)]), sent];
    const elsewhere = run(...steps, { type: "open", chat: null }, pushed("reread", { chat }));
    equal([talk(elsewhere).loaded, talk(elsewhere).messages.map(({ text }) => text)], [false, ["on its way"]]);
    // the open one is asked for by whoever hears it, and stays what it is until the answer is there
    equal(talk(run(...steps, pushed("reread", { chat }))).loaded, talk(read).loaded);
  },
  "what went while a page was on its way isn't in it"() {
    const asking = [...ready, { type: "open", chat }, { type: "asking", chat, side: "newest" }, pushed("message", message(2))];
    const left = (...gone) => texts(run(...asking, ...gone.map((id) => pushed("message_gone", { chat, id })), page([message(1)])));
    equal(left(), texts(run(...ready, { type: "open", chat }, page([message(1), message(2)]))));
    equal([left("m1").length, left("m2").length, left("m1", "m2").length], [1, 1, 0]);
  },
  "what has gone, or was deleted, is quoted by no answer to it"() {
    const reply = (order) => ({ id: `m${order}`, from: uid("b"), order, kind: "text", text: "one", missing: false, blocked: false });
    const steps = [...ready, { type: "open", chat }, page([message(1), message(2, { reply: reply(1) }), message(3, { reply: reply(2) })])];
    const quotes = (more) => run(...steps, more).talks[chat].messages.flatMap((one) => (one.reply ? [[one.reply.text, one.reply.kind, one.reply.missing]] : []));
    const other = ["one", "text", false];
    equal(quotes(pushed("message_gone", { chat, id: "m1" })), [["", null, true], other]);
    equal(quotes(pushed("message", message(1, { deleted: true, text: "" }))), [["", "deleted", false], other]);
    equal(quotes(pushed("message", message(1))), [other, other]);
  },
  "what was found or is answered there goes with it, if its author is blocked": () => {
    const hit = { message: message(1), parts: [["one", true]] };
    const steps = [
      ...ready,
      { type: "searching", slot: "listSearch", text: "one" },
      { type: "hits", slot: "listSearch", text: "one", hits: [hit], more: false, before: null },
      { type: "answer", chat, message: message(1) },
    ];
    const left = (state) => [state.listSearch.hits.length, Object.keys(state.answering).length];
    equal(left(run(...steps)), [1, 1]);
    equal(left(run(...steps, pushed("reread", { chat }))), [0, 1]);
    const blocked = { ...sara, blocked: true };
    equal(left(run(...steps, pushed("person", blocked), pushed("reread", { chat }))), [0, 0]);
  },
  "a group that is gone closes": () => {
    const group = "g:00";
    const known = pushed("conversation", conversation({ chat: group, kind: "group" }));
    const state = run(...ready, known, { type: "open", chat: group }, pushed("conversation_gone", { chat: group }));
    equal([state.open, Object.keys(state.conversations)], [null, [chat]]);
  },
  "a talk that is gone stays open, as one can write to who is there": () => {
    const sent = { type: "sending", chat, id: "mine", text: "on its way", now: 1 };
    const state = run(...ready, { type: "open", chat }, page([message(1)]), sent, pushed("conversation_gone", { chat }));
    equal([state.open, state.conversations], [chat, {}]);
    equal(state.talks[chat].messages.map(({ text }) => text), ["on its way"]);
  },
  "somebody without a conversation can be opened": () => {
    const state = run(...ready, pushed("conversation_gone", { chat }), { type: "open", chat });
    equal([openOf(state).name, openOf(state).conversation, screenOf(state)], ["sara", null, "chat"]);
  },
  "the newest conversation is on top": () => {
    const other = person("c", "omid");
    const state = run(
      ...ready,
      pushed("conversation", conversation({ last: message(1, { time: 10 }) })),
      pushed("conversation", conversation({ chat: `p:${other.uid}`, name: "omid", last: message(1, { time: 20 }) })),
    );
    equal(
      conversationsOf(state).map(({ name }) => name),
      ["omid", "sara"],
    );
  },
  "some of the chats only; what is open stays where it is": () => {
    const [other, group] = [`p:${uid("c")}`, "g:1"];
    const state = run(
      ...ready,
      pushed("conversation", conversation({ last: message(1), unread: 2 })),
      pushed("conversation", conversation({ chat: other, uid: uid("c"), name: "omid", last: message(2) })),
      pushed("conversation", conversation({ chat: group, uid: null, kind: "group", name: "class", last: message(3), marked_unread: true, group: { state: "joined" } })),
    );
    const shown = (only, more = {}) => conversationsOf({ ...reduce(state, { type: "only", only }), open: null, ...more }).map(({ name }) => name);
    equal([shown(null), shown("unread"), shown("people"), shown("groups")], [["class", "omid", "sara"], ["class", "sara"], ["omid", "sara"], ["class"]]);
    equal([shown("unread", { open: other }), shown("groups", { filter: "sar" })], [["class", "omid", "sara"], ["sara"]]);
    equal([mayFilter(state), mayFilter({ ...state, only: "groups" }), mayFilter({ ...state, only: "groups", filter: "x" })], [false, true, false]);
  },
  "a filter finds names, last words and strangers, whatever the keyboard": () => {
    const state = run(...ready, pushed("person", person("d", "علی")), { type: "filter", text: "علي" });
    equal([conversationsOf(state).length, withoutChat(state).map(({ name }) => name)], [0, ["علی"]]);
    equal(conversationsOf(reduce(state, { type: "filter", text: " SAR" })).length, 1);
  },
  "a user name is found exactly first": () => {
    const state = run(...ready, pushed("person", person("e", "Sara")));
    equal(
      [
        personNamed(state, "Sara").name,
        personNamed(state, " sara").name,
        personNamed(state, "SARA") !== null,
        personNamed(state, "sar"),
      ],
      ["Sara", "sara", true, null],
    );
  },
  "the log grows downwards and begins anew with another filter": () => {
    const entries = (list) => list.map((n) => ({ n }));
    const state = run(
      ...ready,
      { type: "log_asking", filter: null },
      { type: "log_page", entries: entries([9, 8]), size: 9, seenBy: 2, more: true, from: null },
      { type: "log_asking", filter: null },
      { type: "log_page", entries: entries([7, 6]), size: 9, seenBy: 2, more: false, from: 8 },
    );
    equal(
      state.log.entries.map(({ n }) => n),
      [9, 8, 7, 6],
    );
    equal(reduce(state, { type: "log_asking", filter: "keys" }).log.entries, []);
  },
  "what an agent that went away never got is there again with its writer, and with nobody else": () => {
    const away = run(
      ...ready,
      { type: "open", chat },
      page([message(1)]),
      { type: "sending", chat, id: "x", text: "unheard", now: 9 },
      { type: "refused" },
    );
    equal(away.talks, {});
    const back = reduce(away, { type: "snapshot", snapshot: snapshot(), now: 10 });
    equal(back.talks[chat].messages.map(({ text }) => text), ["unheard"]);
    const other = { ...snapshot(), me: { ...me, uid: uid("f") } };
    equal(reduce(away, { type: "snapshot", snapshot: other, now: 10 }).talks, {});
    const locked = run(...ready, { type: "sending", chat, id: "x", text: "unheard", now: 9 }, { type: "session", on: false });
    equal(reduce(locked, { type: "snapshot", snapshot: snapshot(), now: 10 }).talks, {});
  },
  "at most three toasts at a time": () =>
    equal(
      [1, 2, 3, 4]
        .reduce((state, id) => reduce(state, { type: "toast", toast: { id } }), initialState)
        .toasts.map(({ id }) => id),
      [2, 3, 4],
    ),
  "no event changes the state it was given": () => {
    const freeze = (value) => {
      if (value && typeof value === "object") {
        Object.freeze(value);
        Object.values(value).forEach(freeze);
      }
      return value;
    };
    const before = freeze(run(...ready, { type: "open", chat }, page([message(1)])));
    for (const event of [
      pushed("message", message(2)),
      pushed("conversation", conversation({ unread: 1 })),
      { type: "sending", chat, id: "x", text: "h", now: 9 },
      { type: "open", chat: null },
      { type: "snapshot", snapshot: snapshot(), now: 2 },
      pushed("stage", { stage: "log_in" }),
      { type: "draft", chat, text: "d" },
    ])
      reduce(before, event);
  },
};
