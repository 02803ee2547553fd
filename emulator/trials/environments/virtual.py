"""Mode `uv`: a virtual environment with the required packages, built by uv, or by venv and pip where uv is absent."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuildLog, BuiltEnvironments
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.prepared import Prepared, Wish, buildable
from emulator.trials.environments.requirements import Requirements


class VirtualEnvironments:
    """Builds virtual environments from pip requirements.

    Parameters:
        built: the cache.
        installed: knows the versions of interpreters.
        environ: variables for the build, with those that uv and pip know (UV_OFFLINE, PIP_INDEX_URL ...).
    """

    def __init__(self, built: BuiltEnvironments, installed: InstalledPackages, environ: Mapping[str, str]) -> None:
        self._built = built
        self._installed = installed
        self._environ = environ

    def prepare(self, wish: Wish) -> Prepared:
        """The interpreter of the built environment; see `Preparation`."""
        requirements = buildable(wish.spec)
        python, notes = self._base(wish, requirements)
        if wish.is_strict and notes:
            raise TrialRefused(
                f"environment {wish.spec.name} cannot be built as it is (--env-strict):\n" + "\n".join(notes)
            )
        log = BuildLog(wish.log, self._environ)
        # A home folder may be shared by machines of several kinds, on which the same requirements give other files.
        key = f"{requirements.digest} {python} {platform.machine()} {sys.platform}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]

        def build(place: Path) -> None:
            log.say(f"Environment {wish.spec.name}, from {wish.spec.source}, with Python {python}")
            self._build(place, python, requirements, log, is_offline=wish.is_offline)

        place = self._built.get(f"uv-{digest}", build)
        return Prepared(place / "bin" / "python", f"built for environment {wish.spec.name}", tuple(notes))

    def _base(self, wish: Wish, requirements: Requirements) -> tuple[str, list[str]]:
        """The Python to build upon: a version that uv will get, or the path of one that is here."""
        unknown, wanted = ", ".join(requirements.unknown), requirements.python
        notes = [f"left out, not known by their PyPI name: {unknown}"] if unknown else []
        own = self._version(wish.python)
        if wanted in (None, own):
            return str(wish.python), notes
        here = self._which(f"python{wanted}")
        # Asked and not believed: pyenv puts a program for each version on PATH, of which most only say that it is not
        # installed.
        if here and self._version(Path(here)) == wanted:
            return here, notes
        if self._which("uv") and not wish.is_offline:
            return str(wanted), notes
        notes.append(f"Python {wanted} is wanted and not here; built with {own} (uv would get it: pip install uv)")
        return str(wish.python), notes

    def _build(self, place: Path, python: str, requirements: Requirements, log: BuildLog, *, is_offline: bool) -> None:
        remedy = "See the log, change the requirements in amlet.yml (environments), or use --env-mode current."
        place.parent.mkdir(parents=True, exist_ok=True)
        listed = place.with_suffix(".txt")
        listed.write_text("\n".join([*requirements.options, *requirements.packages]) + "\n", encoding="utf-8")
        if uv := self._which("uv"):
            offline = ["--offline"] if is_offline else []
            log.run([uv, "venv", "--python", python, *offline, place], remedy)
            log.run([uv, "pip", "install", "--python", place / "bin" / "python", *offline, "-r", listed], remedy)
        else:
            offline = ["--no-index"] if is_offline else []
            log.run([python, "-m", "venv", place], remedy)
            pip = (place / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
            log.run([*pip, *offline, "-r", listed], remedy)

    def _version(self, python: Path) -> str | None:
        """The version of an interpreter, `3.10`; None for one that does not answer, such as pyenv's stand-ins."""
        try:
            return ".".join(self._installed.of(python).python.split(".")[:2])
        except TrialRefused:
            return None

    def _which(self, program: str) -> str | None:
        return shutil.which(program, path=self._environ.get("PATH", os.defpath))
