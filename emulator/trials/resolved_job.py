"""What all trials of a job have in common, worked out once before the first of them starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from emulator.engine.settings import EngineSettings
from emulator.executors.base import Placement
from emulator.storage.jobs import Job
from emulator.trials.environments.prepared import Prepared
from emulator.trials.folder import SharedInputs
from emulator.trials.inputs.data_input import DataInput
from emulator.trials.outputs import DataOutput
from emulator.trials.rank_launcher import RankLauncher

if TYPE_CHECKING:
    from emulator.trials.provenance import Provenance


@dataclass(frozen=True, slots=True)
class ResolvedCommand:
    """What the command of a job needs, found on this machine.

    Parameters:
        text: of the command, with its bindings.
        code: folder to copy, if there is one.
        variables: `environmentVariables` of the body.
        texts: inputs that are not data, by name.
        data: inputs that are.
        outputs: named outputs.
        shared: the copies of inputs that all trials share.
        environment: their Python, or container.
        secrets: file of further variables; only its path is known here.
        ranks: starts the processes of a distributed trial.
        inherit: variables of the emulator's environment that its project file has trials inherit.
        bindings: how values get into the command; see the setting of that name.
        gpus: of its instance type.
    """

    text: str
    code: Path | None
    variables: Mapping[str, str]
    texts: Mapping[str, str]
    data: list[DataInput]
    outputs: list[DataOutput]
    shared: SharedInputs
    environment: Prepared
    secrets: Path | None = None
    ranks: RankLauncher = field(default_factory=RankLauncher)
    inherit: tuple[str, ...] = ()
    bindings: Literal["environment", "text"] = "environment"
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class ResolvedJob:
    """How to run the trials of one job, but for their names and parameters.

    Parameters:
        job: the sweep, or the command job itself.
        settings: the engine's choices for this job.
        nodes: of its compute, where its project file says so.
        metric: name of the sweep's primary metric.
        notes: what is not as it would be in Azure, for people; each trial's system log has all of it.
        warnings: what of it the job's own log says.
        command: what its command needs; None where no command is run.
        root: name of the outermost job around it; None where it is that itself.
        step: of a step or the trials of one, the names of its pipeline and of the steps around it, joined by `/`.
        provenance: what it runs, where that is known already.
        placement: where its compute has its trials run; None where the settings of the emulator say so.
        reuse_key: of a step that may be reused; see `emulator.trials.step_identity`.
        later: finds the command when the job has its node; None where that was done before. Only for a job that cannot
            be refused: see `emulator.trials.job_resolver.JobResolver.plain`.
    """

    job: Job
    settings: EngineSettings = field(default_factory=EngineSettings)
    nodes: int | None = None
    metric: str | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    command: ResolvedCommand | None = None
    root: str | None = None
    step: str | None = None
    provenance: Provenance | None = None
    reuse_key: str | None = None
    placement: Placement | None = None
    later: Callable[[], ResolvedJob] | None = field(default=None, compare=False)

    @property
    def whole(self) -> ResolvedJob:
        """It with its command, of which a trial is started."""
        return self if self.later is None else self.later()
