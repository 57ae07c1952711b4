"""Every message of the protocol, and which may come where: one union for each place (section 5)."""

from __future__ import annotations

from protocol.authority_messages import (
    Appended,
    ChangeKey,
    ChangePresence,
    ChangeRecovery,
    ChangeRole,
    CheckSignUp,
    Deposit,
    DropMail,
    FetchLog,
    FetchMail,
    Find,
    Found,
    Hello,
    LoggedIn,
    LogIn,
    LogOut,
    LogPart,
    Mail,
    MailItem,
    NewHead,
    NewMail,
    Present,
    Recover,
    ShowPresence,
    SignedUp,
    SignUp,
    SignUpChecked,
    Watch,
    Watching,
    Welcomed,
)
from protocol.backup_messages import BackupIs, DropBackups, FindBackup, KeepBackup, KeptBackup, OfferBackup
from protocol.file_messages import Chunk, DropFile, FetchChunk, FileIs, GetChunk, OfferFile, PutChunk
from protocol.gone_messages import DropGone, FetchGone, Gone, GoneItem, NewGone
from protocol.group_messages import (
    Acked,
    Acknowledge,
    Acks,
    ChatStarted,
    Committed,
    Enter,
    Entered,
    Entries,
    FetchAcks,
    FetchGrant,
    FetchGroup,
    FetchPrekeys,
    FetchSeen,
    Grant,
    Granted,
    GrantKeys,
    GroupIs,
    Hold,
    LastResorts,
    LeftGroup,
    MakeCommit,
    Post,
    Posted,
    PublishPrekey,
    Reload,
    Reloaded,
    Seen,
    SeenSoFar,
    Signal,
    Signalled,
    StartGroup,
    TellSeen,
)
from protocol.missing_messages import Coming, Lost, Missing, Yours
from protocol.peer_messages import (
    Chains,
    CompareChains,
    Deliver,
    Delivered,
    Knock,
    MorePrekeys,
    PeerHello,
    PeerWelcome,
    Prekeys,
    Receipts,
    Typing,
)
from protocol.profile_messages import FetchProfile, ProfileIs, PublishProfile
from protocol.recovery_messages import GiveBack, GiveBackChain, GivenAll, GivenBack, Recovering
from protocol.share_messages import FetchRegrants, Regrant, Regranted, Regrants, Share
from protocol.wire import (
    VERSION,
    Answer,
    Done,
    Failed,
    Message,
    Ping,
    Pong,
    Request,
    Unknown,
    by_tag,
    decode,
    encode,
    failure,
    raise_failure,
)

__all__ = [
    "TAGS",
    "VERSION",
    "Acked",
    "Acknowledge",
    "Acks",
    "Answer",
    "Appended",
    "BackupIs",
    "Backups",
    "Beside",
    "Chains",
    "ChangeKey",
    "ChangePresence",
    "ChangeRecovery",
    "ChangeRole",
    "ChatStarted",
    "CheckSignUp",
    "Chunk",
    "Coming",
    "Commands",
    "Committed",
    "Common",
    "CompareChains",
    "Deliver",
    "Delivered",
    "Deposit",
    "Done",
    "DropBackups",
    "DropFile",
    "DropGone",
    "DropMail",
    "Enter",
    "Entered",
    "Entries",
    "Failed",
    "FetchAcks",
    "FetchChunk",
    "FetchGone",
    "FetchGrant",
    "FetchGroup",
    "FetchLog",
    "FetchMail",
    "FetchPrekeys",
    "FetchProfile",
    "FetchRegrants",
    "FetchSeen",
    "FileIs",
    "Files",
    "Find",
    "FindBackup",
    "Found",
    "FromAuthority",
    "FromAuthorityFirst",
    "FromGroup",
    "FromGroups",
    "FromPeer",
    "FromPeerFirst",
    "GetChunk",
    "GiveBack",
    "GiveBackChain",
    "GivenAll",
    "GivenBack",
    "Gone",
    "GoneItem",
    "Grant",
    "GrantKeys",
    "Granted",
    "GroupIs",
    "Hello",
    "Hold",
    "InGroups",
    "KeepBackup",
    "KeptBackup",
    "Knock",
    "LastResorts",
    "Ledger",
    "LeftGroup",
    "LogIn",
    "LogOut",
    "LogPart",
    "LoggedIn",
    "Lost",
    "Mail",
    "MailItem",
    "Mailbox",
    "MakeCommit",
    "Message",
    "Missing",
    "MorePrekeys",
    "NewGone",
    "NewHead",
    "NewMail",
    "OfferBackup",
    "OfferFile",
    "PeerHello",
    "PeerWelcome",
    "Ping",
    "Pong",
    "Post",
    "Posted",
    "Prekeys",
    "Present",
    "ProfileIs",
    "PublishPrekey",
    "PublishProfile",
    "PutChunk",
    "Receipts",
    "Recover",
    "Recovering",
    "Regrant",
    "Regranted",
    "Regrants",
    "Reload",
    "Reloaded",
    "Request",
    "Seen",
    "SeenSoFar",
    "Share",
    "ShowPresence",
    "SignUp",
    "SignUpChecked",
    "Signal",
    "Signalled",
    "SignedUp",
    "StartGroup",
    "TellSeen",
    "ToAuthority",
    "ToAuthorityBefore",
    "ToAuthorityFirst",
    "ToGroup",
    "ToGroupBefore",
    "ToPeer",
    "ToPeerBefore",
    "ToPeerFirst",
    "Typing",
    "Unknown",
    "Watch",
    "Watching",
    "Welcomed",
    "Whereabouts",
    "Yours",
    "decode",
    "encode",
    "failure",
    "raise_failure",
]

Common = Ping | Pong
ToAuthorityFirst = Hello
ToAuthorityBefore = CheckSignUp | SignUp | LogIn | Recover | GiveBack | FindBackup | GetChunk | Common
Commands = PublishPrekey | FetchPrekeys | StartGroup | GrantKeys | Hold | MakeCommit | FetchGroup | FetchGrant
Beside = TellSeen | FetchSeen | Signal
Shares = Regrant | FetchRegrants
InGroups = Enter | Post | Reload | Acknowledge | FetchAcks | Shares | Beside
Mailbox = Deposit | FetchMail | DropMail | FetchGone | DropGone
Profiles = PublishProfile | FetchProfile
Files = OfferFile | PutChunk | GetChunk | DropFile
Backups = OfferBackup | KeepBackup | DropBackups
Ledger = FetchLog | ChangeRole | ChangeKey | ChangeRecovery
Whereabouts = Find | ChangePresence | Watch | ShowPresence
Recovery = GiveBackChain | GivenAll
Kept = Mailbox | Profiles | Files | Backups
ToAuthority = Ledger | Whereabouts | LogOut | Commands | InGroups | Kept | Recovery | Common
ToGroupBefore = Enter | Common
ToGroup = InGroups | GrantKeys | Hold | MakeCommit | FetchGroup | FetchGrant | Common
FromAuthorityFirst = Welcomed | Failed
Given = Regrants | Regranted
FromGroups = Entered | Posted | Reloaded | Acks | Given | SeenSoFar | Entries | Acked | Seen | Signalled | LeftGroup
FromAuthority = (
    SignUpChecked
    | SignedUp
    | LoggedIn
    | LogPart
    | Found
    | Watching
    | Appended
    | LastResorts
    | ChatStarted
    | Committed
    | GroupIs
    | Grant
    | Mail
    | NewMail
    | Gone
    | NewGone
    | GivenBack
    | Recovering
    | FileIs
    | BackupIs
    | Chunk
    | ProfileIs
    | NewHead
    | Present
    | FromGroups
    | Done
    | Failed
    | Common
)
FromGroup = FromGroups | Committed | GroupIs | Grant | Done | Failed | Common
ToPeerFirst = PeerHello
FromPeerFirst = PeerWelcome | Failed
ToPeerBefore = Knock | Common
ToPeer = MorePrekeys | CompareChains | Deliver | Receipts | FetchChunk | Missing | Lost | Typing | Common
FromPeer = Prekeys | Chains | Delivered | Chunk | Coming | Yours | Typing | Done | Failed | Common


# docs/protocol.md section 5 lists the same; a test compares them
TAGS = by_tag()
