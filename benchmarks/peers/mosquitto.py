"""mosquitto, a broker of MQTT 3.1.1: the group is a topic, with nothing kept and nothing acknowledged (QoS 0)."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.peers.room import Spoken
from benchmarks.peers.server import Step

TOPIC = b"\0\1g"
SETTINGS = """listener {port} 127.0.0.1
allow_anonymous true
certfile {folder}/both.pem
keyfile {folder}/both.pem
set_tcp_nodelay true
max_queued_messages 0
user root
persistence false
log_type error
"""


class Mosquitto:
    name = "mosquitto"
    get = "apt-get install mosquitto"
    less = "hands bytes on: no end-to-end encryption, no signatures or chain, no log-in here; stores nothing (QoS 0)"
    deliveries = 200_000
    pace = 1.0
    largest = 1000
    member = Spoken

    def found(self) -> bool:
        return shutil.which("mosquitto", path=PATH) is not None

    def command(self, folder: Path, port: int) -> list[str]:
        settings = folder / "mosquitto.conf"
        settings.write_text(SETTINGS.format(port=port, folder=folder))
        return [shutil.which("mosquitto", path=PATH) or "mosquitto", "-c", str(settings)]

    def enter(self, number: int) -> list[Step]:
        client = b"u%05d" % number
        connect = b"\0\4MQTT\4\2\0\0" + len(client).to_bytes(2, "big") + client  # clean session, no keep-alive
        return [(packet(0x10, connect), b"\x20\2\0\0"), (packet(0x82, b"\0\1" + TOPIC + b"\0"), b"\x90\3\0\1\0")]

    def message(self, number: int, text: bytes) -> bytes:
        return packet(0x30, TOPIC + text)


PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"  # servers lie where not everybody looks


def packet(first: int, content: bytes) -> bytes:
    """One of up to 16,383 bytes."""
    size = len(content)
    return bytes([first, size] if size < 128 else [first, size % 128 | 128, size // 128]) + content
