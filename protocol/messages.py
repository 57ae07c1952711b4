"""Every message of the protocol, and which may come where: one union for each place (section 5). The messages
themselves stand in a file a noun, and are to be had from here.
"""

from __future__ import annotations

from protocol.authority_messages import *
from protocol.backup_messages import *
from protocol.file_messages import *
from protocol.gone_messages import *
from protocol.group_messages import *
from protocol.missing_messages import *
from protocol.move_messages import *
from protocol.peer_messages import *
from protocol.profile_messages import *
from protocol.recovery_messages import *
from protocol.share_messages import *
from protocol.wire import *

Common = Ping | Pong
ToAuthorityFirst = Hello
ToAuthorityBefore = CheckSignUp | SignUp | LogIn | Recover | GiveBack | FindBackup | GetChunk | FetchLog | Common
Commands = PublishPrekey | FetchPrekeys | StartGroup | GrantKeys | Hold | MakeCommit | FetchGroup | FetchGrant
Ephemeral = TellSeen | FetchSeen | Signal
Shares = Regrant | FetchRegrants
InGroups = Enter | Post | Reload | Acknowledge | FetchAcks | Shares | Ephemeral
Mailbox = Deposit | FetchMail | DropMail | FetchGone | DropGone
Profiles = PublishProfile | FetchProfile
Files = OfferFile | PutChunk | GetChunk | DropFile
Backups = OfferBackup | KeepBackup | DropBackups
ToLog = FetchLog | ChangeRole | ChangeKey | ChangeRecovery
ToDirectory = Find | ChangePresence | Watch | ShowPresence
Recovery = GiveBackChain | GivenAll
Kept = Mailbox | Profiles | Files | Backups
ToAuthority = ToLog | ToDirectory | LogOut | Commands | InGroups | Kept | Recovery | Common
ToGroupBefore = Enter | Common
ToGroup = InGroups | GrantKeys | Hold | MakeCommit | FetchGroup | FetchGrant | Common
FromAuthorityFirst = Welcomed | Failed
Given = Regrants | Regranted
FromGroups = Entered | Posted | Reloaded | Acks | Given | SeenSoFar | Entries | Acked | Seen | Signalled | LeftGroup
OnBoth = Committed | GroupIs | Grant | Done | Failed | Common
LoggingIn = SignUpChecked | SignedUp | LoggedIn
FromLog = LogPart | Appended | NewHead
FromDirectory = Found | Watching | Present | HostsAre
FromCommands = LastResorts | ChatStarted
FromKept = Mail | NewMail | Gone | NewGone | FileIs | BackupIs | Chunk | ProfileIs
FromRecovery = GivenBack | Recovering
FromAuthority = LoggingIn | FromLog | FromDirectory | FromCommands | FromGroups | FromKept | FromRecovery | OnBoth
FromGroup = FromGroups | OnBoth
ToPeerFirst = PeerHello
FromPeerFirst = PeerWelcome | Failed
ToPeerBefore = Knock | Common
ToPeer = MorePrekeys | CompareChains | Deliver | Receipts | FetchChunk | Missing | Lost | Typing | Doing | Common
FromPeer = Prekeys | Chains | Delivered | Chunk | Coming | Yours | Typing | Doing | Done | Failed | Common
ToOldFirst = MoveHello
FromOldFirst = MoveWelcome | Failed
ToOldBefore = RevealNonce | GoOn | Common
ToOld = ListFiles | FetchPart | ComparePart | HaveAll | MovedIn | Common
FromOld = MoveBegun | GoingOn | FileList | Part | Compared | HandedOver | Done | Failed | Common


# docs/protocol.md section 5 lists the same; a test compares them
TAGS = by_tag()
