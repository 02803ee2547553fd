"""The members that newer api-versions know are those of the published definitions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from contracts import termination_policies
from contracts.arm.base import ArmModel
from contracts.job_types import COMMAND, SWEEP, JobType
from contracts.rules.finding import Node
from contracts.rules.members import ObjectType, type_at, unknown_members
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.termination_policies import TERMINATION_POLICIES, TerminationPolicy


def at(job_type: JobType, *place: str, **node: str) -> ObjectType:
    found = type_at(job_type, place, Node(node, "$", []))
    assert found is not None
    return found


def types() -> Iterator[ObjectType]:
    """Every type of an object that is looked into."""
    yield from (at(COMMAND), at(COMMAND, "limits"), at(SWEEP), at(SWEEP, "limits"))
    yield from (at(SWEEP, "trial"), at(SWEEP, "objective"))
    for kind in ("uri_file", "uri_folder", "mltable", "custom_model", "mlflow_model", "triton_model"):
        yield at(COMMAND, "inputs", "*", jobInputType=kind)
        yield at(COMMAND, "outputs", "*", jobOutputType=kind)
    yield at(COMMAND, "inputs", "*", jobInputType="literal")
    yield from (at(SWEEP, "samplingAlgorithm", samplingAlgorithmType=name) for name in SAMPLING_ALGORITHMS)
    yield from (at(SWEEP, "earlyTermination", policyType=name) for name in TERMINATION_POLICIES)


@pytest.mark.oracle
def test_the_members_are_those_of_the_definitions(corpus: Path) -> None:
    text = (corpus / "openapi" / "machinelearning_2025-12-01_selfcontained.json").read_text()
    definitions = json.loads(text)["definitions"]
    for found in types():
        more = {"parentJobName"} if found.name in ("CommandJob", "SweepJob") else set()
        assert found.members == set(definitions[found.name]["properties"]) | more, found.name


def test_members_of_a_policy_are_those_of_its_registration() -> None:
    class PatiencePolicy(ArmModel):
        policy_type: Literal["Patience"] = "Patience"
        most_misses: int

    policy = termination_policies.register(TerminationPolicy("Patience", "patience", lambda: PatiencePolicy))
    try:
        early = {"policyType": "Patience", "mostMisses": 3, "slackFactor": 0.1}
        body = {"properties": {"jobType": "Sweep", "earlyTermination": early}}
        (found,) = unknown_members(Node(body, "$", []), "2025-12-01")
    finally:
        termination_policies.unregister(policy)
    assert (found.name, found.type) == ("slackFactor", "PatiencePolicy")


def test_members_that_previews_alone_have_are_unknown() -> None:
    algorithm = {"samplingAlgorithmType": "Random", "logbase": "e"}
    trial = {"command": "x", "environmentId": "e:1", "resources": {"locations": ["here"]}}
    body = {"properties": {"jobType": "Sweep", "samplingAlgorithm": algorithm, "trial": trial, "resources": {}}}
    found = unknown_members(Node(body, "$", []), "2025-12-01")
    assert [(one.name, one.type) for one in found] == [
        ("logbase", "RandomSamplingAlgorithm"),
        ("resources", "SweepJob"),
    ]


def test_each_place_of_a_member_has_its_own_position() -> None:
    output = {"jobOutputType": "uri_folder", "assetVersion": "1"}
    body = {"properties": {"jobType": "Command", "outputs": {"a": output, "b": output}}}
    found = unknown_members(Node(body, "$", []), "2025-01-01-preview")
    text = json.dumps(body)
    first = text.index('"assetVersion"') + len('"assetVersion"')
    assert [one.position for one in found] == [first, text.index('"assetVersion"', first) + len('"assetVersion"')]


def test_earlier_versions_keep_what_they_do_not_know() -> None:
    body = {"properties": {"jobType": "Command", "nonsense": 1}}
    assert unknown_members(Node(body, "$", []), "2024-01-01-preview") == []
    assert unknown_members(Node(body, "$", []), "2024-10-01") == []


PREVIEW = "2024-01-01-preview"
FIELDS = {
    "samplingAlgorithm__logbase": "e",
    "resources": {"instanceCount": 2},
    "queueSettings": {"priority": 2},
    "outputs__model__assetVersion": "3",
}


def test_a_preview_version_carries_every_field(check: Any) -> None:
    assert check(api_version=PREVIEW, **FIELDS) == []


def test_each_field_that_a_stable_version_lacks_is_named_in_a_warning(check: Any) -> None:
    findings = check(api_version="2024-10-01", **FIELDS)
    assert {found.severity for found in findings} == {"warning"}
    assert {found.path for found in findings} == {
        "$.properties.samplingAlgorithm.logbase",
        "$.properties.resources",
        "$.properties.queueSettings.priority",
        "$.properties.outputs.model.assetVersion",
    }


@pytest.mark.parametrize("version", ["2025-01-01-preview", "2025-12-01"])
def test_a_newer_version_refuses_members_that_it_does_not_have(check: Any, version: str) -> None:
    found = {one.path: (one.severity, one.code) for one in check(api_version=version, **FIELDS)}
    assert found == {
        "$.properties.samplingAlgorithm.logbase": ("error", "UnknownMember"),
        "$.properties.resources": ("error", "UnknownMember"),
        "$.properties.queueSettings.priority": ("warning", "NotInApiVersion"),
        "$.properties.outputs.model.assetVersion": ("error", "UnknownMember"),
    }


def test_the_service_s_sentence_names_member_type_and_position(check: Any) -> None:
    (found,) = check(api_version="2025-12-01", outputs__model__assetVersion="3")
    assert found.message.startswith("Could not find member 'assetVersion' on object of type 'UriFolderJobOutput'. ")
    assert " Path 'assetVersion', line 1, position " in found.message
