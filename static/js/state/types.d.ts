// What the page knows (state.js), what can happen to it (every event of the reducer), and what its views are given.

import type { ComponentChildren, VNode } from "preact";
import type { Refusal } from "../core/connection.js";

export as namespace Page;

// One of one's own has no order until the agent has shown it; `accepted`: the agent has it; `refusal`: why it hasn't.
export type Message = Omit<Api.Message, "order" | "position" | "state" | "file"> & {
  order: number | null; position: number | null; state: Api.Message["state"] | "handing"; accepted?: boolean;
  refusal?: Api.Failure | null; file: File | null;
};
export type Draft = Pick<Message, "id" | "kind" | "text" | "time" | "state"> & Partial<Message>;
export type Sent = Message & { order: number; position: number };
export type Filed = Sent & { file: File };
export type File = Omit<Api.File, "id"> & { id?: string };
export type Target = { id: string; mark: boolean };
export type Sought = { order?: number; time?: number; mark: boolean };
export type Side = "newest" | "around" | "older" | "newer";
export interface Talk {
  messages: Message[]; older: boolean; newer: boolean; asking: Side | null; loaded: boolean;
  early?: Message[]; // pushed while a page is asked for
  gone?: string[]; // and ids of what went meanwhile
  divider: { id: string; n: number } | null; target: Target | null;
}
export type Talks = Record<string, Talk>;
/** when: "week", "month" or "year" back from now, or a day, as its midnight in ms. */
export interface Narrow { by: string | null; kind: Api.Calls["search"][0]["kind"] | null; when: "week" | "month" | "year" | number | null }
export interface Search { text: string; narrow: Narrow; hits: Hit[]; more: boolean; asking: boolean }
export type Hit = Api.Hit;
export type Slot = "listSearch" | "chatSearch";
export interface Link extends Api.Link { since: number; down: number | null }
export interface Look {
  language: "en" | "fa"; digits: string; calendar: string; theme: string; size: string; accent: string; density: string; enter: boolean; technique: boolean;
  sound: boolean; asked: boolean; introduced: boolean;
}
export interface Safety {
  uid: string | null; digits: string[] | null; error: Refusal | null; rows: string[] | null; code: string | null;
  verdict: Api.Verdict | null;
}
export type Only = "unread" | "people" | "groups" | null; // which chats the list shows
export type Filter = Api.Calls["log"][0]["filter"];
export interface Log { entries: Api.LogEntry[]; size: number; seenBy: number; filter: Filter; more: boolean; asking: boolean }
export interface Popover {
  kind: "menu" | "quick" | "react" | "emoji" | "proof"; chat: string; id: string | null;
  at: { x: number; y: number; width: number; height: number }; byKey: boolean; link?: string;
}
export interface Toast { id: number; kind: "ok" | "stop"; key?: string; values?: Words; error?: Api.Failure; undo?: { key: string; run: () => unknown } }
export type Words = Record<string, string | number | { ready: string } | null | undefined>;
/** What a group's join link says: `name` is nobody's word but the link's. */
export interface JoinLink { gid: string; uid: string; secret: string; name: string }
export type Dialog =
  | { kind: "new_private" | "new_group" | "new_key" | "begin_anew" | "recover_key" | "log_out" | "join_link" }
  | { kind: "shortcuts" | "password" | "move" | "queue" | "new_kit" | "ask_kit" | "profile" }
  | { kind: "kit"; next?: Dialog } // what is looked at once it is closed
  | { kind: "ask_join"; link: JoinLink } | { kind: "paste_link" }
  | { kind: "add" | "leave" | "group_link"; gid: string }
  | { kind: "edit_group"; group: Api.Group; name: string }
  | { kind: "remove"; gid: string; uid: string }
  | { kind: "block" | "revoke" | "sign_kit" | "person" | "nickname"; uid: string }
  | { kind: "send_files"; chat: string; ids: string[]; ready: boolean; left: number }
  | { kind: "picture" | "reacted"; chat: string; id: string }
  | { kind: "link"; text: string; href: string; host: string | null }
  | { kind: "date"; chat: string; time: number; slot?: Slot }
  | { kind: "export"; chat: string | null }
  | { kind: "mute" | "lifetime" | "clear" | "delete_chat"; chat: string }
  | { kind: "clear_message"; message: Sent }
  | { kind: "delete" | "retract"; message: Sent }
  | { kind: "starred"; chat: string | null }
  | { kind: "poll" | "camera" | "place" | "later" | "later_list"; chat: string }
  | { kind: "gallery"; chat: string }
  | { kind: "forward" | "clear_messages" | "delete_messages"; messages: Sent[] };

/** without: whose kit it is, and why one goes on without a backup; failed: why the chosen one could not be gone on from. */
export interface Restore { kit: string; backups: Api.FoundBackup[]; chosen: number; without: Api.WithoutBackup | null; failed: string | null }

export interface State {
  connected: boolean; status: Api.Status | null; stage: Api.Stage | null; authority: Api.Authority | null;
  session: boolean; left: boolean; idle: boolean; ended: boolean; loaded: boolean; kept: { me: string; talks: Talks; written: Written } | null;
  form: "sign_up" | "log_in" | "join" | "with_kit" | "restore" | "move" | null; move: Api.Move | null; computers: Api.Computer[];
  restore: Restore | null; restoring: { done: number; of: number } | null; backup: Api.Backup; found: Api.Found[]; settings: Look; toasts: Toast[]; now: number;
  me: string | null; people: People; everybody: number; before: Record<string, boolean | null>; talks: Talks; typing: Record<string, Doing[]>; joinLink: string | null;
  joinCode: string[] | null; alarm: Api.Alarm | null; disk: Api.Disk | null; states: Api.State[]; link: Link;
  choices: Api.Settings; kit: Api.Kit; sheet: Api.KitSheet | null; requestCode: string[] | null; waiting: Api.Message[] | null; section: Section; dialog: Dialog | null;
  conversations: Record<string, Api.Conversation>; drafts: Record<string, string>; open: string | null;
  details: "about" | "search" | `p:${string}` | `t:${string}` | false; filter: string; only: Only; shelf: boolean; listSearch: Search; chatSearch: Search;
  answering: Record<string, Message>; editing: Record<string, { message: Sent; text: string }>; popover: Popover | null;
  recent: string[]; safety: Safety; log: Log; selecting: { chat: string; ids: string[] } | null;
}
export type Written = Pick<State, "drafts" | "answering" | "editing">;
export type People = Record<string, Api.Person>;
export type Doing = { uid: string; what: Api.Doing };
export type Shown = State & { me: string; status: Api.Status; authority: Api.Authority };
export type Section = "chats" | "people" | "trust" | "settings";

type File_ = { chat: string; id: string; file: Partial<File> };
export type Pushes = Omit<Api.Pushes, "file"> & { file: File_ };
export type Pushed = { [K in keyof Pushes]: { name: K; value: Pushes[K] } }[keyof Pushes] & { now: number };

// What each event brings, by its type: what dispatch() takes is one of these with its type.
export interface Events {
  pushed: Pushed;
  connected: { up: boolean };
  status: { status: Api.Status };
  session: { on: boolean };
  snapshot: { snapshot: Api.Snapshot; now: number };
  settings: { settings: Look };
  clock: { now: number };
  waiting: { messages: Api.Message[] };
  found: { authorities: Api.Found[] }; people_found: { people: Api.Person[] };
  computers: { computers: Api.Computer[] };
  move: { move: Api.Move | null };
  join_code: { rows: string[] };
  form: { form: State["form"] };
  refused: {};
  section: { section: Section };
  dialog: { dialog: Dialog | null };
  restore: { restore: Restore | null };
  sheet: { sheet: Api.KitSheet };
  request_code: { rows: string[] };
  toast: { toast: Toast };
  toast_gone: { id: number };
  draft: { chat: string; text: string };
  caption: { chat: string; text: string };
  taken: { conversation: Api.Conversation };
  answer: { chat: string; message: Message | null };
  edit: { chat: string; message: Sent | null; text?: string };
  popover: { popover: Popover | null };
  chosen: { emoji: string };
  details: { on: boolean | State["details"] };
  filter: { text: string };
  searching: { slot: Slot; text: string };
  hits: { slot: Slot; text: string; narrow?: Narrow; hits: Hit[]; more: boolean; before: number | null };
  narrow: { slot: Slot; narrow: Narrow };
  search_over: { slot: Slot };
  shelf: { on: boolean };
  only: { only: Only };
  open: { chat: string | null; keep?: boolean };
  asking: { chat: string; side: Side | null };
  page: Partial<Api.Page> & { chat: string; side: Side; target?: Sought | null };
  target: { chat: string; target: Sought };
  sending: { chat: string; id: string; text: string; reply: Api.Reply | null; now: number; aside?: boolean };
  changed: { chat: string; id: string; change: Partial<Message> };
  taken_back: { chat: string; id: string };
  handing: File_ & { text?: string; now: number };
  select: { chat: string; id: string };
  select_over: {};
  safety: { safety: Partial<Safety> };
  verdict: { verdict: Api.Verdict | null };
  log_asking: { filter: Filter };
  log_page: { entries: Api.LogEntry[]; size: number; seenBy: number; more: boolean; from: number | null };
  log_failed: {};
}
export type Event = { [T in keyof Events]: { type: T } & Events[T] }[keyof Events];
export type Reducers<T extends keyof Events = keyof Events> = { [K in T]: (state: State, event: Events[K]) => State };

export interface Open {
  chat: string; conversation: Api.Conversation | null; person: Api.Person | null; group: Api.Group | null; name: string;
}
export type Row =
  | { kind: "day"; key: string; time: number }
  | { kind: "key" | "gap"; key: string }
  | { kind: "new"; key: string; n: number }
  | { kind: "message"; key: string; message: Message; album: Message[] | null; joined: boolean; followed: boolean };
export type Judge = (values: Record<string, string>) => Promise<Api.Calls["judge_account"][1]>;
export interface Form {
  form: { current: HTMLFormElement | null }; busy: boolean; rest: Refusal | null; clear: () => void; strength: number | null;
  at: (field: string) => Refusal | null; onSubmit: (event: Press) => Promise<void>;
}
export type View<P> = (props: P) => VNode | null | false;
export type Content = ComponentChildren;
// What a view listens to: its target is an element, and so is what listens.
type On = { target: HTMLInputElement; currentTarget: HTMLInputElement };
export type Press = KeyboardEvent & PointerEvent & DragEvent & ClipboardEvent & On;
export type Anchor = { key: string; offset: number };

// What views are given, by name: each name means one thing on the whole page.
export interface Props {
  state: Shown; open: Open; message: Message; person: Api.Person; people: People; conversation: Api.Conversation;
  conversations: Record<string, Api.Conversation>; group: Api.Group; chat: string; popover: Popover; safety: Safety; talk: Talk;
  settings: Look; choices: Api.Settings; link: Link; alarm: Api.Alarm; disk: Api.Disk; states: Api.State[]; hit: Hit;
  entry: Api.LogEntry; toasts: Toast[]; now: number; unread: number; uids: string[]; authority: Api.Authority; reply: Api.Reply;
  asked?: Api.Person; sender?: Api.Person; partner?: Api.Person; recent: string[]; typing?: Doing[]; doing: Doing[]; it: Form;
  error: Api.Failure | null; answering?: Message; editing?: { message: Message; text: string }; language: "en" | "fa"; since: number;
  time: number; depth: number; screen: string; gid: string; id: string; name: string; label: string; look?: string; kind: string; text: string;
  filter: string; draft: string; value: string; type?: string; size: number; shape?: string; href: string; host: string | null;
  first: string; wide?: string; noteId: string; removed: string | null; others: string[]; rows: string[]; left?: string[]; again?: string[]; shown: string[]; chosen: any;
  lines?: string[]; why: string; stop?: boolean; stays?: boolean; part?: boolean; isGroup: boolean; isOpen: boolean; isLastWaiting: boolean; answeredAt: string;
  isWithin?: boolean; isOnly: boolean; isInvited: boolean; isCreator: boolean; mayRemove: boolean; joined: boolean; followed: boolean;
  fades?: string; unfolded?: boolean; owns?: boolean; connected: boolean; disabled?: boolean; checked?: boolean; on: boolean; exists: boolean; words: any; hint?: any;
  title: any; go: any; note?: any; end?: any; meta?: (message: Message & { isSilent?: boolean }) => Content; face: Content; children?: any; set: (value: any) => void; find: (text: string) => void;
  change: (value: any) => void; close: () => void; press: () => void; submit: (values: Record<string, string>) => unknown;
  load: () => Promise<ImageBitmap | null>; onPick: (value: any) => void; onOpen?: () => void;
  onKeyDown?: (event: Press) => void; onBroken?: () => void;
  onMore: (() => void) | null; spans: any[];
  // what is of several kinds, by whose view it is
  dialog: any; row: any; album?: any; found: any; me: any; of: any; as?: string; one: any; item: any; items: any; options: any; block: any; button?: any;
  hooks?: any; more?: any; poll: any; selecting: State["selecting"]; selected?: boolean | null; picked?: string[] | null; file: File; from: string; members: string[]; history: Api.History; write: Api.Write; port: number;
}
