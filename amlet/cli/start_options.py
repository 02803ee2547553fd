"""The options of an emulator that runs in this process: the table that the command and the reader without typer share.

To import typer and its command takes longer than to import the emulator, so plain options are read here: the rows
`start` of `bench/server.py` need it. Anything else is left to the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any


class Auth(StrEnum):
    """Which bearer tokens are accepted."""

    STRICT = "strict"
    ANY = "any"


class Clock(StrEnum):
    """The clock of the emulator: real or virtual."""

    REAL = "real"
    VIRTUAL = "virtual"


class Executor(StrEnum):
    """Where trials run."""

    PROCESS = "process"
    DASK = "dask"


def _natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _port(text: str) -> int:
    return range(65536)[_natural(text)]


def _auth(text: str) -> str:
    return Auth(text).value


def _clock(text: str) -> str:
    return Clock(text).value


def _executor(text: str) -> str:
    return Executor(text).value


def _option(default: Any, flag: str, read: Callable[[str], Any] | None, **shown: Any) -> Any:
    """A field with how it is given: its flag, what reads its text (None for a flag alone), and what typer shows."""
    return field(default=default, metadata={"flag": flag, "read": read, "shown": shown})


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The options of `amlet emulator start`.

    Parameters:
        port, http_port: 0 takes a free one.
        state_dir: that of the emulator's home when None.
        auth: one of `Auth`.
        azure_like: begin with the settings of that profile.
        settings: texts NAME=VALUE.
        project: as in `find_project`.
        clock: one of `Clock`.
        scenario: its file.
        seed: of ids and chance.
        executor: one of `Executor`; as the settings say when None.
        dask_address: of the scheduler of a cluster, whose executor is then that for Dask.
        listen: address on which workers on other hosts are served.
        listen_name: how these call this machine.
    """

    port: int = _option(8443, "--port", _port, min=0, max=65535, help="HTTPS port, 8443 by default; 0: any.")
    http_port: int = _option(8480, "--http-port", _port, min=0, max=65535, help="Plain port, 8480; 0: any.")
    state_dir: Path | None = _option(None, "--state-dir", Path)  # noqa: RUF009 - a field, made for it alone
    auth: str = _option("strict", "--auth", _auth, help="Tokens accepted: its own, or any.")
    azure_like: bool = _option(False, "--azure-like", None, help="Like the service also where inconvenient.")
    settings: Sequence[str] = _option((), "--setting", str, metavar="NAME=VALUE", help="A setting; may be repeated.")
    project: str | None = _option(None, "--project", str)
    clock: str | None = _option(
        None, "--clock", _clock, help="Virtual: trials are simulated, and waiting takes no time."
    )
    scenario: Path | None = _option(  # noqa: RUF009 - as above
        None, "--scenario", Path, metavar="FILE", help="What trials do and which requests fail."
    )
    seed: int | None = _option(
        None, "--seed", _natural, min=0, help="Deterministic: the same ids and trials from run to run."
    )
    executor: str | None = _option(None, "--executor", _executor, help="Where trials run: here, or on a Dask cluster.")
    dask_address: str | None = _option(
        None, "--dask-address", str, metavar="URL", help="Scheduler of the cluster: tcp://HOST:8786."
    )
    listen: str | None = _option(
        None, "--listen", str, metavar="ADDRESS[:PORT]", help="Serve workers on other hosts there, and no one else."
    )
    listen_name: str | None = _option(
        None, "--listen-name", str, metavar="NAME", help="How other hosts call this machine."
    )

    @classmethod
    def read(cls, arguments: Sequence[str]) -> StartOptions | None:
        """The options that plain arguments ask for, without the command line, whose import takes time.

        Parameters:
            arguments: what follows `amlet emulator start`.

        Returns:
            None when there is anything else than these options with good values: `--help`, `--detach`, a mistake.
        """
        known = {one.metadata["flag"]: one for one in fields(cls)}
        given: dict[str, Any] = {}
        rest = iter(arguments)
        for argument in rest:
            flag, sign, value = argument.partition("=")
            option = known.get(flag)
            if option is None:
                return None
            read = option.metadata["read"]
            if read is None:
                if sign:
                    return None
                given[option.name] = True
                continue
            text = value if sign else next(rest, None)
            if text is None:
                return None
            try:
                found = read(text)
            except (ValueError, IndexError):
                return None
            # The one option that may be repeated; of the others the last one counts, as typer has it.
            given[option.name] = (*given.get(option.name, ()), found) if option.name == "settings" else found
        return cls(**given)

    @property
    def all_settings(self) -> list[str]:
        """The texts NAME=VALUE, those that other options are short for last."""
        if self.dask_address is None:
            return [*self.settings, *([f"executor={self.executor}"] if self.executor else [])]
        return [*self.settings, f"executor={Executor.DASK}", f"dask_address={self.dask_address}"]


def arguments_of(given: Mapping[str, Any]) -> list[str]:
    """The words of a command line that say the same.

    Parameters:
        given: values by the names of the fields; None for an option that is not given.
    """
    words: list[str] = []
    for option in fields(StartOptions):
        flag, value = option.metadata["flag"], given.get(option.name)
        if option.metadata["read"] is None:
            words += [flag] if value else []
        elif option.name == "settings":
            words += [word for text in value or () for word in (flag, text)]
        elif value is not None:
            words += [flag, str(value)]
    return words


def typer_arguments(name: str) -> tuple[str, dict[str, Any]]:
    """How typer is told of an option: its flag, and the rest of what it shows.

    Parameters:
        name: of the field.
    """
    option = next(one for one in fields(StartOptions) if one.name == name)
    return option.metadata["flag"], dict(option.metadata["shown"])
