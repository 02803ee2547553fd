"""Where amlet's own files are on this machine: what client and emulator agree on.

Needs nothing but the standard library, so that a client can look for an emulator without loading one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def home(environ: Mapping[str, str]) -> Path:
    """AMLET_HOME, else `amlet` in the user's data folder as the platform has it."""
    if environ.get("AMLET_HOME"):
        return Path(environ["AMLET_HOME"]).expanduser().absolute()
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "amlet"


def target_file(environ: Mapping[str, str]) -> Path:
    """The file that `amlet target use` writes, and that commands and clients in Python read."""
    return home(environ) / "target.json"
