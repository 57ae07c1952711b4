"""`run.py agent`: the command line of one person's agent. Knows neither the demo nor which threads are green."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

from protocol import evidence
from protocol.errors import HamrazError, error
from protocol.links import Link
from storage import paths
from storage.standard_output import printed
from transport import threads
from transport.file_limit import raise_file_limit
from transport.listener import check_host
from transport.threads import Troubles
from web_client.account import join_links
from web_client.agent import desktop_notices
from web_client.agent.api import Agent
from web_client.agent.at_login import AtLogin
from web_client.backups.restoring import InFile
from web_client.export import command as export_command
from web_client.export.source import Source
from web_client.page.app import ICON, make_app
from web_client.page.file_routes import FileRoutes
from web_client.page.server import Claim, PageServer
from web_client.page.socketio import PageEvents
from web_client.page.tokens import Door
from web_client.vault import account_folders
from web_client.vault.data_folder import PAGE_FILE, Folder, running_page
from web_client.vault.database import Vault

FILES = 4096  # a line for each group, and for each of the page's tabs and files on their way

Offload = Callable[..., Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=5001, help="where your page is: http://localhost:PORT (default: 5001)"
    )
    parser.add_argument(
        "--join",
        metavar="FILE",
        help="a file with the join link or owner link that the authority printed; - reads it from standard input "
        "(default: $HAMRAZ_JOIN, or the page asks for it)",
    )
    parser.add_argument(
        "--account",
        metavar="NAME",
        help="which of the accounts on this computer: its folder is agent-NAME in $HAMRAZ_DATA, else in data/ beside "
        "run.py if that is there, else in the system's place for one's data (default: the only one, or main)",
    )
    parser.add_argument("--data", type=paths.given, metavar="DIR", help="your vault's folder, wherever it is, instead")
    parser.add_argument("--list", action="store_true", help="list the accounts on this computer and end")
    parser.add_argument(
        "--listen",
        default="",
        metavar="ADDRESS",
        help="address at which other agents reach yours (default: all; the page is on localhost only, always)",
    )
    parser.add_argument(
        "--listen-port",
        type=int,
        default=0,
        metavar="PORT",
        help="port at which other agents reach yours, to be opened in a firewall (default: any free one)",
    )
    parser.add_argument(
        "--check-evidence",
        type=paths.given,
        metavar="FILE",
        help="say what a saved evidence proves against the authority of --join FILE, and end",
    )
    parser.add_argument(
        "--export",
        type=paths.given,
        metavar="FILE",
        help="write what was said to a new FILE (a zip: a page to read, and what a stranger can check it by), and end; "
        "asks for the password",
    )
    parser.add_argument(
        "--import",
        dest="import_from",
        type=paths.given,
        metavar="FILE",
        help="take an export of this account in again, to be read beside what is here, and end; asks for the password",
    )
    parser.add_argument("--chat", metavar="NAME", help="with --export: only with this person, or in this group")
    parser.add_argument(
        "--language",
        choices=("en", "fa"),
        default="en",
        help="with --export: of the page to read (default: en)",
    )
    parser.add_argument(
        "--restore",
        type=paths.given,
        metavar="FILE",
        help="a backup that was saved as a file: the page's \"I have an account\" takes it in place of the server's",
    )
    parser.add_argument(
        "--no-discovery", action="store_true", help="don't look for authorities that are announced on this network"
    )
    parser.add_argument("--no-open", action="store_true", help="don't open the page in the browser")
    parser.add_argument(
        "--page-sources", action="store_true", help="let the page load its source files one by one, to work on them"
    )


def run(args: argparse.Namespace, offload: Offload, async_mode: str) -> int:
    """Run the agent until a signal; returns the exit code: 0 ended, 1 failed, 2 wrong arguments."""
    if not 1024 <= args.port <= 65535:
        return _say("--port takes a number from 1024 to 65535.", 2)
    if args.listen_port and not 1024 <= args.listen_port <= 65535:
        return _say("--listen-port takes a number from 1024 to 65535.", 2)
    if args.listen_port == args.port:
        return _say("--listen-port must be another port than the page's.", 2)
    try:
        link = _link(args.join)
    except HamrazError as failure:
        return _say(f"--join: {failure}", 2)
    except OSError:
        return _say("--join: This is not a join link. Nor is there a file of this name that can be read.", 2)
    if args.restore is not None and not args.restore.is_file():
        return _say("--restore: There is no file of this name that can be read.", 2)
    if args.check_evidence is not None:
        return _check(args.check_evidence, link)
    if args.list:
        print(*account_folders.listed(args.root()), sep="\n")
        return 0
    try:
        folder = _folder(args)
    except _Unclear as reason:
        return _say(str(reason), 2)
    page = running_page(folder)
    if args.export is not None or args.import_from is not None:
        return _move(args, folder, page, offload)
    if page is not None:
        return _go_to(page, args, link)
    try:
        with ExitStack() as opened:
            _serve(args, folder, link, offload, async_mode, opened)
    except HamrazError as failure:
        return _say(str(failure), 1)
    except KeyboardInterrupt:
        pass
    return 0


class _Unclear(Exception):
    """The arguments name no folder."""


def _folder(args: argparse.Namespace) -> Path:
    """The whole path of the account's folder."""
    if args.data is not None:
        return Path(args.data)
    root: Path = args.root()
    name = args.account if args.account is not None else account_folders.meant(root)
    if name is None:
        there = ", ".join(account_folders.names(root))
        raise _Unclear(f"Several accounts have a folder in {root}: {there}. Say with --account NAME which one.")
    if not account_folders.is_name(name):
        raise _Unclear("--account takes a name of letters, digits, dots and dashes.")
    return account_folders.folder_of(root, name)


def _link(value: str | None) -> Link | None:
    """The link of --join or of the environment, which nothing that we start is to have."""
    known = os.environ.pop(join_links.VARIABLE, None)
    if value is not None:
        return join_links.given(value, sys.stdin)
    return join_links.link_in(known) if known else None


def _go_to(page: str, args: argparse.Namespace, link: Link | None) -> int:
    """This account's agent runs already: its page is what was wanted."""
    print(f"page: {page}", flush=True)
    _say("this account's agent runs already." + (" Paste the link on its page." if link else ""), 0)
    if not args.no_open and _has_desktop():
        webbrowser.open(page)
    return 0


def _serve(
    args: argparse.Namespace, path: Path, link: Link | None, offload: Offload, async_mode: str, opened: ExitStack
) -> None:
    """Run until something is raised; what has been opened is closed by `opened`, the last first."""
    raise_file_limit(FILES)
    claim = opened.enter_context(Claim(args.port))
    folder = Folder(path)
    opened.callback(folder.release)
    folder.remove(PAGE_FILE)  # of one that was killed
    check_host(args.listen, args.listen_port)
    agent = Agent.open(
        folder.path,
        offload=offload,
        page_port=args.port,
        join_link=link.encode() if link else None,
        listen=args.listen,
        listen_port=args.listen_port,
        discovery=not args.no_discovery,
    )
    opened.callback(agent.close)
    if args.restore is not None:
        InFile(args.restore)  # says now what is wrong with it
        agent.given_file = args.restore
    agent.at_login = _at_login(args, folder.path)
    with contextlib.suppress(HamrazError):  # the next start tries again, and here nobody could do anything about it
        agent.at_login.renew()
    door = Door()
    app, socketio = make_app(args.port, async_mode, args.page_sources)
    pages = PageEvents(socketio.server, agent, door)
    agent.show_notice, agent.is_watched = desktop_notices.program(offload, ICON), pages.is_watched
    FileRoutes(app, agent, door)
    server = PageServer(app, socketio, claim, agent.troubles)
    opened.callback(server.close)
    folder.save("api-token", door.api_token + "\n")
    opened.callback(folder.remove, "api-token")
    server.start()
    folder.save(PAGE_FILE, claim.url + "\n")
    opened.callback(folder.remove, PAGE_FILE)
    with printed():
        launch = "" if _goes_to_the_journal() else f"#launch={door.launch_token}"  # which others read, too
        print(f"page: {claim.url}{launch}", flush=True)
    if not args.no_open and _has_desktop():
        # Without the launch token: others on this machine can read the browser's command line. The vault is locked
        # yet, so the page asks for the password anyway.
        _open(claim.url, offload, agent.troubles)
    server.wait()


def _at_login(args: argparse.Namespace, folder: Path) -> AtLogin:
    """This agent, started as now: what is an argument only for this once (a link, a backup) is left out."""
    program = [*args.program, "agent", "--data", str(folder), "--port", str(args.port)]
    if args.listen:
        program += ["--listen", args.listen]
    if args.listen_port:
        program += ["--listen-port", str(args.listen_port)]
    if args.no_discovery:
        program.append("--no-discovery")
    name = account_folders.name_of(folder.name)
    title = "Hamraz" if name == account_folders.FIRST else f"Hamraz ({name})"
    return AtLogin(program, ["--no-open"], folder, title, ICON)


def _open(page: str, offload: Offload, troubles: Troubles) -> None:
    """In the browser, which may take its time."""
    threads.spawn("browser", offload, troubles, webbrowser.open, page)


def _goes_to_the_journal() -> bool:
    """Whether systemd keeps what is printed here (systemd.exec(5): device and inode of the stream are named then)."""
    try:
        stream = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"


def _has_desktop() -> bool:
    """Whether there is a screen to open a page on: webbrowser would take a terminal's browser otherwise."""
    return sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def _check(path: Path, link: Link | None) -> int:
    """Offline, with the authority's id out of any of its join links: exit code 0 if the file proves a lie."""
    if link is None:
        return _say("--check-evidence needs --join FILE: any join link of the authority that it is about.", 2)
    try:
        verdict = evidence.judge(json.loads(path.read_bytes()), link.authority_id)
    except OSError:
        return _say(f"{path} can't be read.", 1)
    except (HamrazError, ValueError, RecursionError):
        return _say(f"{path} proves nothing against this authority.", 1)
    print(verdict)
    return 0


def _move(args: argparse.Namespace, path: Path, page: str | None, offload: Offload) -> int:
    """Out of or into the vault of an agent that doesn't run."""
    if args.export is not None and args.import_from is not None:
        return _say("--export and --import are two things: do one after the other.", 2)
    if page is not None:
        return _say(f"this account's agent runs: end it first, or export on its page, {page}.", 1)
    if args.export is not None and args.export.exists():
        return _say(f"{args.export} is there already: name a new file.", 2)
    try:
        with _vault_of(path, offload) as source:
            if args.export is not None:
                titles = export_command.take_out(source, args.export, args.chat, args.language)
                print(f"{args.export}: {', '.join(titles) if titles else 'no conversation yet'}")
            else:
                print(export_command.take_in(source, args.import_from))
    except HamrazError as failure:
        return _say(str(failure), 1)
    return 0


@contextmanager
def _vault_of(path: Path, offload: Offload) -> Iterator[Source]:
    """The account's vault, opened with the password that is typed; never among the arguments, which others can read."""
    if not Vault.exists(path):
        raise error("no_account")
    folder = Folder(path)
    try:
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        with export_command.opened(folder.path, password, offload) as source:
            yield source
    finally:
        folder.release()


def _say(sentence: str, code: int) -> int:
    print(f"run.py agent: {sentence}", file=sys.stderr)
    return code
