"""Hosts of the tests' own: network namespaces on a switch that stands in one too. Nothing of this machine's network is
touched, nothing leaves it, and all of it is gone at the end.
"""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import itertools
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from launch.agent_api import AgentApi
from tests.processes import PASSWORD, Agent, Service, end_all, until

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


def run(*command: str) -> str:
    """What a command printed; CalledProcessError with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}"
    return done.stdout


class Host:
    """One machine: a namespace with a cable to the switch."""

    def __init__(self, lan: Lan, name: str) -> None:
        self.lan = lan
        self.name = name
        self.space = f"{lan.prefix}-{name}"
        run("ip", "netns", "add", self.space)
        lan.spaces.append(self.space)
        self.ip("link", "set", "lo", "up")
        self.interfaces: list[str] = []

    def ip(self, *words: str) -> str:
        """`ip` on this host."""
        return run("ip", "-n", self.space, *words)

    def plug(self, *addresses: str, segment: str = "main") -> str:
        """A cable to a segment of the switch; returns the new interface."""
        interface = f"eth{len(self.interfaces)}"
        self.interfaces.append(interface)
        port = f"{self.name}{len(self.interfaces) - 1}"
        bridge = self.lan.segment(segment)
        run("ip", "-n", self.lan.switch, "link", "add", port, "type", "veth", "peer", "name", "cable")
        run("ip", "-n", self.lan.switch, "link", "set", "cable", "netns", self.space, "name", interface)
        run("ip", "-n", self.lan.switch, "link", "set", port, "master", bridge, "up")
        self.ip("link", "set", interface, "up")
        for address in addresses:
            self.add(address, interface)
        return interface

    def add(self, address: str, interface: str = "eth0") -> None:
        """Give an interface an address, `10.0.0.1/24`."""
        nodad = ["nodad"] if ":" in address else []
        self.ip("addr", "add", address, "dev", interface, *nodad)

    def remove(self, address: str, interface: str = "eth0") -> None:
        self.ip("addr", "del", address, "dev", interface)

    def unplug(self, interface: str = "eth0") -> None:
        """Pull the cable at the switch: this host loses its carrier."""
        run("ip", "-n", self.lan.switch, "link", "set", self._port(interface), "down")

    def plug_in(self, interface: str = "eth0") -> None:
        run("ip", "-n", self.lan.switch, "link", "set", self._port(interface), "up")

    def silence(self, interface: str = "eth0") -> None:
        """The switch swallows everything to and from this host; nobody is told, the carrier stays."""
        run("ip", "-n", self.lan.switch, "link", "set", self._port(interface), "nomaster")

    def unsilence(self, interface: str = "eth0", segment: str = "main") -> None:
        run("ip", "-n", self.lan.switch, "link", "set", self._port(interface), "master", self.lan.segment(segment))

    def deafen(self) -> None:
        """What this host says is heard, and it hears nothing any more: a line that is dead in one direction."""
        run("ip", "netns", "exec", self.space, "sysctl", "-qw", "net.ipv4.tcp_early_demux=0")
        for interface in self.interfaces:
            self.ip("rule", "add", "pref", "20", "iif", interface, "blackhole")
        self.ip("rule", "add", "pref", "30", "lookup", "local")
        self.ip("rule", "del", "pref", "0")

    def undeafen(self) -> None:
        self.ip("rule", "add", "pref", "0", "lookup", "local")
        self.ip("rule", "del", "pref", "30")
        for interface in self.interfaces:
            self.ip("rule", "del", "pref", "20", "iif", interface, "blackhole")

    @contextlib.contextmanager
    def gusts(self, away: float, every: float) -> Iterator[None]:
        """Of so many seconds the first `away` everything to and from this host is lost, without a word."""
        over = threading.Event()

        def blow() -> None:
            while not over.is_set():
                self.silence()
                over.wait(away)
                self.unsilence()
                over.wait(every - away)

        thread = threading.Thread(target=blow)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _port(self, interface: str) -> str:
        return f"{self.name}{self.interfaces.index(interface)}"

    def firewall(self, *passing: str) -> None:
        """Let in only what begins or answers one of these, as in `dport 5050` or `sport 40000-40100`; drop the rest.

        By routing rules, which need no other program than iproute2: what may not come in has no way to go. Without a
        memory of connections; so what is answered is let in by its source port.
        """
        run("ip", "netns", "exec", self.space, "sysctl", "-qw", "net.ipv4.tcp_early_demux=0")
        for match in passing:
            self.ip("rule", "add", "pref", "10", "ipproto", "tcp", *match.split(), "lookup", "local")
        for interface in self.interfaces:
            self.ip("rule", "add", "pref", "20", "iif", interface, "ipproto", "tcp", "blackhole")
        self.ip("rule", "add", "pref", "30", "lookup", "local")
        self.ip("rule", "del", "pref", "0")

    def connections(self, port: int) -> list[str]:
        """The other ends of established connections to or from this port here."""
        lines = run("ip", "netns", "exec", self.space, "ss", "-Htn", "state", "established")
        ends = [line.split()[2:4] for line in lines.splitlines()]
        return [there for here, there in ends if here.endswith(f":{port}") or there.endswith(f":{port}")]

    def tap(self, interface: str = "eth0") -> Tap:
        """All packets that pass an interface of this host from now on."""
        with self.inside():
            return Tap(interface)

    @contextlib.contextmanager
    def window(self, port: int) -> Iterator[None]:
        """Let a browser here reach 127.0.0.1:port there, as if it ran on that host."""
        with socket.create_server(("127.0.0.1", port)) as server:
            threading.Thread(target=self._let_in, args=(server, port), daemon=True).start()
            yield
            server.shutdown(socket.SHUT_RDWR)

    def _let_in(self, server: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = server.accept()
                with self.inside():
                    far = socket.create_connection(("127.0.0.1", port))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This thread is on that host: sockets that it makes are there, and stay there."""
        with open(f"/proc/self/task/{threading.get_native_id()}/ns/net") as home, _space(self.space) as there:
            _enter(there)
            try:
                yield
            finally:
                _enter(home.fileno())


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Tap:
    """What passes an interface, as a monitor in the wall would see it."""

    def __init__(self, interface: str) -> None:
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
        self._sock.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE: it is read at the end only
        self._sock.bind((interface, 0))
        self._sock.setblocking(False)
        self._seen: list[bytes] = []

    @property
    def packets(self) -> list[bytes]:
        """All whole frames so far, the Ethernet header first."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._seen.append(self._sock.recv(65536))
        return self._seen

    def talk(self) -> list[tuple[str, str, bytes]]:
        """The packets of multicast DNS: source, destination, what they say."""
        found = []
        for packet in self.packets:
            kind, at = packet[12:14], 14
            if kind == b"\x08\x00" and packet[23] == 17:
                ends = [str(ipaddress.ip_address(packet[n : n + 4])) for n in (26, 30)]
                at += (packet[14] & 15) * 4
            elif kind == b"\x86\xdd" and packet[20] == 17:
                ends = [str(ipaddress.ip_address(packet[n : n + 16])) for n in (22, 38)]
                at += 40
            else:
                continue
            if b"\x14\xe9" in (packet[at : at + 2], packet[at + 2 : at + 4]):  # port 5353
                found.append((ends[0], ends[1], packet[at + 8 :]))
        return found

    def close(self) -> None:
        self._sock.close()


@contextlib.contextmanager
def _space(name: str) -> Iterator[int]:
    handle = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _enter(handle: int) -> None:
    if _libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class HostAuthority(Service):
    """An authority on a host, on all of its addresses."""

    def __init__(self, host: Host, folder: Path, *more: str, async_mode: str = "eventlet") -> None:
        super().__init__("authority", folder, async_mode, *more)
        self.through = ["ip", "netns", "exec", host.space]
        self.host = host
        self.join_link = ""

    def start(self) -> None:
        super().start()
        self.join_link = self.line("join: ")


class HostAgent(Agent):
    """An agent on a host, on all of its addresses; `api` once it has an account."""

    def __init__(self, host: Host, folder: Path, *more: str) -> None:
        Service.__init__(self, "agent", folder, "eventlet", "--no-open", *more)
        self.through = ["ip", "netns", "exec", host.space]
        self.host = host
        self.name = ""
        self.page = ""
        self.api: AgentApi

    def door(self) -> AgentApi:
        with self.host.inside():
            return super().door()

    def program(self) -> AgentApi:
        with self.host.inside():
            return super().program()

    def sign_up(self, name: str, password: str = PASSWORD) -> str:
        token = super().sign_up(name, password)
        self.api = self.program()
        return token

    def come_back(self) -> None:
        """Start anew and log in."""
        self.start()
        self.login()
        self.api = self.program()

    def write(self, to: HostAgent, text: str) -> str:
        """Returns the message's id, once it is on the disk here."""
        answer = self.api.call("private_chat", username=self.name, client_b_username=to.name, message=text)
        return str(answer["id"])

    def chat(self, name: str) -> list[dict[str, object]]:
        """The messages of the conversation with this name, oldest first."""
        found = [one for one in self.api.call("snapshot")["conversations"] if one["name"] == name]
        return list(self.api.call("history", chat=found[0]["chat"], limit=200)["messages"]) if found else []

    def state(self, to: str, id: str) -> object:
        return next((one["state"] for one in self.chat(to) if one["id"] == id), None)

    def await_state(self, to: str, id: str, *states: str, seconds: float = 15) -> None:
        what = f"{' or '.join(states)} of a message from {self.name} to {to}"
        until(lambda: self.state(to, id) in states, seconds, what)

    def say(self, to: HostAgent, text: str, seconds: float = 15) -> None:
        """Write, and wait until the other's receipt is here and the other has it once."""
        self.await_state(to.name, self.write(to, text), "delivered", "read", seconds=seconds)
        assert [one["text"] for one in to.chat(self.name)].count(text) == 1

    def listener_port(self) -> int:
        """Where this agent listens for others, as the kernel of its host says."""
        lines = run("ip", "netns", "exec", self.host.space, "ss", "-Htln").splitlines()
        (port,) = {int(line.split()[3].rpartition(":")[2]) for line in lines} - {self.port}
        return port

    @property
    def up(self) -> bool:
        return bool(self.api.call("snapshot")["link"]["up"])

    def sees_online(self, other: HostAgent) -> bool:
        people = self.api.call("snapshot")["people"]
        return any(person["name"] == other.name and person["online"] for person in people)


class Lan:
    """A switch, hosts on it, and the processes on those; all gone at the end of the `with`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix = f"hz{os.getpid()}-{next(_numbers)}"
        self.switch = f"{self.prefix}-switch"
        self.spaces: list[str] = []
        self.services: list[Service] = []
        self._segments: dict[str, str] = {}

    def __enter__(self) -> Lan:
        run("ip", "netns", "add", self.switch)
        self.spaces.append(self.switch)
        return self

    def __exit__(self, *_: object) -> None:
        for service in self.services:
            if service.child is not None:
                service.child.send_signal(18)  # SIGCONT: one that a test has stopped couldn't end
        end_all(self.services)
        for space in self.spaces:
            subprocess.run(["ip", "netns", "del", space], check=False)

    def segment(self, name: str) -> str:
        """The bridge of a segment, made when it is first asked for."""
        if name not in self._segments:
            bridge = self._segments[name] = f"br{len(self._segments)}"
            run("ip", "-n", self.switch, "link", "add", bridge, "type", "bridge")
            run("ip", "-n", self.switch, "link", "set", bridge, "up")
        return self._segments[name]

    def host(self, name: str, *addresses: str) -> Host:
        """A host with one cable to the main segment and these addresses, and no default route."""
        host = Host(self, name)
        host.plug(*addresses)
        return host

    def authority(self, host: Host, *more: str, async_mode: str = "eventlet") -> HostAuthority:
        """A started authority."""
        made = HostAuthority(host, self.folder / f"authority-{len(self.services)}", *more, async_mode=async_mode)
        self.services.append(made)
        made.start()
        return made

    def agent(self, host: Host, *more: str) -> HostAgent:
        """A started agent, that knows nothing yet."""
        made = HostAgent(host, self.folder / f"{host.name}-{len(self.services)}" / "agent", *more)
        self.services.append(made)
        made.start()
        return made

    def account(self, host: Host, name: str, link: str, *more: str) -> HostAgent:
        """A started agent with an account."""
        made = self.agent(host, "--join", link, *more)
        made.sign_up(name)
        return made
