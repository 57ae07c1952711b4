"""`run.py agent`: the command line of one person's agent. Knows neither the demo nor which threads are green."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from protocol import evidence, links
from protocol.errors import HamrazError
from transport.listener import check_host
from web_client.agent import Agent
from web_client.app import make_app
from web_client.door import Door
from web_client.file_door import FileDoor
from web_client.folder import Folder
from web_client.page_events import PageEvents
from web_client.page_server import PageServer, claim

Offload = Callable[..., Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=5001, help="where your page is: http://localhost:PORT (default: 5001)"
    )
    parser.add_argument("--join", metavar="LINK", help="the join link or owner link that the authority printed")
    parser.add_argument("--data", type=Path, metavar="DIR", help="your vault's folder (default: data/agent-PORT)")
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
        type=Path,
        metavar="FILE",
        help="say what a saved evidence proves against the authority of --join LINK, and end",
    )
    parser.add_argument(
        "--no-discovery", action="store_true", help="don't look for authorities that are announced on this network"
    )
    parser.add_argument("--no-open", action="store_true", help="don't open the page in the browser")


def run(args: argparse.Namespace, offload: Offload, async_mode: str) -> int:
    """Run the agent until a signal; returns the exit code: 0 ended, 1 failed, 2 wrong arguments."""
    if not 1024 <= args.port <= 65535:
        return _say("--port takes a number from 1024 to 65535.", 2)
    if args.listen_port and not 1024 <= args.listen_port <= 65535:
        return _say("--listen-port takes a number from 1024 to 65535.", 2)
    if args.listen_port == args.port:
        return _say("--listen-port must be another port than the page's.", 2)
    if args.join is not None:
        try:
            links.decode(args.join)
        except HamrazError as failure:
            return _say(f"--join: {failure}", 2)
    if args.check_evidence is not None:
        return _check(args.check_evidence, args.join)
    try:
        with ExitStack() as opened:
            _serve(args, offload, async_mode, opened)
    except HamrazError as failure:
        return _say(str(failure), 1)
    except KeyboardInterrupt:
        pass
    return 0


def _serve(args: argparse.Namespace, offload: Offload, async_mode: str, opened: ExitStack) -> None:
    """Run until something is raised; what has been opened is closed by `opened`, the last first."""
    claimed = opened.enter_context(claim(args.port))
    folder = Folder(args.data if args.data is not None else Path("data") / f"agent-{args.port}")
    opened.callback(folder.release)
    check_host(args.listen, args.listen_port)
    agent = Agent.open(
        folder.path,
        offload=offload,
        page_port=args.port,
        join_link=args.join,
        listen=args.listen,
        listen_port=args.listen_port,
        discovery=not args.no_discovery,
    )
    opened.callback(agent.close)
    door = Door()
    app, socketio = make_app(args.port, async_mode)
    PageEvents(socketio.server, agent, door)
    FileDoor(app, agent, door)
    server = PageServer(app, socketio, claimed)
    opened.callback(server.close)
    folder.save("api-token", door.api_token + "\n")
    opened.callback(folder.remove, "api-token")
    server.start()
    print(f"page: http://localhost:{args.port}/#launch={door.launch_token}", flush=True)
    if not args.no_open and _has_desktop():
        # Without the launch token: others on this machine can read the browser's command line. The vault is locked
        # yet, so the page asks for the password anyway.
        page = f"http://localhost:{args.port}/"
        threading.Thread(target=offload, args=(webbrowser.open, page), daemon=True).start()
    server.wait()


def _has_desktop() -> bool:
    """Whether there is a screen to open a page on: webbrowser would take a terminal's browser otherwise."""
    return sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def _check(path: Path, link: str | None) -> int:
    """Offline, with the authority's id out of any of its join links: exit code 0 if the file proves a lie."""
    if link is None:
        return _say("--check-evidence needs --join LINK: any join link of the authority that it is about.", 2)
    try:
        verdict = evidence.judge(json.loads(path.read_bytes()), links.decode(link).authority_id)
    except OSError:
        return _say(f"{path} can't be read.", 1)
    except (HamrazError, ValueError, RecursionError):
        return _say(f"{path} proves nothing against this authority.", 1)
    print(verdict)
    return 0


def _say(sentence: str, code: int) -> int:
    print(f"run.py agent: {sentence}", file=sys.stderr)
    return code
