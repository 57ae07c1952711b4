// The shapes of agent-api.md as types, which says what they mean. static/js is checked against them by tsc, and so is what an
// agent gives (tests/door/test_types.py). A program in TypeScript may take this file as it is.

export as namespace Api;

export type Role = "super admin" | "admin" | "advanced user" | "beginner user";
export type Stage = "join" | "sign_up" | "log_in" | "ready" | "moving" | "moved" | "arriving";
export type History = "all" | "joining";
export type Write = "all" | "ranked";
export type Chat = string; // p:UID or g:GID
export type Doing = "typing" | "sending" | "recording"; // what comes before a message
export type Nothing = Record<string, never>;

export interface Failure { code: string; text?: string; hint?: string; field?: string | null; values?: Values }
export type Values = Record<string, string | number>;

export interface Authority { id: string; hosts: string[]; port: number; digits: string[] }
export interface Found extends Authority { name: string }

export interface Status {
  api: number; stage: Stage; authority: Authority | null; owner: boolean; needs_invitation: boolean; discovery: boolean;
  username: string | null; vault: string | null; kit: boolean; restoring: boolean; backup_file: boolean; accounts: string[]; port: number; move: Move | null;
}

export interface Move {
  side: "old" | "new";
  state: "waiting" | "asked" | "going" | "gone" | "calling" | "digits" | "filling" | "failed";
  digits: string[] | null; number: string | null; addresses: string[]; name: string | null; done: number; total: number;
  when: number | null; heard: boolean; why: Failure | null;
}
export interface Computer { number: string; addresses: string[] }

export interface NewKey { why: "own" | "recovery" | "admin"; entry: number; by: string }
export interface Person {
  uid: string; name: string; display_name: string; alike: boolean; nickname: string; line: string; picture: string | null; role: Role; me: boolean; online: boolean | null; since: number | null; verified: boolean;
  contact: boolean; blocked: boolean; new_key: NewKey | null; revoked: boolean; may_revoke: boolean; may: Role[];
  why_not: string | null;
}

export interface Member { uid: string; state: "joined" | "invited"; acked: boolean }
export interface GroupCertificate { checked: boolean; entry: number | null; sequence: number | null }
export interface GroupLink { url: string; on: boolean; admits: "asked" | "all" }
export interface Group {
  gid: string; line: string; picture: string | null; port: number; epoch: number; history: History; write: Write;
  state: "invited" | "joined" | "left" | "removed"; invited_by: string | null; creator: string; members: Member[]; declined: string[];
  link: GroupLink | null; asks: { uid: string; time: number }[];
  acked: number; stale: boolean; may_add: boolean; may_remove: boolean; may_leave: boolean; why_not: string | null;
  certificate: GroupCertificate; last_checked: number | null;
}

export interface Conversation {
  chat: Chat; kind: "private" | "group"; name: string; uid: string | null; last: Message | null; time: number | null;
  unread: number; first_unread: number | null; marked_unread: boolean; mentions: number; first_mention: number | null; pins: Pinned[]; later: Later[]; position: number; pinned: boolean; muted: boolean; muted_until: number | null; mentions_only: boolean; archived: boolean; lifetime: number; draft: string;
  answering: Message | null; editing: { message: Message; text: string } | null;
  can_send: boolean; why_not: string | null; group: Group | null;
}

export interface Later { id: string; text: string; at: number; why: string | null; answers: boolean }
export interface Pinned { order: number; from: string; kind: string; text: string; by: string }
export interface Reply {
  id: string; from: string; order: number | null; kind: string | null; text: string; missing: boolean; blocked: boolean;
}
export interface Answered { time: number | null; from: string[] }
export interface Reaction { emoji: string; from: string[] }
export interface System { what: string; by: string; who: string[]; reason: string }
export interface Message {
  id: string; chat: Chat; order: number; position: number; from: string; mine: boolean; time: number | null;
  kind: "text" | "file" | "deleted" | "system" | "unreadable"; text: string; mention: "me" | "all" | null; keyword: string | null; starred: boolean;
  lifetime: number | null; goes: number | null;
  state: "waiting" | "authority" | "delivered" | "read" | "failed" | "received" | "system"; why: string | null; gap: boolean;
  reply: Reply | null; edited: number | null; deleted: boolean; retracted: { by: string; reason: string } | null;
  reactions: Reaction[]; answers: number; answered: Answered | null; file: File | null; imported: boolean; unsure: boolean;
  proof?: Place; seen?: { delivered: number; read: number; all: number } | null;
  system?: System;
}
export interface Place { n: number; epoch: number }

export interface FileProgress { state: string; done: number; where: "peer" | "authority" | null; why: string | null }
export interface File extends FileProgress {
  id: string; name: string; media_type: string; size: number; width: number; height: number; preview: boolean;
  voice: Voice | null;
}
export interface Voice { duration: number; waveform: number[]; listened: boolean }
export interface Upload { id: string; chat: Chat; name: string; size: number; modified: number; done: number }

export interface Settings {
  read_receipts: boolean; typing: boolean; presence: boolean; backups: boolean; notifications: "full" | "name" | "off";
  lock_after: "never" | "5" | "15" | "60"; desktop: "off" | "en" | "fa" | null; groups: "asked" | "contacts"; keywords: string[];
}

export interface Backup {
  kit: boolean; when: number | null; size: number | null; checked: number | null; under_way: [number, number] | null;
  why: string | null; restored: { when: number | null; at: number; waiting: number } | null;
}
export interface FoundBackup { id: string; username: string; when: number }
export interface WithoutBackup { username: string; why: string }
export interface Kit { where: "here" | "paper" | "unknown"; when: number | null; asked: string | null; request: string | null }
export interface KitSheet {
  groups: string[]; rows: string[]; ask: [number, number]; username: string; digits: string[]; link: string;
}

export interface Receipt { uid: string; what: "delivered" | "read" | "listened"; time: number | null }
export interface Details {
  signed_by: string; key: string | null; key_entry: number | null; key_current: boolean; time: number | null;
  received: number | null; sequence: number | null; place: Place | null; previous: string; hash: string;
  sealed: "one_time" | "last_resort" | "epoch" | "import" | null; verified: boolean; why: string | null; receipts: Receipt[];
  edits: { time: number | null; text: string }[];
}

export interface LogEntry {
  n: number; kind: "genesis" | "register" | "key" | "recovery" | "role" | "group"; who: string | null; by: string | null;
  role: Role | null; why: string | null; gid: string | null; noticed: number | null;
}

export interface Link { up: boolean; retry_in: number | null; waiting: number; why: string | null; restored: number | null }
export interface Disk { code: string; values: Values }
export interface State { code: string; about: string; name: string | null; since: number; values: Values; evidence: boolean }
export interface Head { size: number; hash: string }
export interface Alarm { entry: number; name: string | null; first: Head; second: Head }
export interface Snapshot {
  stage: Stage; me: Person; authority: Authority; link: Link; alarm: Alarm | null; disk: Disk | null; states: State[];
  people: Person[]; conversations: Conversation[]; log_size: number; join_link: string | null; settings: Settings; kit: Kit; backup: Backup;
  people_in_all: number;
}

export interface Hit { message: Message; parts: [string, boolean][] }
export interface Page { messages: Message[]; older: boolean; newer: boolean; more: boolean }
export interface Verdict {
  verdict: "same" | "differs" | "own" | "other_people"; log: "same" | "behind" | "split" | "unsigned" | null;
}

// Each event that is pushed, and its value.
export interface Pushes {
  stage: { stage: Stage; why?: "idle" };
  discovered: { authorities: Found[] };
  computers: { computers: Computer[] };
  move: Move | null;
  me: Person;
  link: Link;
  alarm: Alarm | null;
  states: { states: State[] };
  disk: Disk | null;
  typing: { chat: Chat; uid: string; on: boolean; what: Doing };
  settings: Settings;
  kit: Kit;
  backup: Backup;
  restoring: { done: number; of: number };
  person: Person;
  conversation: Conversation;
  conversation_gone: { chat: Chat };
  reread: { chat: Chat };
  message: Message;
  file: { chat: Chat; id: string; file: FileProgress };
  message_gone: { chat: Chat; id: string };
}

type Entrance = { token: string; username: string };
type Account = { email: string; username: string; password: string; password_confirm: string };
type At = { chat: Chat; order: number };

// Each call: its arguments, and what it answers besides `ok`.
export interface Calls {
  status: [Nothing, Status];
  join: [{ link: string }, { authority: Authority }];
  discovered: [Nothing, { authorities: Found[] }];
  computers: [Nothing, { computers: Computer[] }];
  take_move: [{ address: string; number?: string | null }, Nothing];
  go_on_move: [Nothing, Nothing];
  take_over_move: [Nothing, Nothing];
  end_move: [Nothing, Nothing];
  forget_move: [{ sure?: boolean }, Nothing];
  begin_move: [{ password: string }, { move: Move | null }];
  confirm_move: [{ digits: string[] }, Nothing];
  refuse_move: [{ digits: string[] }, Nothing];
  join_found: [{ id: string; invitation?: string | null }, { authority: Authority }];
  create_super_admin: [Account, Entrance];
  judge_account: [Partial<Account>, { errors: Failure[]; strength: 0 | 1 | 2 | 3 | null }];
  sign_up: [Account & { invitation?: string | null }, Entrance];
  login: [{ username: string; password: string }, Entrance];
  find_backup: [{ kit: string }, { backups: FoundBackup[]; without: WithoutBackup | null }];
  restore: [{ kit: string; password: string; password_confirm: string; id?: string | null; without?: boolean }, Entrance];
  restore_again: [{ password: string }, Entrance];
  drop_restore: [Nothing, Nothing];
  bring_backup: [{ size: number }, { id: string }];
  drop_backup_file: [Nothing, Nothing];
  open_with_kit: [{ kit: string; new_password: string; new_password_confirm: string }, Entrance];
  recover_key: [{ username: string; password: string; kit?: string | null }, Entrance];
  launch: [{ token: string }, Entrance];
  snapshot: [Nothing, Snapshot];
  people: [{ query?: string; after?: string | null; limit?: number }, { people: Person[]; more: boolean }];
  private_chat: [{ username: string; client_b_username: string; message: string; is_cert?: boolean; id?: string | null },
    { chat: Chat; id: string }];
  send_message: [{ chat: Chat; text: string; reply_to?: number | null; id?: string | null }, { id: string }];
  edit_message: [At & { text: string; id?: string | null }, { id: string }];
  delete_message: [At & { id?: string | null }, { id: string | null }];
  retract_message: [At & { reason?: string }, Nothing];
  react: [At & { emoji: string; id?: string | null }, { id: string }];
  history: [{ chat: Chat; before?: number | null; after?: number | null; limit?: number; around?: number | null; at?: number | null },
    Page];
  send_later: [{ chat: Chat; text: string; at: number; id?: string | null; reply_to?: number | null }, { id: string }];
  drop_later: [{ id: string }, { text: string | null; reply_to: number | null }];
  pin_message: [At & { on: boolean; id?: string | null }, { id: string | null }];
  star: [{ chat: Chat; order: number; on: boolean }, {}];
  starred: [{ text?: string; chat?: Chat | null; limit?: number; skip?: number }, { hits: Hit[]; more: boolean }];
  search: [
    {
      text: string;
      chat?: Chat | null;
      limit?: number;
      before?: number | null;
      by?: string | null;
      kind?: "file" | "picture" | "video" | "sound" | "link" | "media" | "document" | null;
      since?: number | null;
      until?: number | null;
    },
    { hits: Hit[]; more: boolean },
  ];
  thread: [At, { messages: Message[]; more: boolean }];
  find_message: [{ chat: Chat; id: string }, { order: number }];
  message_details: [At, { details: Details }];
  set_chat: [{ chat: Chat; pinned?: boolean | null; muted?: boolean | null; muted_until?: number | null; mentions_only?: boolean | null; marked_unread?: boolean | null; draft?: string | null;
    answering?: number | null; editing?: number | null; edit?: string | null; archived?: boolean | null },
    { conversation: Conversation }];
  set_lifetime: [{ chat: Chat; seconds: number; id?: string | null }, { conversation: Conversation }];
  clear_message: [At, Nothing];
  clear_chat: [{ chat: Chat }, Nothing];
  delete_chat: [{ chat: Chat }, Nothing];
  leave_again: [{ chat: Chat }, { messages: number }];
  waiting: [Nothing, { messages: Message[]; more: boolean }];
  mark_read: [{ chat: Chat; position: number }, Nothing];
  mark_listened: [At, Nothing];
  typing: [{ chat: Chat; on: boolean; what?: "typing" | "recording" }, Nothing];
  set_setting: [{ name: Exclude<keyof Settings, "keywords">; value: boolean | string }, { settings: Settings }];
  set_keywords: [{ keywords: string[] }, { settings: Settings }];
  start_at_login: [{ on?: boolean | null }, { on: boolean | null }];
  active: [Nothing, Nothing];
  kit: [{ password: string }, KitSheet];
  confirm_kit: [{ first: string; second: string }, { kit: Kit }];
  new_kit: [{ password: string; kit?: string | null }, KitSheet];
  ask_for_kit: [{ admin: string }, { rows: string[]; kit: Kit }];
  sign_for_kit: [{ uid: string; request: string }, { person: Person }];
  restored_read: [Nothing, Nothing];
  try_now: [Nothing, Nothing];
  safety_number: [{ username: string }, { digits: string[]; verified: boolean; head: Head; code: string }];
  compare_safety: [{ username: string; code: string }, Verdict];
  qr: [{ what: "join" | "safety"; username?: string | null }, { rows: string[]; text: string }];
  set_verified: [{ username: string; verified: boolean }, { person: Person }];
  block: [{ uid: string }, { person: Person }];
  unblock: [{ uid: string }, { person: Person }];
  blocked: [{ after?: string | null; limit?: number }, { people: (Person & { blocked_since: number })[]; more: boolean }];
  set_profile: [{ display_name: string; line: string; picture?: string | null }, { person: Person }];
  picture: [{ uid: string }, { picture: string | null }];
  set_nickname: [{ uid: string; nickname: string }, { person: Person }];
  log: [{ before?: number | null; limit?: number; filter?: "keys" | "roles" | "groups" | "new" | null },
    { entries: LogEntry[]; size: number; seen_by: number }];
  evidence: [{ state?: string | null; about?: string | null }, { evidence: object }];
  public_chat_method: [{ user_to_add: string[]; name: string; history?: History; write?: Write; picture?: string }, { group_id: string; port: number; chat: Chat }];
  send_public_message: [{ message: string; group_id: string; is_command?: boolean; is_add?: boolean | null; reason?: string; id?: string | null },
    { id?: string; conversation?: Conversation }];
  add_members: [{ group_id: string; user_to_add: string[] }, { conversation: Conversation }];
  change_group: [{ group_id: string; name?: string | null; line?: string | null; picture?: string | null; write?: Write | null },
    { conversation: Conversation }];
  group_picture: [{ group_id: string }, { picture: string | null }];
  reload_one_chat: [{ group_id: string }, { messages: Message[]; count: number; conversation: Conversation }];
  add_permissions: [{ username: string; role_value: Role }, { person: Person }];
  renew_key: [Nothing, { person: Person }];
  revoke_person: [{ username: string }, { person: Person }];
  begin_anew: [{ password: string }, Nothing];
  say_again: [{ chat: Chat; order: number }, Nothing];
  let_be: [{ chat: Chat; order: number }, Nothing];
  answer_invitation: [{ group_id: string; join: boolean }, { conversation: Conversation }];
  set_join_link: [{ group_id: string; on: boolean; admits?: GroupLink["admits"]; anew?: boolean }, { conversation: Conversation }];
  join_link_qr: [{ group_id: string }, { rows: string[]; text: string }];
  ask_to_join: [{ group_id: string; uid: string; secret: string }, Nothing];
  answer_ask: [{ group_id: string; uid: string; accept: boolean }, { conversation: Conversation }];
  leave_group: [{ group_id: string }, Nothing];
  file_begin: [{ chat: Chat; id: string; name: string; size: number; media_type?: string; modified?: number },
    { done: number; part: number }];
  send_file: [{ id: string; caption?: string; preview?: string | null; width?: number; height?: number },
    { chat: Chat; id: string }];
  send_voice: [{ id: string; duration: number; waveform?: string }, { chat: Chat; id: string }];
  uploads: [Nothing, { uploads: Upload[] }];
  file_drop: [{ id: string }, Nothing];
  file_fetch: [At, Nothing];
  file_cancel: [At, Nothing];
  make_backup: [Nothing, { backup: Backup }];
  check_backup: [Nothing, { backup: Backup }];
  backup_file: [Nothing, { ticket: string }];
  restore_read: [Nothing, Nothing];
  file_ticket: [At, { ticket: string }];
  file_play: [At, { media: "audio" | "video" | "moving" | null; ticket: string | null }];
  file_preview: [At, { preview: string | null }];
  export_chat: [{ chat: Chat; language?: "en" | "fa" }, { ticket: string }];
  export_all: [{ language?: "en" | "fa" }, { ticket: string }];
  change_password: [{ password: string; new_password: string; new_password_confirm: string }, Nothing];
  lock: [Nothing, Nothing];
  log_out: [Nothing, Nothing];
}

export type Arguments<K extends keyof Calls> = {} extends Calls[K][0] ? [Calls[K][0]?] : [Calls[K][0]];
