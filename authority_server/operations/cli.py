"""What `run.py authority` does beside serving: status, a new invitation, a backup. Never starts what isn't running."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from authority_server.operations import backup, control_files, moving, status
from authority_server.store import data_folder, keys
from authority_server.store.postgres import DatabaseServer
from authority_server.store.sqlite import DatabaseFile
from protocol.errors import HamrazError
from protocol.statements import authority_id_of
from storage import paths
from storage.layout import named


class _Failure(Exception):
    """A sentence for whoever runs it, and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that ask for something else than a start."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--status", action="store_true", help="say how the authority that runs on --data is, and end")
    group.add_argument(
        "--renew-invitation",
        action="store_true",
        help="have the authority that runs on --data make a new join link, print it, and end",
    )
    group.add_argument(
        "--revoke-invitation",
        action="store_true",
        help="have the authority that runs on --data let nobody in any more, until a new invitation is made",
    )
    group.add_argument(
        "--end-recovery",
        action="store_true",
        help="have the authority that was started with --recover append again, and end",
    )
    group.add_argument(
        "--backup", type=paths.given, metavar="DIR", help="copy --data into the new folder DIR, running or not, and end"
    )
    group.add_argument(
        "--move-to",
        choices=("server", "file"),
        help="move the database of --data to the server of --database, or from there back into --data, and end; the "
        "one it was in never starts again",
    )
    group.add_argument(
        "--finish-upgrade",
        action="store_true",
        help="on the server of --database: let no node of an older version in any more, and end; when all are upgraded",
    )
    parser.add_argument("--json", action="store_true", help="with --status: as JSON")


def wanted(args: argparse.Namespace) -> bool:
    """Whether these arguments ask for something else than a start."""
    asked = (args.status, args.renew_invitation, args.revoke_invitation, args.end_recovery, args.json)
    return any(asked) or args.finish_upgrade or args.backup is not None or args.move_to is not None


def run(args: argparse.Namespace) -> int:
    """Do it; the exit code: 0, or 1, or 2 for wrong arguments, with one sentence on stderr."""
    if args.json and not args.status:
        print("run.py authority: --json goes with --status only: add it, or leave --json out.", file=sys.stderr)
        return 2
    try:
        if args.status:
            _show_status(args.data, args.json)
        elif args.renew_invitation:
            print(_ask(args.data, control_files.RENEW)["links"], end="")
        elif args.revoke_invitation:
            print(_ask(args.data, control_files.REVOKE)["text"])
        elif args.end_recovery:
            print(_ask(args.data, control_files.END_RECOVERY)["text"])
        elif args.finish_upgrade:
            _finish_upgrade(args.database)
        elif args.move_to:
            _move(args.data, args.database, args.move_to)
        elif args.database:
            raise _Failure(
                "The database is on a PostgreSQL server: save it with pg_dump, and authority.key with it "
                "(docs/operating.md has the commands)."
            )
        else:
            _back_up(args.data, args.backup)
    except (_Failure, HamrazError) as reason:
        print(f"run.py authority: {reason}", file=sys.stderr)
        return 1
    except OSError as reason:
        print(f"run.py authority: {named(reason, args.backup or args.data)}", file=sys.stderr)
        return 1
    return 0


def _show_status(data: Path, as_json: bool) -> None:
    found = _ask(data, control_files.STATUS)
    print(json.dumps(found) if as_json else status.describe(found, datetime.now(UTC)))


def _ask(data: Path, what: str) -> dict[str, Any]:
    """What the running authority answers."""
    try:
        found = control_files.ask(data, what)
    except TimeoutError:
        raise _Failure(
            f"The authority of {data} runs but doesn't answer: look at its log, and at the disk "
            f"({status.size(status.free_bytes(data))} free)."
        ) from None
    if found is None:
        raise _Failure(f"No authority runs on {data}: start it, or say with --data which folder it has.")
    if "error" in found:
        raise _Failure(found["error"])
    return found


def _move(data: Path, address: str | None, to: str) -> None:
    if not address:
        raise _Failure("Say with --database which server it is.")
    file, server = DatabaseFile(data / "authority.db"), DatabaseServer.at(address)
    source, target = (file, server) if to == "server" else (server, file)
    key_file = data / "authority.key"
    if not key_file.exists():
        raise _Failure(f"There is no authority in {data}: say with --data where it is.")
    with data_folder.held(data):
        server.require_alone()
        try:
            state = moving.move(source, target, authority_id_of(keys.load(key_file).public), data / "files")
        except FileNotFoundError:
            raise _Failure(f"There is no authority's database in {source.path}.") from None
        except FileExistsError:
            raise _Failure(f"{target.path} has an authority's database already: name another one.") from None
    start = f"with --database {target.path}" if to == "server" else "without --database"
    print(
        f"Moved to {target.path}: {len(state.accounts)} accounts, {len(state.groups.groups)} groups, {state.log.size} "
        f"log entries; it has been opened and compared. From now on start it {start}: the other never starts again."
    )


def _finish_upgrade(address: str | None) -> None:
    if not address:
        raise _Failure("Say with --database which server it is: a database in a file is upgraded whole, at the start.")
    server = DatabaseServer.at(address)
    try:
        done = server.finish_upgrade()
    except FileNotFoundError:
        raise _Failure(f"There is no authority's database in {server.path}.") from None
    print(f"The upgrade of {server.path} is finished." if done else f"Nothing was left to do at {server.path}.")


def _back_up(data: Path, target: Path) -> None:
    try:
        state = backup.save(data, target)
    except FileNotFoundError:
        raise _Failure(f"There is no authority in {data}: say with --data where it is.") from None
    except FileExistsError:
        raise _Failure(f"There is something in {target} already: name a new folder.") from None
    print(
        f"Saved to {target}: {len(state.accounts)} accounts, {len(state.groups.groups)} groups, {state.log.size} log "
        "entries; it has been opened and checked. It holds the authority's key: keep it as safe as the server."
    )
