"""Join and owner links (docs/protocol.md section 3.1): what is written is read again; all else is `bad_link`."""

from __future__ import annotations

import hashlib
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import links
from protocol.errors import HamrazError, Refused
from protocol.links import Link
from tests.protocol.effort import examples
from tests.protocol.fixed_people import AUTHORITY_ID

BASE32 = string.ascii_lowercase + "234567"
HOSTS = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.from_regex(r"[a-z](?:[a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True),
)
LINKS = st.builds(
    Link,
    hosts=st.lists(HOSTS, min_size=1, max_size=8).map(tuple),
    port=st.integers(1, 65535),
    invitation=st.text(BASE32, min_size=16, max_size=16),
    authority_id=st.binary(min_size=32, max_size=32),
    owner_code=st.none() | st.text(BASE32, min_size=26, max_size=26),
)
BARE = st.builds(replace, LINKS, invitation=st.none(), owner_code=st.none())  # only where it is, and whose key is right


@examples(50)
@given(LINKS | BARE, st.sampled_from(["", " ", "\n", "\u200a\t"]))
def test_what_is_written_is_read_again(link: Link, around: str) -> None:
    text = link.encode()
    assert links.decode(around + text + around) == link
    assert links.decode(text.replace("hamraz://", "HAMRAZ://")) == link


@examples(60)
@given(st.text(max_size=200) | st.from_regex(r"hamraz://[^/#]{1,40}:[0-9]{1,6}/[a-z2-7/]{0,45}#[0-9a-f]{60,66}"))
def test_anything_else_is_bad_link_or_reads_the_same_again(text: str) -> None:
    try:
        link = links.decode(text)
    except HamrazError as refused:
        assert (refused.code, refused.field) == ("bad_link", "link")
    else:
        assert links.decode(link.encode()) == link


LINE = Link(("192.0.2.1", "2001:db8::1"), 4740, "a" * 16, AUTHORITY_ID, "b" * 26).encode()


@examples(60)
@given(st.integers(0, len(LINE) - 1), st.characters())
def test_a_changed_letter_is_refused_or_is_another_link(at: int, letter: str) -> None:
    try:
        link = links.decode(LINE[:at] + letter + LINE[at + 1 :])
    except Refused as refused:
        assert refused.code == "bad_link"
    else:
        assert links.decode(link.encode()) == link
        assert all(c in string.printable and c not in string.whitespace for c in link.encode())


def test_of_many_hosts_a_link_has_what_it_can_carry() -> None:
    """What other nodes say of themselves stands in a database: nothing of it makes a link that nobody can read."""
    own, long = ["192.0.2.1", "2001:db8::1"], [f"{'n' * 60}{number}.example"[-64:] for number in range(9)]
    hosts = links.carried([*own, "a/b", "a b", "a#b", "", "fe80::1%eth0", *own, *long])
    assert hosts == [*own, *long[:5]]
    link = Link(tuple(hosts), 65535, "a" * 16, AUTHORITY_ID, "b" * 26)
    assert links.decode(link.encode()) == link
    assert links.carried(f"192.0.2.{number}" for number in range(9)) == [f"192.0.2.{number}" for number in range(8)]


def test_an_address_has_no_zone() -> None:
    with pytest.raises(Refused):
        links.decode(LINE.replace("2001:db8::1", "fe80::1%<b>\n"))


def test_the_codes_do_not_show() -> None:
    link = links.decode(LINE)
    assert "a" * 16 not in repr(link) and "b" * 26 not in repr(link)


def test_digits_are_made_from_the_whole_id() -> None:
    shown = links.digits(AUTHORITY_ID)
    assert [len(group) for group in shown] == [5, 5, 5, 5]
    assert "".join(shown).isascii() and "".join(shown).isdigit()
    spread = hashlib.sha256(b"hamraz/v2/code/digits\0" + AUTHORITY_ID).digest()
    assert shown[3] == str(int.from_bytes(spread[24:32], "big") % 100000).zfill(5)
    for bit in range(256):
        other = bytearray(AUTHORITY_ID)
        other[bit // 8] ^= 1 << bit % 8
        assert links.digits(bytes(other)) != shown


@pytest.mark.parametrize(
    "typed",
    [
        "abcdefghijklmn27",
        "abcd-efgh-ijkl-mn27",
        " ABCD EFGH IJKL MN27\n",
        "abcd - efgh - ijk1 - mn27",
        "abcd-efgh-ijkl-mn۲۷",
        "\u2066abcd\u2011efgh–ijkl—mn27\u2069\u200f",  # as chats and word processors write it
        "ＡＢＣＤ－ｅｆｇｈ\u2212ijkl\u00admn２７",
    ],
)
def test_an_invitation_is_read_as_people_type_it(typed: str) -> None:
    assert links.read_invitation(typed) == "abcdefghijklmn27"


@pytest.mark.parametrize("typed", ["", "abcdefghijklmn2", "abcdefghijklmn277", "abcdefghijklmn29", "آbcdefghijklmn27"])
def test_anything_else_is_no_invitation(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        links.read_invitation(typed)
    assert (refused.value.code, refused.value.field) == ("bad_invitation", "invitation")


def test_a_code_in_groups_is_read_again() -> None:
    assert links.in_groups("abcdefghijklmn27") == "abcd-efgh-ijkl-mn27"
    assert links.read_invitation(links.in_groups("abcdefghijklmn27")) == "abcdefghijklmn27"


@pytest.mark.parametrize(
    "form",
    [
        *("{0}", "  {0}\n", "join: {0}", "'{0}'", "«{0}»", "<{0}>", "{0}.", "Use this: {0} to join", "{0} {0}"),
        *("\u200e{0}\u200f", "\u2066{0}\u2069", "\ufeff{0}"),
    ],
)
@given(LINKS)
def test_a_link_is_found_in_what_is_pasted(form: str, link: Link) -> None:
    assert links.decode(links.pasted(form.format(link.encode()))) == link


@given(LINKS, st.data())
def test_a_link_that_mail_has_broken_or_spelled_out_is_found(link: Link, data: st.DataObject) -> None:
    text = link.encode()
    at = data.draw(st.integers(1, len(text) - 1))
    assert links.decode(links.pasted(f"Join us: {text[:at]}\r\n  {text[at:]}\n")) == link
    assert links.decode(links.pasted(f"<{text.replace('#', '%23')}>")) == link


@pytest.mark.parametrize("form", ["{0} {1}", "{0}0", "http://x/#{2}", "", "\u200e"])
def test_of_what_has_no_link_or_two_none_is_taken(form: str) -> None:
    one = Link(("10.0.0.1",), 5000, "a" * 16, AUTHORITY_ID)
    text = form.format(one.encode(), replace(one, port=5001).encode(), one.encode().split("#")[1])
    assert links.pasted(text) == text
