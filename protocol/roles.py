"""Who may do what (section 7 of docs/protocol.md; the specification's section 8).

The commander's role decides; the target's only limits what may be done to it.
"""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """The four roles, by the specification's names."""

    SUPER_ADMIN = "super admin"
    ADMIN = "admin"
    ADVANCED = "advanced user"
    BEGINNER = "beginner user"


_RANK = {Role.BEGINNER: 0, Role.ADVANCED: 1, Role.ADMIN: 2, Role.SUPER_ADMIN: 3}


def outranks(commander: Role, target: Role) -> bool:
    """True if the first stands strictly above the second."""
    return _RANK[commander] > _RANK[target]


def may_command_groups(role: Role) -> bool:
    """May create groups and, as a member, add and remove members."""
    return _RANK[role] >= _RANK[Role.ADVANCED]


def may_end_account(commander: Role, target: Role) -> bool:
    """May take an account's key away: an admin who stands above it."""
    return commander in (Role.ADMIN, Role.SUPER_ADMIN) and outranks(commander, target)


def role_change_refusal(commander: Role, target: Role, new: Role) -> str | None:
    """None if `commander` may give `target` the role `new`, else the error code that says why not."""
    if target is Role.SUPER_ADMIN or new is Role.SUPER_ADMIN:
        return "role_fixed"
    if commander is Role.SUPER_ADMIN:
        return None
    if commander is not Role.ADMIN:
        return "role_not_allowed"
    if target is Role.ADMIN or new is Role.ADMIN:
        return "role_only_super"
    return None
