"""Another recovery key, as agents see it: in everybody's log, and nothing that was said before is touched."""

from __future__ import annotations

from protocol.log import recovery_hash
from protocol.log_entries import OWN, SOLE, RecoveryChange
from protocol.messages import Appended, ChangeRecovery
from protocol.primitives import SigningKey
from protocol.statements import issue
from tests.world import Person, World
from web_client.agent.views import log as log_views
from web_client.vault.database import setting


def change(person: Person, why: str) -> SigningKey:
    """Ask for a new recovery key; the new one."""
    node, new = person.node, SigningKey.generate()
    raw = person.vault.read(lambda rows: setting(rows, "recovery_key"))
    assert raw is not None
    old = SigningKey(raw)
    prev = node.ctx.trust.log.users[person.uid].latest
    body = RecoveryChange(person.uid, recovery_hash(node.ctx.authority_id, new.public), why, person.uid, prev)
    second = issue(body, old, node.ctx.authority_id).sig if why == OWN else None
    entry = issue(body, node.ctx.me.key, node.ctx.authority_id)
    node.authority.request(ChangeRecovery(0, entry, old.public.raw if why == OWN else None, second), Appended)
    return new


def test_everybody_has_it_in_the_log_and_goes_on() -> None:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    arash.say(sara, "before")
    new = change(sara, OWN)
    change(arash, SOLE)
    world.settle()
    arash.say(sara, "after")
    assert sara.texts(arash) == ["before", "after"]
    for person in (arash, sara):
        page = log_views.log_page(person.node, None, 100, "keys")["entries"]
        shown = [(entry["kind"], entry["who"], entry["why"], entry["by"]) for entry in page]
        assert shown == [("recovery", arash.uid.hex(), SOLE, None), ("recovery", sara.uid.hex(), OWN, None)]
        assert person.node.ctx.trust.log.users == world.authority.state.log.users
        assert person.node.ctx.trust.log.users[sara.uid].recovery_hash == recovery_hash(world.authority.id, new.public)
        assert person.node.ctx.trust.alarm is None
    sara.restart()
    world.settle()
    assert sara.node.ctx.trust.log.head == world.authority.state.log.head
