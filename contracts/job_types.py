"""The types of jobs as values: what each is called, its body, its rules, or why it is refused.

The gateway and the emulator register their parts of a type by its value here; nothing else tells types apart.
Source of the names: `JobBaseProperties` of 2024-01-01-preview and 2025-12-01; the SDK's `NodeType` for steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.references import later

if TYPE_CHECKING:
    from pydantic import BaseModel

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class JobType:
    """A type of job; compared and hashed as itself, so that it can be the key of a registry.

    Parameters:
        name: `jobType` in a body; of a type that is only a step of a pipeline, `type` of its node.
        yaml_name: `type` in a job file.
        model: loads the model of `properties`; a function, so that naming a type does not import pydantic.
        check: loads the rules for `properties` beyond those for every job; None where there are none.
        preview_only: paths below `properties` that stable api-versions do not have for this type alone: a sweep job
            has no top-level resources there, a command job has.
        component: path, below a step of this type, of the component that it runs.
        closed: whether api-versions that refuse unknown members know all members of this type's body; the nodes of a
            pipeline have members of their own.
        any_experiment: whether the service takes names of experiments with spaces and the like. Source: Microsoft's own
            tests submit such pipelines.
        refusal: what to do instead of submitting such a job; None where it is served.
    """

    name: str
    yaml_name: str
    model: Callable[[], type[BaseModel]] | None = None
    check: Callable[[], Callable[[Any], None]] | None = None
    preview_only: tuple[Path, ...] = ()
    component: Path = ("componentId",)
    closed: bool = False
    any_experiment: bool = False
    refusal: str | None = None

    @property
    def served(self) -> bool:
        """Whether amlet runs such jobs."""
        return self.refusal is None


#: Every known type by its `name`; `register` adds to it.
JOB_TYPES: dict[str, JobType] = {}


_INSTEAD = "use a sweep of a command"


class RefusedJobType(ValueError):
    """A type that is known but not served, or not known at all; says what to do instead."""


def register(job_type: JobType) -> JobType:
    """Add a type to `JOB_TYPES`.

    Raises:
        ValueError: its name or its yaml name is taken.
    """
    for other in JOB_TYPES.values():
        if other.name == job_type.name or other.yaml_name == job_type.yaml_name:
            raise ValueError(f"the job type {other.name} (type: {other.yaml_name}) is registered already")
    JOB_TYPES[job_type.name] = job_type
    return job_type


def unregister(job_type: JobType) -> None:
    """Take a type out again: for tests that add one."""
    del JOB_TYPES[job_type.name]


def type_of(properties: object) -> JobType | None:
    """The type of a job by `jobType` in its `properties`; None where that is absent, malformed or unknown."""
    name = properties.get("jobType") if isinstance(properties, Mapping) else None
    return JOB_TYPES.get(name) if isinstance(name, str) else None


def served_type(name: str) -> JobType:
    """The served type with this wire name.

    Raises:
        RefusedJobType: the type is not served, with what to do instead.
    """
    return _served(JOB_TYPES.get(name), name)


def served_yaml_type(yaml_name: str) -> JobType:
    """The served type that job files call so.

    Raises:
        RefusedJobType: the type is not served, with what to do instead.
    """
    return _served(next((known for known in JOB_TYPES.values() if known.yaml_name == yaml_name), None), yaml_name)


def step_type(name: str | None) -> JobType | None:
    """The served type of a step by `type` in its node; None for one that is not served.

    A step without a type is a command (the official client's reading).
    """
    name = name or COMMAND.yaml_name
    return next((known for known in served_types() if known.yaml_name == name), None)


def served_types() -> tuple[JobType, ...]:
    """The types that amlet runs, in the order of their registration."""
    return tuple(known for known in JOB_TYPES.values() if known.served)


def _served(known: JobType | None, name: str) -> JobType:
    if known is not None and known.refusal is None:
        return known
    runs = " and ".join(served.yaml_name for served in served_types())
    instead = _INSTEAD if known is None else known.refusal
    raise RefusedJobType(f"Jobs of type {name} are not served here: amlet runs {runs} jobs; {instead}.")


SWEEP = register(
    JobType(
        "Sweep",
        "sweep",
        model=later("contracts.arm.jobs:SweepJob"),
        check=later("contracts.rules.jobs:check_sweep"),
        preview_only=(("resources",),),
        component=("trial", "componentId"),
        closed=True,
    )
)
COMMAND = register(
    JobType(
        "Command",
        "command",
        model=later("contracts.arm.jobs:CommandJob"),
        check=later("contracts.rules.jobs:check_command"),
        closed=True,
    )
)

PIPELINE = register(
    JobType(
        "Pipeline",
        "pipeline",
        model=later("contracts.arm.pipelines:PipelineJob"),
        check=later("contracts.rules.pipelines:check_pipeline"),
        any_experiment=True,
    )
)

for _name, _yaml_name, _refusal in (
    ("AutoML", "automl", _INSTEAD),
    ("Spark", "spark", "start Spark from the command of a command job"),
    ("FineTuning", "finetuning", "run the fine-tuning script as a command job"),
    ("Distillation", "distillation", "run the distillation script as a command job"),
    ("Labeling", "labeling", "label the data elsewhere and give them to a job as an input"),
    (
        "parallel",
        "parallel",
        "use a command that goes through the data itself, or a sweep with one trial for each part",
    ),
    ("import", "import", "copy the data in a command job, or give the path of the data as an input"),
    ("data_transfer", "data_transfer", "copy the data in a command job, or give the path of the data as an input"),
    ("if_else", "if_else", "decide inside the command"),
    ("do_while", "do_while", "repeat inside the command, or use a sweep"),
    ("parallel_for", "parallel_for", "use a sweep with a grid over the items"),
):
    register(JobType(_name, _yaml_name, refusal=_refusal))
