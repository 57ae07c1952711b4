"""A page is opened without its launch token among the browser's arguments, which everybody on the computer can read."""

import html
import os
import webbrowser
from pathlib import Path


def open_page(url: str, folder: Path) -> None:
    """Open the page by a file in `folder` that leads there; it has mode 0600, and its name says nothing.

    A browser that is shut in (a snap) sees no hidden folder: there it is the bare page, which asks for the password.
    """
    bare, mark, _token = url.partition("#")
    folder = folder.absolute()
    if not mark or any(part.startswith(".") for part in folder.parts):
        webbrowser.open(bare)
        return
    file = folder / f"page-{bare.rstrip('/').rpartition(':')[2]}.html"
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
        written.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">\n')
    webbrowser.open(file.as_uri())
