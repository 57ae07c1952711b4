"""Profiles (section 8.13): publishing one's own, and fetching those that others have told of. Failures are silent."""

from __future__ import annotations

import msgspec

from protocol.about import About
from protocol.errors import Forged, Refused
from protocol.messages import Done, FetchProfile, ProfileIs, PublishProfile
from protocol.primitives import ProfileKey
from protocol.profiles import Profile, open_profile, seal_profile
from web_client.account.context import AccountContext
from web_client.account.events import PersonChanged
from web_client.authority.link import AuthorityLink
from web_client.messages import profile_rows
from web_client.messages.profile_rows import Own, Told
from web_client.vault.database import Rows

TRIES = 3  # of publishing after another copy's
# A version beyond this nobody comes to by counting: a larger one that the authority names is not believed, or one false
# word would use all versions up.
NEWEST = 2**31
AT_ONCE = 20  # fetched in one go: others wait for the next one


class Profiles:
    """One's own and others'. Methods may be called from any thread; `step` does what there is to do."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink) -> None:
        self._ctx = ctx
        self._authority = authority

    def make(self, name: str, line: str, picture: bytes) -> Own:
        """From now on one shows this, under a key that nobody has been told yet; on disk when this returns."""
        ctx = self._ctx

        def change(rows: Rows) -> Own:
            before = profile_rows.own(rows)
            return self._seal(rows, Profile(ctx.me.uid, 0, name, line, picture), before.about.version if before else 0)

        made = ctx.vault.write(change)
        ctx.emit(PersonChanged(ctx.me.uid))
        self._authority.look()
        return made

    def renew(self, rows: Rows) -> None:
        """The same under a new key: who has the one of now sees no newer profile. Nothing if there is none. In the
        transaction that makes it necessary; it is published at the next `look`.
        """
        found = profile_rows.own(rows)
        if found is not None:
            self._seal(rows, found.profile, found.about.version)

    def _seal(self, rows: Rows, profile: Profile, after: int) -> Own:
        ctx = self._ctx
        about = About(after + 1, ProfileKey.generate().save())
        profile = msgspec.structs.replace(profile, version=about.version)
        sealed = seal_profile(profile, about, ctx.me.key, ctx.authority_id)
        made = Own(about, profile, sealed, False)
        profile_rows.keep_own(rows, made)
        return made

    def hold(self) -> None:
        """What one shows is signed by a key that counts, whatever has become of keys: else it is made anew."""
        ctx = self._ctx
        found, me = ctx.vault.read(profile_rows.own), ctx.trust.user(ctx.me.uid)
        if found is None or me is None or me.key is None:
            return
        try:
            open_profile(found.sealed, found.about, me.uid, me.counting, ctx.authority_id)
        except Forged:
            ctx.vault.write(self.renew)

    # --- what there is to do ---

    def look(self) -> None:
        """Something was said or read: perhaps there is a profile to be fetched."""
        ctx = self._ctx
        if ctx.vault.read(lambda rows: profile_rows.wanted(rows, ctx.trust.log, ctx.me.uid)):
            self._authority.look()

    def step(self) -> None:
        """Publish what isn't yet, and fetch what was told of. Raises what means that there is no link."""
        self._publish()
        ctx = self._ctx
        for told in ctx.vault.read(lambda rows: profile_rows.wanted(rows, ctx.trust.log, ctx.me.uid))[:AT_ONCE]:
            self._fetch(told)

    def _publish(self) -> None:
        ctx = self._ctx
        found = ctx.vault.read(profile_rows.own)
        for _try in range(TRIES):
            if found is None or found.published:
                return
            version, profile = found.about.version, found.profile
            try:
                self._authority.request(PublishProfile(0, version, found.sealed), Done)
            except Refused as reason:
                newest = reason.values.get("n", 0)
                if reason.code != "profile_stale" or not isinstance(newest, int) or not version <= newest < NEWEST:
                    return
                # made in another copy of this vault: this one comes after it
                found = ctx.vault.write(lambda rows, n=newest, p=profile: self._seal(rows, p, n))  # type: ignore[misc]
                continue
            ctx.vault.write(lambda rows, v=version: profile_rows.mark_published(rows, True, v))  # type: ignore[misc]
            return

    def _fetch(self, told: Told) -> None:
        ctx, uid = self._ctx, told.user.uid
        try:
            sealed = self._authority.request(FetchProfile(0, uid, told.about.version), ProfileIs).sealed
            opened = open_profile(sealed, told.about, uid, told.user.counting, ctx.authority_id)
        except (Refused, Forged):
            ctx.vault.write(lambda rows: profile_rows.mark_tried(rows, told))
            return

        def keep(rows: Rows) -> bool:
            profile_rows.mark_tried(rows, told)
            return profile_rows.keep(rows, told.user, opened)

        if ctx.vault.write(keep):
            ctx.emit(PersonChanged(uid))
