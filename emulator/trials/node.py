"""What trials find on a node of their compute: how many nodes there are, and what becomes of GPUs that are not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.arm.jobs import CommandJob, SweepJob, TrialComponent
from emulator.executors.base import TrialRefused
from emulator.project.project_file import ProjectFile
from emulator.project.section import Section
from emulator.trials.sizes import gpu_is_here, size_of


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a job's compute.

    Parameters:
        count: how many the project file says there are.
        variables: for each trial.
        notes: what is not as it would be in Azure, for people.
        gpus: of its size.
    """

    count: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gpus: int = 0


def node_of(
    body: SweepJob | CommandJob,
    component: TrialComponent | CommandJob,
    compute: str,
    project: ProjectFile,
    *,
    is_elsewhere: bool = False,
) -> Node:
    """The nodes that a job runs on.

    Trials of a size with GPUs have them hidden where there are none, so that frameworks take the CPU.

    Parameters:
        body: of the job; its resources may name an instance type.
        component: what has its command; likewise.
        compute: name of its compute; empty for serverless.
        project: may declare the compute, and be strict about it.
        is_elsewhere: whether trials run on other machines, of whose GPUs nothing is known here.

    Raises:
        TrialRefused: the project file is strict, and does not declare the compute, or no GPU is here.
    """
    if not project.has_compute(compute):
        raise TrialRefused(
            f"compute {compute} does not exist: {project.name} closes its computes (strict); declare it there:\n"
            f"computes: [{{name: {compute}}}]"
        )
    declared = project.compute(compute)
    count = declared.nodes if declared else None
    size = _instance_type(body, component) or (declared.size if declared else None)
    found = size_of(size) if size else None
    if found is None or not found.gpus or is_elsewhere or gpu_is_here():
        return Node(count, gpus=found.gpus if found else 0)
    why = f"{size} has {found.gpus} GPU{'s' if found.gpus > 1 else ''}, and this machine has none"
    if project.is_closed(Section.COMPUTES):
        raise TrialRefused(
            f"compute {compute or 'serverless'}: {why}; run it on the CPU with another size in {project.name}"
        )
    return Node(
        count, {"CUDA_VISIBLE_DEVICES": ""}, (f"{why}: trials run with CUDA_VISIBLE_DEVICES empty",), found.gpus
    )


def _instance_type(body: SweepJob | CommandJob, component: TrialComponent | CommandJob) -> str | None:
    return next((one.instance_type for one in (body.resources, component.resources) if one and one.instance_type), None)
