"""Profiles (section 8.13): publishing one's own, and fetching those that others have told of. Failures are silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol.about import About
from protocol.errors import Forged, Refused
from protocol.group_asides import ABOUT, seal_about
from protocol.messages import Done, FetchProfile, ProfileIs, PublishProfile, Signal
from protocol.primitives import ProfileKey, random_id
from protocol.profiles import Profile, open_profile, seal_profile
from web_client.groups import rows as group_rows
from web_client.messages import profile_rows
from web_client.messages.profile_rows import Own, Told
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import Node
    from web_client.groups.session import Room

TRIES = 3  # of publishing after another copy's
# A version beyond this nobody comes to by counting: a larger one that the authority names is not believed, or one false
# word would use all versions up.
NEWEST = 2**31
AT_ONCE = 20  # fetched in one go: others wait for the next one
TOLD_ASIDE = (
    50  # members, up to which a group's members say it when somebody joins; in larger ones with what they write
)


class Profiles:
    """One's own and others'. Methods may be called from any thread; `step` does what there is to do."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def make(self, name: str, line: str, picture: bytes) -> Own:
        """From now on one shows this, under a key that nobody has been told yet; on disk when this returns."""
        node = self._node

        def change(rows: Rows) -> Own:
            before = profile_rows.own(rows)
            return self._seal(rows, Profile(node.me.uid, 0, name, line, picture), before.about.version if before else 0)

        made = node.vault.write(change)
        node.authority.look()
        return made

    def renew(self, rows: Rows) -> None:
        """The same under a new key: who has the one of now sees no newer profile. Nothing if there is none. In the
        transaction that makes it necessary; it is published at the next `look`.
        """
        found = profile_rows.own(rows)
        if found is not None:
            self._seal(rows, found.profile, found.about.version)

    def _seal(self, rows: Rows, profile: Profile, after: int) -> Own:
        node = self._node
        about = About(after + 1, ProfileKey.generate().save())
        profile = msgspec.structs.replace(profile, version=about.version)
        sealed = seal_profile(profile, about, node.me.key, node.authority_id)
        made = Own(about, profile, sealed, False)
        profile_rows.keep_own(rows, made)
        return made

    # --- what there is to do ---

    def look(self) -> None:
        """Something was said or read: perhaps there is a profile to be fetched."""
        node = self._node
        if node.vault.read(lambda rows: profile_rows.wanted(rows, node.trust.log, node.me.uid)):
            node.authority.look()

    def step(self) -> None:
        """Publish what isn't yet, and fetch what was told of. Raises what means that there is no link."""
        self._publish()
        node = self._node
        for told in node.vault.read(lambda rows: profile_rows.wanted(rows, node.trust.log, node.me.uid))[:AT_ONCE]:
            self._fetch(told)

    def _publish(self) -> None:
        node = self._node
        found = node.vault.read(profile_rows.own)
        for _try in range(TRIES):
            if found is None or found.published:
                return
            version, profile = found.about.version, found.profile
            try:
                node.authority.request(PublishProfile(0, version, found.sealed), Done)
            except Refused as reason:
                newest = reason.values.get("n", 0)
                if reason.code != "profile_stale" or not isinstance(newest, int) or not version <= newest < NEWEST:
                    return
                # made in another copy of this vault: this one comes after it
                found = node.vault.write(lambda rows, n=newest, p=profile: self._seal(rows, p, n))  # type: ignore[misc]
                continue
            node.vault.write(lambda rows, v=version: profile_rows.mark_published(rows, True, v))  # type: ignore[misc]
            return

    def _fetch(self, told: Told) -> None:
        node, uid = self._node, told.user.uid
        try:
            sealed = node.authority.request(FetchProfile(0, uid, told.about.version), ProfileIs).sealed
            opened = open_profile(sealed, told.about, uid, told.user.counting, node.authority_id)
        except (Refused, Forged):
            node.vault.write(lambda rows: profile_rows.mark_tried(rows, told))
            return

        def keep(rows: Rows) -> bool:
            profile_rows.mark_tried(rows, told)
            return profile_rows.keep(rows, told.user, opened)

        if node.vault.write(keep):
            node.tell("person", uid)

    # --- in groups ---

    def may_say_in(self, room: Room) -> bool:
        """Whether one's profile may be told of in a group: not where somebody would learn it who is blocked."""
        return self._node.blocked.everybody().isdisjoint(room.group.members)

    def say_in(self, room: Room) -> None:
        """Somebody has joined a small group: say there which profile is one's newest, over the link that is there."""
        node, group = self._node, room.group
        found = node.vault.read(profile_rows.own)
        if found is None or not found.published or not group.is_in(node.me.uid) or not self.may_say_in(room):
            return
        key = node.vault.read(lambda rows: group_rows.key_of(rows, room.gid, group.epoch))
        if key is not None and sum(member.joined for member in group.members.values()) <= TOLD_ASIDE:
            sealed = seal_about(found.about, key, room.gid, group.epoch, node.me.uid, random_id())
            room.link.tell(Signal(room.gid, group.epoch, ABOUT, sealed))

    def hear_in(self, room: Room, uid: bytes, about: About) -> None:
        """A member has said it."""
        print_, chat = room.group.members[uid].key, group_rows.chat_of(room.gid)
        if self._node.vault.write(lambda rows: profile_rows.hear(rows, uid, print_, chat, about, aside=True)):
            self.look()
