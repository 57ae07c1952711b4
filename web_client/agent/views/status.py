"""What the page is shown of the authority and of the link to it: shapes of docs/agent-api.md. Reads only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from protocol import links
from protocol.links import Link
from web_client.account import generations, kits, restored
from web_client.account.states import NAMES, State, inside
from web_client.groups import rows as group_rows
from web_client.messages import outbox_rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


def join_link(link: Link) -> str | None:
    """The link for further people, without what was the owner's; None where the invitation isn't known."""
    return replace(link, owner_code=None).encode() if link.invitation is not None else None


def authority(link: Link) -> dict[str, Any]:
    """Authority."""
    return {
        "id": link.authority_id.hex(),
        "hosts": list(link.hosts),
        "port": link.port,
        "digits": list(links.digits(link.authority_id)),
    }


def settings(session: UserSession) -> dict[str, Any]:
    """`settings`: what the user has chosen."""
    shown: dict[str, Any] = msgspec.structs.asdict(session.ctx.settings)
    shown |= {"keywords": list(session.ctx.settings.keywords)}
    return shown if session.desktop.show is not None else shown | {"desktop": None}


def kit(session: UserSession) -> dict[str, Any]:
    """Kit: where the recovery kit is, and who was asked for another one."""
    me = session.ctx.trust.user(session.ctx.me.uid)
    state = session.ctx.vault.read(lambda rows: kits.state(rows, me, session.ctx.authority_id))
    return {
        "where": state.where,
        "when": state.when,
        "asked": state.asked.hex() if state.asked is not None else None,
        "request": state.request,
    }


def backup(session: UserSession) -> dict[str, Any]:
    """Backup: what is left at the authority, how far the next one is, and what a restore still lacks."""
    backups, kept = session.backups, session.backups.kept
    made = session.ctx.vault.read(restored.load)
    waiting = len(session.ctx.vault.read(restored.to_ask)) if made is not None else 0
    return {
        "kit": backups.has_kit,
        "when": kept.when if kept is not None else None,
        "size": kept.size if kept is not None else None,
        "checked": (kept.checked or None) if kept is not None else None,
        "under_way": list(backups.done) if backups.done is not None else None,
        "why": backups.why,
        "restored": None
        if made is None or made.told
        else {"when": made.when or None, "at": made.at, "waiting": waiting},
    }


def link_state(session: UserSession) -> dict[str, Any]:
    """`link`: whether the authority is there, and what waits."""
    trouble = session.authority.trouble
    return {
        "up": session.authority.up,
        "retry_in": session.authority.retry_in,
        "waiting": session.ctx.vault.read(outbox_rows.count),
        "why": trouble.code if trouble and not session.authority.up else None,
        "restored": session.ctx.vault.read(generations.restored),
    }


def states(session: UserSession) -> list[dict[str, Any]]:
    """[State]: what holds now, and which parts of this agent fail."""
    return [_state(session, state) for state in [*session.ctx.states.now(), *inside(session.ctx.troubles.now())]]


def _state(session: UserSession, state: State) -> dict[str, Any]:
    name = None
    if NAMES.get(state.code) == "person":
        user = session.ctx.trust.user(state.about)
        name = user.name if user is not None else None
    elif NAMES.get(state.code) == "group":
        name = group_rows.name_of(session.ctx.vault, state.about)
    return {
        "code": state.code,
        "about": state.about.hex(),
        "name": name,
        "since": state.since,
        "values": state.values,
        "evidence": state.evidence is not None,
    }
