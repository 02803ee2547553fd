"""How the processes of a distributed trial are started on this machine, which is one node."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.arm.jobs import CommandJob, TrialComponent
from contracts.arm.resources import Mpi, PyTorch, Ray, TensorFlow
from emulator.executors import ranks
from emulator.executors.base import TrialRefused
from emulator.trials.environments.prepared import Prepared

_RANKS = (sys.executable, ranks.__file__)


@dataclass(frozen=True, slots=True)
class RankLauncher:
    """Starts a trial's command as often as its distribution wants.

    Parameters:
        prefix: words before the count of processes; empty to leave the command as it is.
        processes: how many.
        takes_folder: whether the folder of the logs comes before the command.
        notes: what is not as it would be in Azure, for people.
    """

    prefix: Sequence[str] = ()
    processes: int = 1
    takes_folder: bool = False
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The programs of ours that `command` needs."""
        return tuple(Path(word) for word in self.prefix if word == ranks.__file__)

    def command(self, command: str, logs: Path) -> str:
        """The command that starts them all.

        Parameters:
            command: of one process, bindings substituted.
            logs: folder of the trial's logs.
        """
        if not self.prefix:
            return command
        last = [str(logs), command] if self.takes_folder else ["sh", "-c", command]
        return f"exec {shlex.join([*self.prefix, str(self.processes), *last])}"


def starter_of(component: TrialComponent | CommandJob, environment: Prepared | None, path: str) -> RankLauncher:
    """How to start a trial or command job.

    PyTorch: as many local processes as one node has in Azure, with the variables of torch.distributed. More nodes than
    one become one, with a note. TensorFlow: its workers and parameter servers are local processes, with TF_CONFIG. MPI
    runs through the `mpirun` of this machine, Ray needs `ray`: without them the job is refused.

    Parameters:
        component: has the distribution and the number of nodes.
        environment: of the trials, where it is ready.
        path: what else is searched for launchers.

    Raises:
        TrialRefused: there is no launcher; the text has the remedy.
    """
    nodes = (component.resources.instance_count if component.resources else None) or 1
    notes = (f"instance_count is {nodes}: this machine is one node, the trial runs on one",) if nodes > 1 else ()
    match component.distribution:
        case PyTorch(process_count_per_instance=count):
            _refuse_containers("PyTorch", environment)
            return RankLauncher((*_RANKS, "torch"), count or 1, takes_folder=True, notes=notes)
        case TensorFlow(worker_count=workers, parameter_server_count=servers):
            _refuse_containers("TensorFlow", environment)
            count, kind = (workers or 1) + (servers or 0), f"tensorflow:{servers or 0}"
            return RankLauncher((*_RANKS, kind), count, takes_folder=True, notes=notes)
        case Mpi(process_count_per_instance=count):
            launcher = _launcher("mpirun", _search(environment, path), "MPI", "install Open MPI or MPICH")
            # Open MPI refuses more processes than there are cores unless it is told; other launchers pass the variable
            # over.
            return RankLauncher(("env", "OMPI_MCA_rmaps_base_oversubscribe=1", launcher, "-n"), count or 1, notes=notes)
        case Ray():
            _launcher("ray", _search(environment, path), "Ray", "pip install ray into the trials' environment")
            return RankLauncher(
                notes=(*notes, "no Ray cluster is started: ray.init() of the script starts a local one")
            )
    return RankLauncher(notes=notes)


def _refuse_containers(kind: str, environment: Prepared | None) -> None:
    if environment and environment.wrap:
        raise TrialRefused(
            f"distribution: the processes of {kind} are not started inside containers; "
            "use another --env-mode, or start them in the command and leave `distribution` out"
        )


def _search(environment: Prepared | None, path: str) -> str:
    """Where launchers are looked for: in the environment of the trials first."""
    return os.pathsep.join([*(environment.path if environment else ()), path])


def _launcher(program: str, path: str, kind: str, remedy: str) -> str:
    found = shutil.which(program, path=path)
    if not found:
        raise TrialRefused(
            f"distribution: {kind} needs {program}, which is not on this machine; "
            f"{remedy}, or leave `distribution` out to run one process"
        )
    return found
