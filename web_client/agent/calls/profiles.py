"""The agent's calls about what people show of themselves, and what our user calls them (docs/agent-api.md)."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from msgspec import Meta

from protocol.errors import Refused
from protocol.group_settings import LINE_LIMIT, PICTURE_LIMIT
from protocol.profiles import NAME_LIMIT
from web_client.agent.calls.base import Calls
from web_client.agent.calls.forms import Uid, call
from web_client.agent.views import people as person_views
from web_client.messages import display, profile_rows
from web_client.messages.rasters import is_face

LONGEST = 10_000  # characters of a text that is refused in words, not as a mistake of the page's
LongText = Annotated[str, Meta(max_length=LONGEST)]
PictureText = Annotated[str, Meta(max_length=4 * PICTURE_LIMIT)]  # base64


class ProfileCalls(Calls):
    """The part of the facade that is about profiles and given names."""

    @call()
    def set_profile(
        self,
        display_name: LongText,
        line: LongText,
        picture: PictureText | None = None,
    ) -> dict[str, Any]:
        """What one shows of oneself from now on; None leaves the picture as it is, "" takes it away."""
        session = self._open()
        name = display.own(display_name, display.NAME_SIGNS, NAME_LIMIT, "display_name")
        line = display.own(line, display.LINE_SIGNS, LINE_LIMIT, "line")
        before = session.ctx.vault.read(profile_rows.own)
        kept = before.profile.picture if before is not None else b""
        session.profiles.make(name, line, kept if picture is None else picture_in(picture))
        return {"person": person_views.person(session, self._person(session.ctx.me.uid.hex()))}

    @call()
    def picture(self, uid: Uid) -> dict[str, Any]:
        """Somebody's picture, in base64; None for who has none, or whose isn't shown."""
        return {"picture": picture_out(self._open().names.picture(self._person(uid)))}

    @call()
    def set_nickname(self, uid: Uid, nickname: LongText) -> dict[str, Any]:
        """What our user calls somebody, here only; "" for what they are called otherwise."""
        session = self._open()
        user = self._person(uid)
        session.names.give(user.uid, nickname)
        return {"person": person_views.person(session, user)}


def picture_out(found: bytes | None) -> str | None:
    """A picture in base64, if it may be one."""
    return base64.b64encode(found).decode() if found is not None and is_face(found) else None


def picture_in(text: str) -> bytes:
    """The bytes of a picture that our user gives, or none; `bad_picture`."""
    try:
        picture = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad_request", field="picture") from None
    if len(picture) > PICTURE_LIMIT or (picture and not is_face(picture)):
        raise Refused("bad_picture", field="picture", limit=PICTURE_LIMIT // 1024)
    return picture
