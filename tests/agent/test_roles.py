"""`add_permissions`: who may give which role to whom, checked by the agent, by the authority and in every replay."""

from __future__ import annotations

import itertools

import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.log_entries import RoleChange
from protocol.messages import Appended, ChangeRole
from protocol.roles import Role
from protocol.statements import Head, issue
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World

# The specification's section 8, written out: (commander, target): the roles that may be given.
GIVEN = {Role.ADMIN, Role.ADVANCED, Role.BEGINNER}
LOWER = {Role.ADVANCED, Role.BEGINNER}
ALLOWED: dict[tuple[Role, Role], set[Role]] = {
    **{(Role.SUPER_ADMIN, target): GIVEN for target in GIVEN},
    **{(Role.ADMIN, target): LOWER for target in LOWER},
}


def refusal(commander: Role, target: Role, new: Role) -> str | None:
    if new in ALLOWED.get((commander, target), set()):
        return None
    if Role.SUPER_ADMIN in (target, new):
        return "role_fixed"
    return "role_only_super" if commander is Role.ADMIN else "role_not_allowed"


@pytest.fixture
def people_by_role(world: World) -> dict[Role, list[Person]]:
    """Two people of each role that there can be two of."""
    owner = world.sign_up("owner")
    people_by_role = {Role.SUPER_ADMIN: [owner], Role.ADMIN: [], Role.ADVANCED: [], Role.BEGINNER: []}
    for role, number in itertools.product((Role.ADMIN, Role.ADVANCED, Role.BEGINNER), (1, 2)):
        person = world.sign_up(f"{role.value.split()[0]}{number}")
        people_by_role[role].append(person)
        world.settle()
        if role is not Role.BEGINNER:
            owner.agent().add_permissions(person.name, role.value)
    world.settle()
    return people_by_role


def role_of(seen_by: Person, person: Person) -> Role:
    user = seen_by.node.ctx.trust.user(person.uid)
    assert user is not None
    return user.role


@pytest.mark.parametrize("commander", Role)
def test_all_roles(world: World, people_by_role: dict[Role, list[Person]], commander: Role) -> None:
    """16 pairs and 4 roles to give; a beginner or advanced user who asks the authority directly is refused too."""
    for target, new in itertools.product(Role, Role):
        by, about = people_by_role[commander][0], people_by_role[target][-1]
        wanted = refusal(commander, target, new)
        if by is about and wanted is None:
            continue
        before = world.authority.state.log.size
        if wanted is None:
            assert by.agent().add_permissions(about.name, new.value)["person"]["role"] == new.value
            world.settle()
            assert all(role_of(person, about) is new for person in world.people.values())
            back = people_by_role[Role.SUPER_ADMIN][0].agent()
            back.add_permissions(about.name, target.value)
            world.settle()
        else:
            with pytest.raises(HamrazError) as reason:
                by.agent().add_permissions(about.name, new.value)
            assert (reason.value.code, reason.value.field) == (wanted, "role_value")
            with pytest.raises(HamrazError) as reason:
                ask_the_authority(by, about, new)
            assert reason.value.code == wanted
            assert world.authority.state.log.size == before


def ask_the_authority(by: Person, about: Person, role: Role, prev: int | None = None) -> None:
    """What a raw client would send."""
    user = by.node.ctx.trust.user(about.uid)
    assert user is not None
    change = RoleChange(about.uid, role, by.uid, user.latest if prev is None else prev)
    by.node.authority.request(ChangeRole(0, issue(change, by.node.ctx.me.key, by.node.ctx.authority_id)), Appended)


def test_an_old_promotion_is_worth_nothing_again(world: World, people_by_role: dict[Role, list[Person]]) -> None:
    owner, somebody = people_by_role[Role.SUPER_ADMIN][0], people_by_role[Role.BEGINNER][0]
    owner.agent().add_permissions(somebody.name, Role.ADMIN.value)
    promotion = frames_of(world, ChangeRole, "owner", "authority")[-1]
    owner.agent().add_permissions(somebody.name, Role.BEGINNER.value)
    size = world.authority.state.log.size
    with pytest.raises(HamrazError) as reason:
        owner.node.authority.request(promotion, Appended)
    assert reason.value.code == "stale"
    world.settle()
    assert world.authority.state.log.size == size
    assert role_of(somebody, somebody) is Role.BEGINNER


def test_one_can_not_sign_for_another(world: World, people_by_role: dict[Role, list[Person]]) -> None:
    """A beginner who says that the owner has said so."""
    owner, somebody = people_by_role[Role.SUPER_ADMIN][0], people_by_role[Role.BEGINNER][0]
    user = somebody.node.ctx.trust.user(somebody.uid)
    assert user is not None
    change = RoleChange(somebody.uid, Role.ADMIN, owner.uid, user.latest)
    entry = issue(change, somebody.node.ctx.me.key, somebody.node.ctx.authority_id)
    with pytest.raises(HamrazError) as reason:
        somebody.node.authority.request(ChangeRole(0, entry), Appended)
    assert reason.value.code == "bad_signature"


@pytest.mark.parametrize("value", ["super admin", "owner", "", "Admin", "admin "])
def test_a_role_that_nobody_can_be_given(world: World, arash: Person, sara: Person, value: str) -> None:
    with pytest.raises(HamrazError) as reason:
        arash.agent().add_permissions("sara", value)
    assert reason.value.code == ("role_fixed" if value == "super admin" else "role_unknown")
    assert reason.value.field == "role_value"


def test_somebody_unknown(world: World, arash: Person, sara: Person) -> None:
    with pytest.raises(HamrazError) as reason:
        arash.agent().add_permissions("nobody", "admin")
    assert (reason.value.code, reason.value.field) == ("unknown_user", "username")


def test_the_same_role_again_writes_nothing(world: World, arash: Person, sara: Person) -> None:
    size = world.authority.state.log.size
    assert arash.agent().add_permissions("sara", "beginner user")["person"]["role"] == "beginner user"
    assert world.authority.state.log.size == size


def test_without_the_authority_a_role_is_not_changed(world: World, arash: Person, sara: Person) -> None:
    world.authority_up = False
    world.cut("authority")
    with pytest.raises(HamrazError) as reason:
        arash.agent().add_permissions("sara", "admin")
    assert reason.value.code == "authority_down"
    assert role_of(arash, sara) is Role.BEGINNER


def test_an_answer_that_is_lost_leaves_no_doubt(world: World, arash: Person, sara: Person) -> None:
    """The change stands; who asks again sees it."""
    world.carry = lambda source, target, body: [] if (source, target) == ("authority", "arash") else [body]
    with pytest.raises(HamrazError):
        arash.agent().add_permissions("sara", "admin")
    world.carry = lambda source, target, body: [body]
    world.cut("authority")
    for person in (arash, sara):
        person.reconnect()
    assert role_of(arash, sara) is role_of(sara, sara) is Role.ADMIN
    assert arash.agent().add_permissions("sara", "admin")["person"]["role"] == "admin"


def test_with_the_alarm_up_no_role_is_changed(world: World, arash: Person, sara: Person) -> None:
    trust = arash.node.ctx.trust
    assert trust.head is not None
    with trust._lock:
        trust._raise_alarm(1, None, trust.head, trust.head, "heads")
    with pytest.raises(HamrazError) as reason:
        arash.agent().add_permissions("sara", "admin")
    assert reason.value.code == "sending_stopped"


def test_an_answer_s_head_is_compared_like_any_other(world: World, arash: Person, sara: Person) -> None:
    """The authority acknowledges the change under a head of another history."""

    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, Appended)
        if answer is None:
            return [body]
        head = issue(Head(2, bytes(32)), world.authority_key, world.link.authority_id)
        return [messages.encode(Appended(answer.re, answer.index, head))]

    world.carry = lie
    with pytest.raises(HamrazError) as reason:
        arash.agent().add_permissions("sara", "admin")
    assert reason.value.code == "log_split"
    assert arash.node.ctx.trust.alarm is not None
