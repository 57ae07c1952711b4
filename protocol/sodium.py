"""Ed25519 by libsodium, in half of OpenSSL's time. It refuses more than section 2.5 does, so a yes of it is a yes, and
after a no OpenSSL is asked (docs/performance.md has the argument): what holds is the same with it and without.
"""

from __future__ import annotations

from typing import Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

_MESSAGE: Final = b"hamraz"
_KEY: Final = bytes.fromhex("2a95c33fa684e5266b4748365d46ce23c35b1d046eb90da1190d1e56af5fc52f")
_R: Final = "fe91265b6b2c533c0bc7775646993862fe7c9d259e004bdae4d77e8cadfd9bf3"
_HOLDS: Final = bytes.fromhex(_R + "e76dfbee923c704c1b049829ea0c177429a326ce24cbbd5b3c97b29fde539b08")
# What other builds of it, and other versions, are known to take: S with the order added, a signature that holds
# only when multiplied by the cofactor, and the neutral point for a key.
_MUST_FAIL: Final = (
    (_KEY, bytes.fromhex(_R + "d441f14bad9f82a4f1a08fccc806f68829a326ce24cbbd5b3c97b29fde539b18")),
    (
        _KEY,
        bytes.fromhex(
            "1f3e09b12496ee0621e55764da3ba8e95e1ea805f4a00b47b2a0436a51a1c094"
            "ec114cdc7e00866050f766c98616c16b2594b7f3ca76537290831d3973b8d20f"
        ),
    ),
    (b"\1" + bytes(31), b"\1" + bytes(63)),
)


def accepts(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether libsodium says that it is this key's signature; False says nothing."""
    if not _AS_STRICT or len(key) != 32 or len(signature) != 64:  # it looks at no length itself
        return False
    return _opens(key, message, signature)


def _opens(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def as_strict() -> bool:
    """Whether this machine's libsodium, whoever has built it, keeps to section 2.5 where others are known not to."""
    return _opens(_KEY, _MESSAGE, _HOLDS) and not any(_opens(key, _MESSAGE, sig) for key, sig in _MUST_FAIL)


_AS_STRICT = as_strict()
