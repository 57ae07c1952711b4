"""Two users' nodes in this process, without API and page: real sockets, real vaults, an authority of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.town import town
from protocol import links
from protocol.links import Link
from transport.flusher import Flusher
from web_client.account import identity
from web_client.agent.session import UserSession
from web_client.net.network import SocketNetwork
from web_client.vault.database import Vault

PASSWORD = "a long enough passphrase 1404"


@contextmanager
def pair() -> Iterator[tuple[UserSession, UserSession]]:
    """Two connected nodes who know of each other. Their own threads don't run: the caller delivers."""
    with TemporaryDirectory() as folder, town(1) as place:
        link = links.decode(place.process.join_link)
        nodes = [_node(Path(folder) / name, link, name) for name in ("arash", "sara")]
        try:
            for node in nodes:
                node.authority.connect()
            nodes[0].authority.log.refresh()
            yield nodes[0], nodes[1]
        finally:
            for node in nodes:
                node.close()
                node.ctx.vault.close()


def _node(folder: Path, link: Link, name: str) -> UserSession:
    """Signed up, with a vault on disk; `node.authority.connect` logs it in."""
    folder.mkdir()
    network = SocketNetwork(Flusher(), "127.0.0.1")
    channel = network.dial_authority(list(link.hosts), link.port, lambda message: None, lambda: None)
    identity.greet(channel, link.authority_id)
    _me, fill = identity.prepare_sign_up(channel, link, None, f"{name}@example.org", name)
    vault = Vault.create(folder, PASSWORD, fill, lambda function, *arguments: function(*arguments))
    identity.finish_sign_up(channel, vault)
    channel.close()
    return UserSession(vault, network, lambda: time.time_ns() // 1_000_000, time.monotonic)
