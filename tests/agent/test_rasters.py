"""What the first bytes of somebody's picture say it is, and what is none that may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_client.messages.rasters import is_face

PNG = "89504e470d0a1a0a 0000000d 49484452"
WEBP = "52494646 00000000 57454250"
FACES = {
    "a PNG": f"{PNG} 00000100 00000100 0802",
    "the largest one": f"{PNG} 00000400 00000400 0802",
    "a JPEG behind other segments": "ffd8 ffe00010 4a464946000101000001000100 00 ffff c0 0011 08 0100 0100 03",
    "a WebP": f"{WEBP} 56503820 00000000 000000 9d012a 0001 0001 0000",
    "a WebP without loss": f"{WEBP} 5650384c 00000000 2f ff400f00 00000000",
    "an extended WebP": f"{WEBP} 56503858 0a000000 00000000 ff0000 ff0000",
}
NONE = {
    "nothing": "",
    "a PNG of a gigapixel": f"{PNG} 00007530 00007530 0802",
    "one pixel too many a side": f"{PNG} 00000401 00000400 0802",
    "a PNG of nothing": f"{PNG} 00000000 00000100 0802",
    "a PNG that ends": PNG,
    "a JPEG that ends before its size": "ffd8 ffe0ffff",
    "a JPEG of 65,535 a side": "ffd8 ffc0 0011 08 ffff ffff 03 00",
    "a WebP of 16,384 a side": f"{WEBP} 56503858 0a000000 00000000 ff3f00 ff3f00",
    "a GIF": "474946383961 0a00 1400",
    "a drawing with scripts in it": b"<svg xmlns='http://www.w3.org/2000/svg'/>".hex(),
}


@pytest.mark.parametrize("name", FACES)
def test_a_face(name: str) -> None:
    assert is_face(bytes.fromhex(FACES[name]) + bytes(40))


@pytest.mark.parametrize("name", NONE)
def test_no_face(name: str) -> None:
    assert not is_face(bytes.fromhex(NONE[name]))


@given(st.sampled_from([*FACES.values()]), st.binary(max_size=60), st.integers(0, 60))
def test_whatever_is_in_them_there_is_an_answer(head: str, rest: bytes, end: int) -> None:
    assert is_face((bytes.fromhex(head) + rest)[:end]) in (True, False)
