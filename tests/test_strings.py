"""The page's words are complete: every key in both languages, none unused, the same places to fill in."""

import re
from pathlib import Path

import pytest

from launch.packages import ROOT
from protocol.errors import CATALOGUE

SCRIPTS = ROOT / "static" / "js"
KEY = re.compile(r'"([a-z_0-9]+(?:\.[a-z_0-9]+)*)": "((?:[^"\\]|\\.)*)",')
HOLE = re.compile(r"\{(\w+)\}")
# A text that is chosen at run time is named in the code by what it begins with: t(`state.${state}`).
FAMILY = re.compile(r"`((?:[a-z_]+\.)+)\$\{[^}]+\}((?:\.[a-z_]+)*)`")
# Codes of the agent's API, which the page never spells out.
CODES = ("error.", "cause.", "why.", "role.super.fixed", "role.own", "role.not_yours")


def words(language: str, folder: Path = SCRIPTS) -> dict[str, str]:
    """Everything that a language says, by key."""
    found: dict[str, str] = {}
    for path in sorted((folder / "i18n" / "strings").glob(f"{language}*.js")):
        for key, text in KEY.findall(path.read_text(encoding="utf-8")):
            assert key not in found, f"{key} stands twice in {language}"
            found[key] = text
    return found


def code(folder: Path = SCRIPTS) -> str:
    files = (path for path in sorted(folder.rglob("*.js")) if path.parent.name != "strings")
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def bare(key: str) -> str:
    """The key without the ending of the form for one."""
    return key.removesuffix(".one")


def unused(keys: set[str], script: str) -> set[str]:
    literals = set(re.findall(r'"([a-z_0-9]+(?:\.[a-z_0-9]+)*)"', script))
    families = [re.compile(re.escape(start) + r"[a-z_]+" + re.escape(end)) for start, end in FAMILY.findall(script)]
    return {
        key
        for key in keys
        if bare(key) not in literals
        and not key.startswith(CODES)
        and not any(family.fullmatch(bare(key)) for family in families)
    }


def test_both_languages_have_the_same_keys() -> None:
    english = {bare(key) for key in words("en")}
    persian = {bare(key) for key in words("fa")}
    assert english == persian
    assert len(english) > 300  # so that a pattern that reads nothing is noticed


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_form_for_one_belongs_to_a_text(language: str) -> None:
    said = words(language)
    assert [key for key in said if key.endswith(".one") and bare(key) not in said] == []


def test_both_languages_fill_in_the_same_values() -> None:
    english, persian = words("en"), words("fa")
    differ = {
        key: (english[key], persian[key])
        for key in english.keys() & persian.keys()
        if not key.endswith(".one") and set(HOLE.findall(english[key])) != set(HOLE.findall(persian[key]))
    }
    assert differ == {}


def test_nothing_is_said_that_no_code_asks_for() -> None:
    assert unused(set(words("en")), code()) == set()


def test_everything_that_the_code_asks_for_is_said() -> None:
    said = words("en")
    prefixes = {key.split(".")[0] for key in said}
    asked = set(re.findall(r'\b(?:t|showToast|has|reason)\(\s*"([a-z_0-9]+(?:\.[a-z_0-9]+)+)"', code()))
    asked |= {key for key in re.findall(r'"([a-z_0-9]+(?:\.[a-z_0-9]+)+)"', code()) if key.split(".")[0] in prefixes}
    assert sorted(asked - said.keys() - {"hamraz.token", "hamraz.settings"}) == []


def test_every_error_of_the_agent_is_translated() -> None:
    assert sorted(f"error.{code}" for code in CATALOGUE if f"error.{code}" not in words("fa")) == []


def test_persian_is_persian() -> None:
    """No text was forgotten in English; names, symbols and formats are the same in both."""
    english, persian = words("en"), words("fa")
    same = {key for key in english.keys() & persian.keys() if english[key] == persian[key]}
    assert same <= {"list.says", "set.digits.own", "set.digits.latin"}
    arabic = re.compile(r"[يك٠-٩]")  # the Arabic letters and digits that stand for the Persian ones on some keyboards
    assert {key: text for key, text in persian.items() if arabic.search(text)} == {}


def test_a_text_that_nobody_uses_is_found() -> None:
    assert unused({"a.used", "b.made", "c.forgotten"}, 't("a.used"), t(`b.${kind}`)') == {"c.forgotten"}
