"""What the emulator answers to the bodies of the official client, against the published definitions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.emulator.api.arm.conftest import Client

pytestmark = pytest.mark.oracle

_GOLDEN = [
    "hello-sweep",
    "sklearn-iris-sweep",
    "sweep-bandit",
    "sweep_job_input_types",
    "sweep_job_minimal_test",
    "sweep_job_random_rule",
]


def without_nulls(value: Any) -> Any:
    """The service answers null where the definitions know only absence."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def definitions(corpus: Path) -> dict[str, Any]:
    path = corpus / "openapi" / "machinelearning_2024-01-01-preview_selfcontained.json"
    found: dict[str, Any] = json.loads(path.read_text())["definitions"]
    return found


@pytest.mark.parametrize("name", _GOLDEN)
def test_each_golden_body_is_accepted_and_answered_as_published(
    client: Client, corpus: Path, definitions: dict[str, Any], name: str
) -> None:
    text = (corpus / "golden" / f"{name}.json").read_text().replace("<generated>", "made-up")
    body = json.loads(text)
    answer = client.arm("PUT", "/jobs/j", json=body)
    assert answer.status_code == 201, answer.text
    document = without_nulls(client.arm("GET", "/jobs/j").json())
    jsonschema.validate(document["properties"], {"$ref": "#/definitions/SweepJob", "definitions": definitions})
    assert client.arm("PUT", "/jobs/j", json=answer.json()).status_code == 200


def test_a_grid_over_continuous_ranges_is_refused_by_the_names_of_the_parameters(client: Client, corpus: Path) -> None:
    text = (corpus / "golden" / "sweep_job_grid_sampling_algorithm_object.json").read_text()
    answer = client.arm("PUT", "/jobs/j", json=json.loads(text.replace("<generated>", "made-up")))
    assert answer.status_code == 400
    assert answer.json()["error"]["target"] == "properties.searchSpace.lr"


def test_a_command_job_is_answered_as_published(
    client: Client, command: dict[str, Any], definitions: dict[str, Any]
) -> None:
    client.arm("PUT", "/jobs/j", json=command)
    document = without_nulls(client.arm("GET", "/jobs/j").json())
    jsonschema.validate(document["properties"], {"$ref": "#/definitions/CommandJob", "definitions": definitions})
