"""What a hostile peer may send: noise, damaged copies of what is valid, and MessagePack that is odd but well formed."""

from __future__ import annotations

import struct
from typing import Any

from hypothesis import strategies as st

NOISE = st.binary(max_size=300)

# the same integer in every width that holds it, signed ones included
_WIDTHS = [
    (0xCC, ">B"),
    (0xCD, ">H"),
    (0xCE, ">I"),
    (0xCF, ">Q"),
    (0xD0, ">b"),
    (0xD1, ">h"),
    (0xD2, ">i"),
    (0xD3, ">q"),
]


def encodings_of(number: int) -> list[bytes]:
    """All MessagePack encodings of an integer; the shortest is among them."""
    found = [bytes([number & 0xFF])] if -32 <= number < 128 else []
    for mark, form in _WIDTHS:
        try:
            found.append(bytes([mark]) + struct.pack(form, number))
        except struct.error:
            continue
    return found


@st.composite
def damaged(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """A valid thing with bytes flipped, cut, doubled, put in, or continued as another one."""
    data = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        end = draw(st.integers(at, min(len(data), at + 70)))
        how = draw(st.sampled_from(("flip", "cut", "drop", "double", "insert", "splice")))
        if how == "flip" and data:
            data = data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
        elif how == "cut":
            data = data[:at]
        elif how == "drop":
            data = data[:at] + data[end:]
        elif how == "double":
            data = data[:end] + data[at:]
        elif how == "insert":
            data = data[:at] + draw(st.binary(min_size=1, max_size=12)) + data[at:]
        elif how == "splice":
            other = draw(st.sampled_from(samples))
            data = data[:at] + other[draw(st.integers(0, len(other))) :]
    return data


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, -1, -(2**63)]),
    st.floats(),
    st.text(max_size=70),
    st.binary(max_size=70),
    st.sampled_from([bytes(16), bytes(32), bytes(64)]),
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=20,
)


@st.composite
def odd(draw: st.DrawFn, value: Any) -> bytes:
    """One of the many encodings of a value: lengths and integers wider than they need be, map keys twice."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return draw(st.sampled_from(encodings_of(value)))
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return _counted(draw, len(value), {0xC4: ">B", 0xC5: ">H", 0xC6: ">I"}) + value
    if isinstance(value, str):
        text = value.encode()
        return _counted(draw, len(text), {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}) + text
    if isinstance(value, (list, tuple)):
        return _counted(draw, len(value), {0xDC: ">H", 0xDD: ">I"}) + b"".join(draw(odd(item)) for item in value)
    items = [draw(odd(key)) + draw(odd(item)) for key, item in value.items()]
    items += items[: draw(st.integers(0, 1))]
    return _counted(draw, len(items), {0xDE: ">H", 0xDF: ">I"}) + b"".join(items)


def _counted(draw: st.DrawFn, count: int, marks: dict[int, str]) -> bytes:
    fitting = [(mark, form) for mark, form in marks.items() if count < 256 ** struct.calcsize(form)]
    mark, form = draw(st.sampled_from(fitting))
    return bytes([mark]) + struct.pack(form, count)


ODD = VALUES.flatmap(odd)

# what would break a decoder that recurses, or that believes a length before it has the bytes
BOMBS = [
    b"\x91" * 100_000,
    b"\x81\xa1a" * 50_000,
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\x00",
    b"\x92\xa5watch\x01\xdd\xff\xff\xff\xff",
    b"\x93\xa5watch\x01\xdd\xff\xff\xff\xff",
    b"\x95\xa6failed\x01\xa1a\xc0\xdf\xff\xff\xff\xff",
    b"\x93\xa4ping\x01" + b"\x91" * 100_000,
    b"\x92" + b"\x91" * 100_000,
    b"\xc1",
    b"",
    b"\x90",
    b"\x80",
    b"\xc0",
]
