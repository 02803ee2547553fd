"""Pipeline jobs: the answer to PUT, the runs of their steps, and their end."""

from __future__ import annotations

from contracts.suite import sources
from contracts.suite.answer import Answer, Unexpected, expect
from contracts.suite.bodies import EXPERIMENT, Json
from contracts.suite.difference import ANYTHING, Difference, having, one_of, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace

_GUID = text(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OUTPUT = {"type": "uri_folder"}


class Pipelines(Scenarios):
    """A pipeline of two steps, the second of which reads what the first writes; and pipelines that are refused."""

    @prepared
    def component(self, workspace: Workspace) -> str:
        """The ARM id of a component that does nothing with an input, and has an output."""
        spec = {
            "command": "true",
            "environment": f"azureml:{workspace.surroundings.environment.removeprefix('azureml:')}",
            "type": "command",
            "inputs": {"data": {**_OUTPUT, "optional": True}},
            "outputs": {"data": _OUTPUT},
            "_source": "YAML.COMPONENT",
        }
        name = workspace.shared_name("step")
        body = {"properties": {"componentSpec": {**spec, "name": name, "version": "1"}}}
        answer = workspace.arm("PUT", f"/components/{name}/versions/1", body)
        answer.must_be(one_of(200, 201), {"id": ANYTHING})
        return str(answer.json["id"])

    @prepared
    def put(self, workspace: Workspace, component: str) -> Answer:
        """The answer to the PUT of a pipeline."""
        return workspace.put_job(workspace.name(), _pipeline(component))

    @prepared
    def completed(self, workspace: Workspace, component: str) -> Answer:
        """The document of a pipeline that has completed."""
        name = workspace.shared_name("pipeline")
        workspace.made(name, _pipeline(component))
        return workspace.until_status(name, "Completed")

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_a_new_pipeline_is_preparing(self, put: Answer) -> None:
        """PUT of a pipeline answers 201, and says Preparing."""
        put.must_be(201, {"properties": {"jobType": "Pipeline", "status": "Preparing"}})

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_the_steps_come_back_as_sent(self, put: Answer, component: str) -> None:
        """The steps of a pipeline come back as they were sent, whatever they hold."""
        expect(_pipeline(component)["properties"]["jobs"], put.json["properties"]["jobs"], "properties.jobs")

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_the_properties_tell_literals_and_settings(self, put: Answer) -> None:
        """The properties of a pipeline tell its literal inputs as JSON text, and that it goes on after a failure."""
        put.must_be(
            201,
            {
                "properties": {
                    "properties": {
                        "azureml.DevPlatv2": "true",
                        "azureml.runsource": "azureml.PipelineRun",
                        "runSource": "MFE",
                        "runType": "HTTP",
                        "azureml.parameters": '{"rows":"7"}',
                        "azureml.continue_on_step_failure": "True",
                        "azureml.continue_on_failed_optional_input": "True",
                        "azureml.pipelineComponent": "pipelinerun",
                    }
                }
            },
        )

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_inputs_and_outputs_are_filled_in(self, put: Answer) -> None:
        """Inputs get a null description, outputs all keys; the uri of an output is null."""
        wanted: Json = {"description": None, "uri": None, "mode": "ReadWriteMount", "jobOutputType": "uri_folder"}
        inputs = {"rows": {"description": None, "jobInputType": "literal", "value": "7"}}
        put.must_be(201, {"properties": {"inputs": inputs, "outputs": {"result": wanted}}})

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_steps_are_runs_with_guids(self, workspace: Workspace, completed: Answer) -> None:
        """The children of a pipeline are its steps: runs with GUIDs, named for people as the steps are."""
        name = completed.json["name"]
        steps = workspace.trials(name)
        expect({"first", "second"}, {step["displayName"] for step in steps}, workspace.last)
        wanted = {"runId": _GUID, "runType": "azureml.StepRun", "parentRunId": name, "rootRunId": name}
        for step in steps:
            expect(wanted, step, workspace.last)

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_the_document_of_a_step_has_no_properties(self, workspace: Workspace, completed: Answer) -> None:
        """ARM's document of a step has id, name and type, and nothing of what the job is."""
        run = workspace.trials(completed.json["name"])[0]["runId"]
        document = workspace.arm("GET", f"/jobs/{run}").must_be(200, {"name": run})
        if document.get("properties") is not None:
            raise Unexpected([Difference("$.properties", "nothing", document["properties"])], workspace.last)

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_the_stages_tell_when_it_ran(self, completed: Answer) -> None:
        """A pipeline that has ended tells in a property, as JSON text, when it ran."""
        stages = {"azureml.pipelines.stages": having('"Status":"Finished"')}
        expect({"properties": {"properties": stages}}, completed.json, "the pipeline")

    @scenario("recorded", sources.RECORDED_PIPELINES)
    def test_a_missing_component_is_not_found(self, workspace: Workspace, component: str) -> None:
        """A pipeline with a component that is not there is refused with 404, code NotFound and the name."""
        gone = component.replace("/versions/1", "/versions/99")
        wanted = {"error": {"code": "NotFound", "message": having("(version: 99).")}}
        name = workspace.name()
        workspace.put_job(name, _pipeline(gone)).must_be(404, wanted)
        workspace.arm("GET", f"/jobs/{name}").must_be(404)


def _pipeline(component: str) -> Json:
    step: Json = {"type": "command", "componentId": component, "_source": "YAML.COMPONENT"}
    bound = {"data": {"value": "${{parent.jobs.first.outputs.data}}", "job_input_type": "literal"}}
    result = {"data": {"value": "${{parent.outputs.result}}", "type": "literal"}}
    return {
        "properties": {
            "jobType": "Pipeline",
            "experimentName": EXPERIMENT,
            "tags": {},
            "properties": {},
            "inputs": {"rows": {"jobInputType": "literal", "value": "7"}},
            "outputs": {"result": {"jobOutputType": "uri_folder"}},
            "settings": {"_source": "YAML.JOB"},
            "jobs": {"first": dict(step), "second": {**step, "inputs": bound, "outputs": result}},
        }
    }
