"""Pipelines that run: order, data, failure, cancel, nesting, registration, reuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from contracts.lifecycle import JobStatus
from emulator.services.context import Emulator
from emulator.services.jobs import import_job
from emulator.services.jobs.pipeline_explanation import pipeline_explanation
from emulator.services.jobs.record import JobDocument, document_of
from emulator.storage import assets, jobs
from emulator.storage.workspaces import guid_of
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance
from tests.emulator.runner.pipelines.conftest import (
    FOLDER,
    command_step,
    component,
    consumer,
    executionlog,
    pipeline,
    producer,
    put_pipeline,
    statuses,
    steps_of,
)


def test_a_step_reads_what_another_wrote(instance: EmulatorInstance) -> None:
    job = pipeline(instance, {"second": consumer(instance, "first"), "first": producer(instance)})
    assert job.status is JobStatus.COMPLETED
    steps = steps_of(instance)
    assert "made" in instance.log(steps["second"].name)
    assert [uuid.UUID(step.name).version for step in steps.values()] == [5, 5]
    folder = instance.place.container(f"azureml-blobstore-{guid_of(WORKSPACE)}") / "azureml" / steps["first"].name / "o"
    assert (folder / "f").read_text() == "made\n"
    first, second = steps["first"].name, steps["second"].name
    lines = executionlog(instance)
    assert [line.partition(" runs,")[0] for line in lines if "runs" in line][:2] == ["Submitting 1", "Submitting 1"]
    assert lines[1] == f"Completing processing run id {first}."
    assert lines[3:] == [
        f"Completing processing run id {second}.",
        "Finishing experiment: no runs left and nothing to schedule.",
    ]
    assert "azureml.pipelines.stages" in instance.labels("p", "property")


def test_literals_reach_the_environment_as_text(instance: EmulatorInstance) -> None:
    step = command_step(
        instance,
        "echo got $AZUREML_PARAMETER_n $[[--x ${{inputs.x}}]] ${{inputs.d}}",
        ports={
            "n": {"type": "integer"},
            "x": {"type": "number", "optional": "True"},
            "d": {"type": "string", "default": "dd"},
        },
        inputs={"n": {"value": "${{parent.inputs.rows}}", "job_input_type": "literal"}},
    )
    pipeline(instance, {"s": step}, inputs={"rows": {"jobInputType": "literal", "value": "7"}})
    assert instance.log(steps_of(instance)["s"].name).split() == ["got", "7", "dd"]


def test_a_failure_ends_what_needs_the_step_and_nothing_else(instance: EmulatorInstance) -> None:
    steps = {
        "bad": command_step(instance, "exit 3", outputs={"o": FOLDER}),
        "needs": consumer(instance, "bad"),
        "can_do_without": consumer(instance, "bad", "echo $[[${{inputs.i}}]]", optional="True"),
        "apart": command_step(instance, "true"),
    }
    job = pipeline(instance, steps)
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["message"].startswith("Pipeline has failed child jobs. Failed nodes: /bad.")
    assert statuses(instance) == {"bad": "Failed", "can_do_without": "Completed", "apart": "Completed"}


def test_the_first_failure_stops_a_pipeline_that_does_not_go_on(instance: EmulatorInstance) -> None:
    steps = {
        "long": command_step(instance, "sleep 1000"),
        "bad": command_step(instance, "exit 3", outputs={"o": FOLDER}),
        "later": consumer(instance, "bad"),
    }
    assert pipeline(instance, steps, settings={"continue_on_step_failure": False}).status is JobStatus.FAILED
    assert statuses(instance) == {"long": "Canceled", "bad": "Failed"}
    assert instance.left_behind() == []


def test_a_cancel_ends_every_step(instance: EmulatorInstance) -> None:
    inner = component(instance, {"type": "pipeline", "jobs": {"deep": command_step(instance, "sleep 1001")}})
    steps = {"long": command_step(instance, "sleep 1000"), "nested": {"type": "pipeline", "componentId": inner}}
    put_pipeline(instance, steps)
    instance.until(lambda: len(instance.processes()) >= 2)
    instance.cancel("p")
    assert instance.ended("p").status is JobStatus.CANCELED
    assert statuses(instance) == {"long": "Canceled", "nested": "Canceled"}
    assert instance.left_behind() == []
    assert executionlog(instance)[-1].startswith("Experiment status is canceled")


def test_a_step_can_be_canceled_alone(instance: EmulatorInstance) -> None:
    put_pipeline(instance, {"long": command_step(instance, "sleep 1000"), "short": command_step(instance, "true")})
    instance.until(lambda: "long" in steps_of(instance) and steps_of(instance)["long"].status is JobStatus.RUNNING)
    instance.cancel(steps_of(instance)["long"].name)
    assert instance.ended("p").status is JobStatus.FAILED
    assert statuses(instance) == {"long": "Canceled", "short": "Completed"}


def test_a_step_that_cannot_run_fails_and_says_why(instance: EmulatorInstance) -> None:
    step = command_step(instance, "true", ports={"n": {"type": "integer"}}, inputs={})
    step["componentId"] = WORKSPACE.child("components", "gone", "1")
    job = pipeline(instance, {"s": step, "other": command_step(instance, "true")})
    assert job.status is JobStatus.FAILED
    failed = steps_of(instance)["s"]
    assert failed.error is not None
    assert "is not on this emulator any more" in failed.error["message"]


def test_data_that_is_missing_is_told_at_once_before_any_step_runs(instance: EmulatorInstance) -> None:
    second = consumer(instance, "first")
    second["inputs"]["table"] = {"job_input_type": "uri_file", "uri": "https://site.org/b.csv"}
    raw = {"jobInputType": "uri_file", "uri": "https://site.org/a.csv"}
    job = pipeline(instance, {"first": producer(instance), "second": second}, inputs={"raw": raw})
    assert job.status is JobStatus.FAILED
    assert steps_of(instance) == {}
    assert job.error is not None
    message = job.error["message"]
    assert message.startswith("2 inputs are not on this machine")
    assert "  inputs.raw (uri_file)" in message
    assert "  jobs.second.inputs.table (uri_file)" in message
    assert "https://site.org/b.csv: ./b.csv" in message
    told = pipeline_explanation(instance.store.reader(), job)["lines"]
    assert told[0] == "Pipeline p is Failed: 2 of 2 steps not run."
    assert told[1].startswith("2 inputs are not on this machine")
    assert told[-1] == "Step second did not run: the pipeline could not begin."


def test_data_that_is_missing_within_a_nested_pipeline_is_told_before_any_step_runs(instance: EmulatorInstance) -> None:
    inner = producer(instance)
    inner["inputs"] = {"table": {"job_input_type": "uri_file", "uri": "https://site.org/b.csv"}}
    spec = {"type": "pipeline", "jobs": {"fit": inner}}
    nested = {"type": "pipeline", "componentId": component(instance, spec)}
    job = pipeline(instance, {"first": producer(instance), "night": nested})
    assert steps_of(instance) == {}
    assert job.error is not None
    assert "  jobs.night.jobs.fit.inputs.table (uri_file)" in job.error["message"]


def test_what_a_step_writes_under_a_path_of_its_own_is_not_missing(instance: EmulatorInstance) -> None:
    path = "azureml://datastores/workspaceblobstore/paths/lake/"
    first = producer(instance, wired={"o": {"job_output_type": "uri_folder", "uri": path}})
    bound = consumer(instance, "first")["inputs"] | {"lake": {"job_input_type": "uri_folder", "uri": path}}
    second = command_step(instance, "cat ${{inputs.lake}}/f", ports={"i": FOLDER, "lake": FOLDER}, inputs=bound)
    assert pipeline(instance, {"first": first, "second": second}).status is JobStatus.COMPLETED
    assert "made" in instance.log(steps_of(instance)["second"].name)


def test_a_nested_pipeline_hands_on_what_a_step_in_it_wrote(instance: EmulatorInstance) -> None:
    inside = producer(instance, wired={"o": {"value": "${{parent.outputs.whole}}", "type": "literal"}})
    spec = {"type": "pipeline", "jobs": {"inside": inside}, "outputs": {"whole": FOLDER}}
    bound = {"value": "${{parent.jobs.nested.outputs.whole}}", "job_input_type": "literal"}
    after = command_step(instance, "cat ${{inputs.i}}/f", ports={"i": FOLDER}, inputs={"i": bound})
    steps = {"nested": {"type": "pipeline", "componentId": component(instance, spec)}, "after": after}
    assert pipeline(instance, steps).status is JobStatus.COMPLETED
    assert "made" in instance.log(steps_of(instance)["after"].name)


def test_outputs_of_steps_and_pipelines_are_registered_under_their_names(instance: EmulatorInstance) -> None:
    wired = {"o": {"value": "${{parent.outputs.whole}}", "type": "literal", "name": "of_step", "version": "3"}}
    outputs = {"whole": {"jobOutputType": "uri_folder", "assetName": "of_pipeline"}}
    pipeline(instance, {"s": producer(instance, wired=wired)}, outputs=outputs)
    conn, run = instance.store.reader(), steps_of(instance)["s"].name
    for name, version in (("of_step", "3"), ("of_pipeline", "1")):
        made = assets.get(conn, WORKSPACE, "data", name, version)
        assert made is not None
        assert f"/azureml/{run}/o/" in made.document["dataUri"]


def test_a_restarted_emulator_goes_on_with_the_graph(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance = make_instance()
    steps = {
        "first": command_step(
            instance, f"echo first >> {tmp_path}/tally; echo made > ${{{{outputs.o}}}}/f", outputs={"o": FOLDER}
        ),
        "waits": consumer(instance, "first", f"cat ${{{{inputs.i}}}}/f; [ -e {go} ] || sleep 1000"),
        "last": command_step(instance, "true"),
    }
    steps["last"]["inputs"] = {}
    put_pipeline(instance, steps)
    instance.until(lambda: "waits" in steps_of(instance) and steps_of(instance)["waits"].status is JobStatus.RUNNING)
    instance.close()
    go.touch()
    again = make_instance()
    assert again.ended("p").status is JobStatus.COMPLETED
    assert (tmp_path / "tally").read_text() == "first\n"
    assert statuses(again) == dict.fromkeys(("first", "waits", "last"), "Completed")


def test_a_pipeline_that_ended_is_explained(instance: EmulatorInstance) -> None:
    steps = {
        "bad": command_step(instance, "echo why; exit 3", outputs={"o": FOLDER}),
        "needs": consumer(instance, "bad"),
    }
    pipeline(instance, steps)
    lines = pipeline_explanation(instance.store.reader(), instance.get("p"))["lines"]
    assert lines[0] == "Pipeline p is Failed: 1 of 2 steps failed, 1 of 2 steps not run."
    assert lines[1].startswith("Step bad failed first: ")
    assert "    why" in lines
    assert lines[-1] == "Step needs did not run: a step that it needs did not complete: bad."


def test_an_explanation_leads_to_the_step_in_a_nested_pipeline_that_failed(instance: EmulatorInstance) -> None:
    inner = component(instance, {"type": "pipeline", "jobs": {"deep": command_step(instance, "echo why; exit 3")}})
    pipeline(instance, {"nested": {"type": "pipeline", "componentId": inner}})
    lines = pipeline_explanation(instance.store.reader(), instance.get("p"))["lines"]
    assert lines[1].startswith("Step nested failed first: Pipeline has failed child jobs.")
    assert lines[2].startswith("    Step deep failed first: ")
    assert lines[3] == "        why"


def test_an_explanation_says_where_a_reused_step_is_from(instance: EmulatorInstance) -> None:
    for name in ("a", "b"):
        pipeline(instance, {"s": command_step(instance, "true")}, name)
    lines = pipeline_explanation(instance.store.reader(), instance.get("b"))["lines"]
    original = steps_of(instance, "a")["s"].name
    assert lines[-1] == f"Step s was not run again: run {original} of pipeline a stands for it."


def test_an_explanation_names_a_step_that_was_canceled_alone(instance: EmulatorInstance) -> None:
    put_pipeline(instance, {"long": command_step(instance, "sleep 1000")})
    instance.until(lambda: "long" in steps_of(instance) and steps_of(instance)["long"].status is JobStatus.RUNNING)
    instance.cancel(steps_of(instance)["long"].name)
    instance.ended("p")
    lines = pipeline_explanation(instance.store.reader(), instance.get("p"))["lines"]
    assert lines[1] == "Step long was canceled, before any other ended badly."


def test_a_record_of_a_pipeline_can_be_put_into_another_emulator(
    instance: EmulatorInstance, make_emulator: Callable[..., Emulator]
) -> None:
    pipeline(instance, {"first": producer(instance), "second": consumer(instance, "first")})
    document = document_of(instance.store.reader(), instance.get("p"))
    record = JobDocument.model_validate(document).job
    other = make_emulator()
    import_job.check(record, "p", "2024-01-01-preview")
    other.store.write(lambda conn: import_job.put(conn, WORKSPACE, record)).result()
    conn = other.store.reader()
    job = jobs.find(conn, WORKSPACE, "p")
    assert job is not None
    assert [(one.display_name, one.status) for one in jobs.children(conn, job.id)] == [
        ("first", "Completed"),
        ("second", "Completed"),
    ]


def test_every_step_knows_the_outermost_pipeline(instance: EmulatorInstance) -> None:
    inner = component(
        instance, {"type": "pipeline", "jobs": {"deep": command_step(instance, "echo $AZUREML_ROOT_RUN_ID")}}
    )
    pipeline(instance, {"nested": {"type": "pipeline", "componentId": inner}})
    deep = jobs.children(instance.store.reader(), steps_of(instance)["nested"].id)[0]
    assert instance.log(deep.name).strip() == "p"
