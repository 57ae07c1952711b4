"""What is hidden between two double bars stays hidden where only the beginning of a text is shown."""

from __future__ import annotations

import pytest

from web_client.messages.hidden import beginning


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("||abc|| d", "||abc||"),
        ("a ||bcdefghi||", "a ||bcde||"),
        ("||abcdef|| g", "||abcdef||"),  # cut between two bars
        ("|| ||abcd", "|| ||abc"),
        ("abcdefghij", "abcdefgh"),
        ("||a||", "||a||"),
    ],
)
def test_its_beginning_hides_what_the_whole_hides(text: str, shown: str) -> None:
    assert beginning(text, 8) == shown
