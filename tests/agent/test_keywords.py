"""Which words that somebody wants to be told of a text has; a function of text alone."""

from __future__ import annotations

import time

import pytest

from web_client.messages.keywords import READ, checked, first


@pytest.mark.parametrize(
    ("word", "text", "has"),
    [
        ("deploy", "Deploy: now", True),
        ("deploy", "we (re)DEPLOY. today", True),
        ("deploy", "*deploy* _deploy_ #deploy…", True),
        ("deploy", "deployment redeploy deploy2", False),
        ("deploy", "deploy.sh pre-deploy deploy_now /deploy @deploy deploy@example.org", False),
        ("deploy", "deploy.sh and deploy", True),
        ("release plan", "the Release  plan!", True),
        ("release plan", "release the plan, releaseplan", False),
        ("café", "a CAFE\u0301", True),
        ("علی", "سلام علي، خوبی؟", True),
        ("علی", "علیرضا", False),
        ("جلسه", "دو جلسه‌ی دیگر", True),
        ("کتابها", "کتاب‌ها", True),
        ("کتاب‌ها", "کتابها و کاغذ", True),
        ("می‌روم", "می روم", True),
        ("بازی۲", "بازی2", True),
        ("東京", "去東京了", True),
        ("🎂", "a cake🎂!", True),
    ],
)
def test_which_words_a_text_has(word: str, text: str, has: bool) -> None:
    assert first((word,), text) == (word if has else None)


def test_words_are_kept_once_and_the_first_in_the_list_is_told() -> None:
    words = checked(["  release \n plan ", "علی‌رضا", "علیرضا", "deploy", "Deploy", "RELEASE PLAN"])
    assert words == ("release plan", "علی‌رضا", "deploy")
    assert first(words, "deploy the release plan") == "release plan"


def test_nobody_is_held_up_by_a_long_text() -> None:
    words = tuple(f"کلمه{number} a b" for number in range(20))
    for text in ("a b " * 16_000, "a\u200c" * 30_000, "کلمه1 a " * 8000):
        began = time.process_time()
        first(words, text)
        assert time.process_time() - began < 0.2
    assert first(("deploy",), " " * READ + "deploy") is None
