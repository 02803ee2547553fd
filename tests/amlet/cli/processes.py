"""The `amlet` command as a user runs it: processes of its own, in a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_OURS = ("AZURE", "AMLET", "MLFLOW")


@dataclass(frozen=True, slots=True)
class Processes:
    """Starts the command.

    Parameters:
        folder: where it is run; `home` in it is its AMLET_HOME.
        target: the default one; none when empty.
    """

    folder: Path
    target: str = "emulator"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start it with pipes for a terminal, and with these variables."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-P", "-m", "amlet", *arguments]
        return subprocess.Popen(
            command,
            env=self._environment | environment,
            cwd=self.folder,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
        home = {"AMLET_HOME": str(self.folder / "home"), "AZURE_CONFIG_DIR": str(self.folder / "azure")}
        return {**kept, **home, "AMLET_TARGET": self.target, "PYTHONPATH": str(_ROOT)}
