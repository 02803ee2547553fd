"""A type of job that a test registers is created, shown and refused by its own parts, and needs no other change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import pytest

from contracts import job_types as contract
from contracts.arm.jobs import JobBase
from contracts.job_types import JobType
from contracts.lifecycle import JobStatus
from emulator import job_types
from emulator.job_types import JobParts
from emulator.services.jobs.body import Surroundings
from emulator.services.jobs.labels import Labels, UnlabelledJob
from tests.emulator.api.arm.conftest import WORKSPACE, Client

BODY = {"properties": {"jobType": "Quantum", "qubits": 3, "colour": "blue", "tags": {"mine": "1"}}}


class QuantumJob(JobBase):
    job_type: Literal["Quantum"] = "Quantum"
    qubits: int


def expand(properties: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    return {"qubits": properties["qubits"], "register": f"{around.name}-register"}


def labels(job: UnlabelledJob) -> Labels:
    return Labels({"qubits": str(job.body["qubits"])}, {"origin": job.experiment})


def older(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != "register"}


@pytest.fixture
def quantum() -> Iterator[JobType]:
    made = contract.register(JobType("Quantum", "quantum", model=lambda: QuantumJob))
    job_types.register(
        JobParts(
            made,
            starter="none:none",
            begins=(JobStatus.NOT_STARTED, JobStatus.PREPARING),
            expand=f"{__name__}:expand",
            labels=f"{__name__}:labels",
            older=f"{__name__}:older",
            newer={"qubitsUsed": None},
            has_tracking=False,
        )
    )
    yield made
    job_types.unregister(made)
    contract.unregister(made)


@pytest.mark.usefixtures("quantum")
def test_the_document_of_a_job_is_made_by_the_parts_of_its_type(client: Client) -> None:
    answer = client.arm("PUT", "/jobs/q", json=BODY)
    assert answer.status_code == 201
    properties = answer.json()["properties"]
    assert properties["status"] == "Preparing"
    assert (properties["qubits"], properties["register"], properties["colour"]) == (3, "q-register", "blue")
    assert properties["tags"] == {"mine": "1", "qubits": "3"}
    assert properties["properties"] == {"origin": "Default"}
    assert list(properties["services"]) == ["Studio"]
    assert client.arm("GET", "/jobs/q").content == answer.content
    assert client.arm("PUT", "/jobs/q", json=BODY).status_code == 200


@pytest.mark.usefixtures("quantum")
def test_the_parts_of_a_type_say_what_other_api_versions_have(client: Client) -> None:
    client.arm("PUT", "/jobs/q", json=BODY)
    assert "register" not in client.arm("GET", "/jobs/q", api="2023-04-01-preview").json()["properties"]
    assert "qubitsUsed" in client.arm("GET", "/jobs/q", api="2025-01-01-preview").json()["properties"]


@pytest.mark.parametrize("kind", ["command", "sweep"])
def test_a_compute_that_is_not_there_is_refused_in_the_words_of_the_type(
    kind: str, make_client: Callable[..., Client], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = request.getfixturevalue(kind)
    client = make_client()
    monkeypatch.setattr("emulator.project.project_file.ProjectFile.has_compute", lambda self, name: False)
    body["properties"]["computeId"] = f"{WORKSPACE}/computes/none"
    answer = client.arm("PUT", "/jobs/j", json=body)
    sentences = {
        "command": "Unknown compute target 'none'.",
        "sweep": "exp: Compute Not Found for run ID : j",
    }
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == sentences[kind]
