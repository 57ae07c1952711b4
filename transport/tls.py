"""TLS 1.3 with self-signed, pinned certificates (docs/protocol.md section 3). Trust is decided above, by print."""

from __future__ import annotations

import datetime
import hashlib
import os
import ssl
import tempfile
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from transport.tls_socket import bound_handshakes


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """A listener's key and certificate, made anew at every start."""

    pem: bytes
    fingerprint: bytes

    @staticmethod
    def generate() -> Certificate:
        """A new Ed25519 key and a certificate that says nothing: it is known by its fingerprint alone."""
        return self_signed(Ed25519PrivateKey.generate(), "hamraz", None)


def self_signed(key: CertificateIssuerPrivateKeyTypes, name: str, hash: SHA256 | None) -> Certificate:
    """This key with a certificate of this name, signed by itself; `hash` None where the key's kind has its own."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # no clock decides anything here, so the dates only have to be there
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2120, 1, 1))
        .sign(key, hash)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    return Certificate(pem, fingerprint_of(certificate.public_bytes(Encoding.DER)))


def fingerprint_of(der: bytes) -> bytes:
    """SHA-256 of a certificate in DER, 32 bytes."""
    return hashlib.sha256(der).digest()


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """TLS 1.3 only, without resumption or early data."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    bound_handshakes(context)
    # `ssl` loads keys from files only; mkstemp's is 0600 and gone right after
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate.pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
    return context


def client_context() -> ssl.SSLContext:
    """TLS 1.3 only; no chain is checked, because the caller compares the fingerprint that it sees with a signed one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    bound_handshakes(context)
    return context
