"""Who is named in a text (section 8.3 of docs/protocol.md), by comparison keys; a function of text alone."""

from __future__ import annotations

import time

import pytest

from web_client.messages.mentions import LOOKED_AT, names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hello @sara", {"sara"}),
        ("@Sara: @OMID, (@نیلوفر)!", {"sara", "omid", "نیلوفر"}),
        ("*@sara* _@omid_ ~@a.b~", {"sara", "omid", "a.b"}),
        ("ask @sara.", {"sara"}),
        ("@می‌خک، بیا @همه", {"میخک", "همه"}),
        ("@علي @José @ALI۱۲ @همة", {"علی", "jose", "alil2", "همه"}),  # of other keyboards
        ("sara@example.org, a/@sara, @@sara, \\@sara", set()),
        ("@sara@example.org is of another network, @omid@ isn't", {"omid"}),
        ("`@sara` and ```\n@omid\n```", set()),
        ("````\n```\n@omid\n````\n@sara", {"sara"}),
        ("` @sara", {"sara"}),
        ("↪ @omid\n@sara look", set()),  # the one who had written it had named her
        ("look\n↪ @omid\n@sara", {"omid", "sara"}),
        ("@ @. @_", set()),
    ],
)
def test_who_is_named(text: str, named: set[str]) -> None:
    assert names(text) == named


def test_nobody_is_held_up_by_a_text_of_names() -> None:
    assert len(names(" ".join(f"@n{number}" for number in range(8000)))) == LOOKED_AT
    for text in ("@" * 65_536, "`" * 65_535 + "@", "```@a" * 13_000, "@a" * 32_768):
        began = time.perf_counter()
        names(text)
        assert time.perf_counter() - began < 1
