"""`run.py authority`: the command line, what it prints, how it ends. Every error is one sentence and what to do."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from authority_server.connections.server import Server
from authority_server.core import database_check, recovery
from authority_server.core.authority import Authority
from authority_server.core.blob_worker import ChunkThread
from authority_server.core.group_listeners import GroupPorts
from authority_server.core.group_ports import Ports
from authority_server.core.writer import Writer
from authority_server.handlers import expiry, files
from authority_server.operations import chunk_moving, cli, control_files, discovery, logging_setup, status
from authority_server.operations.among import Among
from authority_server.operations.discovery import Announcement
from authority_server.operations.join_links import Invitation
from authority_server.state.state import INVITATION_LENGTH, begin
from authority_server.store import data_folder, keys, sessions
from authority_server.store.chunk_objects import ChunkObjects, ObjectStorage
from authority_server.store.database import Store
from authority_server.store.postgres import DatabaseServer
from authority_server.store.signed_sizes import SignedSizes
from authority_server.store.sqlite import DatabaseFile
from protocol import links
from protocol.errors import Damaged, HamrazError, Refused, Unreachable
from protocol.primitives import SigningKey, digest
from protocol.statements import authority_id_of
from storage import paths
from storage.layout import named
from transport.addresses import is_loopback
from transport.file_limit import raise_file_limit

DATA = "authority"  # below the one folder of run.py, where none is named
PORT = 5050
# Below what systems give to connections that go out, and known to be no service's: whoever may make groups can take a
# port of this machine from a service only if it is in here.
GROUP_PORTS = "28000-28999"
CONNECTIONS = 10_000  # an idle one costs 30 to 50 KiB
SPARE_FILES = 64  # descriptors for everything that is not a connection
COLLECT = 1_000, 10, 100  # new objects, and rounds of the young and of the middle ones, before each looks: `gc`
SWITCH = 0.001  # seconds, instead of 0.005
LOOK_SECONDS = 0.5  # how soon the links file forgets the owner link once it is used

DATABASE = "HAMRAZ_DATABASE"

Offload = Callable[..., Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `run.py authority`."""
    parser.add_argument(
        "--data",
        type=paths.given,
        metavar="DIR",
        help="folder of key and database (default: authority in $HAMRAZ_DATA, else in data/ beside run.py if that is "
        "there, else in the system's place for one's data)",
    )
    parser.add_argument(
        "--database",
        default=os.environ.get(DATABASE),
        metavar="ADDRESS",
        help="keep the database on a PostgreSQL server, as in postgresql+psycopg2://hamraz@db.example/hamraz; "
        f"a password stands in ${DATABASE} or ~/.pgpass (default: ${DATABASE}, else SQLite in --data)",
    )
    parser.add_argument(
        "--files",
        metavar="ADDRESS",
        help="leave files in S3-compatible storage, as in s3://BUCKET/PREFIX?endpoint=https://HOST, with the key that "
        "the environment or ~/.aws/credentials names; own brings them back (default: as it was said last, else in "
        "the database on a server, else in --data)",
    )
    parser.add_argument("--port", default=str(PORT), help="port to listen on; 0 takes any free one (default: 5050)")
    parser.add_argument("--listen", default="", metavar="ADDRESS", help="address to listen on (default: all)")
    parser.add_argument(
        "--group-ports",
        default=GROUP_PORTS,
        metavar="FROM-TO",
        help=f"ports for groups (default: {GROUP_PORTS})",
    )
    for option, mebibytes, what in (
        ("--file-space", 10_240, "files that wait for people, all together; 0 takes none"),
        ("--backup-space", 10_240, "agents' backups, all together; 0 takes none"),
        ("--mail-space", 2_048, "what waits in mailboxes, all together"),
    ):
        words = f"room for {what} (default: {mebibytes})"
        parser.add_argument(option, type=_mebibytes, default=mebibytes, metavar="MIB", help=words)
    parser.add_argument(
        "--new-invitation", action="store_true", help="print a new join link; the one before it lets nobody in any more"
    )
    parser.add_argument(
        "--recover",
        action="store_true",
        help="this is an older backup: append nothing before agents have given back what it lacks (docs/operating.md)",
    )
    parser.add_argument(
        "--qr",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="print the links as QR codes too (default: on a terminal)",
    )
    parser.add_argument(
        "--metrics",
        type=loopback,
        metavar="ADDRESS",
        help="answer a monitor (/metrics, /healthz, /readyz) on this loopback address, as in 127.0.0.1:9550",
    )
    discovery.add_arguments(parser)
    parser.add_argument("--log-json", action="store_true", help="log one JSON object a line")
    cli.add_arguments(parser)


def run(args: argparse.Namespace, offload: Offload, async_mode: str) -> int:
    """Serve until interrupted; the exit code: 0, or 1, or 2 for wrong arguments, with one sentence on stderr."""
    args.data = args.data or args.root() / DATA
    if cli.wanted(args):
        return cli.run(args)
    logging_setup.set_up(args.log_json)
    try:
        port, group_ports = ports(args.port, 0), ports(args.group_ports, 1024)
        _check_listen(args.listen)
        database = DatabaseServer.at(args.database) if args.database else None
        if args.files not in (None, chunk_moving.OWN):
            args.files = ObjectStorage.at(args.files).address
    except HamrazError as reason:
        return _refuse(args, reason, 2)
    try:
        with data_folder.held(args.data) as data:
            _serve(args, data, database, port[0], group_ports, offload, async_mode)
    except KeyboardInterrupt:
        logging.getLogger("hamraz.authority").info("ended")
    except HamrazError as reason:
        return _refuse(args, reason, 1)
    except OSError as reason:
        return _refuse(args, named(reason, args.data), 1)
    return 0


def _mebibytes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise argparse.ArgumentTypeError("a number of MiB, 0 or more")
    return int(text)


def loopback(text: str) -> tuple[str, int]:
    """`127.0.0.1:9550` or `[::1]:9550`, for argparse: nobody elsewhere is to read what a monitor is told."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (is_loopback(host) and host != "localhost" and port.isascii() and port.isdecimal() and int(port) <= 65535):
        raise argparse.ArgumentTypeError("a loopback address and a port, as in 127.0.0.1:9550")
    return host, int(port)


def ports(text: str, lowest: int) -> tuple[int, int]:
    """`N` or `FROM-TO` as numbers, both included; `bad_ports`."""
    first, dash, last = text.partition("-")
    numbers = (first, last if dash else first)
    if not all(number.isascii() and number.isdecimal() and len(number) <= 5 for number in numbers):
        raise Refused("bad_ports", text=text)
    low, high = int(numbers[0]), int(numbers[1])
    if not lowest <= low <= high <= 65535:
        raise Refused("bad_ports", text=text)
    return low, high


def _refuse(args: argparse.Namespace, reason: HamrazError, code: int) -> int:
    if args.log_json:
        logging.getLogger("hamraz.authority").critical("%(event)s", {"event": reason, "code": reason.code})
    else:
        print(f"run.py authority: {reason}", file=sys.stderr)
    return code


def _serve(
    args: argparse.Namespace,
    data: Path,
    database: DatabaseServer | None,
    port: int,
    group_ports: tuple[int, int],
    offload: Offload,
    async_mode: str,
) -> None:
    log = logging.getLogger("hamraz.authority")
    since, control = datetime.now(UTC), control_files.ControlFiles(data)
    key, store = open_folder(data, database, args.recover)
    try:
        authority = Authority(
            store,
            key,
            rising_clock(),
            ports=Ports(lambda port: server.bind_group(port), *group_ports),
            chunks=chunk_moving.settle(
                store,
                data / "files",
                lambda address: ChunkObjects(ObjectStorage.at(address), authority_id_of(key.public), data),
                args.files,
            ),
            file_space=args.file_space << 20,
            mail_space=args.mail_space << 20,
            sizes=SignedSizes(data / "authority.sizes", authority_id_of(key.public)),
            backup_space=args.backup_space << 20,
            place=digest(b"node", socket.gethostname().encode(), _boot(), os.fsencode(data))[:16],
        )
        store.patience = sessions.PATIENCE_SECONDS
        authority.chunks.is_counted = partial(files.is_counted, authority)
        files.sweep(authority)
        if args.recover:
            authority.recovery.begin("started with --recover", recovery.BY_HAND)
        invitation = Invitation(authority, data / "links", renew=args.new_invitation)
        server = Server(authority, args.listen, port, _connections())
        authority.give_way = partial(time.sleep, 0)
        monitor, measured = None, offload
        if args.metrics is not None:
            from authority_server.operations.metrics import Metrics, Monitor  # with a library that few need

            told = Metrics()
            monitor, measured = Monitor(args.metrics, told), told.timed(offload)
            told.tell_of(authority, lambda: writer.waiting, data)
        writer, chunks = Writer(authority, measured), ChunkThread(authority, offload)
        writer.start()
        chunks.start()
        server.start()
        if monitor is not None:
            monitor.start(authority.troubles)
        database_check.start(authority, offload)
        place = Announcement(args.listen, server.port, authority.id, args, authority.troubles)
        among = Among(authority, database, offload)
        try:
            _be_quick()
            among.start(place.hosts, server.port)
            place.name(among.others)
            invitation.show(place.named, server.port, args.qr)
            place.start()
            log.info(
                "listening on port %(port)d; %(accounts)d accounts; threads: %(threads)s",
                {"port": server.port, "accounts": len(authority.state.accounts), "threads": async_mode},
            )
            answers = {
                control_files.STATUS: lambda: status.gather(authority, writer.waiting, data, since),
                control_files.RENEW: lambda: {"links": invitation.renew()},
                control_files.REVOKE: lambda: {"text": invitation.revoke()},
                control_files.END_RECOVERY: lambda: {"text": authority.recovery.end()},
            }
            answers = {name: _named(authority, make) for name, make in answers.items()}
            groups, never = GroupPorts(authority), threading.Event()
            while True:
                authority.troubles.tend("group ports", groups.look)
                never.wait(LOOK_SECONDS)
                authority.troubles.tend("control files", lambda: control.serve(invitation.refresh, answers))
                authority.troubles.tend("announcement", lambda: place.look(invitation))
                authority.troubles.tend("nodes", lambda: among.look(place.hosts))
                if place.name(among.others):
                    authority.troubles.tend("links", lambda: invitation.move(place.named))
                authority.troubles.tend("disk", authority.look_after_disk)
                authority.troubles.tend("turns", authority.look_after_turns)
                authority.troubles.tend("files", lambda: files.lapse(authority))
                authority.troubles.tend("expiry", lambda: expiry.look(authority))
                authority.troubles.lapse()
        finally:
            place.stop()
            if monitor is not None:
                monitor.stop()
            server.close()
            expiry.keep(authority)
            among.stop()
            chunks.stop()
            writer.stop()
    finally:
        store.close()


def _boot() -> bytes:
    """What tells a machine from its copy, which has its name, too; no bytes where the system says no such thing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_bytes()
    except OSError:
        return b""


def _named(authority: Authority, make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The same, whose mistakes come out as `internal`: whoever asked is answered."""

    def guarded() -> dict[str, Any]:
        with authority.troubles.guard("control files", once=True):
            return make()

    return guarded


def _be_quick() -> None:
    """What is here at the start stays: the garbage collector looks at it no more, and at the rest more seldom.

    A full look at everything took 100 ms under load, in which nobody was answered. And who answers needn't wait 5 ms
    for the thread that writes.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _check_listen(listen: str) -> None:
    """Only what a link can carry is an address to listen on."""
    try:
        links.decode(links.Link((listen or "localhost",), 1, "a" * INVITATION_LENGTH, bytes(32)).encode())
    except Refused:
        raise Unreachable("address_unusable", address=listen) from None


def open_folder(data: Path, server: DatabaseServer | None = None, older: bool = False) -> tuple[SigningKey, Store]:
    """The key of this folder and its database, which is in it or on a server; made on the first start. A half of them
    alone is refused, and so is a server that another has replaced, but if it is to be an `older` one.
    """
    key_file, own, links = data / "authority.key", data / "authority.db", data / "links"
    database = server or DatabaseFile(own)
    if database.exists():
        if not key_file.exists():
            raise Damaged("key_missing", path=str(data))
        key = keys.load(key_file)
        if server is not None and not older:
            sizes = SignedSizes(data / "authority.sizes", authority_id_of(key.public))
            server.timelines.update(sizes.timelines)
            sizes.close()
        return key, database.open()
    # a folder whose database is elsewhere has one, too: a new one beside it would contradict it
    used = any(path.exists() for path in (own, links, data / "authority.sizes", data / "files"))
    if used and not key_file.exists():  # a new one under another key is nothing that anybody has asked for
        raise Damaged("authority_gone", path=str(data))
    # The first start may have been cut off after the key was made. With any of these, it was not: the database is lost,
    # and a new one under the old key would contradict what this key has signed.
    if used:
        raise Damaged("database_missing", path=database.path)
    key = keys.load(key_file) if key_file.exists() else keys.make(key_file)
    database.create(lambda rows: begin(rows, key))
    return key, database.open()


def rising_clock() -> Callable[[], int]:
    """Milliseconds since 1970 at the start, which then only rise, whatever is done to the machine's clock."""
    offset = time.time_ns() - time.monotonic_ns()
    return lambda: (time.monotonic_ns() + offset) // 1_000_000


def _connections() -> int:
    """How many may be open at once; where the system allows fewer, that is logged: nobody else says so."""
    files = raise_file_limit(CONNECTIONS + SPARE_FILES)
    allowed = min(CONNECTIONS, max(files - SPARE_FILES, files // 2))
    if allowed < CONNECTIONS:
        logging.getLogger("hamraz.authority").warning(
            "no more than %(connections)d connections at once, as the system lets this process open %(files)d files: "
            "raise that (ulimit -n, LimitNOFILE) if there are more people",
            {"connections": allowed, "files": files},
        )
    return allowed
