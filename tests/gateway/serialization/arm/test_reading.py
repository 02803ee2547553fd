"""What the gateway reads out of a body is what the official SDK reads, and travels again as it came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from gateway import from_arm, to_arm
from gateway.builders.command import Command
from gateway.entities import ManagedIdentityConfiguration, QueueSettings, SweepJob
from gateway.exceptions import JobException, JobParsingError
from gateway.sweep import Choice, Uniform
from tests.gateway.serialization.arm.descriptions import REFUSED, Made, gateway_bytes, sdk_job
from tests.gateway.serialization.arm.reading import as_the_service_answers, differences
from tests.gateway.serialization.arm.strategies import jobs

SWEEP: dict[str, Any] = {
    "jobType": "Sweep",
    "searchSpace": {"lr": ["uniform", [0, 1]]},
    "trial": {"command": "echo", "environmentId": "e:1"},
}


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
def test_each_attribute_is_what_the_official_sdk_reads() -> None:
    @given(jobs)
    def check(described: Made) -> None:
        body = gateway_bytes(described)
        if body == REFUSED:
            return
        resource = as_the_service_answers(json.loads(body)["properties"])
        assert list(differences(from_arm(resource), sdk_job(resource))) == []

    check()


@given(jobs)
def test_a_body_survives_reading_and_writing(described: Made) -> None:
    body = gateway_bytes(described)
    if body != REFUSED:
        sent = json.loads(body)
        assert to_arm(from_arm(sent)) == _as_the_official_reader_sees(sent)


def _as_the_official_reader_sees(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what the official reader loses too."""
    properties = dict(body["properties"])
    properties.pop("parentJobName", None)
    lost = "dockerArgsList" if properties["jobType"] == "Sweep" else "maxInstanceCount"
    if "resources" in properties:
        properties["resources"] = _without(properties["resources"], lost)
    if "resources" in properties.get("trial", {}):
        resources = _without(properties["trial"]["resources"], "maxInstanceCount")
        properties["trial"] = {**properties["trial"], "resources": resources}
    return {"properties": properties}


def _without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


def test_a_sweep_is_read_with_nulls_and_unknown_keys() -> None:
    job = from_arm({"name": "n", "properties": {**SWEEP, "limits": None, "objective": None, "tags": None, "new": 1}})
    assert isinstance(job, SweepJob)
    assert (job.limits, job.objective, job.tags, job.inputs) == (None, None, {}, {})


def test_a_command_is_read_as_a_node_that_keeps_its_name() -> None:
    job = from_arm({"name": "Upper", "properties": {"jobType": "Command", "command": "x", "environmentId": "e:1"}})
    assert isinstance(job, Command)
    assert job.name == "Upper"


def test_conditional_spaces_get_their_distributions_back() -> None:
    space = {"x": ["choice", [[{"kernel": "rbf", "gamma": ["uniform", [0, 1]]}, "plain"]]]}
    job = from_arm({"properties": {**SWEEP, "searchSpace": space}})
    assert isinstance(job, SweepJob)
    assert job.search_space == {"x": Choice([{"kernel": "rbf", "gamma": Uniform(0, 1)}, "plain"])}


def test_the_object_id_of_an_identity_is_read_as_such() -> None:
    """The official reader puts the client id there; that would change the identity when the job is sent again."""
    identity = {"identityType": "Managed", "clientId": "c", "objectId": "o"}
    job = from_arm({"properties": {**SWEEP, "identity": identity}})
    assert isinstance(job, SweepJob)
    assert isinstance(job.identity, ManagedIdentityConfiguration)
    assert (job.identity.client_id, job.identity.object_id) == ("c", "o")


def test_queue_settings_can_be_sent_again() -> None:
    settings = {"jobTier": "Spot", "priority": 3}
    job = from_arm({"properties": {**SWEEP, "queueSettings": settings}})
    assert isinstance(job, SweepJob)
    assert job.queue_settings == QueueSettings(job_tier="Spot", priority="high")
    assert to_arm(job)["properties"]["queueSettings"] == settings


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({**SWEEP, "searchSpace": {"lr": ["triangle", [0, 1]]}}, "searchSpace.lr"),
        ({**SWEEP, "searchSpace": {"lr": ["uniform", [0]]}}, "searchSpace.lr"),
        ({**SWEEP, "identity": {"identityType": "Robot"}}, "identityType"),
        ({**SWEEP, "inputs": {"x": {"jobInputType": "tape"}}}, "inputs.x"),
        ({**SWEEP, "outputs": {"x": {"jobOutputType": "tape"}}}, "outputs.x"),
        ({**SWEEP, "limits": {"timeout": "1 hour"}}, "limits: '1 hour' is not an ISO-8601 duration"),
        (None, "no properties"),
    ],
)
def test_what_cannot_be_read_is_named(properties: dict[str, Any] | None, said: str) -> None:
    with pytest.raises(JobParsingError, match=said):
        from_arm({"name": "n", "properties": properties})


def test_other_kinds_of_jobs_are_refused() -> None:
    with pytest.raises(JobException, match="Unsupported job type AutoML"):
        from_arm({"properties": {"jobType": "AutoML"}})
