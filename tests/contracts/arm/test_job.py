from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.arm.jobs import SweepJob, job_resource

SWEEP: dict[str, Any] = {
    "properties": {
        "jobType": "Sweep",
        "searchSpace": {"lr": ["uniform", [0, 1]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
        "objective": {"goal": "maximize", "primaryMetric": "acc"},
        "trial": {"command": "python t.py", "environmentId": "e:1"},
    }
}


def bodies(folder: Path) -> list[dict[str, Any]]:
    found = []
    for file in sorted(folder.rglob("*.json")):
        answers = [answer.get("body", {}) for answer in json.loads(file.read_text())["responses"].values()]
        found += [item for body in answers for item in body.get("value", [body]) if item.get("properties")]
    return found


def test_the_goldens_of_the_official_client_come_back_as_they_were(corpus: Path) -> None:
    for file in sorted((corpus / "golden").glob("*.json")):
        body = json.loads(file.read_text())
        assert job_resource().model_validate(body).to_wire() == body, file.name


def test_recorded_answers_of_the_service_come_back_as_they_were(corpus: Path) -> None:
    recording = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())
    for entry in recording["entries"]:
        assert job_resource().model_validate(entry["response"]).to_wire() == entry["response"]


def test_the_official_examples_come_back_as_they_were(corpus: Path) -> None:
    examples = [
        *bodies(corpus / "openapi" / "examples" / "Job" / "SweepJob"),
        *bodies(corpus / "openapi" / "examples" / "Job" / "CommandJob"),
    ]
    assert len(examples) >= 8
    for body in examples:
        assert job_resource().model_validate(body).to_wire() == body


def test_unknown_keys_of_newer_api_versions_are_kept() -> None:
    body = json.loads(json.dumps(SWEEP))
    body["properties"]["trial"]["novelty"] = {"a": [1]}
    assert job_resource().model_validate(body).to_wire() == body


def test_the_job_type_decides_the_model() -> None:
    assert isinstance(job_resource().model_validate(SWEEP).properties, SweepJob)


def test_a_job_type_without_a_model_is_refused() -> None:
    with pytest.raises(ValidationError, match="expected tags: 'Sweep', 'Command', 'Pipeline'"):
        job_resource().model_validate({"properties": {"jobType": "AutoML"}})
