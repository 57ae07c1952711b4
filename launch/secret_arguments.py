"""A link with a code in it lets people in, a password lets into a database, and everybody on a computer can read the
arguments of all its programs.

So what was given as such an argument goes into the environment, which only its owner can read, and the program starts
anew without it. Files, standard input, the environment and the page are the ways that show it to nobody.
"""

import os
import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Secret:
    """An option, the variable that stands for it, and which of its values are secret."""

    variable: str
    option: re.Pattern[str]
    value: re.Pattern[str]
    warning: str


LINK = Secret(
    "HAMRAZ_JOIN",
    re.compile(r"--jo?i?n?"),
    re.compile(r"\s*hamraz://[^/#]*/[^#\s]", re.IGNORECASE),  # with an invitation, or more
    "this link: next time give it as a file (--join FILE), on standard input (--join -) or in $HAMRAZ_JOIN",
)
DATABASE = Secret(
    "HAMRAZ_DATABASE",
    re.compile(r"--datab(a(se?)?)?"),
    re.compile(r"\s*[a-z0-9+]+://([^/@?#]*:[^/@]+@|.*[?&](ssl)?password=)", re.IGNORECASE),
    "this password: next time put it into ~/.pgpass or the file that $PGPASSFILE names, or all of it into "
    "$HAMRAZ_DATABASE",
)
SECRETS = (LINK, DATABASE)


def put_away(arguments: list[str], secret: Secret = LINK) -> str | None:
    """Take the first value that nobody may read, and its option, out of these arguments; returns it."""
    for at, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if equals and secret.option.fullmatch(option) and secret.value.match(value):
            del arguments[at]
            return value
        if at and secret.option.fullmatch(arguments[at - 1]) and secret.value.match(argument):
            del arguments[at - 1 : at + 1]
            return argument
    return None


def hide(arguments: list[str]) -> None:
    """Where others could read a secret among these arguments of ours, begin anew without it."""
    if sys.platform == "win32":  # there only administrators read others' command lines, and exec makes another process
        return
    found = False
    for secret in SECRETS:
        value = put_away(arguments, secret)
        if value is not None:
            found = True
            os.environ[secret.variable] = value
            said = f"run.py: for a moment everybody on this computer could read {secret.warning}."
            print(said, file=sys.stderr, flush=True)
    if found:
        os.execv(sys.executable, [sys.executable, sys.argv[0], *arguments])
