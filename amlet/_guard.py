"""Starts the `amlet` command with a `sys.path` on which no other `gateway`, `emulator` or `contracts` comes first.

Those names are generic. A repository that has a package of such a name, on PYTHONPATH or in the current folder, would
otherwise shadow ours. This module is found, as its own name is not generic; the three packages are installed beside it.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

_HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def guard(*packages: str) -> None:
    """Say so when another package of the same name comes before one of ours.

    Parameters:
        packages: of `contracts`, `gateway`, `emulator`, those that are about to be used.

    Raises:
        ImportError: another package has that name; the message says where it is and how to repair it.
    """
    for name in packages:
        folder, ours = _folder_of(name), os.path.join(_HOME, name)
        if folder != ours:
            raise ImportError(
                f"amlet needs its own package {name!r} ({ours}), but Python finds another one first: {folder}. "
                "Rename that one, or take its folder off PYTHONPATH and out of the script's folder "
                "(`python -P script.py` leaves the script's folder out). The `amlet` command itself is not affected.",
                name=name,
            )


def _folder_of(name: str) -> str | None:
    """The folder of a package that is, or would be, imported; of a plain module its file."""
    loaded = sys.modules.get(name)
    origin: str | None
    if loaded is not None:
        origin = getattr(loaded, "__file__", None) or next(iter(getattr(loaded, "__path__", [])), None)
    else:
        spec = find_spec(name)
        origin = spec.origin if spec else None
    if origin is None:
        return None
    file = os.path.realpath(origin)
    return os.path.dirname(file) if os.path.basename(file) == "__init__.py" else file


def isolated(path: list[str]) -> list[str]:
    """A `sys.path` without the current folder and PYTHONPATH, unless amlet itself is installed there."""
    variable = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    foreign = {os.path.realpath(entry) for entry in (os.curdir, *variable) if entry} - {_HOME}
    kept = [entry for entry in path if entry and os.path.realpath(entry) not in foreign]
    return kept if _HOME in kept else [_HOME, *kept]


def command_line() -> list[str]:
    """What starts `amlet` in a process of its own, whatever its current folder: from a checkout as from a wheel."""
    return [sys.executable, "-P", os.path.realpath(__file__)]


def main() -> None:
    """Run the `amlet` command; the console script and `python -P -m amlet` both come here."""
    sys.path[:] = isolated(sys.path)
    from amlet.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
