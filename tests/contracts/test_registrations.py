"""A job type or a policy that a test adds needs its registration, and no other change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest

from contracts import job_types, sampling_algorithms, termination_policies
from contracts.api_version import without_unsupported
from contracts.arm.base import ArmModel
from contracts.arm.jobs import JobBase, SweepJob, job_resource
from contracts.rules import check_job
from contracts.rules.finding import Node
from contracts.termination_policies import TERMINATION_POLICIES


class QuantumJob(JobBase):
    job_type: Literal["Quantum"] = "Quantum"
    qubits: int


class PatiencePolicy(ArmModel):
    policy_type: Literal["Patience"] = "Patience"
    patience: int


def _check_quantum(properties: Node) -> None:
    if properties["qubits"].integer == 0:
        properties["qubits"].error("NoQubits", "There are 0 qubits.", "Give 1 or more.")


def _check_patience(policy: Node) -> None:
    if (policy["patience"].integer or 0) < 1:
        policy["patience"].error("Impatient", "Nothing would ever be tried.", "Give 1 or more.")


@pytest.fixture
def quantum() -> Iterator[None]:
    quantum = job_types.JobType(
        "Quantum",
        "quantum",
        model=lambda: QuantumJob,
        check=lambda: _check_quantum,
        preview_only=(("qubits",),),
    )
    job_types.register(quantum)
    yield
    job_types.unregister(quantum)


@pytest.fixture
def sweep() -> dict[str, Any]:
    return {
        "properties": {
            "jobType": "Sweep",
            "searchSpace": {"lr": ["uniform", [0, 1]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
            "objective": {"goal": "maximize", "primaryMetric": "accuracy"},
            "trial": {"command": "t ${{search_space.lr}}", "environmentId": "e:1"},
            "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 4},
        }
    }


@pytest.fixture
def patience() -> Iterator[None]:
    policy = termination_policies.TerminationPolicy(
        "Patience", "patience", lambda: PatiencePolicy, lambda: _check_patience
    )
    termination_policies.register(policy)
    yield
    termination_policies.unregister(policy)


def codes(body: dict[str, Any]) -> list[str]:
    return [finding.code for finding in check_job(body)]


@pytest.mark.usefixtures("quantum")
def test_a_registered_job_type_is_read_checked_and_cut_to_an_api_version() -> None:
    body = {"properties": {"jobType": "Quantum", "qubits": 3}}
    assert codes(body) == []
    assert isinstance(job_resource().model_validate(body).properties, QuantumJob)
    assert codes({"properties": {"jobType": "Quantum"}}) == ["Missing"]
    assert codes({"properties": {"jobType": "Quantum", "qubits": 0}}) == ["NoQubits"]
    assert without_unsupported(body["properties"], "2025-12-01") == ({"jobType": "Quantum"}, ["qubits"])


def test_a_job_type_that_is_not_registered_is_refused_with_those_that_are() -> None:
    (finding,) = [one for one in check_job({"properties": {"jobType": "Quantum"}}) if one.path.endswith("jobType")]
    assert finding.expected == f"one of {', '.join(one.name for one in job_types.served_types())}"


@pytest.mark.usefixtures("patience")
def test_a_registered_policy_is_read_and_checked(sweep: dict[str, Any]) -> None:
    sweep["properties"]["earlyTermination"] = {"policyType": "Patience", "patience": 3}
    assert codes(sweep) == []
    assert isinstance(SweepJob.model_validate(sweep["properties"]).early_termination, PatiencePolicy)
    assert job_resource().model_validate(sweep).to_wire() == sweep
    sweep["properties"]["earlyTermination"]["patience"] = 0
    assert codes(sweep) == ["Impatient"]


def test_a_policy_that_is_not_registered_is_refused_with_those_that_are(sweep: dict[str, Any]) -> None:
    sweep["properties"]["earlyTermination"] = {"policyType": "Patience"}
    (finding,) = check_job(sweep)
    assert finding.expected == f"one of {', '.join(TERMINATION_POLICIES)}"


def test_a_policy_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"the policy Bandit .*is registered already"):
        termination_policies.register(
            termination_policies.TerminationPolicy("Bandit", "another", lambda: PatiencePolicy)
        )


class AnnealingAlgorithm(ArmModel):
    sampling_algorithm_type: Literal["Annealing"] = "Annealing"
    temperature: int


def _check_annealing(properties: Node) -> None:
    node = properties["samplingAlgorithm"]["temperature"]
    if (node.integer or 0) < 1:
        node.error("Frozen", "Nothing would ever be tried.", "Give 1 or more.")


@pytest.fixture
def annealing() -> Iterator[None]:
    algorithm = sampling_algorithms.SamplingAlgorithm(
        "Annealing", "annealing", lambda: AnnealingAlgorithm, lambda: _check_annealing, learns=True
    )
    sampling_algorithms.register(algorithm)
    yield
    sampling_algorithms.unregister(algorithm)


@pytest.mark.usefixtures("annealing")
def test_a_registered_sampling_algorithm_is_read_and_checked(sweep: dict[str, Any]) -> None:
    sweep["properties"]["samplingAlgorithm"] = {"samplingAlgorithmType": "Annealing", "temperature": 3}
    assert codes(sweep) == []
    assert isinstance(SweepJob.model_validate(sweep["properties"]).sampling_algorithm, AnnealingAlgorithm)
    assert job_resource().model_validate(sweep).to_wire() == sweep
    sweep["properties"]["samplingAlgorithm"]["temperature"] = 0
    assert codes(sweep) == ["Frozen"]


def test_a_sampling_algorithm_that_is_not_registered_is_refused_with_those_that_are(sweep: dict[str, Any]) -> None:
    sweep["properties"]["samplingAlgorithm"] = {"samplingAlgorithmType": "Annealing"}
    (finding,) = check_job(sweep)
    assert finding.expected == f"one of {', '.join(sampling_algorithms.SAMPLING_ALGORITHMS)}"


def test_a_sampling_algorithm_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"the sampling algorithm Grid .*is registered already"):
        sampling_algorithms.register(
            sampling_algorithms.SamplingAlgorithm("Grid", "another", lambda: AnnealingAlgorithm)
        )
