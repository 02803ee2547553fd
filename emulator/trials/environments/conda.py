"""Mode `conda`: an environment from a conda file, made by micromamba, mamba or conda, whichever is there."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuildLog, BuiltEnvironments
from emulator.trials.environments.prepared import Prepared, Wish, buildable
from emulator.trials.environments.requirements import Requirements

PROGRAMS = ("micromamba", "mamba", "conda")


class CondaEnvironments:
    """Builds conda environments.

    Parameters:
        built: the cache.
        environ: variables for the build.
    """

    def __init__(self, built: BuiltEnvironments, environ: Mapping[str, str]) -> None:
        self._built = built
        self._environ = environ

    def prepare(self, wish: Wish) -> Prepared:
        """The interpreter of the built environment; see `Preparation`."""
        requirements = buildable(wish.spec)
        program = self._program()
        text = requirements.conda or conda_file(requirements)
        digest = hashlib.sha256(f"{text} {platform.machine()} {sys.platform}".encode()).hexdigest()[:32]
        log = BuildLog(wish.log, self._environ)

        def build(place: Path) -> None:
            log.say(f"Environment {wish.spec.name}, from {wish.spec.source}")
            place.parent.mkdir(parents=True, exist_ok=True)
            file = place.with_suffix(".yml")
            file.write_text(text, encoding="utf-8")
            is_conda = Path(program).stem != "micromamba"
            words = ["env", "create"] if is_conda else ["create", "--yes"]
            offline = ["--offline"] if wish.is_offline else []
            log.run(
                [program, *words, *offline, "--prefix", place, "--file", file], "See the log, or use --env-mode uv."
            )

        place = self._built.get(f"conda-{digest}", build)
        return Prepared(
            place / "bin" / "python", f"built for environment {wish.spec.name}", variables={"CONDA_PREFIX": str(place)}
        )

    def _program(self) -> str:
        path = self._environ.get("PATH", os.defpath)
        found = next((found for name in PROGRAMS if (found := shutil.which(name, path=path))), None)
        if found is None:
            raise TrialRefused(
                f"--env-mode conda needs one of {', '.join(PROGRAMS)}, and none is here; use --env-mode uv"
            )
        return found


def conda_file(requirements: Requirements) -> str:
    """A conda file for requirements that come from elsewhere."""
    python = [f"python={requirements.python}"] if requirements.python else ["python"]
    pip = {"pip": [*requirements.options, *requirements.packages]}
    return yaml.safe_dump({"channels": ["conda-forge"], "dependencies": [*python, "pip", pip]}, sort_keys=False)
