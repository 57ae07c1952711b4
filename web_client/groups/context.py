"""What every group of one user needs beside its own chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from web_client.account.context import AccountContext
from web_client.authority.link import AuthorityLink
from web_client.groups.admissions import Admissions
from web_client.messages.blocked import Blocked
from web_client.messages.delivery import Outbox
from web_client.messages.profiles import Profiles
from web_client.messages.strangers import Strangers
from web_client.messages.typing import TypingIndicators


@dataclass(frozen=True, eq=False, slots=True)
class GroupContext:
    """Handed to the service and to each group's session; decides nothing."""

    ctx: AccountContext
    authority: AuthorityLink
    outbox: Outbox  # of invitations, which are private messages
    blocked: Blocked
    profiles: Profiles
    typing: TypingIndicators
    strangers: Strangers
    pause: Callable[[float], object]  # seconds; ends when the session does
    admissions: Admissions = field(default_factory=Admissions)
