"""Rules for the graph of a pipeline: what is refused of its steps, and what is only pointed out."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.job_types import JOB_TYPES
from contracts.rules import Finding, check_job


def step(**parts: Any) -> dict[str, Any]:
    return {"name": "s", "type": "command", "componentId": "azureml:c:1", **parts}


def found(jobs: dict[str, Any], **properties: Any) -> list[Finding]:
    return check_job({"properties": {"jobType": "Pipeline", "jobs": jobs, "inputs": {}, **properties}})


def codes(jobs: dict[str, Any], **properties: Any) -> list[str]:
    return [f"{one.severity}:{one.code}" for one in found(jobs, **properties)]


@pytest.mark.parametrize("kind", [one.yaml_name for one in JOB_TYPES.values() if one.refusal])
def test_a_step_of_a_type_that_is_not_served_is_refused_by_name_with_what_to_do(kind: str) -> None:
    (refused,) = found({"a": step(type=kind)})
    assert (refused.code, refused.path) == ("UnservedStep", "$.properties.jobs.a.type")
    assert refused.message == f"Steps of type {kind} are not run here."
    assert refused.remedy


@pytest.mark.parametrize("kind", [one.name for one in JOB_TYPES.values() if one.refusal])
def test_a_job_of_a_type_that_is_not_served_is_refused_by_name_with_what_to_do(kind: str) -> None:
    (refused,) = check_job({"properties": {"jobType": kind, "taskDetails": {}}})
    assert (refused.code, refused.path) == ("UnservedJob", "$.properties.jobType")
    assert refused.message == f"Jobs of type {kind} are not run here."
    assert refused.remedy


def test_a_binding_within_a_text_is_checked_like_a_whole_one() -> None:
    assert codes({"a": step(inputs={"x": {"value": "v-${{parent.jobs.b.outputs.o}}"}})}) == ["error:UnknownStep"]
    assert codes({"a": step(inputs={"x": {"value": "v-${{parent.outputs.o}}"}})}) == ["error:UnknownBinding"]
    assert codes({"a": step(inputs={"x": {"value": "v-${{parent.inputs.o}}"}})}) == []


def test_the_name_of_the_pipeline_is_accepted_with_a_warning() -> None:
    assert codes({"a": step(inputs={"x": {"value": "${{parent.name}}"}})}) == ["warning:UnknownBinding"]


def test_two_steps_that_write_to_one_path_are_pointed_out() -> None:
    def writes(path: str) -> dict[str, Any]:
        return step(outputs={"o": {"uri": path, "job_output_type": "uri_folder"}})

    assert codes({"a": writes("azureml://d/x/"), "b": writes("azureml://d/x")}) == ["warning:SharedPath"]
    assert codes({"a": writes("azureml://d/x"), "b": writes("azureml://d/y")}) == []
    assert codes({"a": writes("azureml://d/${{name}}"), "b": writes("azureml://d/${{name}}")}) == []


READS_A = {"inputs": {"x": {"value": "${{parent.jobs.a.outputs.o}}"}}}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"on_init": "a"}, ["error:ConnectedStep"]),
        ({"on_finalize": "b"}, ["error:ConnectedStep"]),
        ({"on_init": "nobody"}, ["error:UnknownStep"]),
        ({"on_init": "c", "on_finalize": "c"}, ["error:SameStep"]),
        ({"on_init": "c"}, []),
    ],
)
def test_the_first_and_the_last_step_stand_apart_from_the_others(settings: dict[str, str], expected: list[str]) -> None:
    assert codes({"a": step(), "b": step(**READS_A), "c": step()}, settings=settings) == expected


def test_a_pipeline_of_nothing_but_a_first_and_a_last_step_is_refused() -> None:
    settings = {"on_init": "a", "on_finalize": "b"}
    assert codes({"a": step(), "b": step()}, settings=settings) == ["error:NoSteps"]


def test_a_thousand_steps_are_checked_and_their_cycle_is_told_in_a_line() -> None:
    jobs = {
        f"s{n}": step(inputs={"x": {"value": f"${{{{parent.jobs.s{(n + 1) % 1000}.outputs.o}}}}"}}) for n in range(1000)
    }
    (cycle,) = found(jobs)
    assert cycle.code == "Cycle"
    assert "s8 <- ... (1000 steps) <- s0" in cycle.message


def test_a_setting_that_is_not_known_is_accepted_with_a_warning() -> None:
    (one,) = found({"a": step()}, settings={"default_datestore": "d", "force_rerun": True})
    assert (one.severity, one.code, one.remedy) == ("warning", "UnknownSetting", "Did you mean default_datastore?")
