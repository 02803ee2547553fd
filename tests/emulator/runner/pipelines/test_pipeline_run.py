"""Pipelines that run: order, data, failure, cancel, nesting, registration, reuse."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import assets
from emulator.storage.workspaces import guid_of
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeHouse
from tests.emulator.runner.pipelines.conftest import (
    FOLDER,
    command_step,
    component,
    executionlog,
    pipeline,
    put_pipeline,
    steps_of,
)


def statuses(instance: EmulatorInstance, name: str = "p") -> dict[str, str]:
    return {step: str(run.status) for step, run in steps_of(instance, name).items()}


def producer(instance: EmulatorInstance, **parts: Any) -> dict[str, Any]:
    return command_step(instance, "echo made > ${{outputs.o}}/f", outputs={"o": FOLDER}, **parts)


def consumer(instance: EmulatorInstance, of: str, line: str = "cat ${{inputs.i}}/f", **port: Any) -> dict[str, Any]:
    bound = {"value": f"${{{{parent.jobs.{of}.outputs.o}}}}", "job_input_type": "literal"}
    return command_step(instance, line, ports={"i": {**FOLDER, **port}}, inputs={"i": bound})


def test_a_step_reads_what_another_wrote(house: EmulatorInstance) -> None:
    job = pipeline(house, {"second": consumer(house, "first"), "first": producer(house)})
    assert job.status is JobStatus.COMPLETED
    steps = steps_of(house)
    assert "made" in house.log(steps["second"].name)
    assert [uuid.UUID(step.name).version for step in steps.values()] == [5, 5]
    folder = house.place.container(f"azureml-blobstore-{guid_of(WORKSPACE)}") / "azureml" / steps["first"].name / "o"
    assert (folder / "f").read_text() == "made\n"
    first, second = steps["first"].name, steps["second"].name
    lines = executionlog(house)
    assert [line.partition(" runs,")[0] for line in lines if "runs" in line][:2] == ["Submitting 1", "Submitting 1"]
    assert lines[1] == f"Completing processing run id {first}."
    assert lines[3:] == [
        f"Completing processing run id {second}.",
        "Finishing experiment: no runs left and nothing to schedule.",
    ]
    assert "azureml.pipelines.stages" in house.labels("p", "property")


def test_literals_reach_the_environment_as_text(house: EmulatorInstance) -> None:
    step = command_step(
        house,
        "echo got $AZUREML_PARAMETER_n $[[--x ${{inputs.x}}]] ${{inputs.d}}",
        ports={
            "n": {"type": "integer"},
            "x": {"type": "number", "optional": "True"},
            "d": {"type": "string", "default": "dd"},
        },
        inputs={"n": {"value": "${{parent.inputs.rows}}", "job_input_type": "literal"}},
    )
    pipeline(house, {"s": step}, inputs={"rows": {"jobInputType": "literal", "value": "7"}})
    assert house.log(steps_of(house)["s"].name).split() == ["got", "7", "dd"]


def test_a_failure_ends_what_needs_the_step_and_nothing_else(house: EmulatorInstance) -> None:
    steps = {
        "bad": command_step(house, "exit 3", outputs={"o": FOLDER}),
        "needs": consumer(house, "bad"),
        "can_do_without": consumer(house, "bad", "echo $[[${{inputs.i}}]]", optional="True"),
        "apart": command_step(house, "true"),
    }
    job = pipeline(house, steps)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["message"].startswith("Pipeline has failed child jobs. Failed nodes: /bad.")
    assert statuses(house) == {"bad": "Failed", "can_do_without": "Completed", "apart": "Completed"}


def test_the_first_failure_stops_a_pipeline_that_does_not_go_on(house: EmulatorInstance) -> None:
    steps = {
        "long": command_step(house, "sleep 1000"),
        "bad": command_step(house, "exit 3", outputs={"o": FOLDER}),
        "later": consumer(house, "bad"),
    }
    assert pipeline(house, steps, settings={"continue_on_step_failure": False}).status is JobStatus.FAILED
    assert statuses(house) == {"long": "Canceled", "bad": "Failed"}
    assert house.left_behind() == []


def test_a_cancel_ends_every_step(house: EmulatorInstance) -> None:
    inner = component(house, {"type": "pipeline", "jobs": {"deep": command_step(house, "sleep 1000")}})
    steps = {"long": command_step(house, "sleep 1000"), "nested": {"type": "pipeline", "componentId": inner}}
    put_pipeline(house, steps)
    house.until(lambda: len(house.processes()) >= 2)
    house.cancel("p")
    assert house.ended("p").status is JobStatus.CANCELED
    assert statuses(house) == {"long": "Canceled", "nested": "Canceled"}
    assert house.left_behind() == []
    assert executionlog(house)[-1].startswith("Experiment status is canceled")


def test_a_step_can_be_canceled_alone(house: EmulatorInstance) -> None:
    put_pipeline(house, {"long": command_step(house, "sleep 1000"), "short": command_step(house, "true")})
    house.until(lambda: "long" in steps_of(house) and steps_of(house)["long"].status is JobStatus.RUNNING)
    house.cancel(steps_of(house)["long"].name)
    assert house.ended("p").status is JobStatus.FAILED
    assert statuses(house) == {"long": "Canceled", "short": "Completed"}


def test_a_step_that_cannot_run_fails_and_says_why(house: EmulatorInstance) -> None:
    step = command_step(house, "true", ports={"n": {"type": "integer"}}, inputs={})
    step["componentId"] = WORKSPACE.child("components", "gone", "1")
    job = pipeline(house, {"s": step, "other": command_step(house, "true")})
    assert job.status is JobStatus.FAILED
    failed = steps_of(house)["s"]
    assert failed.error is not None
    assert "is not on this emulator any more" in failed.error["message"]


def test_a_nested_pipeline_hands_on_what_a_step_in_it_wrote(house: EmulatorInstance) -> None:
    inside = producer(house, wired={"o": {"value": "${{parent.outputs.whole}}", "type": "literal"}})
    spec = {"type": "pipeline", "jobs": {"inside": inside}, "outputs": {"whole": FOLDER}}
    bound = {"value": "${{parent.jobs.nested.outputs.whole}}", "job_input_type": "literal"}
    after = command_step(house, "cat ${{inputs.i}}/f", ports={"i": FOLDER}, inputs={"i": bound})
    steps = {"nested": {"type": "pipeline", "componentId": component(house, spec)}, "after": after}
    assert pipeline(house, steps).status is JobStatus.COMPLETED
    assert "made" in house.log(steps_of(house)["after"].name)


def test_outputs_of_steps_and_pipelines_are_registered_under_their_names(house: EmulatorInstance) -> None:
    wired = {"o": {"value": "${{parent.outputs.whole}}", "type": "literal", "name": "of_step", "version": "3"}}
    outputs = {"whole": {"jobOutputType": "uri_folder", "assetName": "of_pipeline"}}
    pipeline(house, {"s": producer(house, wired=wired)}, outputs=outputs)
    conn, run = house.store.reader(), steps_of(house)["s"].name
    for name, version in (("of_step", "3"), ("of_pipeline", "1")):
        made = assets.get(conn, WORKSPACE, "data", name, version)
        assert made is not None
        assert f"/azureml/{run}/o/" in made.document["dataUri"]


def test_an_equal_step_is_not_run_again(house: EmulatorInstance, tmp_path: Path) -> None:
    line = f"echo ran >> {tmp_path}/tally; echo made > ${{{{outputs.o}}}}/f"
    steps = {"first": command_step(house, line, outputs={"o": FOLDER}), "second": consumer(house, "first")}
    pipeline(house, steps, "a")
    pipeline(house, steps, "b")
    again = steps_of(house, "b")
    assert (tmp_path / "tally").read_text() == "ran\n"
    for name in ("first", "second"):
        labels = house.labels(again[name].name, "property")
        assert labels["azureml.isreused"] == "true"
        assert labels["azureml.reusedrunid"] == steps_of(house, "a")[name].name
        assert labels["azureml.reusedpipelinerunid"] == "a"
    assert not [line for line in executionlog(house, "b") if line.startswith("Submitting")]
    pipeline(house, steps, "c", settings={"force_rerun": True})
    assert (tmp_path / "tally").read_text() == "ran\nran\n"


@pytest.mark.parametrize("change", ["is_deterministic", "value", "environment_variables"])
def test_a_step_that_differs_or_must_is_run(house: EmulatorInstance, change: str) -> None:
    def step(value: str) -> dict[str, Any]:
        parts: dict[str, Any] = {"environment_variables": {"V": value}} if change == "environment_variables" else {}
        if change == "value":
            parts = {"inputs": {"n": value}, "ports": {"n": {"type": "string"}}}
        return command_step(house, "true", is_deterministic=str(change != "is_deterministic"), **parts)

    pipeline(house, {"s": step("1")}, "a")
    pipeline(house, {"s": step("2")}, "b")
    assert "azureml.isreused" not in house.labels(steps_of(house, "b")["s"].name, "property")


def test_a_restarted_emulator_goes_on_with_the_graph(make_house: MakeHouse, tmp_path: Path) -> None:
    go = tmp_path / "go"
    house = make_house()
    steps = {
        "first": command_step(
            house, f"echo first >> {tmp_path}/tally; echo made > ${{{{outputs.o}}}}/f", outputs={"o": FOLDER}
        ),
        "waits": consumer(house, "first", f"cat ${{{{inputs.i}}}}/f; [ -e {go} ] || sleep 1000"),
        "last": command_step(house, "true"),
    }
    steps["last"]["inputs"] = {}
    put_pipeline(house, steps)
    house.until(lambda: "waits" in steps_of(house) and steps_of(house)["waits"].status is JobStatus.RUNNING)
    house.close()
    go.touch()
    again = make_house()
    assert again.ended("p").status is JobStatus.COMPLETED
    assert (tmp_path / "tally").read_text() == "first\n"
    assert statuses(again) == dict.fromkeys(("first", "waits", "last"), "Completed")
