"""The page's words are complete: every key in both languages, none unused, the same places to fill in; and they are in
two layers, of which the first has everyday words only."""

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
# What stands under "Security details", and what only programs and whoever runs a server can meet.
SECOND_LAYER = ("security", "program_errors")
# The machinery's words, which the first layer does without.
MACHINERY = {
    "en": re.compile(
        r"\b(agents?|authorit(?:y|ies)|(?:pre)?keys?|epochs?|certificates?|ports?|proofs?|vaults?|seal(?:ed|s|ing)?|entr(?:y|ies)|"
        r"chains?|fingerprints?|hash(?:es)?|signatures?|logs?(?![ -](?:in|out)\b))\b",
        re.IGNORECASE,
    ),
    "fa": re.compile(
        r"(?<![\w\u200c])(کارگزار|کارساز|مرجع|گاوصندوق|کلید|گواهی|پورت|درگاه|دفتر|ردیف|زنجیره|"
        r"مُهر|مهرشده|مهر می|مهر شده|اثر انگشت|امضای|امضا با)"
    ),
}
ALLOWED = re.compile(r"run\.py agent|\{\w+\}")


def texts(path: Path) -> dict[str, str]:
    """What one file says, by key."""
    found: dict[str, str] = {}
    for key, text in KEY.findall(path.read_text(encoding="utf-8")):
        assert key not in found, f"{key} stands twice in {path.name}"
        found[key] = text
    return found


def words(language: str, folder: Path = SCRIPTS) -> dict[str, str]:
    """Everything that a language says, by key; without what the technique's switch says in place of it."""
    found: dict[str, str] = {}
    for path in sorted((folder / "i18n" / "strings").glob(f"{language}*.js")):
        if path.stem == f"{language}_technique":
            continue
        said = texts(path)
        assert found.keys() & said.keys() == set(), f"twice in {language}"
        found |= said
    return found


def technique(language: str) -> dict[str, str]:
    return texts(SCRIPTS / "i18n" / "strings" / f"{language}_technique.js")


def named_machinery(language: str, text: str) -> list[str]:
    return [found.group() for found in MACHINERY[language].finditer(ALLOWED.sub("", text))]


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


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_first_layer_names_no_machinery(language: str) -> None:
    named = {}
    second = {f"{language}_{name}" for name in (*SECOND_LAYER, "technique")}
    files = sorted((SCRIPTS / "i18n" / "strings").glob(f"{language}*.js"))
    assert second <= {path.stem for path in files}
    for path in files:
        if path.stem not in second:
            named |= {key: words for key, text in texts(path).items() if (words := named_machinery(language, text))}
    assert named == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Your agent is away."),
        ("en", "A new Key"),
        ("en", "See the log."),
        ("en", "sealed for {name}"),
        ("en", "An entry"),
        ("fa", "کلیدهای شما"),
        ("fa", "پیش مرجع"),
        ("fa", "گاوصندوقِ شما"),
        ("fa", "در دفتر"),
        ("fa", "به کارگزار {name}"),
    ],
)
def test_machinery_is_noticed(language: str, text: str) -> None:
    assert named_machinery(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Press {key} on the keyboard"),
        ("en", "Log in, log out, the log-in"),
        ("en", "run.py agent --restore FILE"),
        ("en", "important, support, monkey, catalogue"),
        ("fa", "میان‌برهای صفحه‌کلید"),
        ("fa", "کلیک، مهربان، مهرماه"),
    ],
)
def test_everyday_words_are_left_alone(language: str, text: str) -> None:
    assert named_machinery(language, text) == []


def test_the_technique_says_the_same_things_in_other_words() -> None:
    """Only what the first layer says, with nothing to fill in that nobody gives: it has the same in both languages."""
    english, persian = technique("en"), technique("fa")
    assert {bare(key) for key in english} == {bare(key) for key in persian}
    assert {bare(key) for key in english} - {bare(key) for key in words("en")} == set()
    assert {
        key
        for key in english.keys() & persian.keys()
        if not key.endswith(".one") and set(HOLE.findall(english[key])) != set(HOLE.findall(persian[key]))
    } == set()
    assert {key for key in english.keys() & words("en").keys() if english[key] == words("en")[key]} == set()
    assert any(named_machinery("en", text) for text in english.values())
