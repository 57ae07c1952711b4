"""The authority itself: what it knows, who is connected, and how a write becomes durable before it is answered.

Knows no sockets and no threads but one lock; time comes from outside.
"""

from __future__ import annotations

import hmac
import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from authority_server.core import failover, in_doubt
from authority_server.core.attempt import attempt
from authority_server.core.client import Client
from authority_server.core.disk_health import Health
from authority_server.core.fair_queue import OURS
from authority_server.core.group_connections import GroupConnections
from authority_server.core.group_ports import Ports
from authority_server.core.group_turns import Holds
from authority_server.core.jobs import Done as Done
from authority_server.core.jobs import Job as Job
from authority_server.core.jobs import OnDisk as OnDisk
from authority_server.core.jobs import Removal, RunOnDisk, RunWrite
from authority_server.core.jobs import Write as Write
from authority_server.core.nodes import Nodes
from authority_server.core.presence import Online
from authority_server.core.recovery import Recovery
from authority_server.core.running_time import Running
from authority_server.core.shared_batch import Heard, batch_of_all
from authority_server.rules.rate_limits import Limits
from authority_server.state.follow import OutOfStep
from authority_server.state.groups import KeptGroup
from authority_server.state.published import News, Published, PublishedGroup, covered, publish
from authority_server.state.state import ERA, OWNER_CODE_LENGTH, RECOVERING, State, new_code, owner_hash
from authority_server.store.chunk_place import ChunkPlace
from authority_server.store.damage import Damage
from authority_server.store.database import Conflict, Store
from authority_server.store.signed_sizes import BATCHES, LOG, Floor, SignedSizes, What, chain
from protocol.errors import Damaged, HamrazError, error
from protocol.log import User
from protocol.messages import Answer, NewHead, encode
from protocol.primitives import SigningKey, random_id
from protocol.statements import Signed, authority_id_of, issue
from transport.threads import Troubles
from transport.turns import Account

T = TypeVar("T")

SPARE = 64 * 1024 * 1024  # bytes of the disk that are for accounts, keys and log-ins: 100,000 of them

log = logging.getLogger("hamraz.authority")


class Authority:
    """Clients' threads come in under `lock`; `execute` alone runs elsewhere, beside them, one batch at a time."""

    def __init__(
        self,
        store: Store,
        key: SigningKey,
        clock: Callable[[], int],  # ms, rising
        run_write: RunWrite | None = None,  # None: at once, in the thread that asks
        limits: Limits | None = None,
        ports: Ports | None = None,  # None: ports that are only counted, for a network in memory
        chunks: ChunkPlace | None = None,  # None: where the store has them, for as long as this authority lasts
        file_space: int = 10 << 30,  # bytes of all files together
        mail_space: int = 2 << 30,  # bytes of all mailboxes together
        sizes: SignedSizes | None = None,  # None: for as long as this authority lasts
        backup_space: int = 10 << 30,  # bytes of all backups together
        place: bytes = b"",  # of this process, among those who share the database: its data folder
    ) -> None:
        self.store = store
        self.key = key
        self.id = authority_id_of(key.public)
        self.clock = clock
        self.limits = limits or Limits()
        self.health = Health()
        self.files_health = Health("Files stay with their senders meanwhile", "files can be left and fetched again")
        self.troubles = Troubles()  # of all threads that serve it
        self.online = Online()
        self.group_connections = GroupConnections()
        self.holds = Holds()
        self.ports = ports or Ports(lambda port: lambda: None)
        self.strangers = 0  # connections that are not logged in
        self.lock = threading.RLock()
        self.run_write = run_write or self._run_at_once
        self.chunks = chunks or store.chunk_place(None)
        self.file_space, self.mail_space, self.backup_space = file_space, mail_space, backup_space
        self.grants_held: dict[bytes, list[Client]] = {}  # by account: who waits for a commit to come
        self.lapsed = clock()  # when offers of files were last looked at
        self.cramped = False  # the disk is nearly full: what is left is for accounts, keys and log-ins
        self._email_key = key.derive(b"e-mail")
        self.run_on_disk: RunOnDisk = self._disk_at_once
        self.give_way: Callable[[], None] = lambda: None  # others are carried out before this returns
        self._in_doubt = self._tell_recovering = False
        self.published_groups: dict[bytes, PublishedGroup] = {}
        # durable and not pushed yet: reloading after a later job of the same batch has failed must not lose it
        self._news: list[News] = []
        self._ended: set[bytes] = set()
        self._gone: list[tuple[bytes, bytes]] = []
        self._heard = Heard()
        self._place = place
        self.state: State
        self.published: Published
        self._durable: Published  # what is to be shown once the batch is settled
        self.sizes = sizes or SignedSizes(None, self.id)
        self.floor = Floor()
        self.damage = Damage()
        store.on_damage, store.on_damaged_entry = self.damage.note, self.damage.want
        self.chunks.on_damage = self.damage.note
        self._load()
        self.running = Running(clock, self.state.ran)
        self._pushed = self.published.size
        self.recovery = Recovery(self)
        self._look_for_loss()
        self.nodes = Nodes(self, place) if store.is_shared else None  # which has begun

    def _load(self) -> None:
        halted = hasattr(self, "recovery") and self.recovery.declared
        self.state = self.store.read(lambda rows: State.load(rows, self.id, self.store.path))
        if halted:
            self.state.halt()
        if self.store.is_shared:
            self.state.noted = []
        self.state.groups.floor = self.floor
        before, kept = self.published_groups, self.state.groups.groups
        # before the log: it is never seen with a commit that its group's chain lacks
        self.published_groups = {gid: self._published(one, before.get(gid), True) for gid, one in kept.items()}
        self.published = self._durable = self._publish()

    def _publish(self) -> Published:
        log = self.state.log
        return Published(log.size, issue(log.head, self.key, self.id))

    def chain_now(self, gid: bytes) -> Signed:
        """A group's signed chain head, as it stands beside the whole log; `recovering` if a commit is lacking."""
        now, size, log = self.published_groups[gid], self.published.size, self.state.log
        beside = covered(log, gid, now.head.epoch, size)
        if beside < size:
            raise error("recovering")
        if now.head.size < beside:
            head = msgspec.structs.replace(now.head, size=beside)
            now = self.published_groups[gid] = replace(now, head=head, chain=issue(head, self.key, self.id))
        return now.chain

    def email_hash(self, email: str) -> bytes:
        """What stands for an e-mail, 32 bytes: keyed, so that whoever gets the database alone can't try guesses."""
        return hmac.digest(self._email_key, email.strip().casefold().encode(), sha256)

    def require_room(self) -> None:
        """Raise `authority_failing` if the disk's last room is for more than this."""
        if self.cramped:
            raise error("authority_failing")

    # --- what was here before ---

    def _look_for_loss(self) -> None:
        """After loading: whether this database is older than what was signed or acknowledged."""
        lost = self.state.batch < self.sizes.highest.get(BATCHES, 0)
        if self.sizes.floor(self.published.size, self.chain_size) or self.state.groups.lacking:
            self._find_again()
        self.floor = self.sizes.floor(self.published.size, self.chain_size)
        for gid, size in self.state.groups.lacking.items():
            self.floor.chains[gid] = max(size, self.floor.chains.get(gid, 0))
        self.state.groups.floor = self.floor
        alone = all(place == self._place for place, _hosts, _port in self.state.nodes.values())
        taken_over = failover.settings(self.store.lineage, self.state, self.sizes, lost or bool(self.floor), alone)
        if lost or self.floor or RECOVERING in taken_over:
            taken_over[ERA] = random_id()
        self.state.settings |= taken_over
        if taken_over or self.state.is_repaired:
            try:
                with batch_of_all(self.store, self.state, self.sizes, self._heard) as rows:
                    self.state.repair(rows)
                    for name, value in taken_over.items():
                        self.state.save_setting(rows, name, value)
                self.state.undo.clear()
            except Conflict as reason:  # two rows are one: that can't be repaired
                raise Damaged("database_damaged", path=self.store.path) from reason
        self.recovery.found(lost, RECOVERING in taken_over)
        self.sizes.note(self.sizes_of(self.published_groups))
        if self.store.lineage is not None:
            self.sizes.serve_on(self.store.lineage)

    def _find_again(self) -> None:
        """What seems to lack may be there, and no index leads to it: what is given back must not stand beside it."""
        try:
            with self.store.transaction() as rows:
                rows.rebuild_indexes()
        except Conflict as reason:
            raise Damaged("database_damaged", path=self.store.path) from reason
        self._load()

    def sizes_of(self, groups: Mapping[bytes, PublishedGroup]) -> dict[What, int]:
        """How much is durable, of the log, of all that was written, and of these groups' chains."""
        chains = {chain(gid): group.n for gid, group in groups.items()}
        return {LOG: self._durable.size, BATCHES: self.state.batch} | chains

    def chain_size(self, gid: bytes) -> int:
        """How many entries of a group's chain are durable."""
        group = self.published_groups.get(gid)
        return group.n if group is not None else 0

    def user(self, uid: bytes) -> User | None:
        """The account of this uid, unless the batch that makes it is not durable yet."""
        user = self.state.log.users.get(uid)
        return None if user is None or user.keys[0][0] >= self.published.size else user

    # --- writing ---

    def carry_out(self, client: Client, rid: int, result: Answer | Write[Any]) -> None:
        """Answer a request, after the commit if it is a write."""
        charge = client.charge
        if not isinstance(result, Write):
            client.answer(charge, result)
            return

        def done(outcome: object) -> None:
            client.in_flight -= 1
            if isinstance(outcome, Exception):
                result.undo()
                self.refuse(client, rid, outcome)
            elif client.closed:
                result.undo()
            else:
                client.answer(charge, result.answer(outcome))

        client.in_flight += 1
        try:
            self.run_write(result.job, done, client.account, result.weight or client.units, result.patient)
        except HamrazError as refusal:  # too much waits already, of this account or of all
            done(refusal)

    def refuse(self, client: Client, rid: int, reason: Exception) -> None:
        """Tell a client why not. What this machine's disk does is told to whoever runs it: a client has another. A
        mistake of ours, which has been reported, is `internal`.
        """
        if not isinstance(reason, HamrazError):
            reason = error("internal")
        if isinstance(reason, Damaged):
            if reason.code == "entry_damaged":  # one entry: it is told of, and agents have it
                self.recovery.ask_for_entries()
            elif reason.code == "files_unusable":  # all else goes on
                self.files_health.failed(reason, 1, self.clock())
            elif self.health.trouble is None:  # it was read, not written
                self.health.failed(reason, 1, self.clock())
            reason = error("authority_failing")
        client.refuse(rid, self.recovery.told(reason))

    def _run_at_once(
        self, job: Job[Any], done: Done, account: Account = OURS, weight: int = 1, patient: bool = False
    ) -> None:
        self.settle([done], self.execute([job]))

    def _disk_at_once(self, job: OnDisk, done: Done, account: Account = OURS, weight: int = 1) -> None:
        outcome = attempt(lambda: job(self.chunks))
        synced = attempt(self.chunks.flush)
        done(synced if isinstance(synced, Exception) else outcome)

    def execute(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        """Run a batch in one transaction: for each job what it returned, or the exception. Blocks; takes no lock."""
        if self._in_doubt or self.health.trouble is not None:
            doubt = attempt(self._resolve)
            if isinstance(doubt, Exception):
                return self._refused(doubt, len(jobs))
            self._in_doubt = False
        outcomes = attempt(lambda: self._in_place(jobs))
        if isinstance(outcomes, OutOfStep):
            outcomes = attempt(lambda: self._in_place(jobs, anew=True))
        if isinstance(outcomes, Conflict):
            self.state.undo.back()
            outcomes = attempt(lambda: self._in_place(jobs, careful=True))
        if not isinstance(outcomes, Exception):
            self.state.undo.clear()
            self._doubt(attempt(self._note_batch))
            return outcomes
        # the transaction is rolled back, and so is what is in memory
        self.state.undo.back()
        # what a disk that fails has kept, it must say itself; all else was a mistake of ours, in one of them
        self._in_doubt = isinstance(outcomes, Damaged)
        if len(jobs) == 1 or self._in_doubt:
            return self._refused(outcomes, len(jobs))
        return [outcome for job in jobs for outcome in self.execute([job])]

    def _in_place(self, jobs: Sequence[Job[Any]], careful: bool = False, anew: bool = False) -> list[Any]:
        """A batch, in the database that has its name: what is written to one that has lost it is lost with it."""
        if anew:
            self._resolve()
        self.state.groups.careful = careful
        self.store.require_place()
        outcomes = self._transact(jobs)
        self.store.require_place()
        return outcomes

    def _note_batch(self) -> None:
        """Sign and gather what a batch that is durable has changed."""
        if self.state.log.size != self._durable.size:
            self._durable = self._publish()
        self._gather_news()
        self.sizes.note(self.sizes_of({news.gid: news.now for news in self._news}))  # before anybody is shown it
        self._ended |= self.state.take_ended()
        self._gone += self.state.take_lost()

    def _resolve(self) -> None:
        """What is in memory becomes what is on disk. After a trouble of the disk, once it takes something again.

        For SQLite, whose connection stays open, a transaction whose fsync failed has not been, and the next one writes
        over it (storage/journal.py says what must not be believed after a kill). For a server that was lost while it
        committed, it may have been.
        """
        if self.health.trouble is not None:
            if self.health.final:
                raise self.health.trouble
            self.store.probe()  # cheap, where replaying everything for each request would not be
        before, told = self.state, self.published_groups | {news.gid: news.now for news in self._news}
        self._load()
        self._look_for_loss()  # a database server may have come back as an older one
        if self.state.batch >= before.batch:  # what wasn't answered may have been, or was taken in and not told
            self._news += in_doubt.news_of(self.store, told, self.published_groups)
            self._ended |= before.take_ended() | in_doubt.ended(before, self.state)
        self._heard.missed = self.store.is_shared
        self._tell_recovering = self.recovery.on
        self.health.worked(self.clock())

    def _refused(self, reason: Exception, jobs: int) -> list[Any]:
        if isinstance(reason, Damaged):
            self.health.failed(reason, jobs, self.clock())
        return [reason] * jobs

    def look_after_disk(self) -> None:
        """Try again by itself what failed, and see how much room there is; called now and then, never under `lock`."""
        cramped = self.chunks.free() < min(SPARE, self.chunks.size() // 64)  # of a small disk, less
        if cramped and not self.cramped:
            log.warning("the disk is nearly full: only accounts, keys and log-ins are written now")
        self.cramped = cramped
        if self.health.trouble is None:
            gone = attempt(self.store.require_place)
            if isinstance(gone, Damaged):
                self.health.failed(gone, 0, self.clock())
        if self.health.trouble is not None and not self.health.final:
            self.run_write(lambda state, rows: None, lambda outcome: None, OURS, 1)

    def look_after_turns(self) -> None:
        """Let go on what waited for somebody's turn in a group; called now and then, never under `lock`."""
        with self.lock:
            self.holds.look(self.clock())

    def _transact(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        def decide(job: Job[Any]) -> Any:
            mark = self.state.undo.mark()
            rows.begin_job()
            outcome = attempt(lambda: job(self.state, rows))
            if not isinstance(outcome, Exception):
                rows.end_job()
            elif rows.broken:
                raise outcome
            else:  # none of it is to be
                rows.drop_job()
                self.state.undo.back(mark)
            return outcome

        with batch_of_all(self.store, self.state, self.sizes, self._heard) as rows:
            return [decide(job) for job in jobs]

    def settle(self, dones: Sequence[Done], outcomes: Sequence[Any]) -> None:
        """Answer a batch that is durable, and tell everybody of the new head, once."""
        with self.lock:
            news, self._news = self._news, []
            for one in news:
                self._doubt(attempt(lambda one=one: self._show(one)))  # type: ignore[misc]
            self.published = self._durable  # at once with the groups: nobody sees a commit in one of the two only
            for done, outcome in zip(dones, outcomes, strict=True):
                self.report(outcome)
                self.report(attempt(lambda done=done, outcome=outcome: done(outcome)))  # type: ignore[misc]
            self.report(attempt(self._push_head))
            for one in news:
                self.report(attempt(lambda one=one: self._deliver(one)))  # type: ignore[misc]
            self.report(attempt(self._dismiss))
            self.report(attempt(lambda: self._heard.tell(self.nodes)))
            if self._tell_recovering:
                self._tell_recovering = False
                self.report(attempt(self.recovery.ask_all))
            gone, self._gone = self._gone, []
            self.drop_chunks(gone)

    def _doubt(self, outcome: object) -> None:
        """What is in memory may not be what is on disk, if this is a mistake: it is loaded before the next batch."""
        if isinstance(outcome, Exception):
            self._in_doubt = True
            self.report(outcome)

    def _deliver(self, news: News) -> None:
        # first those who are out: what follows their removal is not theirs to see
        self.group_connections.expel(news.gid, news.fresh.removed)
        self.group_connections.deliver(news.gid, news.now, news.fresh.entries)

    def drop_chunks(self, names: list[tuple[bytes, bytes]]) -> None:
        """No row has a use for these any more, durably: (owner, id)."""
        if names:
            self.run_on_disk(Removal(names), lambda outcome: None, OURS, 1)

    def _push_head(self) -> None:
        if self.published.size == self._pushed:
            return
        self._pushed = self.published.size
        body = encode(NewHead(self.published.head))
        for client in self.online.ready():
            # Who has been told and has not fetched since learns the newest head with what it fetches.
            # Who has fetched between the commit and this has it already, and is told of the next one.
            if not client.told and client.fetched < self.published.size:
                client.told = True
                client.push(body)

    def _dismiss(self) -> None:
        """End the connections that were proven by a key that counts no more."""
        ended, self._ended = self._ended, set()
        for uid in ended:
            agent = self.online.occupant(uid)
            if agent is not None:
                agent.fail(error("revoked"))
            self.group_connections.dismiss(uid)

    # --- groups ---

    def _gather_news(self) -> None:
        """Sign what the batch has done to groups, here beside the clients; they see it all at once in `settle`."""
        untold = {news.gid: news.now for news in self._news}
        for gid, fresh in self.state.groups.take_fresh().items():
            before = untold.get(gid) or self.published_groups.get(gid)
            now = self._published(self.state.groups.groups[gid], before, fresh.moved)
            self._news.append(News(gid, fresh, now))

    def _published(self, kept: KeptGroup, before: PublishedGroup | None, moved: bool) -> PublishedGroup:
        return publish(kept, before, moved, self.state.log, self.key, self.id)

    def _show(self, news: News) -> None:
        """From now on clients are answered from this; a new group's port is kept, whoever waits for the answer."""
        if news.gid not in self.published_groups:
            self.ports.keep(news.gid, news.now.port)
            self.ports.serve(news.now.port)
        self.published_groups[news.gid] = news.now

    # --- the owner ---

    @property
    def has_owner(self) -> bool:
        return bool(self.state.log.users)

    def issue_owner_code(self) -> str:
        """Make the code that the first account is made with; the one before it is void."""
        code = new_code(OWNER_CODE_LENGTH)
        self.write_now(lambda state, rows: state.save_setting(rows, "owner_code", owner_hash(code)))
        return code

    def renew_invitation(self, code: str) -> None:
        """Let only this invitation in from now on."""
        self.write_now(lambda state, rows: state.save_setting(rows, "invitation", code.encode()))

    def write_now(self, job: Job[T]) -> T:
        """What the job returns, once it is durable. Never under `lock`, which the answer needs too."""
        outcomes: queue.Queue[Any] = queue.Queue()
        self.run_write(job, outcomes.put, OURS, 1)
        outcome = outcomes.get()
        if isinstance(outcome, Exception):
            raise outcome
        found: T = outcome
        return found

    def report(self, outcome: object) -> None:
        """Log and tell what is not a client's own affair: a mistake of ours. Of the disk's troubles `Health` tells."""
        if isinstance(outcome, Exception) and not isinstance(outcome, HamrazError):
            self.troubles.mistake("request", outcome)
