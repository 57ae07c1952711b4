"""Making an account and logging in to it: what is checked here, what is said to the authority, and in which order.

The vault is on disk before the authority hears of the account, so that no account ever exists without its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from protocol import links, messages
from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.links import Link
from protocol.log import recovery_hash
from protocol.log_entries import Register
from protocol.messages import Answer, CheckSignUp, Hello, LoggedIn, LogIn, SignedUp, SignUp, SignUpChecked, Welcomed
from protocol.primitives import SigningKey, VerifyKey, random_nonce
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    Head,
    Presence,
    Signed,
    Welcome,
    authority_id_of,
    check,
    check_head,
    decode_strict,
    encode_strict,
    issue,
    prove,
    uid_of,
)
from web_client.net.channel import Channel
from web_client.vault.database import Rows, Vault, save_setting, setting

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What WELCOMED proved: the authority's key, its nonce for our proof, and its newest head."""

    authority_key: VerifyKey
    nonce: bytes
    head: Signed

    @property
    def size(self) -> int:
        """Of the log, by that head."""
        return decode_strict(self.head.body, Head).size


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this vault belongs to."""

    uid: bytes
    name: str
    key: SigningKey


def greet(channel: Channel, authority_id: bytes) -> Greeting:
    """HELLO and its answer. Nothing else is sent before key, certificate and nonce are the right ones (section 3)."""
    nonce = random_nonce()
    answer = channel.first(Hello(messages.VERSION, nonce), messages.FromAuthorityFirst)
    if not isinstance(answer, Welcomed):
        raise Forged("wrong_authority")
    key = VerifyKey(decode_strict(answer.welcome.body, Welcome).authority_key)
    if authority_id_of(key) != authority_id:
        raise Forged("wrong_authority")
    welcome = check(answer.welcome, Welcome, key, authority_id)
    # the certificate that this side saw on the socket, never the one that the message names
    if welcome.fingerprint != channel.fingerprint:
        raise Forged("wrong_certificate")
    if welcome.client_nonce != nonce:
        raise Forged("wrong_answer")
    check_head(welcome.head, key, authority_id)
    return Greeting(key, welcome.server_nonce, welcome.head)


def as_down(reason: Unreachable) -> Unreachable:
    """What to say of an authority that isn't reached: what it has said itself (`busy`), else `authority_down`."""
    return Unreachable("authority_down") if reason.code in ("timed_out", "peer_unreachable") else reason


# What another host of the same authority may mend: somebody else has this address now, or stands in between; or of
# several nodes this one can't serve now.
_ELSEWHERE = {"busy", "wrong_authority", "wrong_certificate"}


def meet(dial: Callable[[list[str]], Channel], hosts: Sequence[str], authority_id: bytes) -> tuple[Channel, Greeting]:
    """Dial until one of the hosts has proved to be this authority. Raises why the last one hasn't."""
    left = list(hosts)
    while True:
        channel = dial(left)
        try:
            return channel, greet(channel, authority_id)
        except HamrazError as reason:
            channel.close()
            left = [host for host in left if host != channel.host]
            if reason.code not in _ELSEWHERE or not left:
                raise


def _ask(channel: Channel, request: CheckSignUp | SignUp, kind: type[A]) -> A:
    """A request; what the wire calls `name` is the page's `username`."""
    try:
        return channel.request(request, kind)
    except Refused as reason:
        if reason.field == "name":
            reason.field = "username"
        raise


def prepare_sign_up(
    channel: Channel, link: Link, owner_code: str | None, email: str, name: str
) -> tuple[Identity, Callable[[Rows], None]]:
    """Ask whether these may have an account, make the keys, and say what the new vault begins with."""
    if link.invitation is None:
        raise Refused("invitation_needed", field="invitation")
    checked = _ask(channel, CheckSignUp(0, name, email, link.invitation, owner_code), SignUpChecked)
    key, recovery = SigningKey.generate(), SigningKey.generate()
    uid = uid_of(link.authority_id, key.public)
    register = Register(uid, name, checked.name_key, key.public.raw, recovery_hash(link.authority_id, recovery.public))
    pending = SignUp(1, issue(register, key, link.authority_id), email, link.invitation, owner_code)

    def fill(rows: Rows) -> None:
        save_setting(rows, "uid", uid)
        save_setting(rows, "name", name.encode())
        save_setting(rows, "identity_key", key.save())
        save_setting(rows, "recovery_key", recovery.save())
        save_setting(rows, "link", link.encode().encode())
        save_setting(rows, "sign_up", encode_strict(pending))

    return Identity(uid, name, key), fill


# What SIGN_UP is refused with only if the account doesn't exist: that of a resend is known and answered as before.
NOT_MADE = {
    "no_invitation",
    "owner_first",
    "owner_code_wrong",
    "owner_code_used",
    "name_taken",
    "name_lookalike",
    "email_taken",
}


def is_pending(vault: Vault) -> bool:
    """Whether the authority has not confirmed yet that the account of this vault is made."""
    return vault.read(lambda rows: setting(rows, "sign_up")) is not None


def finish_sign_up(channel: Channel, vault: Vault) -> None:
    """Send the sign-up that the vault holds, if it is still to be sent; a resend is the same bytes, and gets
    the same answer.
    """
    pending = vault.read(lambda rows: setting(rows, "sign_up"))
    if pending is None:
        return
    _ask(channel, decode_strict(pending, SignUp), SignedUp)
    vault.execute("DELETE FROM settings WHERE name = 'sign_up'")


def load_identity(vault: Vault) -> tuple[Identity, Link]:
    """Who the vault belongs to, and their authority."""

    def load(rows: Rows) -> tuple[bytes | None, ...]:
        return tuple(setting(rows, name) for name in ("uid", "name", "identity_key", "link"))

    uid, name, key, link = vault.read(load)
    if uid is None or name is None or key is None or link is None:
        raise Refused("no_account")
    return Identity(uid, name.decode(), SigningKey(key)), links.decode(link.decode())


def next_presence(
    vault: Vault,
    identity: Identity,
    authority_id: bytes,
    now: int,
    hosts: list[str],
    port: int,
    fingerprint: bytes,
    above: int = 0,
) -> Signed:
    """A presence record with the next sequence, which is on disk before it is shown to anybody; `now` is in ms. It is
    larger than `above`, too.
    """

    def step(rows: Rows) -> int:
        # At least the time: a vault that was brought back from a copy doesn't know how far it has counted since.
        sequence = max(int.from_bytes(setting(rows, "presence_sequence") or b"") + 1, now, above + 1)
        save_setting(rows, "presence_sequence", sequence.to_bytes(8))
        return sequence

    return issue(
        Presence(identity.uid, NO_DEVICE, vault.write(step), hosts, port, fingerprint), identity.key, authority_id
    )


def log_in(
    channel: Channel,
    greeting: Greeting,
    identity: Identity,
    authority_id: bytes,
    presence: Signed,
    generation: Signed,
    head: Signed | None,
    shown: bool,
) -> LoggedIn:
    """Answer the authority's nonce with the identity key, on this connection only, and hand over the presence
    record and the vault's generation; `shown`: others are told that this agent is here.
    """
    proof = prove(
        PROOF_AUTHORITY, authority_id, greeting.nonce, channel.fingerprint, identity.uid, identity.key, authority_id
    )
    return channel.request(LogIn(0, identity.uid, proof, presence, generation, head, shown), LoggedIn)
