"""The options of an emulator that runs in this process, also read without typer.

To import typer and its command takes longer than to import the emulator, so plain options are read here: the rows
`start` of `bench/server.py` need it. Anything else is left to the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AUTH = ("strict", "any")
CLOCKS = ("real", "virtual")


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The options of `amlet emulator start`.

    Parameters:
        port, http_port: 0 takes a free one.
        state_dir: that of the emulator's home when None.
        auth: one of `AUTH`.
        azure_like: begin with the settings of that profile.
        settings: texts NAME=VALUE.
        project: as in `find_project`.
        clock: one of `CLOCKS`.
        scenario: its file.
        seed: of ids and chance.
        listen: address on which workers on other hosts are served.
        listen_name: how these call this machine.
    """

    port: int = 8443
    http_port: int = 8480
    state_dir: Path | None = None
    auth: str = "strict"
    azure_like: bool = False
    settings: Sequence[str] = ()
    project: str | None = None
    clock: str | None = None
    scenario: Path | None = None
    seed: int | None = None
    listen: str | None = None
    listen_name: str | None = None

    @classmethod
    def read(cls, arguments: Sequence[str]) -> StartOptions | None:
        """The options that plain arguments ask for, without the command line, whose import takes time.

        Parameters:
            arguments: what follows `amlet emulator start`.

        Returns:
            None when there is anything else than these options with good values: `--help`, `--detach`, a mistake.
        """
        given: dict[str, Any] = {}
        rest = iter(arguments)
        for argument in rest:
            flag, sign, value = argument.partition("=")
            name = flag.removeprefix("--").replace("-", "_")
            if argument == "--azure-like":
                given[name] = True
                continue
            convert = _READERS.get(flag)
            text = value if sign else next(rest, None)
            if convert is None or text is None:
                return None
            try:
                read = convert(text)
            except (ValueError, IndexError):
                return None
            if flag == "--setting":
                given["settings"] = (*given.get("settings", ()), read)
            else:
                given[name] = read
        return cls(**given)


def _natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _port(text: str) -> int:
    return range(65536)[_natural(text)]


def _auth(text: str) -> str:
    return AUTH[AUTH.index(text)]


def _clock(text: str) -> str:
    return CLOCKS[CLOCKS.index(text)]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "--port": _port,
    "--http-port": _port,
    "--state-dir": Path,
    "--auth": _auth,
    "--setting": str,
    "--project": str,
    "--clock": _clock,
    "--scenario": Path,
    "--seed": _natural,
    "--listen": str,
    "--listen-name": str,
}
