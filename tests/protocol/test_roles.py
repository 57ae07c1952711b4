"""Roles (docs/protocol.md section 7): the whole table, against the specification's section 8 written out by hand."""

from __future__ import annotations

import itertools

import pytest

from protocol.roles import Role, may_command_groups, may_end_account, outranks, role_change_refusal

SUPER, ADMIN, ADVANCED, BEGINNER = Role.SUPER_ADMIN, Role.ADMIN, Role.ADVANCED, Role.BEGINNER

# (commander, target, new role) that are allowed; there are no others
ALLOWED = {
    *((SUPER, target, new) for target in (ADMIN, ADVANCED, BEGINNER) for new in (ADMIN, ADVANCED, BEGINNER)),
    (ADMIN, ADVANCED, ADVANCED),
    (ADMIN, ADVANCED, BEGINNER),
    (ADMIN, BEGINNER, ADVANCED),
    (ADMIN, BEGINNER, BEGINNER),
}


@pytest.mark.parametrize("commander", Role)
@pytest.mark.parametrize("target", Role)
@pytest.mark.parametrize("new", Role)
def test_the_commander_decides(commander: Role, target: Role, new: Role) -> None:
    refusal = role_change_refusal(commander, target, new)
    assert (refusal is None) == ((commander, target, new) in ALLOWED)
    if SUPER in (target, new):
        assert refusal == "role_fixed"
    elif commander in (ADVANCED, BEGINNER):
        assert refusal == "role_not_allowed"
    elif refusal is not None:
        assert (commander, refusal) == (ADMIN, "role_only_super")


def test_the_names_are_the_specifications() -> None:
    assert [role.value for role in Role] == ["super admin", "admin", "advanced user", "beginner user"]


def test_groups_are_for_advanced_users_and_above() -> None:
    assert [role for role in Role if may_command_groups(role)] == [SUPER, ADMIN, ADVANCED]


def test_rank_is_a_strict_order() -> None:
    order = [SUPER, ADMIN, ADVANCED, BEGINNER]
    for (i, a), (j, b) in itertools.product(enumerate(order), repeat=2):
        assert outranks(a, b) == (i < j)


def test_an_account_is_ended_by_admins_who_outrank_it() -> None:
    allowed = [pair for pair in itertools.product(Role, Role) if may_end_account(*pair)]
    lower = [(SUPER, ADMIN), (SUPER, ADVANCED), (SUPER, BEGINNER), (ADMIN, ADVANCED), (ADMIN, BEGINNER)]
    assert sorted(allowed) == sorted(lower)
