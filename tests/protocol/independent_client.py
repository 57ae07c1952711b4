"""A client that somebody wrote who has docs/protocol.md only: sockets, `ssl` and reference.py; nothing of protocol/.

It holds one account, calls and is called; every `check` in it is one that the page asks for.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import queue
import socket
import ssl
import tempfile
import threading
import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.protocol import document, reference
from tests.protocol.reference import Wrong, digest, fields, label, pack

SECONDS = 10
NO_DEVICE = bytes(16)


def check(holds: bool, code: str) -> None:
    if not holds:
        raise Wrong(code)


def types(pairs: list[tuple[str, str]]) -> list[str]:
    return [kind for _, kind in pairs]


class Wire:
    """Section 3: one TLS connection, frames both ways; what comes is held against section 5's tables."""

    def __init__(self, sock: ssl.SSLSocket, limit: int) -> None:
        self.sock = sock
        self.limit = limit

    @classmethod
    def dial(cls, host: str, port: int) -> Wire:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        raw = socket.create_connection((host, port), timeout=SECONDS)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(context.wrap_socket(raw), 4096)

    @property
    def fingerprint(self) -> bytes:
        """The certificate that is seen on this socket."""
        return hashlib.sha256(self.sock.getpeercert(binary_form=True) or b"").digest()

    def send(self, *message: Any) -> None:
        body = pack(list(message))
        self.sock.sendall(len(body).to_bytes(4, "big") + body)

    def receive(self, place: str) -> list[Any]:
        """The next message of this place; pings are answered on the way."""
        known = {tag: types(pairs) for tag, pairs in document.messages().items()}
        while True:
            length = int.from_bytes(self._exactly(4), "big")
            check(0 < length <= self.limit, "frame_too_long")
            message = reference.read_message(self._exactly(length), document.places()[place], known)
            if message[0] == "ping":
                self.send("pong", message[1])
                continue
            check(message[0] != "failed", str(message[2:3]))
            return message

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.sock.recv(count - len(data))
            check(bool(piece), "bad_frame")
            data += piece
        return data

    def close(self) -> None:
        self.sock.close()


class IndependentClient:
    """One account at one authority."""

    def __init__(self, link: str, name: str) -> None:
        self.link = reference.read_link(link)
        self.authority_id: bytes = self.link["authority_id"]
        self.name, self.name_key = name, ""
        self.key, self.recovery = os.urandom(32), os.urandom(32)
        self.uid = digest("uid", self.authority_id, reference.public(self.key))
        statements = {context: types(pairs) for context, pairs in document.statements().items()}
        entries = {tag: types(pairs) for tag, pairs in document.entries().items()}
        self.log = reference.Log(self.authority_id, statements, entries)
        self.head: list[bytes] = []
        self.sequence = 0
        self.rows: dict[bytes, tuple[int, bytes]] = {}  # by recipient: last sequence, its hash
        self.inbox: queue.Queue[tuple[bytes, str]] = queue.Queue()
        self.prekeys: dict[bytes, bytes] = {}
        self.invitations: queue.Queue[list[Any]] = queue.Queue()
        self.last_resort = os.urandom(96)
        self.groups: dict[bytes, tuple[reference.Group, bytes]] = {}  # by gid: the chain, the key of its epoch
        self._numbers = iter(range(1, 1000))
        self._listen()

    # --- section 4 ---

    def say(self, context: str, *values: Any) -> list[bytes]:
        """A signed statement of one's own."""
        body = pack(list(values))
        fields(body, types(document.statements()[context]))
        return [body, reference.sign(self.key, context, self.authority_id, body)]

    def hear(self, context: str, signed: list[bytes], key: bytes) -> list[Any]:
        """What a signed statement of somebody says."""
        reference.verify(key, context, self.authority_id, signed[0], signed[1])
        return fields(signed[0], types(document.statements()[context]))

    # --- the authority ---

    def connect(self) -> None:
        """Section 3.4."""
        self.wire = Wire.dial(self.link["hosts"][0], self.link["port"])
        nonce = os.urandom(32)
        self.wire.send("hello", 2, nonce)
        (_, signed) = self.wire.receive("from authority, first")
        claimed = fields(signed[0], types(document.statements()["welcome"]))[0]
        check(hashlib.sha256(claimed).digest() == self.authority_id, "wrong_authority")
        self.authority_key = claimed
        _, fingerprint, client_nonce, self.server_nonce, head = self.hear("welcome", signed, claimed)
        check(fingerprint == self.wire.fingerprint, "wrong_certificate")
        check(client_nonce == nonce, "wrong_answer")
        self.wire.limit = 2**20
        self.newest = self._read_head(head)

    def ask(self, tag: str, *values: Any) -> list[Any]:
        """A request's answer, without its tag and number; pushes on the way are dropped."""
        number = next(self._numbers)
        self.wire.send(tag, number, *values)
        while True:
            answer = self.wire.receive("from authority, then")
            if document.messages()[answer[0]][:1] == [("re", "u32")]:
                check(answer[1] == number, "wrong_answer")
                return answer[2:]

    def sign_up(self, email: str) -> None:
        """Section 7.2."""
        invitation, owner = self.link["invitation"], self.link["owner_code"]
        self.name_key, _first = self.ask("check_sign_up", self.name, email, invitation, owner)
        recovery_hash = digest("recovery", self.authority_id, reference.public(self.recovery))
        register = self.say(
            "log register", self.uid, self.name, self.name_key, reference.public(self.key), recovery_hash
        )
        for _resend in range(2):  # the same bytes again get the same answer again
            (head,) = self.ask("sign_up", register, email, invitation, owner)
            self._read_head(head)

    def log_in(self) -> None:
        """Section 7.3, and the log after it."""
        proof = self.say("proof", "authority", self.authority_id, self.server_nonce, self.wire.fingerprint, self.uid)
        self.sequence += 1
        presence = self.say("presence", self.uid, NO_DEVICE, self.sequence, ["127.0.0.1"], self.port, self.fingerprint)
        generation = self.say("generation", self.uid, self.sequence, os.urandom(16))
        head, self.era, newer = self.ask("log_in", self.uid, proof, presence, generation, self.head or None, True)
        assert newer is None
        self.newest = self._read_head(head)
        self.fetch()

    def fetch(self) -> None:
        """Section 6.3."""
        while True:
            entries, head = self.ask("fetch_log", len(self.log.hashes) - 1)
            size, hash = self._read_head(head)
            for raw in entries:
                self.log.append(raw)
            if len(self.log.hashes) - 1 == size:
                check(self.log.hashes[-1] == hash, "log_split")
                self.head = head
                return
            check(bool(entries), "log_split")

    def _read_head(self, signed: list[bytes]) -> tuple[int, bytes]:
        size, hash = self.hear("head", signed, self.authority_key)
        if size < len(self.log.hashes):
            check(self.log.hashes[size] == hash, "log_split")
        return size, hash

    # --- private chat: calling ---

    def find(self, name: str) -> tuple[bytes, bytes, list[Any]]:
        """Section 8.1: uid, key and presence."""
        nonce = os.urandom(32)
        (signed,) = self.ask("find", name, nonce)
        found = self.hear("found", signed, self.authority_key)
        self.fetch()
        their_nonce, their_name, uid, key, entry, online, presence, _seen = found
        check(their_nonce == nonce and their_name == name, "wrong_answer")
        check(self.log.names.get(name) == uid and self.log.users[uid]["key"] == key, "wrong_answer")
        check(self.log.keys[uid][-1] == (entry, key), "wrong_answer")
        check(online and presence is not None, "away")
        record = self.hear("presence", presence, key)
        check(record[0] == uid, "wrong_recipient")
        return uid, key, record

    def write(self, name: str, text: str) -> list[Any]:
        """Sections 3.5, 8.2 to 8.4 and 8.6: send one message straight to the other's agent; what its receipt says."""
        uid, key, (_, _, _, hosts, port, fingerprint) = self.find(name)
        wire = Wire.dial(hosts[0], port)
        check(wire.fingerprint == fingerprint, "wrong_certificate")
        wire.send("peer_hello", 2)
        _, nonce, head = wire.receive("from peer, first")
        wire.limit = 2**20
        self._read_head(head)
        wire.send("knock", 1, self.uid, self.say("proof", "peer", uid, nonce, fingerprint, self.uid), self.head)
        tag, _, prekeys = wire.receive("from peer, then")
        check(tag == "prekeys", "unexpected_message")
        owner, _device, prekey_id, sequence, public = self.hear("prekey", prekeys[0], key)
        check(owner == uid and sequence == 0, "prekey_invalid")
        count, previous = self.rows.get(uid, (0, bytes(32)))
        now = int(time.time() * 1000)
        message = pack(
            [self.uid, uid, count + 1, previous, os.urandom(16), now, self.head, "text", text.encode(), None]
        )
        self.rows[uid] = (count + 1, digest("message", message))
        envelope = pack(self.say("private", prekey_id, digest("prekey", public), message))
        info = label("seal", "private") + self.authority_id + self.uid + uid
        sealed = reference.hpke_seal(public, info, envelope)
        receipts = []
        for number in (2, 3):  # and a resend gets the same receipt
            wire.send("deliver", number, prekey_id, sealed)
            _, answered, receipt = wire.receive("from peer, then")
            check(answered == number, "wrong_answer")
            receipts.append(receipt)
        wire.close()
        check(receipts[0] == receipts[1], "bad_receipt")
        said = reference.check_receipt(receipts[0], key, uid, self.uid, self.authority_id)
        check(said[3] == digest("message", message), "bad_receipt")
        return said

    # --- private chat: being called ---

    def _listen(self) -> None:
        key = Ed25519PrivateKey.generate()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stranger")])
        day = datetime.datetime(2024, 1, 1)
        made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day.replace(year=2123)).sign(key, None)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.num_tickets = ssl.TLSVersion.TLSv1_3, 0
        with tempfile.NamedTemporaryFile() as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.write(made.public_bytes(Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        self.fingerprint = hashlib.sha256(made.public_bytes(Encoding.DER)).digest()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._context = context
        threading.Thread(target=self._accept, name="stranger", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            try:
                raw.settimeout(SECONDS)
                self._serve(Wire(self._context.wrap_socket(raw, server_side=True), 4096))
            except (OSError, Wrong):
                raw.close()

    def _serve(self, wire: Wire) -> None:
        """Sections 3.5 and 8.5, for one caller."""
        wire.receive("to peer, first")
        nonce = os.urandom(32)
        wire.send("peer_welcome", nonce, self.head)
        _, number, uid, proof, head = wire.receive("to peer, before knock")
        self._read_head(head)
        key = self.log.users[uid]["key"]
        reference.verify(key, "proof", self.authority_id, *proof)
        about = {"purpose": "peer", "called": self.uid, "nonce": nonce, "fingerprint": self.fingerprint, "uid": uid}
        kinds = types(document.statements()["proof"])
        reference.check_proof(proof[0], proof[1], key, self.authority_id, kinds, about)
        wire.limit = 2**20
        wire.send("prekeys", number, [self._new_prekey() for _ in range(2)])
        while True:
            message = wire.receive("to peer, after knock")
            if message[0] == "deliver":
                wire.send("delivered", message[1], self._take(uid, key, message[2], message[3]))
            elif message[0] == "receipts":
                wire.send("done", message[1])
            else:
                wire.send("prekeys", message[1], [self._new_prekey()])

    def _new_prekey(self) -> list[bytes]:
        id, secret = os.urandom(16), os.urandom(96)
        self.prekeys[id] = secret
        return self.say("prekey", self.uid, NO_DEVICE, id, 0, reference.prekey_public(secret))

    def _take(self, uid: bytes, key: bytes, prekey_id: bytes, sealed: bytes) -> list[bytes]:
        check(prekey_id in self.prekeys, "prekey_unknown")
        vector = {
            "sender": uid,
            "recipient": self.uid,
            "authority_id": self.authority_id,
            "prekey_seed": self.prekeys.pop(prekey_id),
            "prekey_id": prekey_id,
            "sender_keys": [key],
            "gone_keys": [],
            "sealed": sealed,
        }
        kinds = types(document.statements()["private"]), types(document.private_message())
        _, raw = reference.open_envelope(vector, *kinds)
        message = fields(raw, kinds[1])
        if message[7] == "invitation":
            self.invitations.put(fields(message[8], types(document.group_structures()["invitation"])))
        else:
            self.inbox.put((uid, message[8].decode()))
        return self.say("receipt", self.uid, uid, message[4], digest("message", raw), "delivered")

    # --- groups, on the main connection ---

    def publish(self) -> None:
        """Section 8.8."""
        public = reference.prekey_public(self.last_resort)
        self.ask("publish_prekey", self.say("prekey", self.uid, NO_DEVICE, os.urandom(16), 1, public))

    def join(self) -> bytes:
        """Sections 9.6 and 9.7: take the next invitation; the group's gid."""
        certificate, commit, _name = self.invitations.get(timeout=SECONDS)
        self.fetch()
        gid, epoch, commit_hash, *_ = self.hear("group certificate", certificate, self.authority_key)
        check(commit_hash == digest("commit", commit[0]), "bad_certificate")
        proof = self.say("proof", "group", gid, self.server_nonce, self.wire.fingerprint, self.uid)
        self.ask("enter", gid, self.uid, proof)
        self.ask("post", gid, pack(["join", self.say("group join", gid, epoch, self.uid)]))
        parts = types(document.group_structures()["header"])
        statements = {context: types(pairs) for context, pairs in document.statements().items()}
        entries = {tag: types(pairs) for tag, pairs in document.group_entries().items()}
        group = reference.Group(gid, statements, entries, parts)
        self.reload(group)
        (sealed,) = self.ask("fetch_grant", gid, epoch)
        by = fields(commit[0], statements["group commit"])[4]
        vector = {
            "commit": commit,
            "sender": by,
            "recipient": self.uid,
            "authority_id": self.authority_id,
            "prekey_seed": self.last_resort,
            "sealed": sealed,
            "by_key": self.log.users[by]["key"],
        }
        key = reference.open_grant(vector, statements["group commit"], statements["group epoch"])
        self.groups[gid] = group, key
        return bytes(gid)

    def reload(self, group: reference.Group) -> list[bytes]:
        """Section 9.8: what is new in the chain, replayed."""
        _start, raws, chain = self.ask("reload", group.gid, len(group.hashes) - 1)
        self.fetch()
        for raw in raws:
            group.append(raw, self.log)
        gid, n, hash, *_ = self.hear("group chain", chain, self.authority_key)
        check(gid == group.gid and n == len(group.hashes) - 1 and hash == group.hashes[-1], "chain_split")
        return list(raws)

    def write_to(self, gid: bytes, text: str) -> None:
        """Sections 9.2 and 9.3: the first message of ours in this epoch."""
        group, key = self.groups[gid]
        self.reload(group)
        seen = len(group.hashes) - 1
        row = [self.uid, NO_DEVICE, 1, os.urandom(16), bytes(32)]
        header = pack([gid, group.epoch, group.commit_hash, *row, seen, group.hashes[seen], self.head])
        content = pack(["text", int(time.time() * 1000), text.encode(), None])
        ciphertext = reference.seal_group_message(key, header, content)
        covered = header + hashlib.sha256(ciphertext).digest()
        sig = reference.sign(self.key, "group message", self.authority_id, covered)
        self.ask("post", gid, pack(["message", header, ciphertext, sig]))

    def read_in(self, gid: bytes) -> list[str]:
        """The texts that are new."""
        group, key = self.groups[gid]
        messages = [found for raw in self.reload(group) if (found := reference.unpack(raw))[0] == "message"]
        contents = [reference.open_group_message(key, header, sealed) for _, header, sealed, _sig in messages]
        return [fields(one, types(document.group_structures()["content"]))[2].decode() for one in contents]

    def close(self) -> None:
        self._listener.close()
        self.wire.close()
