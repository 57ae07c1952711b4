"""A link with a code in it lets people in, and everybody on a computer can read the arguments of all its programs.

So a link that was given as an argument goes into the environment, which only its owner can read, and the program starts
anew without it. Files, standard input, the environment and the page are the ways that show it to nobody.
"""

import os
import re
import sys

VARIABLE = "HAMRAZ_JOIN"
_OPTION = re.compile(r"--jo?i?n?")
_SECRET = re.compile(r"\s*hamraz://[^/#]*/[^#\s]", re.IGNORECASE)  # with an invitation, or more


def put_away(arguments: list[str]) -> str | None:
    """Take the first link with a code, and its option, out of these arguments; returns it."""
    for at, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if equals and _OPTION.fullmatch(option) and _SECRET.match(value):
            del arguments[at]
            return value
        if at and _OPTION.fullmatch(arguments[at - 1]) and _SECRET.match(argument):
            del arguments[at - 1 : at + 1]
            return argument
    return None


def hide(arguments: list[str]) -> None:
    """Where others could read a link among these arguments of ours, begin anew without it."""
    if sys.platform == "win32":  # there only administrators read others' command lines, and exec makes another process
        return
    link = put_away(arguments)
    if link is None:
        return
    print(
        "run.py: for a moment everybody on this computer could read this link: next time give it as a file "
        f"(--join FILE), on standard input (--join -) or in ${VARIABLE}.",
        file=sys.stderr,
        flush=True,
    )
    os.environ[VARIABLE] = link
    os.execv(sys.executable, [sys.executable, sys.argv[0], *arguments])
