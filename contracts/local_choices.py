"""What a submitting command chooses for a job on an emulator: header fields beside the ARM body, never in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import quote, unquote

_PREFIX = "x-amlet-"

#: The property of a job that an emulator has only simulated: in virtual time, with invented metrics.
SIMULATED = "amlet.simulated"


@dataclass(frozen=True, slots=True)
class LocalChoices:
    """The choices; a workspace in the cloud never sees them. Paths are absolute, on the machine of both.

    Parameters:
        python: interpreter of the trials.
        project: the project file, `amlet.yml`.
        env_mode: how the environment is made ready: `current`, `uv`, `conda` or `docker`.
        env_strict: `true` when it must be met exactly.
        env_file: file of environment variables for the trials; read when one starts, and kept nowhere.
        seed: of the sampling of a sweep that has none.
        terminal: Unix socket at which a trial is handed stdin, stdout and stderr of the command.
    """

    python: str | None = None
    project: str | None = None
    env_mode: str | None = None
    env_strict: str | None = None
    env_file: str | None = None
    seed: str | None = None
    terminal: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of the request that submits a job."""
        given = {name: getattr(self, name) for name in _NAMES}
        return {_header(name): quote(text, safe="/:\\ ._-+@") for name, text in given.items() if text is not None}

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> LocalChoices:
        """Read them back.

        Parameters:
            headers: of the request; names in lower case, or found without regard to case.
        """
        found = {key: text for key, text in headers.items() if key.lower().startswith(_PREFIX)}
        if not found:  # almost every request
            return cls()
        texts = {key.lower().removeprefix(_PREFIX).replace("-", "_"): unquote(text) for key, text in found.items()}
        return cls(**{name: texts[name] for name in _NAMES if name in texts})

    @property
    def given(self) -> dict[str, str]:
        """Those that were made, by name."""
        return {name: text for name in _NAMES if (text := getattr(self, name)) is not None}


_NAMES = tuple(field.name for field in fields(LocalChoices))


def _header(name: str) -> str:
    return _PREFIX + name.replace("_", "-")
