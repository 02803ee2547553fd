"""What each type of job is given when it is made: tags and properties; and how it refuses a compute that is not there.

`emulator.job_types` names these. Source: recorded answers to PUT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.engine.settings import EngineSettings
from emulator.runner.sweep_labels import command_properties, sweep_properties, sweep_tags
from emulator.services.jobs.pipelines import pipeline_properties
from emulator.services.refusal import Refusal, user_error


@dataclass(frozen=True, slots=True)
class UnlabelledJob:
    """A job that is about to be stored.

    Parameters:
        workspace, name, experiment: of it.
        body: `properties` of its ARM body, already checked.
        seed: of a sampling that has none of its own.
        settings: say what absent limits mean.
        origin: of the data plane.
    """

    workspace: WorkspaceId
    name: str
    experiment: str
    body: Mapping[str, Any]
    seed: int
    settings: EngineSettings
    origin: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Tags and properties of a new job, those of its body aside."""

    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


def sweep_labels(job: UnlabelledJob) -> Labels:
    """Those of a sweep; see `emulator.runner.sweep_labels`."""
    tags = sweep_tags(job.name, job.body, job.workspace, job.experiment, job.settings, job.origin)
    return Labels(tags, sweep_properties(job.body, job.seed))


def command_labels(job: UnlabelledJob) -> Labels:
    """Those of a command job."""
    return Labels(properties=command_properties(job.body))


def pipeline_labels(job: UnlabelledJob) -> Labels:
    """Those of a pipeline."""
    return Labels(properties=pipeline_properties(job.body))


def unknown_compute(compute: str, name: str, experiment: str) -> Refusal:
    """The refusal of a compute that is not there.

    Parameters:
        compute: its name.
        name, experiment: of the job that names it.
    """
    return user_error(f"Unknown compute target '{compute}'.", inner=("BadArgument", "UnknownTargetType"))


def unknown_compute_of_sweep(compute: str, name: str, experiment: str) -> Refusal:
    """As `unknown_compute`, of a sweep: the service's sentence does not name the compute."""
    return user_error(f"{experiment}: Compute Not Found for run ID : {name}")
