// The dialog that is open, if any: a new talk, the join link, leaving, removing, logging out, the keyboard.

import { html } from "../../vendor/preact.js";
import { logOut } from "../actions/account.js";
import { leaveGroup, removeMember } from "../actions/group.js";
import { openPerson } from "../actions/reading.js";
import { t } from "../i18n/i18n.js";
import { BlockDialog } from "../chat/block.js";
import { Calendar } from "../kit/calendar.js";
import { Dialog, closeDialog, footer } from "../kit/dialog.js";
import { errorLine, reasonField } from "../kit/field.js";
import { useForm } from "../kit/form.js";
import { AddMembers, NewGroup } from "../chat/groupdialogs.js";
import { BeginAnew, NewKey, RecoverKey, RevokePerson } from "../message/keydialogs.js";
import { Guard } from "../kit/guard.js";
import { ChangePassword } from "../kit/password.js";
import { JoinLink } from "../entry/joinlink.js";
import { NamePicker } from "../kit/picker.js";
import { PictureDialog } from "../chat/picture.js";
import { Queue } from "../chat/queue.js";
import { SendFiles } from "../chat/sendfiles.js";
import { Shortcuts } from "../pages/shortcuts.js";
import { Delete, OpenLink, Reacted, TakeAway } from "../chat/talkdialogs.js";

function NewPrivate({ state }) {
  const it = useForm(["username"], async ({ username }) => openPerson(username));
  return html`
    <${Dialog} kind="new_private" title=${t("new.private")}>
      <form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <div class="dialog-body"><div class=${`field ${it.at("username") ? "has-error" : ""}`}><label for="new-name">
        ${t("field.username")}</label>
        <${NamePicker} id="new-name" name="username" state=${state} label=${t("field.username")}
          error=${it.at("username")} onPick=${({ name }) => openPerson(name)} />
        ${errorLine("new-name-error", it.at("username"))}<p class="hint">${t("new.private.hint")}</p></div></div>
      ${footer(it, t("empty.go"))}</form><//>`;
}

function Remove({ state, dialog }) {
  const { gid, uid } = dialog;
  const it = useForm([], ({ reason }) => removeMember(gid, uid, reason));
  const name = state.people[uid]?.name ?? "";
  return html`
    <${Dialog} kind="remove" title=${t("remove.title", { name })}>
      <form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit} novalidate>
      <div class="dialog-body"><p>${t("remove.text", { name, group: state.conversations[`g:${gid}`]?.name ?? "" })}</p>
        ${reasonField()}</div>
      ${footer(it, t("remove.go"), { stop: true })}</form><//>`;
}

function Ask({ kind, title, text, go, submit }) {
  const it = useForm([], submit);
  return html`
    <${Dialog} kind=${kind} title=${title}><form class="dialog-form" ref=${it.form} onSubmit=${it.onSubmit}>
      <div class="dialog-body"><p>${text}</p></div>${footer(it, go, { stop: true })}</form><//>`;
}

const kinds = {
  new_private: NewPrivate,
  new_group: NewGroup,
  add: AddMembers,
  remove: Remove,
  block: BlockDialog,
  leave: ({ state, dialog }) => html`<${Ask} kind="leave" title=${t("group.leave")} go=${t("group.leave")}
    submit=${() => leaveGroup(dialog.gid)}
    text=${t("leave.text", { group: state.conversations[`g:${dialog.gid}`]?.name ?? "" })} />`,
  new_key: NewKey,
  revoke: RevokePerson,
  begin_anew: BeginAnew,
  recover_key: RecoverKey,
  log_out: () => html`<${Ask} kind="log_out" title=${t("set.log_out")} go=${t("set.log_out")} submit=${logOut}
    text=${t("set.log_out.text")} />`,
  join_link: JoinLink,
  shortcuts: Shortcuts,
  send_files: SendFiles,
  picture: PictureDialog,
  link: OpenLink,
  date: Calendar,
  password: ChangePassword,
  queue: Queue,
  delete: Delete,
  retract: TakeAway,
  reacted: Reacted,
};

export function Dialogs({ state }) {
  if (!state.dialog) return null;
  const Kind = kinds[state.dialog.kind];
  return html`<${Guard} key=${state.dialog.kind} of=${state.dialog} onBroken=${closeDialog}><${Kind} state=${state}
    dialog=${state.dialog} /><//>`;
}
