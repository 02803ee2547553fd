"""Opening pages in a browser: the key of an emulator's page is never an argument of a process."""

from __future__ import annotations

import html
import os
import secrets
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from amlet.cli import emulators
from amlet.cli.control import Control
from emulator.files import home, write_whole

if TYPE_CHECKING:
    from amlet.cli.target import Target

_OLD = 120.0  # seconds after which a redirect file, whose key is then good for nothing, is removed


def open_page(target: Target, address: str) -> None:
    """Open a page in a browser.

    All users of a machine see the arguments of its processes, and so an address that a browser is started with. For an
    emulator it is that of a file which only its owner can read; it leads to the page, with a key that is good once.

    Parameters:
        target: whose page it is.
        address: as the service, or the emulator, has it.
    """
    if not target.is_emulator:
        webbrowser.open(address)
        return
    once = Control(emulators.find(target.state_dir)).ask("POST", "page-key/once")
    found = urlsplit(address.partition("&key=")[0])
    page = f"{once['origin']}{found.path or '/'}?{found.query}&key={once['key']}"
    file = _redirect(home(os.environ) / "open", page)
    webbrowser.open(file.as_uri())


def _redirect(folder: Path, address: str) -> Path:
    """A page that leads to an address; those of earlier calls are removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("*.html"):
        if old.stat().st_mtime < time.time() - _OLD:
            old.unlink(missing_ok=True)
    file = folder / f"{secrets.token_hex(8)}.html"
    page = f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(address)}"><title>amlet</title>\n'
    write_whole(file, page.encode(), mode=0o600)
    return file
