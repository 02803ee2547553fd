"""Mode `docker`: each trial in a container of the environment's image, its folders mounted where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from emulator.executors.base import Launch, TrialRefused
from emulator.trials.environments.built import BuildLog
from emulator.trials.environments.prepared import Prepared, Wish

#: Of the machine, and without meaning in a container.
_NOT_HANDED_ON = ("PATH", "HOME", "SHELL", "USER", "LOGNAME", "HOSTNAME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Containers:
    """Runs trials with the command `docker`, or one that takes the same arguments.

    Parameters:
        environ: variables for the command; its PATH says which one it is.
        program: its name.
    """

    def __init__(self, environ: Mapping[str, str], program: str = "docker") -> None:
        self._environ = environ
        self._program = program

    def prepare(self, wish: Wish) -> Prepared:
        """A wrapper for the trials' commands, the image being there; see `Preparation`."""
        image = wish.spec.image
        if not image:
            raise TrialRefused(f"environment {wish.spec.name} has no image; use --env-mode uv or current")
        docker = shutil.which(self._program, path=self._environ.get("PATH", os.defpath))
        if not docker:
            raise TrialRefused(
                f"--env-mode docker needs the command {self._program}, which is not here; use --env-mode uv"
            )
        log = BuildLog(wish.log, self._environ)
        log.say(f"Environment {wish.spec.name}: image {image}")
        log.run([docker, "version"], "No container engine answers; start it, or use --env-mode uv.")
        if not wish.is_offline:
            log.run([docker, "pull", image], "The image cannot be had; name another in the environment.")

        def wrap(launch: Launch, folders: Sequence[Path]) -> Launch:
            return replace(launch, command=_command(docker, image, launch, folders))

        reason = f"the Python of image {image}"
        return Prepared(None, reason, wrap=wrap)


def _command(docker: str, image: str, launch: Launch, folders: Sequence[Path]) -> str:
    """The command line that runs a launch in a container.

    Values of variables are not in it: docker takes them from its own environment. The network is the machine's, so that
    the emulator is reached at the same address.
    """
    import shlex

    mounts = [f"--volume={folder}:{folder}" for folder in dict.fromkeys(map(str, (launch.folder, *folders)))]
    names = [f"--env={name}" for name in launch.environment if name not in _NOT_HANDED_ON]
    words = [
        *(docker, "run", "--rm", "--init", "--network=host", f"--user={os.getuid()}:{os.getgid()}"),
        *(*mounts, f"--workdir={launch.folder}", *names, "--env=HOME=/tmp"),
        *("--entrypoint=bash", image, "-c", launch.command),
    ]
    return "exec " + shlex.join(words)
