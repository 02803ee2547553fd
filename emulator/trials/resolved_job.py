"""What all trials of a job have in common, worked out once before the first of them starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from emulator.engine.settings import EngineSettings
from emulator.storage.jobs import Job
from emulator.trials.environments.prepared import Prepared
from emulator.trials.folder import SharedInputs
from emulator.trials.inputs.data_input import DataInput
from emulator.trials.outputs import DataOutput
from emulator.trials.rank_launcher import RankLauncher


@dataclass(frozen=True, slots=True)
class ResolvedJob:
    """How to run the trials of one job, but for their names and parameters.

    Parameters:
        job: the sweep, or the command job itself.
        command: with its bindings.
        code: folder to copy, if there is one.
        variables: `environmentVariables` of the body.
        texts: inputs that are no data, by name.
        data: inputs that are.
        outputs: named outputs.
        shared: the copies of inputs that all trials share.
        environment: their Python, or container.
        notes: what is not as it would be in Azure, for people.
        settings: the engine's choices for this job.
        secrets: file of further variables; only its path is known here.
        nodes: of its compute, where its world file says so.
        starter: starts the processes of a distributed trial.
        metric: name of the sweep's primary metric.
        bindings: how values get into the command; see the setting of that name.
    """

    job: Job
    command: str
    code: Path | None
    variables: Mapping[str, str | None]
    texts: Mapping[str, str]
    data: list[DataInput]
    outputs: list[DataOutput]
    shared: SharedInputs
    environment: Prepared
    notes: tuple[str, ...] = ()
    settings: EngineSettings = field(default_factory=EngineSettings)
    secrets: Path | None = None
    nodes: int | None = None
    starter: RankLauncher = field(default_factory=RankLauncher)
    metric: str | None = None
    bindings: Literal["environment", "text"] = "environment"

    @classmethod
    def of_nothing(
        cls, job: Job, settings: EngineSettings, metric: str | None, nodes: int | None = None
    ) -> ResolvedJob:
        """For trials that run no command: nothing is looked for on this machine.

        Parameters:
            job, settings, metric, nodes: as above.
        """
        nothing = Prepared(_NOWHERE, "nothing is run")
        shared = SharedInputs(_NOWHERE)
        return cls(job, "", None, {}, {}, [], [], shared, nothing, settings=settings, nodes=nodes, metric=metric)


_NOWHERE = Path("/nonexistent")
