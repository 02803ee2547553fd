"""Cancel: a long-running operation, and what it does to a job and its trials."""

from __future__ import annotations

from contracts.suite import sources
from contracts.suite.answer import Answer, expect
from contracts.suite.bodies import command_job, plain_sweep, waiting_sweep
from contracts.suite.difference import having, one_of
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.target import Feature
from contracts.suite.workspace import Workspace


class Cancelling(Scenarios):
    """Cancel of a sweep whose trials go on until they are stopped."""

    @prepared
    def running(self, workspace: Workspace) -> str:
        """The name of a sweep with a trial that is running."""
        name = workspace.name()
        workspace.made(name, waiting_sweep(workspace.surroundings))
        workspace.until("a trial is running", lambda: "Running" in [run["status"] for run in workspace.trials(name)])
        return name

    @scenario("recorded", sources.RECORDED_CANCEL)
    def test_cancel_is_a_long_running_operation(self, workspace: Workspace, running: str) -> None:
        """Cancel answers 202 with the body null, a Location to follow and the time that it may take."""
        answer = _cancel(workspace, running)
        headers = {"location": having("/mfeOperationResults/jc:"), "x-ms-async-operation-timeout": "PT1H"}
        answer.must_be(202, headers=headers)
        answer.must_read(202, "null")
        _finish(workspace, running)

    @scenario("recorded", sources.RECORDED_CANCEL)
    def test_the_location_answers_200_when_the_job_is_canceled(self, workspace: Workspace, running: str) -> None:
        """The Location answers 202 until the job is canceled, then 200 without content."""
        answer = _cancel(workspace, running)
        answer.must_be(202, headers={"location": having("/")})
        location = answer.response.headers["location"]

        def look() -> Answer | None:
            result = workspace.send("GET", location)
            result.must_be(one_of(200, 202))
            if result.status == 202:
                return None
            expect({"properties": {"status": "Canceled"}}, workspace.job(running).json, workspace.last)
            return result

        done = workspace.until("the operation is done", look)
        done.must_read(200, "")

    @scenario("recorded", sources.RECORDED_CANCEL)
    def test_a_canceled_sweep_takes_its_trials_along(self, workspace: Workspace, running: str) -> None:
        """When a sweep is Canceled, its trials are too, and none is left running."""
        _cancel(workspace, running).must_be(202)
        workspace.until_status(running, "Canceled")
        expect(["Canceled"], sorted({run["status"] for run in workspace.trials(running)}), workspace.last)

    @scenario("inferred", "the name of the tag, and that it begins as false")
    def test_the_request_is_told_in_a_tag(self, workspace: Workspace, running: str) -> None:
        """After a cancel the tag _aml_system_cancellation_requested is true."""
        _cancel(workspace, running).must_be(202)
        tags = {"_aml_system_cancellation_requested": "true"}
        expect({"properties": {"tags": tags}}, workspace.job(running).json, workspace.last)
        _finish(workspace, running)

    @scenario("documented", sources.DEFINITIONS)
    def test_a_job_is_cancel_requested_or_canceled_at_once(self, workspace: Workspace, running: str) -> None:
        """Straight after a cancel a job is CancelRequested, or Canceled already, and nothing else."""
        _cancel(workspace, running).must_be(202)
        status = one_of("CancelRequested", "Canceled")
        expect({"properties": {"status": status}}, workspace.job(running).json, workspace.last)
        _finish(workspace, running)

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_asking_twice_is_fine(self, workspace: Workspace, running: str) -> None:
        """A second cancel of a job that is being canceled is not a mistake."""
        _cancel(workspace, running).must_be(202)
        if workspace.job(running).json["properties"]["status"] == "CancelRequested":
            _cancel(workspace, running).must_be(one_of(202, 400))
        _finish(workspace, running)

    @scenario("inferred", "trials are ordinary jobs with names of their own")
    def test_one_trial_can_be_canceled_alone(self, workspace: Workspace, running: str) -> None:
        """Cancel of one trial cancels that trial; the sweep goes on with the next one."""
        _cancel(workspace, f"{running}_0").must_be(202)

        def second() -> bool:
            status = {run["runId"]: run["status"] for run in workspace.trials(running)}
            return status.get(f"{running}_0") == "Canceled" and status.get(f"{running}_1") == "Running"

        workspace.until("the first trial is canceled and the second one runs", second)
        expect({"properties": {"status": "Running"}}, workspace.job(running).json, workspace.last)
        _cancel(workspace, running).must_be(202)
        _finish(workspace, running)

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_a_canceled_sweep_has_no_error(self, workspace: Workspace, running: str) -> None:
        """A sweep that its user canceled shows no error."""
        _cancel(workspace, running).must_be(202)
        workspace.until_status(running, "Canceled")
        details = workspace.history("GET", f"/runs/{running}/details")
        details.must_be(200, {"runId": running, "status": "Canceled", "error": None})


class CancellingTheEnded(Scenarios):
    """Cancel of what cannot be canceled any more."""

    @scenario("inferred", "Azure/azureml-assets pull request 2496: cancel of a job past Running is an error")
    def test_a_completed_job_cannot_be_canceled(self, workspace: Workspace) -> None:
        """Cancel of a completed job is refused with its status, and the job stays Completed."""
        name = workspace.shared_name("completed")
        workspace.made(name, plain_sweep(workspace.surroundings))
        workspace.until_status(name, "Completed")
        _cancel(workspace, name).must_be(400, {"error": {"code": "UserError", "message": having("Completed")}})
        expect({"properties": {"status": "Completed"}}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.DEFINITIONS, needs=(Feature.PROCESSES,))
    def test_a_command_job_can_be_canceled(self, workspace: Workspace) -> None:
        """Cancel of a command job stops its command."""
        name = workspace.name()
        workspace.made(name, command_job(workspace.surroundings, "sleep 3000"))
        workspace.until_status(name, "Running")
        _cancel(workspace, name).must_be(202)
        workspace.until_status(name, "Canceled")


def _cancel(workspace: Workspace, name: str) -> Answer:
    return workspace.arm("POST", f"/jobs/{name}/cancel", api="2023-04-01-preview")


def _finish(workspace: Workspace, name: str) -> None:
    """Leave nothing running."""
    workspace.until_status(name, "Canceled")
