"""The recovery kit as text (docs/protocol.md section 7.7), and the request for another one (10.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import HamrazError, Refused
from protocol.kit import GROUP, GROUPS, Kit, read_kit, read_request, request_code
from protocol.log_entries import ADMIN, RecoveryChange
from protocol.primitives import SigningKey
from tests.protocol.copied import copies
from tests.protocol.effort import examples
from tests.protocol.fixed_people import AUTHORITY_ID, DINA, OTHER_AUTHORITY_ID, PARVIN, seed, signed

KIT = Kit(PARVIN.recovery, AUTHORITY_ID)
SEEDS = st.binary(min_size=32, max_size=32)


def test_what_stands_far_behind_is_not_read() -> None:
    text, most = "".join(KIT.groups()), 4 * GROUPS * GROUP
    assert read_kit(text.rjust(most), AUTHORITY_ID).recovery.save() == KIT.recovery.save()
    with pytest.raises(Refused):
        read_kit(text.rjust(most + 1), AUTHORITY_ID)


@examples(60)
@given(SEEDS)
def test_what_is_printed_is_read_again(raw: bytes) -> None:
    kit = Kit(SigningKey(raw), AUTHORITY_ID)
    assert len(kit.groups()) == GROUPS and {len(group) for group in kit.groups()} == {GROUP}
    for text in ("-".join(kit.groups()), " ".join(kit.groups()).upper(), kit.code(), kit.code().lower()):
        assert read_kit(text, AUTHORITY_ID).recovery.save() == raw
    assert all(letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-:" for letter in kit.code())  # a QR code's dense mode


@examples(200)
@given(st.integers(0, GROUPS * GROUP - 1), st.characters())
def test_one_changed_letter_is_a_typing_error_or_no_change(at: int, letter: str) -> None:
    text = "".join(KIT.groups())
    try:
        kit = read_kit(text[:at] + letter + text[at + 1 :], AUTHORITY_ID)
    except HamrazError as refused:
        assert (refused.code, refused.field) == ("bad_kit", "kit")
    else:
        assert kit.recovery.save() == KIT.recovery.save()


@examples(100)
@given(st.text(max_size=80))
def test_anything_else_is_no_kit(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_kit(text, AUTHORITY_ID)
    assert refused.value.code == "bad_kit"


def test_another_authority_has_other_kits_of_the_same_key() -> None:
    other = Kit(PARVIN.recovery, OTHER_AUTHORITY_ID)
    assert other.groups()[:12] == KIT.groups()[:12]  # the key itself; the last three bytes tell
    for made in (other.hash, other.vault_key(), other.open_key().save()):
        assert made not in (KIT.hash, KIT.vault_key(), KIT.open_key().save())
    with pytest.raises(Refused):
        read_kit("".join(other.groups()), AUTHORITY_ID)


def test_what_comes_from_a_kit_tells_nothing_of_it() -> None:
    made = [KIT.recovery.save(), KIT.vault_key(), *(KIT.open_key().save()[at : at + 32] for at in (0, 32, 64))]
    assert len(set(made)) == 5
    assert KIT.open_key().open(KIT.open_key().public.seal(b"backup", b"x"), b"x") == b"backup"


def test_it_does_not_show_itself() -> None:
    assert "".join(KIT.groups())[:8] not in repr(KIT) and KIT.recovery.save().hex() not in repr(KIT)


CHANGE = signed(RecoveryChange(DINA.uid, seed("new hash"), ADMIN, PARVIN.uid, 9), DINA.key)


def test_a_request_is_read_however_it_was_copied() -> None:
    for copied in copies(request_code(CHANGE)):
        change, said = read_request(copied)
        assert change == CHANGE and (said.uid, said.by, said.prev) == (DINA.uid, PARVIN.uid, 9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HAMRAZ-NEWKIT:",
        request_code(CHANGE)[:-5],
        request_code(CHANGE) + "AAAAAAAA",
        request_code(CHANGE).removeprefix("HAMRAZ-NEWKIT:"),
        KIT.code(),
        "HAMRAZ-NEWKIT:" + "A" * 2000,
    ],
)
def test_what_asks_for_nothing_is_named(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_request(text)
    assert (refused.value.code, refused.value.field) == ("bad_kit_request", "request")
