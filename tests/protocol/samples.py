"""One valid example of every statement and of every message, and the places where messages may come."""

from __future__ import annotations

from typing import Any

from protocol import envelope, group_entries, group_ephemeral, group_seals, group_settings, log
from protocol import messages as m
from protocol import statements as s
from protocol.about import About
from protocol.log_entries import OWN, Genesis, KeyChange, RecoveryChange, Register, RoleChange
from protocol.moving import Meeting, commitment
from protocol.primitives import EpochKey, SigningKey, digest
from protocol.profiles import Profile, seal_profile
from protocol.roles import Role
from tests.protocol.fixed_people import (
    AUTHORITY,
    AUTHORITY_ID,
    CYRUS,
    CYRUS_SECOND_KEY,
    DINA,
    GROUP,
    NIMA,
    PARVIN,
    PREKEY,
    PREKEY_ID,
    register,
    seed,
    signed,
    story,
)

# the names that docs/protocol.md section 5 gives to the places, and the unions that the code has for them
PLACES: dict[str, Any] = {
    "to authority, first": m.ToAuthorityFirst,
    "to authority, before log-in": m.ToAuthorityBefore,
    "to authority, after log-in": m.ToAuthority,
    "from authority, first": m.FromAuthorityFirst,
    "from authority, then": m.FromAuthority,
    "to group, before enter": m.ToGroupBefore,
    "to group, after enter": m.ToGroup,
    "from group, then": m.FromGroup,
    "to peer, first": m.ToPeerFirst,
    "to peer, before knock": m.ToPeerBefore,
    "to peer, after knock": m.ToPeer,
    "from peer, first": m.FromPeerFirst,
    "from peer, then": m.FromPeer,
    "to old, first": m.ToOldFirst,
    "to old, before confirmation": m.ToOldBefore,
    "to old, after confirmation": m.ToOld,
    "from old, first": m.FromOldFirst,
    "from old, then": m.FromOld,
}

# where a message of a later version is passed over, or answered
LATER = {
    "to authority, after log-in",
    "from authority, then",
    "to group, after enter",
    "from group, then",
    "to peer, after knock",
    "from peer, then",
    "to old, after confirmation",
    "from old, then",
}

_log = log.Log(AUTHORITY_ID)
for _entry in story():
    _log.append(_entry)
HEAD = _log.head
SIGNED_HEAD = signed(HEAD, AUTHORITY)
DINA_RECOVERY_HASH = log.recovery_hash(AUTHORITY_ID, DINA.recovery.public)
NONCE, SERVER_NONCE, FINGERPRINT = seed("nonce"), seed("server nonce"), seed("certificate")
TIME = 1_760_000_000_000  # 2025-10-09, in ms

MEETING, MOVE_SECRET = Meeting(FINGERPRINT, SERVER_NONCE, NONCE), seed("the secret of a move")
EPOCH_KEY = EpochKey(seed("epoch 1"))
SETTINGS = group_settings.encode_settings(group_settings.Settings("کارگاه", "هر یکشنبه", b"\xff\xd8\xff", 1))
SEALED_SETTINGS = group_settings.seal_settings(SETTINGS, EPOCH_KEY, GROUP, 1)
COMMIT = group_entries.Commit(
    GROUP,
    1,
    group_entries.NONE,
    sorted(
        (group_entries.Listed(who.uid, who.key.public.fingerprint()) for who in (PARVIN, NIMA)),
        key=lambda member: member.uid,
    ),
    PARVIN.uid,
    EPOCH_KEY.key_id(),
    group_entries.ALL,
    False,
    b"",
    group_entries.EVERYBODY,
    group_settings.settings_hash(SEALED_SETTINGS),
    b"",
)
SIGNED_COMMIT = signed(COMMIT, PARVIN.key)
COMMIT_HASH = group_entries.commit_hash(SIGNED_COMMIT)
CERTIFICATE = group_entries.Certificate(GROUP, 1, COMMIT_HASH, 40100, PARVIN.uid, 8)
CHAIN_HEAD = group_entries.ChainHead(GROUP, 1, seed("chain"), 1, 7)
ABOUT = About(3, seed("profile key 3"))
PROFILE = Profile(NIMA.uid, 3, "نیما رضایی", "کوه و کتاب", b"\xff\xd8\xff")
SEALED_PROFILE = seal_profile(PROFILE, ABOUT, NIMA.key, AUTHORITY_ID)
GROUP_MESSAGE = group_seals.seal_message(
    group_entries.Header(
        GROUP,
        1,
        COMMIT_HASH,
        PARVIN.uid,
        s.NO_DEVICE,
        1,
        seed("group message 1", 16),
        group_entries.NONE,
        1,
        seed("chain"),
        SIGNED_HEAD,
    ),
    group_entries.Content(envelope.TEXT, TIME, "سلام به همه".encode(), ABOUT),
    EPOCH_KEY,
    PARVIN.key,
    AUTHORITY_ID,
)
RAW_GROUP_MESSAGE = group_entries.encode_entry(GROUP_MESSAGE)
SEEN = group_ephemeral.GroupSeen(GROUP, 1, NIMA.uid, 2, seed("chain"), 1)
SEEN_ITEM = group_ephemeral.seal_seen(SEEN, EPOCH_KEY, NIMA.key, AUTHORITY_ID, seed("seen nonce", 16))
SIGNAL = group_ephemeral.seal_doing("typing", True, EPOCH_KEY, GROUP, 1, NIMA.uid, seed("signal nonce", 16))
GONE_ITEM = m.GoneItem("message", NIMA.uid, b"\x77" * 16, "damaged")
MAIL_ITEM = m.MailItem(NIMA.uid, s.NO_DEVICE, b"\x77" * 16, "message", b"\x78" * 16, seed("a sealed envelope", 1500))
FILE_ID = seed("a file", 16)

PRESENCE = s.Presence(NIMA.uid, s.NO_DEVICE, 7, ["192.0.2.7", "2001:db8::7"], 40007, FINGERPRINT)
ONE_TIME = s.Prekey(NIMA.uid, s.NO_DEVICE, PREKEY_ID, 0, PREKEY.public.raw)
LAST_RESORT = s.Prekey(NIMA.uid, s.NO_DEVICE, PREKEY_ID, 3, PREKEY.public.raw)
MESSAGE = envelope.PrivateMessage(
    PARVIN.uid,
    NIMA.uid,
    1,
    envelope.FIRST,
    seed("message 1", 16),
    TIME,
    SIGNED_HEAD,
    envelope.TEXT,
    "سلام، nima!".encode(),
    None,
)
RAW_MESSAGE = envelope.encode_message(MESSAGE)
KIT_PROOF = s.Proof(s.PROOF_BACKUP, AUTHORITY_ID, NONCE, FINGERPRINT, DINA_RECOVERY_HASH)
PROOF = s.Proof(s.PROOF_PEER, NIMA.uid, NONCE, FINGERPRINT, PARVIN.uid)

STATEMENTS: list[tuple[s.Statement, SigningKey]] = [
    (HEAD, AUTHORITY),
    (s.Welcome(AUTHORITY.public.raw, FINGERPRINT, NONCE, SERVER_NONCE, SIGNED_HEAD), AUTHORITY),
    (
        s.FoundUser(NONCE, NIMA.name, NIMA.uid, NIMA.key.public.raw, 2, True, signed(PRESENCE, NIMA.key), "192.0.2.7"),
        AUTHORITY,
    ),
    (PROOF, PARVIN.key),
    (PRESENCE, NIMA.key),
    (s.Generation(NIMA.uid, 12, seed("generation", 16)), NIMA.key),
    (ONE_TIME, NIMA.key),
    (s.Envelope(PREKEY_ID, digest(b"prekey", PREKEY.public.raw), RAW_MESSAGE), PARVIN.key),
    (
        s.Receipt(NIMA.uid, PARVIN.uid, MESSAGE.id, envelope.message_hash(RAW_MESSAGE), envelope.DELIVERED),
        NIMA.key,
    ),
    (s.Export(NIMA.uid, TIME, 12, seed("proof"), seed("page")), NIMA.key),
    (Genesis(AUTHORITY.public.raw), AUTHORITY),
    (
        Register(
            DINA.uid,
            DINA.name,
            DINA.name_key,
            DINA.key.public.raw,
            DINA_RECOVERY_HASH,
        ),
        DINA.key,
    ),
    (KeyChange(CYRUS.uid, CYRUS_SECOND_KEY.public.raw, OWN, CYRUS.uid, 6), CYRUS.key),
    (COMMIT, PARVIN.key),
    (group_entries.Join(GROUP, 1, NIMA.uid), NIMA.key),
    (group_entries.Leave(GROUP, 1, NIMA.uid), NIMA.key),
    (group_entries.KeyAck(GROUP, 1, COMMIT_HASH, NIMA.uid), NIMA.key),
    (group_entries.Unopened(GROUP, 1, COMMIT_HASH, NIMA.uid), NIMA.key),
    (group_entries.Retract(GROUP, 1, PARVIN.uid, 1, seed("chain"), SIGNAL), PARVIN.key),
    (SEEN, NIMA.key),
    (CERTIFICATE, AUTHORITY),
    (CHAIN_HEAD, AUTHORITY),
    (
        group_entries.EpochGrant(
            PARVIN.uid,
            NIMA.uid,
            digest(b"prekey", PREKEY.public.raw),
            GROUP,
            1,
            COMMIT_HASH,
            EPOCH_KEY.save(),
        ),
        PARVIN.key,
    ),
    (PROFILE, NIMA.key),
    (RecoveryChange(DINA.uid, seed("another recovery hash"), OWN, DINA.uid, 9), DINA.key),
    (RoleChange(NIMA.uid, Role.ADMIN, PARVIN.uid, 2), PARVIN.key),
]


def _signed(kind: type[s.Statement]) -> s.Signed:
    return next(signed(statement, key) for statement, key in STATEMENTS if type(statement) is kind)


MESSAGES: list[m.Message] = [
    m.Ping(5),
    m.Pong(5),
    m.Failed(3, "name_lookalike", "name", {"name": "parvin", "n": 2}),
    m.Done(3),
    m.Hello(m.VERSION, NONCE),
    m.CheckSignUp(1, "Parvin", "parvin@example.org", "abcdefghijklmnop", None),
    m.SignUp(2, _signed(Register), "dina@example.org", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz"),
    m.LogIn(3, PARVIN.uid, _signed(s.Proof), _signed(s.Presence), _signed(s.Generation), SIGNED_HEAD, True),
    m.FetchLog(4, 9),
    m.Find(5, NIMA.name, NONCE),
    m.ChangePresence(6, _signed(s.Presence)),
    m.Watch(7, [NIMA.uid, CYRUS.uid]),
    m.ChangeRole(8, _signed(RoleChange)),
    m.ChangeKey(8, _signed(KeyChange), bytes(64), signed(LAST_RESORT, NIMA.key)),
    m.ChangeRecovery(8, _signed(RecoveryChange), seed("recovery key"), bytes(64)),
    m.GiveBack(4, 9, [register(DINA)], SIGNED_HEAD),
    m.Recover(8, _signed(KeyChange), seed("recovery key"), bytes(64), signed(LAST_RESORT, NIMA.key)),
    m.LogOut(9),
    m.ShowPresence(20, False),
    m.Welcomed(_signed(s.Welcome)),
    m.SignUpChecked(1, "parvin", True),
    m.SignedUp(2, SIGNED_HEAD),
    m.LoggedIn(3, SIGNED_HEAD, seed("an era", 16), None),
    m.LoggedIn(4, SIGNED_HEAD, seed("an era", 16), _signed(s.Generation)),
    m.LogPart(4, [register(DINA)], SIGNED_HEAD),
    m.Found(5, _signed(s.FoundUser)),
    m.Watching(7, [NIMA.uid]),
    m.Appended(8, 13, SIGNED_HEAD),
    m.NewHead(SIGNED_HEAD),
    m.Present(NIMA.uid, False),
    m.HostsAre(["192.0.2.7", "192.0.2.8", "2001:db8::8"]),
    m.PublishPrekey(10, signed(LAST_RESORT, NIMA.key)),
    m.FetchPrekeys(11, [NIMA.uid, CYRUS.uid]),
    m.StartGroup(12, GROUP, 40100),
    m.GrantKeys(13, GROUP, 1, [m.Granted(NIMA.uid, s.NO_DEVICE, seed("a sealed grant", 1500))]),
    m.MakeCommit(14, SIGNED_COMMIT, SEALED_SETTINGS),
    m.FetchGroup(15, GROUP),
    m.FetchGrant(16, GROUP, 1),
    m.Hold(17, GROUP, True),
    m.Deposit(17, MAIL_ITEM),
    m.FetchMail(18),
    m.DropMail(19, [(NIMA.uid, MAIL_ITEM.id)]),
    m.FetchGone(20),
    m.DropGone(21, 7),
    m.Gone(20, [GONE_ITEM, m.GoneItem("file", None, b"\x79" * 16, "old")], 7, False),
    m.NewGone(),
    m.GiveBackChain(21, signed(CERTIFICATE, AUTHORITY), signed(CHAIN_HEAD, AUTHORITY), 1, [RAW_GROUP_MESSAGE]),
    m.GivenAll(22),
    m.GivenBack(4, 10),
    m.Recovering(),
    m.Mail(18, [MAIL_ITEM], False),
    m.NewMail(),
    m.Enter(1, GROUP, NIMA.uid, _signed(s.Proof)),
    m.Post(2, GROUP, RAW_GROUP_MESSAGE),
    m.Reload(3, GROUP, 0),
    m.Acknowledge(4, GROUP, _signed(group_entries.KeyAck)),
    m.Regrant(5, GROUP, 1, CYRUS.uid, s.NO_DEVICE, seed("given again", 1500)),
    m.FetchRegrants(6, GROUP, 1),
    m.FetchAcks(5, GROUP),
    m.TellSeen(6, GROUP, 1, SEEN_ITEM.sealed),
    m.FetchSeen(7, GROUP),
    m.Signal(GROUP, 1, group_ephemeral.TYPING, SIGNAL),
    m.LastResorts(11, [signed(LAST_RESORT, NIMA.key), None]),
    m.ChatStarted(12, GROUP, 40100),
    m.Committed(14, 1, signed(CERTIFICATE, AUTHORITY), signed(CHAIN_HEAD, AUTHORITY), SIGNED_HEAD),
    m.GroupIs(15, signed(CERTIFICATE, AUTHORITY), SIGNED_COMMIT, signed(CHAIN_HEAD, AUTHORITY), SEALED_SETTINGS),
    m.Grant(16, seed("a sealed grant", 1500)),
    m.Entered(1, signed(CHAIN_HEAD, AUTHORITY)),
    m.Posted(2, 2, signed(CHAIN_HEAD, AUTHORITY)),
    m.Reloaded(3, 2, [RAW_GROUP_MESSAGE], signed(CHAIN_HEAD, AUTHORITY)),
    m.Acks(5, [_signed(group_entries.KeyAck)]),
    m.Entries(GROUP, 2, [RAW_GROUP_MESSAGE], signed(CHAIN_HEAD, AUTHORITY)),
    m.Acked(GROUP, _signed(group_entries.KeyAck)),
    m.Regrants(5, [m.Share(NIMA.uid, seed("given again", 1500))]),
    m.Regranted(GROUP, 1),
    m.SeenSoFar(7, [SEEN_ITEM]),
    m.Seen(GROUP, SEEN_ITEM),
    m.Signalled(GROUP, NIMA.uid, 1, group_ephemeral.TYPING, SIGNAL),
    m.LeftGroup(GROUP, "replaced"),
    m.PeerHello(m.VERSION),
    m.PeerWelcome(SERVER_NONCE, SIGNED_HEAD),
    m.Knock(1, PARVIN.uid, _signed(s.Proof), SIGNED_HEAD),
    m.MorePrekeys(2),
    m.CompareChains(3, [_signed(group_entries.ChainHead)]),
    m.Chains(3, [_signed(group_entries.ChainHead)]),
    m.Prekeys(1, [_signed(s.Prekey)]),
    m.Deliver(3, PREKEY_ID, seed("something sealed", 1500)),
    m.Delivered(3, _signed(s.Receipt)),
    m.Receipts(4, [_signed(s.Receipt)]),
    m.PublishProfile(24, 3, SEALED_PROFILE),
    m.FetchProfile(25, NIMA.uid, 3),
    m.ProfileIs(25, SEALED_PROFILE),
    m.OfferBackup(26, FILE_ID, 700_000, seed("a backup's head", 1500)),
    m.KeepBackup(27, FILE_ID),
    m.DropBackups(28),
    m.FindBackup(4, DINA.recovery.public.raw, signed(KIT_PROOF, DINA.recovery)),
    m.BackupIs(4, DINA.uid, [m.KeptBackup(FILE_ID, 700_000, seed("a backup's head", 1500))]),
    m.OfferFile(20, FILE_ID, 700_000, NIMA.uid, None),
    m.PutChunk(21, FILE_ID, 2, seed("a sealed chunk", 1500)),
    m.GetChunk(22, PARVIN.uid, FILE_ID, 2),
    m.DropFile(23, PARVIN.uid, FILE_ID),
    m.FileIs(20, 2),
    m.FetchChunk(5, FILE_ID, 0),
    m.Chunk(5, seed("a sealed chunk", 1500)),
    m.Missing(6, NIMA.key.public.raw, 3, 9),
    m.Coming(6, 5),
    m.Lost(7, PARVIN.key.public.raw, 3, 9),
    m.Yours(7, [_signed(s.Envelope)], True),
    m.Typing(True),
    m.Doing("sending", True),
    m.MoveHello(m.VERSION, commitment(FINGERPRINT, NONCE)),
    m.MoveWelcome(SERVER_NONCE),
    m.RevealNonce(1, NONCE),
    m.MoveBegun(1, MOVE_SECRET, 6, NIMA.name),
    m.GoOn(1, NONCE, MEETING.proof_of_new(MOVE_SECRET)),
    m.GoingOn(1, MEETING.proof_of_old(MOVE_SECRET, False), False),
    m.ListFiles(2, 0),
    m.FileList(2, [m.MovedFile("vault.db", 2**33), m.MovedFile("vault.key", 127)], True),
    m.FetchPart(3, 0, 2**32),
    m.Part(3, seed("a page", 1500)),
    m.ComparePart(4, 0, 0, 67_108_864, seed("a hash")),
    m.Compared(4, True),
    m.HaveAll(5),
    m.HandedOver(5, TIME),
    m.MovedIn(6),
]
