"""What the api-versions can carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.api_version import DEFAULT_API_VERSION, PREVIEW_ONLY, date_of, without_unsupported
from gateway import to_arm
from gateway.entities import CommandJob, Output, QueueSettings
from gateway.sweep import RandomSamplingAlgorithm, SweepJob, Uniform

STABLE = "2025-12-01"


def a_sweep(**arguments: Any) -> SweepJob:
    trial = CommandJob(command="x", environment="e:1", resources={"instance_count": 2, "locations": ["eastus"]})
    return SweepJob(trial=trial, search_space={"lr": Uniform(0, 1)}, **arguments)


def test_a_stable_version_loses_what_only_previews_have_and_says_so() -> None:
    job = a_sweep(
        sampling_algorithm=RandomSamplingAlgorithm(seed=1, logbase=2),
        queue_settings=QueueSettings(job_tier="spot", priority="low"),
        outputs={"m": Output(name="model", version="3")},
    )
    with pytest.warns(UserWarning, match="2025-12-01 has no") as warned:
        properties = to_arm(job, api_version=STABLE)["properties"]
    said = {str(warning.message).split(" has no ")[1].split(";")[0] for warning in warned}
    assert said == {
        "resources",
        "samplingAlgorithm.logbase",
        "queueSettings.priority",
        "trial.resources.locations",
        "outputs.m.assetVersion",
    }
    assert properties["samplingAlgorithm"] == {"seed": 1, "samplingAlgorithmType": "Random"}
    assert properties["trial"]["resources"] == {"instanceCount": 2, "properties": {}}
    assert "resources" not in properties


@pytest.mark.parametrize("version", ["2024-01-01-preview", "2023-04-01-preview"])
def test_a_preview_before_2025_carries_everything(version: str) -> None:
    job = a_sweep(sampling_algorithm=RandomSamplingAlgorithm(logbase="e"))
    assert to_arm(job, api_version=version) == to_arm(job)


@pytest.mark.parametrize("version", ["2025-01-01-preview", "2031-01-01-preview"])
def test_a_preview_from_2025_on_carries_what_stable_versions_do(version: str) -> None:
    job = a_sweep(sampling_algorithm=RandomSamplingAlgorithm(logbase="e"))
    with pytest.warns(UserWarning, match=f"{version} has no") as warned:
        properties = to_arm(job, api_version=version)["properties"]
    assert any("samplingAlgorithm.logbase" in str(warning.message) for warning in warned)
    assert properties["samplingAlgorithm"] == {"samplingAlgorithmType": "Random"}


def test_a_command_keeps_its_resources_in_every_version() -> None:
    job = CommandJob(command="x", environment="e:1", resources={"instance_count": 2})
    assert to_arm(job, api_version=STABLE) == to_arm(job)


def test_ray_is_lost_in_stable_versions() -> None:
    job = CommandJob(command="x", environment="e:1", distribution={"type": "ray"})
    with pytest.warns(UserWarning, match="has no distribution"):
        assert "distribution" not in to_arm(job, api_version=STABLE)["properties"]


@pytest.mark.oracle
def test_the_table_holds_what_the_published_definitions_differ_in(corpus: Path) -> None:
    preview, stable = (
        json.loads((corpus / "openapi" / f"machinelearning_{version}_selfcontained.json").read_text())["definitions"]
        for version in (DEFAULT_API_VERSION, STABLE)
    )

    def lost(definition: str) -> set[str]:
        return set(preview[definition]["properties"]) - set(stable[definition]["properties"])

    first = {path[0] for path in PREVIEW_ONLY if len(path) == 1}
    assert lost("CommandJob") | lost("SweepJob") == (first | {"resources"}) - {"parentJobName"}
    assert lost("SweepJob") - lost("CommandJob") == {"resources", "componentConfiguration"}
    for definition, where in {
        "RandomSamplingAlgorithm": ("samplingAlgorithm",),
        "QueueSettings": ("queueSettings",),
        "JobResourceConfiguration": ("resources",),
        "TrialComponent": ("trial",),
        "UriFileJobInput": ("inputs", "*"),
        "UriFileJobOutput": ("outputs", "*"),
    }.items():
        assert lost(definition) == {path[-1] for path in PREVIEW_ONLY if path[:-1] == where}, definition


def test_the_given_properties_are_not_changed() -> None:
    given = {"jobType": "Sweep", "samplingAlgorithm": {"logbase": 2}}
    kept, lost = without_unsupported(given, STABLE)
    assert (kept, lost) == ({"jobType": "Sweep", "samplingAlgorithm": {}}, ["samplingAlgorithm.logbase"])
    assert given == {"jobType": "Sweep", "samplingAlgorithm": {"logbase": 2}}


@pytest.mark.parametrize("version", ["2025-12-01", "2025-12-01-preview", "2025-12-01-privatepreview", "2025-12-01-rc"])
def test_an_api_version_is_a_date_with_or_without_a_stage(version: str) -> None:
    assert date_of(version) == "2025-12-01"


@pytest.mark.parametrize("version", ["", "foo", "2025-13-01", "2025-12-01-Preview", "2025-12-01-preview ", "20251201"])
def test_what_is_no_api_version_is_refused_where_a_body_is_made(version: str) -> None:
    with pytest.raises(ValueError, match="is not an api-version; write a date such as 2025-12-01"):
        to_arm(a_sweep(), api_version=version)
    with pytest.raises(ValueError, match="is not an api-version; write a date such as 2025-12-01"):
        a_sweep().validate(api_version=version)
