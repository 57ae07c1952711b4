// The dialog that is open, if any: a new talk, the join link, leaving, removing, logging out, the keyboard.

import { html } from "../../vendor/preact.js";
import { logOut } from "../actions/account.js";
import { leaveGroup, removeMember } from "../actions/group.js";
import { t } from "../i18n/i18n.js";
import { BlockDialog } from "../chat/block.js";
import { Nickname, PersonDialog } from "../chat/card.js";
import { called } from "../state/names.js";
import { Calendar } from "../kit/calendar.js";
import { closeDialog } from "../core/store.js";
import { Ask } from "../kit/dialog.js";
import { reasonField } from "../kit/field.js";
import { AddMembers, NewGroup } from "../chat/groupdialogs.js";
import { BeginAnew, NewKey, RecoverKey, RevokePerson } from "../message/keydialogs.js";
import { Guard } from "../kit/guard.js";
import { NewPrivate } from "../list/newprivate.js";
import { Lifetime } from "../chat/fading.js";
import { Forward } from "../chat/forward.js";
import { Gallery } from "../chat/gallery.js";
import { Camera } from "../chat/camera.js";
import { AskJoin, GroupLinkDialog, PasteLink } from "../chat/joining.js";
import { NewPoll } from "../chat/newpoll.js";
import { SendPlace } from "../chat/place.js";
import { LaterList, SendLater } from "../chat/later.js";
import { Starred } from "../chat/starred.js";
import { MoveDialog } from "../pages/move.js";
import { ChangePassword } from "../kit/password.js";
import { JoinLink } from "../entry/joinlink.js";
import { EditGroup } from "../chat/groupeditor.js";
import { PictureDialog } from "../chat/picture.js";
import { Queue } from "../chat/queue.js";
import { SendFiles } from "../chat/sendfiles.js";
import { ProfileDialog } from "../pages/profile.js";
import { AskKit, KitDialog, NewKit, SignKit } from "../pages/recovery.js";
import { Shortcuts } from "../pages/shortcuts.js";
import { MuteChat } from "../chat/mutedialog.js";
import { Clear, ClearAll, ClearMessage, Delete, Export, OpenLink, Reacted, TakeAway } from "../chat/talkdialogs.js";

function Remove(/** @type {Page.Props} */ { state, dialog: { gid, uid } }) {
  const name = called(state.people[uid] ?? { name: "" });
  return html`<${Ask} kind="remove" title=${t("remove.title", { name })} go=${t("remove.go")} stop
    submit=${(/** @type {Record<string, string>} */ { reason }) => removeMember(gid, uid, reason)}
    lines=${[t("remove.text", { name, group: state.conversations[`g:${gid}`]?.name ?? "" })]}>
    ${reasonField(t("remove.reason.seen", { name }))}<//>`;
}

/** @type {Record<string, Page.View<Page.Props>>} */
const kinds = {
  new_private: NewPrivate,
  new_group: NewGroup,
  add: AddMembers,
  remove: Remove,
  block: BlockDialog,
  person: PersonDialog,
  nickname: Nickname,
  profile: ProfileDialog,
  leave: ({ state, dialog }) => html`<${Ask} kind="leave" title=${t("group.leave")} go=${t("group.leave")}
    submit=${() => leaveGroup(dialog.gid)}
    stop lines=${[t("leave.text", { group: state.conversations[`g:${dialog.gid}`]?.name ?? "" })]} />`,
  new_key: NewKey,
  revoke: RevokePerson,
  begin_anew: BeginAnew,
  recover_key: RecoverKey,
  kit: KitDialog,
  new_kit: NewKit,
  ask_kit: AskKit,
  sign_kit: SignKit,
  log_out: () => html`<${Ask} kind="log_out" title=${t("set.log_out")} go=${t("set.log_out")} submit=${logOut}
    stop lines=${[t("set.log_out.text")]} />`,
  join_link: JoinLink,
  shortcuts: Shortcuts,
  send_files: SendFiles,
  picture: PictureDialog,
  link: OpenLink,
  date: Calendar,
  password: ChangePassword,
  move: MoveDialog,
  queue: Queue,
  delete: Delete,
  retract: TakeAway,
  reacted: Reacted,
  export: Export,
  mute: MuteChat,
  lifetime: Lifetime,
  clear: Clear,
  delete_chat: Clear,
  clear_message: ClearMessage,
  clear_messages: ClearAll,
  delete_messages: ClearAll,
  forward: Forward,
  edit_group: EditGroup,
  starred: Starred,
  poll: NewPoll,
  camera: Camera,
  later: SendLater,
  later_list: LaterList,
  gallery: Gallery,
  place: SendPlace,
  ask_join: AskJoin,
  paste_link: PasteLink,
  group_link: GroupLinkDialog,
};

export function Dialogs(/** @type {Page.Props} */ { state }) {
  if (!state.dialog) return null;
  const Kind = kinds[state.dialog.kind];
  return html`<${Guard} key=${state.dialog.kind} of=${state.dialog} onBroken=${closeDialog}><${Kind} state=${state}
    dialog=${state.dialog} /><//>`;
}
