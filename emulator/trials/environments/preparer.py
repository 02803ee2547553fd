"""Makes the environments of jobs ready: one mode each, every environment once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from emulator.trials.environments.built import BuiltEnvironments
from emulator.trials.environments.conda import CondaEnvironments
from emulator.trials.environments.container import Containers
from emulator.trials.environments.current import CurrentInterpreter
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.overlay import Overlaid
from emulator.trials.environments.prepared import Mode, Preparation, Prepared, Wish
from emulator.trials.environments.tracking_shim import TrackingShim
from emulator.trials.environments.virtual import VirtualEnvironments


class Preparer:
    """Knows all modes.

    Parameters:
        folder: of the environments that are built.
        environ: variables for builds: those the emulator was started with.
        tracking: the module `gateway.tracking`, for environments without it; None to lay none.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], tracking: Path | None = None) -> None:
        built = BuiltEnvironments(folder)
        self.installed = installed = InstalledPackages()
        self._shim = TrackingShim(tracking, folder / "tracking", installed.of)
        self._modes: Mapping[Mode, Preparation] = {
            Mode.CURRENT: Overlaid(CurrentInterpreter(installed), environ),
            Mode.UV: Overlaid(VirtualEnvironments(built, installed, environ), environ),
            Mode.CONDA: CondaEnvironments(built, environ),
            Mode.DOCKER: Containers(environ),
        }

    def prepare(self, mode: Mode, wish: Wish) -> Prepared:
        """Make the environment of a job ready; may take minutes, and may be called from any thread.

        Raises:
            emulator.executors.base.TrialRefused: it cannot be; the text says why, and what to do.
        """
        return self._shim.laid(self._modes[mode].prepare(wish))
