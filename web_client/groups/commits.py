"""Making a commit: the new key, sealed for every member, and the invitations that follow from it (section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from protocol.envelope import INVITATION
from protocol.errors import Forged, Refused
from protocol.group_entries import ALL, NOTE_LIMIT, Certificate, Commit, Listed, Policy
from protocol.group_seals import Invitation, encode_invitation, seal_grant, seal_note, wrap_history
from protocol.group_settings import seal_settings, settings_hash
from protocol.groups import Group
from protocol.log import User
from protocol.messages import (
    Answer,
    Committed,
    Done,
    FetchGroup,
    FetchPrekeys,
    Granted,
    GrantKeys,
    GroupIs,
    LastResorts,
    MakeCommit,
)
from protocol.primitives import EpochKey, random_id
from protocol.statements import NO_DEVICE, Signed, check, decode_strict, encode_strict, issue
from web_client.account import newest_seen
from web_client.account.context import AccountContext
from web_client.authority.link import AuthorityLink
from web_client.groups import rows as group_rows
from web_client.groups import settings as group_settings
from web_client.groups.settings import Change
from web_client.messages import outgoing
from web_client.messages.delivery import Outbox
from web_client.messages.showing import show
from web_client.net.channel import Channel
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.session import Room

PART = 200  # grants a frame, of about 1.5 KB each; and prekeys an answer

A = TypeVar("A", bound=Answer)


def read(signed: Signed) -> Commit:
    """A commit's statement."""
    return decode_strict(signed.body, Commit)


def make(
    ctx: AccountContext,
    authority: AuthorityLink,
    group: Group,
    uids: list[bytes],
    reason: str,
    channel: Channel | None,
    history: str | None = None,
    policy: Policy | None = None,
    change: Change | None = None,
) -> Committed:
    """Commit to these members under a new key. `stale` if somebody was faster. Without `channel`, on the main link.

    `reason` is for who was in until now: it goes under the key of the epoch before, or not at all.
    Policy and settings are carried on unless a new policy, or what becomes of the settings, is given. Where history is
    shared and the key before isn't here, the commit says that it is cut.
    """
    if len(reason.encode()) > NOTE_LIMIT:
        raise Refused("note_too_long", field="reason", limit=NOTE_LIMIT)
    users = [_live(ctx, uid) for uid in sorted(uids)]
    epoch, key = group.epoch + 1, EpochKey.generate()
    settings = ctx.vault.read(lambda rows: group_settings.to_carry(rows, group.gid, epoch, change))
    kept_history = group.commit.history if group.commit else history
    previous = ctx.vault.read(lambda rows: group_rows.key_of(rows, group.gid, epoch - 1))
    # without that key there is no reason that anybody could read: a removal waits for nothing
    note = b"" if previous is None else seal_note(previous, group.gid, epoch, ctx.me.uid, reason, random_id())
    shares = kept_history == ALL and epoch > 1
    wrapped = (
        wrap_history(key, previous, group.gid, epoch, group.commit_hash) if shares and previous is not None else b""
    )
    sealed = b"" if settings is None else seal_settings(settings, key, group.gid, epoch)
    commit = Commit(
        group.gid,
        epoch,
        group.commit_hash,
        [Listed(user.uid, user.key.fingerprint()) for user in users if user.key is not None],
        ctx.me.uid,
        key.key_id(),
        "joining" if kept_history != ALL else "all",
        shares and previous is None,
        wrapped,
        policy or (group.commit.policy if group.commit else "all"),
        settings_hash(sealed),
        note,
    )
    signed = issue(commit, ctx.me.key, ctx.authority_id)
    for start in range(0, len(users), PART):
        part = users[start : start + PART]
        grants = _grants(ctx, authority, part, key, signed, {user.uid for user in part} - group.members.keys())
        _ask(ctx, authority, channel, GrantKeys(0, group.gid, epoch, grants), Done)
    return _ask(ctx, authority, channel, MakeCommit(0, signed, sealed), Committed)


def _live(ctx: AccountContext, uid: bytes) -> User:
    user = ctx.trust.user(uid)
    if user is None or user.key is None:
        raise Refused("revoked")
    return user


def _grants(
    ctx: AccountContext, authority: AuthorityLink, users: list[User], key: EpochKey, signed: Signed, needed: set[bytes]
) -> list[Granted]:
    """The key sealed to each one's last-resort prekey, which is checked against their identity key first.

    Who is needed must have one (`prekey_missing`); nobody else's keeps the others from theirs: they say that they have
    no key, and get it again.
    """
    answer = authority.request(FetchPrekeys(0, [user.uid for user in users]), LastResorts)
    if len(answer.prekeys) != len(users):
        raise Forged("wrong_answer")
    grants = []
    older = newest_seen.note_prekeys(ctx, list(zip(users, answer.prekeys, strict=True)))
    for user, prekey in zip(users, answer.prekeys, strict=True):
        assert user.key is not None
        if user.uid in older and user.uid in needed:
            raise Forged("prekey_older", name=user.name)
        try:
            if prekey is None or user.uid in older:
                raise Forged("prekey_invalid")
            sealed = seal_grant(key, signed, user.uid, user.key, prekey, ctx.me.key, ctx.authority_id)
        except Forged:
            authority.log.refresh()
            if _live(ctx, user.uid).key != user.key:
                raise Refused("stale") from None  # it is the prekey of a key that the log has by now
            if user.uid in needed:
                raise Refused("prekey_missing", name=user.name) from None
            sealed = b""
        grants.append(Granted(user.uid, NO_DEVICE, sealed))
    return grants


def _ask(
    ctx: AccountContext,
    authority: AuthorityLink,
    channel: Channel | None,
    request: GrantKeys | MakeCommit,
    kind: type[A],
) -> A:
    return authority.request(request, kind) if channel is None else channel.request(request, kind)


def keep_certificate(room: Room) -> None:
    """A group's certificate, if it isn't here yet: without it, nothing could be given back (section 6.5)."""
    ctx, gid = room.ctx, room.gid
    if room.row("certificate") is not None:
        return
    found, _certificate = newest(ctx, room.authority, gid, room.channel())
    ctx.vault.execute("UPDATE groups SET certificate = ? WHERE gid = ?", encode_strict(found.certificate), gid)


def newest(
    ctx: AccountContext, authority: AuthorityLink, gid: bytes, channel: Channel | None = None
) -> tuple[GroupIs, Certificate]:
    """What the authority says of a group now: of the epoch that our log has, or a later one. `certificate_older`, after
    it was asked once more: the group may have changed in the same moment.
    """
    key = ctx.trust.log.authority_key
    assert key is not None
    for more in (True, False):
        ask = authority if channel is None else channel
        found = ask.request(FetchGroup(0, gid), GroupIs)
        certificate = check(found.certificate, Certificate, key, ctx.authority_id)
        if certificate.gid != gid:
            raise Forged("wrong_answer")
        epochs = len(ctx.trust.log.groups.get(gid, []))
        listed = any(member.uid == ctx.me.uid for member in read(found.commit).members)
        if epochs <= certificate.epoch or not listed:  # who is out is shown what took them out, and nothing later
            break
        if not more:
            raise Forged("certificate_older", name=group_rows.name_of(ctx.vault, gid) or "")
    if epochs < certificate.epoch:
        authority.log.refresh()
    return found, certificate


def certified_epoch(room: Room) -> int:
    """The epoch of the certificate that is kept: at least the one by which we came in. 0 if there is none yet."""
    kept = room.row("certificate")
    return 0 if kept is None else decode_strict(decode_strict(bytes(kept), Signed).body, Certificate).epoch


def invite(ctx: AccountContext, authority: AuthorityLink, outbox: Outbox, gid: bytes, uids: list[bytes]) -> None:
    """Put the certificate, the commit and the group's name into each newcomer's private chat, and drop the notes."""
    found, _certificate = newest(ctx, authority, gid)
    head = ctx.trust.head
    assert head is not None
    now = ctx.clock()

    def change(rows: Rows) -> list[int]:
        name = rows.execute("SELECT name FROM groups WHERE gid = ?", (gid,)).fetchone()[0]
        rows.execute("UPDATE groups SET certificate = ? WHERE gid = ?", (encode_strict(found.certificate), gid))
        body = encode_invitation(Invitation(found.certificate, found.commit, name))
        # who was blocked after they were added is invited once they are unblocked
        rows.execute("DELETE FROM group_invites WHERE gid = ? AND uid NOT IN (SELECT uid FROM blocked)", (gid,))
        return [
            outgoing.compose(rows, ctx.me, uid, INVITATION, body, random_id(), now, head)[0]
            for uid in uids
            if uid != ctx.me.uid
        ]

    show(ctx, ctx.vault.write(change))
    for uid in uids:
        outbox.deliver_soon(uid)
