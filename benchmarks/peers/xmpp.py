"""ejabberd and prosody, servers of XMPP: the group is a room (XEP-0045), of members without accounts (SASL ANONYMOUS).

Nobody is told who else comes and goes, which would be a million stanzas with a thousand members.
"""

from __future__ import annotations

import glob
import shutil
from pathlib import Path

from benchmarks.peers.room import Spoken
from benchmarks.peers.server import Step

STREAM = (
    b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' "
    b"xmlns:stream='http://etherx.jabber.org/streams'>"
)
SASL = b"urn:ietf:params:xml:ns:xmpp-sasl"
COME_IN = b"<presence to='%s/u%05d'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>"
ROOM = b"g@conference.localhost"


class Xmpp:
    """What is the same of all of them."""

    less = "no end-to-end encryption, no signatures or chain, no passwords here; stores nothing (no archive)"
    pace = 1.0
    member = Spoken

    def enter(self, number: int) -> list[Step]:
        features = b"</stream:features>"
        return [
            (STREAM, features),
            (b"<auth xmlns='%s' mechanism='ANONYMOUS'/>" % SASL, b"<success"),
            (STREAM, features),
            (b"<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", b"</iq>"),
            (b"<presence/>", b"<presence"),
            (COME_IN % (ROOM, number), b"<subject"),
        ]

    def message(self, number: int, text: bytes) -> bytes:
        return b"<message to='%s' type='groupchat'><body>%s</body></message>" % (ROOM, text)


class Ejabberd(Xmpp):
    name = "ejabberd"
    get = "apt-get install ejabberd"
    deliveries = 60_000
    largest = 1000

    def found(self) -> bool:
        return bool(_beams()) and shutil.which("erl") is not None

    def command(self, folder: Path, port: int) -> list[str]:
        settings = folder / "ejabberd.yml"
        settings.write_text(EJABBERD.format(port=port, folder=folder))
        # without a name there is no epmd, which would stay when it has ended
        return [
            "erl", "-noinput", "+K", "true", "-mnesia", "dir", f'"{folder}/spool"', "-pa", *_beams(),
            "-ejabberd", "config", f'"{settings}"', "log_path", f'"{folder}/ejabberd.log"', "-s", "ejabberd",
        ]  # fmt: skip


class Prosody(Xmpp):
    name = "prosody"
    get = "apt-get install prosody lua-sec"
    deliveries = 40_000
    largest = 100  # a thousand need a minute to come in
    archive = ""

    def found(self) -> bool:
        return shutil.which("prosody") is not None

    def command(self, folder: Path, port: int) -> list[str]:
        settings = folder / "prosody.cfg.lua"
        settings.write_text(PROSODY.format(port=port, folder=folder, archive=self.archive))
        return ["prosody", "-F", "--config", str(settings)]


class ProsodyArchive(Prosody):
    name = "prosody with its archive"
    get = "apt-get install prosody lua-sec lua-dbi-sqlite3"
    less = "no end-to-end encryption, no signatures or chain; stores in SQLite, and hands on before that is on the disk"
    deliveries = 10_000
    pace = 0.5
    largest = 100
    archive = """ modules_enabled = { "muc_mam" }
 muc_log_by_default = true
 storage = { muc_log = "sql" }
 sql = { driver = "SQLite3", database = "archive.sqlite" }
"""


def _beams() -> list[str]:
    """Where its code and that of its libraries lies."""
    return sorted(glob.glob("/usr/lib/*/ejabberd*/ebin") + glob.glob("/usr/lib/*/*/ejabberd*/ebin"))


EJABBERD = """hosts: [localhost]
loglevel: error
certfiles: ["{folder}/both.pem"]
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, backlog: 1024, shaper: none, tls: true}}
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
access_rules: {{c2s: {{allow: all}}, any: {{allow: all}}}}
modules:
  mod_muc:
    access: any
    access_create: any
    max_users: 5000
    history_size: 0
    default_room_options: {{max_users: 5000, presence_broadcast: []}}
"""

PROSODY = """run_as_root = true
daemonize = false
data_path = "{folder}"
modules_enabled = {{ "saslauth"; "tls" }}
modules_disabled = {{ "s2s"; "posix" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{}}
s2s_ports = {{}}
c2s_direct_tls_ports = {{ {port} }}
c2s_direct_tls_ssl = {{ certificate = "{folder}/both.pem"; key = "{folder}/both.pem" }}
ssl = {{ certificate = "{folder}/both.pem"; key = "{folder}/both.pem" }}
authentication = "anonymous"
log = {{ warn = "*console" }}
VirtualHost "localhost"
Component "conference.localhost" "muc"
 muc_room_locking = false
 muc_room_default_presence_broadcast = {{ visitor = false; participant = false; moderator = false }}
{archive}"""
