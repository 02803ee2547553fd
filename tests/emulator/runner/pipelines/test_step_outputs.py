"""What steps hand on that is not a folder or file of their own: values, and all that a run uploads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from contracts.lifecycle import JobStatus
from emulator.storage import labels
from tests.emulator.runner.conftest import EmulatorInstance
from tests.emulator.runner.pipelines.conftest import (
    FOLDER,
    command_step,
    pipeline,
    put_pipeline,
    steps_of,
)


def test_an_output_called_artifacts_that_the_command_does_not_name_is_all_that_the_run_uploads(
    instance: EmulatorInstance,
) -> None:
    first = command_step(instance, "echo made > outputs/f", outputs={"artifacts": FOLDER})
    bound = {"i": {"value": "${{parent.jobs.first.outputs.artifacts}}", "job_input_type": "literal"}}
    second = command_step(instance, "cat ${{inputs.i}}/outputs/f", ports={"i": FOLDER}, inputs=bound)
    assert pipeline(instance, {"first": first, "second": second}).status is JobStatus.COMPLETED
    assert "made" in instance.log(steps_of(instance)["second"].name)


def _deciding(instance: EmulatorInstance, line: str) -> dict[str, Any]:
    """A step that gives a value, and one that reads it."""
    bound = {"n": {"value": "${{parent.jobs.first.outputs.n}}", "job_input_type": "literal"}}
    number = {"n": {"type": "integer"}}
    second = command_step(instance, "echo got ${{inputs.n}}", ports=number, inputs=bound)
    return {"first": command_step(instance, line, outputs=number), "second": second}


def test_a_value_that_a_step_writes_into_its_property_is_handed_on(instance: EmulatorInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    put_pipeline(instance, _deciding(instance, f"until [ -e {go} ]; do sleep 0.01; done"))
    instance.until(lambda: "first" in steps_of(instance))
    own = {"azureml.pipeline.control": '{"n": 7}'}
    first = steps_of(instance)["first"].id
    instance.store.write(lambda conn: labels.merge(conn, first, "property", own)).result()
    go.touch()
    assert instance.ended("p").status is JobStatus.COMPLETED
    assert "got 7" in instance.log(steps_of(instance)["second"].name)


def test_a_value_that_was_not_written_fails_the_step_that_reads_it(instance: EmulatorInstance) -> None:
    assert pipeline(instance, _deciding(instance, "true")).status is JobStatus.FAILED
    failed = steps_of(instance)["second"]
    assert failed.error is not None
    assert failed.error["message"].endswith("Linked parameter name is n")
