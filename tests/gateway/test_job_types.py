"""The registries: a job type, a policy or a distribution is one class and one registration."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

import contracts.job_types
import gateway
import gateway.sweep
from contracts.job_types import SWEEP, JobType, served_types
from contracts.references import load
from gateway import from_arm, job_types, load_job, to_arm
from gateway.entities.distribution import DISTRIBUTION_CONFIGURATIONS, DistributionConfiguration
from gateway.entities.job import Job
from gateway.entities.resource import FieldType, FieldTypes
from gateway.entities.search_space import DISTRIBUTIONS, SweepDistribution
from gateway.entities.sweep_settings import POLICIES, SAMPLING_ALGORITHMS, EarlyTerminationPolicy, SamplingAlgorithm
from gateway.job_types import ClientJobType
from gateway.serialization.yaml.fields import INTEGER, TEXT, enum
from gateway.serialization.yaml.schema import ObjectSchema

SWEEP_FILE = """
type: sweep
trial: {command: "python train.py --x ${{search_space.x}}", environment: "azureml:base:1", %s}
search_space: {x: %s}
objective: {goal: minimize, primary_metric: loss}
limits: {max_total_trials: 2}
early_termination: %s
"""


class CountJob(Job):
    """A job of a type that only this test knows."""

    _type = "count"

    def __init__(self, *, upto: int = 1, **kwargs: Any) -> None:
        kwargs.pop("type", None)
        super().__init__(**kwargs)
        self.upto = upto


def count_to_arm(job: CountJob) -> dict[str, Any]:
    return {"jobType": "Count", "upto": job.upto}


def count_from_arm(body: Mapping[str, Any]) -> CountJob:
    return CountJob(name=body.get("name"), upto=body["properties"]["upto"])


COUNT_SCHEMA = ObjectSchema(CountJob, {"type": enum("count"), "name": TEXT, "upto": INTEGER}, located=True)


class HalvingPolicy(EarlyTerminationPolicy):
    """A policy that only this test knows."""

    kind = "halving"
    fields: ClassVar[FieldTypes] = {"keep_fraction": FieldType.NUMBER, "min_trials": FieldType.INTEGER}
    required = ("keep_fraction",)

    def __init__(
        self,
        *,
        delay_evaluation: int = 0,
        evaluation_interval: int = 1,
        keep_fraction: float = 0.5,
        min_trials: int | None = None,
    ) -> None:
        super().__init__(delay_evaluation=delay_evaluation, evaluation_interval=evaluation_interval)
        self.keep_fraction = keep_fraction
        self.min_trials = min_trials


class AnnealingAlgorithm(SamplingAlgorithm):
    """A sampling algorithm that only this test knows."""

    kind = "annealing"
    fields: ClassVar[FieldTypes] = {"first_step": FieldType.INTEGER}
    members = ("type", "first_step")

    def __init__(self, *, first_step: int | None = None) -> None:
        super().__init__()
        self.first_step = first_step


class Triangular(SweepDistribution):
    """A distribution that only this test knows."""

    kind = "triangular"
    arguments = ("low", "mode", "high")

    def __init__(self, low: float = 0, mode: float = 0, high: float = 0, **kwargs: Any) -> None:
        self.low, self.mode, self.high = low, mode, high


class HorovodDistribution(DistributionConfiguration):
    """A way to start processes that only this test knows."""

    kind = "horovod"
    fields: ClassVar[FieldTypes] = {"slots": FieldType.INTEGER}

    def __init__(self, *, slots: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slots = slots


def read(distribution: str = "", drawn: str = "{type: uniform, min_value: 0, max_value: 1}", policy: str = "") -> Any:
    return load_job(io.StringIO(SWEEP_FILE % (distribution, drawn, policy or "{type: median_stopping}")))


def round_trip(job: Any) -> dict[str, Any]:
    """The body of a job, which is the same after it went through the wire and through a file."""
    body = to_arm(job)
    assert to_arm(from_arm({"name": "s", **body}))["properties"]["jobType"] == SWEEP.name
    file = io.StringIO()
    job.dump(file)
    again = to_arm(load_job(io.StringIO(file.getvalue())))
    for part in ("searchSpace", "earlyTermination"):
        assert again["properties"][part] == body["properties"][part]
    properties: dict[str, Any] = body["properties"]
    return properties


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> JobType:
    """A job type that is registered for one test."""
    monkeypatch.setattr(contracts.job_types, "JOB_TYPES", dict(contracts.job_types.JOB_TYPES))
    monkeypatch.setattr(job_types, "CLIENT_JOB_TYPES", dict(job_types.CLIENT_JOB_TYPES))
    monkeypatch.setattr(job_types, "_BY_ENTITY", dict(job_types._BY_ENTITY))
    count = contracts.job_types.register(JobType("Count", "count"))
    job_types.register(
        count,
        ClientJobType(
            entity=f"{__name__}:CountJob",
            to_arm=f"{__name__}:count_to_arm",
            from_arm=f"{__name__}:count_from_arm",
            schema=f"{__name__}:COUNT_SCHEMA",
        ),
    )
    return count


@pytest.mark.usefixtures("count")
def test_a_job_type_needs_one_registration() -> None:
    job: Any = load_job(io.StringIO("{type: count, name: c, upto: 3}"))
    body = to_arm(job)
    assert body == {"properties": {"jobType": "Count", "upto": 3}}
    again: Any = from_arm({"name": "c", **body})
    assert (again.name, again.upto) == ("c", 3)
    job.dump(file := io.StringIO())
    assert "upto: 3" in file.getvalue()


def test_a_type_is_registered_once(count: JobType) -> None:
    with pytest.raises(ValueError, match="Count is registered already"):
        job_types.register(count, job_types.CLIENT_JOB_TYPES[count])


def test_every_served_type_is_registered_with_all_its_parts() -> None:
    assert set(job_types.CLIENT_JOB_TYPES) == set(served_types())
    for registration in job_types.CLIENT_JOB_TYPES.values():
        assert issubclass(load(registration.entity), Job)
        assert callable(load(registration.to_arm))
        assert callable(load(registration.from_arm))
        assert isinstance(load(registration.schema), ObjectSchema)


def test_a_policy_needs_one_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POLICIES, HalvingPolicy.kind, HalvingPolicy)
    job = read(policy="{type: halving, keep_fraction: 0.25, delay_evaluation: 2}")
    assert job.early_termination == HalvingPolicy(keep_fraction=0.25, delay_evaluation=2)
    assert round_trip(job)["earlyTermination"] == {
        "policyType": "Halving",
        "delayEvaluation": 2,
        "evaluationInterval": 1,
        "keepFraction": 0.25,
    }
    with pytest.raises(gateway.exceptions.ValidationException, match="keep_fraction: required field is missing"):
        read(policy="{type: halving}")
    assert gateway.sweep.HalvingPolicy is HalvingPolicy


def test_a_sampling_algorithm_needs_one_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAMPLING_ALGORITHMS, AnnealingAlgorithm.kind, AnnealingAlgorithm)
    job = read()
    job.sampling_algorithm = AnnealingAlgorithm(first_step=3)
    body = to_arm(job)
    assert body["properties"]["samplingAlgorithm"] == {"samplingAlgorithmType": "Annealing", "firstStep": 3}
    again: Any = from_arm({"name": "s", **body})
    assert again.sampling_algorithm == AnnealingAlgorithm(first_step=3)
    assert gateway.sweep.AnnealingAlgorithm is AnnealingAlgorithm


def test_a_distribution_of_the_search_space_needs_one_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DISTRIBUTIONS, Triangular.kind, Triangular)
    job = read(drawn="{type: triangular, low: 0, mode: 1, high: 2.5}")
    assert round_trip(job)["searchSpace"] == {"x": ["triangular", [0, 1, 2.5]]}
    assert gateway.sweep.Triangular is Triangular


def test_a_distribution_over_nodes_needs_one_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DISTRIBUTION_CONFIGURATIONS, HorovodDistribution.kind, HorovodDistribution)
    job = read(distribution="distribution: {type: horovod, slots: 4}")
    assert round_trip(job)["trial"]["distribution"] == {"slots": 4, "distributionType": "Horovod"}


def test_the_public_list_has_every_registered_class() -> None:
    registered = {cls.__name__ for table in (POLICIES, SAMPLING_ALGORITHMS, DISTRIBUTIONS) for cls in table.values()}
    assert registered <= set(gateway.sweep.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        gateway.sweep.nope  # noqa: B018
