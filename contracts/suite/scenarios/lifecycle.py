"""A sweep from its first trial to its best one."""

from __future__ import annotations

import json
from itertools import pairwise

from contracts.lifecycle import JobStatus
from contracts.suite import sources
from contracts.suite.answer import Answer, Unexpected, expect
from contracts.suite.bodies import command_job, sweep
from contracts.suite.difference import ABSENT, ANYTHING, Difference, close_to, json_text, one_of, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.target import Feature
from contracts.suite.workspace import Workspace

#: What the three trials of the finished sweep log; the best value is not the last one of its trial.
PLAYS = ("0.2,0.3", "0.5,0.9,0.4", "0.6")
BEST, SCORE = 1, 0.9


class FinishedSweep(Scenarios):
    """Base of what can be seen of one sweep that has completed: made once, only read."""

    @prepared
    def finished(self, workspace: Workspace) -> Answer:
        """The sweep's document."""
        name = workspace.shared_name("finished")
        space = {"play": ["choice", [list(PLAYS)]]}
        limits = {"maxTotalTrials": 3, "maxConcurrentTrials": 1}
        workspace.made(name, sweep(workspace.surroundings, space, limits=limits))
        return workspace.until_status(name, "Completed")


class Lifecycle(FinishedSweep):
    """What the control plane shows of a sweep that went well."""

    @scenario("recorded", sources.RECORDED_LOG)
    def test_trials_are_named_by_their_number(self, workspace: Workspace, finished: Answer) -> None:
        """The trials of a sweep are NAME_0, NAME_1 ... in the order of sampling."""
        name = finished.json["name"]
        runs = [run["runId"] for run in workspace.trials(name)]
        expect([f"{name}_{place}" for place in range(len(PLAYS))], runs, workspace.last)

    @scenario("documented", sources.TUNING)
    def test_every_trial_has_its_parameters(self, workspace: Workspace, finished: Answer) -> None:
        """A grid tries every choice; the parent's tags hold the parameters of each trial as JSON text."""
        name = finished.json["name"]
        tags = finished.field("properties", "tags")
        found = sorted(json.loads(tags.get(f"_aml_system_{name}_{place}", "{}")).get("play", "") for place in range(3))
        expect(sorted(PLAYS), found, f"the tags _aml_system_{name}_N")

    @scenario("inferred", "the service does not publish the order of a grid")
    def test_a_grid_goes_in_the_order_of_declaration(self, workspace: Workspace, finished: Answer) -> None:
        """A grid takes the values of a choice in their order."""
        name = finished.json["name"]
        tags = {f"_aml_system_{name}_{place}": json_text({"play": play}) for place, play in enumerate(PLAYS)}
        expect({"properties": {"tags": tags}}, finished.json, workspace.last)

    @scenario("documented", sources.HYPERDRIVE)
    def test_the_best_trial_has_the_best_value_of_all(self, workspace: Workspace, finished: Answer) -> None:
        """The best trial is the one that logged the best value of the primary metric, be it its last or not."""
        properties = {"best_child_run_id": f"{finished.json['name']}_{BEST}", "score": close_to(SCORE)}
        expect({"properties": {"properties": properties}}, finished.json, workspace.last)

    @scenario("recorded", sources.RECORDED_LOG)
    def test_the_best_trial_is_told_in_full(self, workspace: Workspace, finished: Answer) -> None:
        """Beside the best trial's name stand the status of the metric and the container of its files."""
        best = f"{finished.json['name']}_{BEST}"
        properties = {"best_metric_status": "Succeeded", "best_data_container_id": f"dcid.{best}"}
        expect({"properties": {"properties": properties}}, finished.json, workspace.last)

    @scenario("recorded", sources.RECORDED_LOG)
    def test_a_finite_space_tells_its_size(self, workspace: Workspace, finished: Answer) -> None:
        """The properties of a sweep over a finite space have its number of points, as text."""
        properties = {"space_size": str(len(PLAYS))}
        expect({"properties": {"properties": properties}}, finished.json, workspace.last)

    @scenario("inferred", "the name of the tag, and that it begins as false")
    def test_all_trials_are_told_to_be_drawn(self, workspace: Workspace, finished: Answer) -> None:
        """At the end the tag _aml_system_all_jobs_generated is true, and no cancellation was asked for."""
        tags = {"_aml_system_all_jobs_generated": "true", "_aml_system_cancellation_requested": "false"}
        expect({"properties": {"tags": tags}}, finished.json, workspace.last)

    @scenario("documented", sources.SDK)
    def test_a_trial_is_a_job(self, workspace: Workspace, finished: Answer) -> None:
        """A trial can be read as a job: an ARM resource with the trial's name."""
        name = f"{finished.json['name']}_0"
        answer = workspace.arm("GET", f"/jobs/{name}")
        answer.must_be(200, {"name": name, "type": "Microsoft.MachineLearningServices/workspaces/jobs"})

    @scenario("documented", sources.TUNING)
    def test_one_trial_at_a_time_means_one(self, workspace: Workspace, finished: Answer) -> None:
        """With maxConcurrentTrials 1 a trial starts when the one before has ended."""
        runs = workspace.trials(finished.json["name"])
        for before, after in pairwise(runs):
            if not before["endTimeUtc"] <= after["startTimeUtc"]:
                late = Difference("$.startTimeUtc", f"not before {before['endTimeUtc']}", after["startTimeUtc"])
                raise Unexpected([late], f"{before['runId']} and {after['runId']}")

    @scenario("recorded", sources.RECORDED_LOG)
    def test_it_ran_to_completion_through_legal_states(self, workspace: Workspace) -> None:
        """The states that a client sees of a sweep come in the order of the lifecycle, and end with Completed."""
        name = workspace.name()
        space = {"play": ["choice", [["0.1,w0.2", "0.2,w0.2"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, limits={"maxTotalTrials": 2}))
        seen: list[str] = []

        def look() -> bool:
            status = workspace.job(name).json["properties"]["status"]
            if status not in seen[-1:]:
                seen.append(status)
            return status in ("Completed", "Failed", "Canceled")

        workspace.until("the sweep has ended", look)
        expect("Completed", seen[-1], f"the states of {name}")
        places = [_ORDER.index(status) if status in _ORDER else -1 for status in seen]
        if places != sorted(places) or -1 in places:
            raise Unexpected([Difference("$.status", f"in the order {', '.join(_ORDER)}", seen)], f"job {name}")


class Outcomes(Scenarios):
    """How sweeps and command jobs end."""

    @scenario("documented", sources.TUNING)
    def test_minimize_takes_the_smallest(self, workspace: Workspace) -> None:
        """With the goal minimize the best trial is the one with the smallest value."""
        name = workspace.name()
        space = {"play": ["choice", [["0.7,0.5", "0.3,0.8", "0.4"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, goal="minimize"))
        properties = {"best_child_run_id": f"{name}_1", "score": close_to(0.3)}
        expect(properties, workspace.until_status(name, "Completed").json["properties"]["properties"], workspace.last)

    @scenario("documented", "learn.microsoft.com, v1: parent and child statuses are independent")
    def test_a_failed_trial_does_not_fail_the_sweep(self, workspace: Workspace) -> None:
        """A sweep of which one trial fails and another completes is Completed; the trials keep their own status."""
        name = workspace.name()
        space = {"play": ["choice", [["0.1", "x3"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, limits={"maxConcurrentTrials": 1}))
        workspace.until_status(name, "Completed")
        status = {run["runId"]: run["status"] for run in workspace.trials(name)}
        expect({f"{name}_0": "Completed", f"{name}_1": "Failed"}, status, workspace.last)

    @scenario("recorded", "Azure/azure-sdk-for-python issue 32356: the message of such a sweep")
    def test_a_sweep_whose_trials_all_fail_has_failed(self, workspace: Workspace) -> None:
        """A sweep of which every trial fails is Failed, with a user error that says so."""
        name = workspace.name()
        space = {"play": ["choice", [["x3", "x4"]]]}
        workspace.made(name, sweep(workspace.surroundings, space))
        workspace.until_status(name, "Failed")
        error = {"code": "UserError", "message": text(r"(?s).*(child jobs have failed|child runs).*")}
        workspace.history("GET", f"/runs/{name}/details").must_be(200, {"status": "Failed", "error": {"error": error}})

    @scenario("documented", "the run definition of recorded runs: only exit code 0 is success")
    def test_a_failed_trial_says_why(self, workspace: Workspace) -> None:
        """The run of a trial that fails has an error with code and message."""
        name = workspace.name()
        space = {"play": ["choice", [["0.1", "x3"]]]}
        workspace.made(name, sweep(workspace.surroundings, space, limits={"maxConcurrentTrials": 1}))
        workspace.until_status(name, "Completed")
        run = workspace.history("GET", f"/runs/{name}_1")
        run.must_be(200, {"status": "Failed", "error": {"error": {"code": ANYTHING, "message": ANYTHING}}})

    @scenario("inferred", "Azure/MachineLearningNotebooks issue 812: metric names are not checked")
    def test_a_metric_that_is_never_logged_leaves_no_best(self, workspace: Workspace) -> None:
        """A sweep whose primary metric was never logged is Completed and has no best trial."""
        name = workspace.name()
        workspace.made(name, sweep(workspace.surroundings, {"other": ["choice", [[1, 2]]]}))
        document = workspace.until_status(name, "Completed").json
        expect({"best_child_run_id": ABSENT}, document["properties"]["properties"], workspace.last)
        expect(["Completed"] * 2, [run["status"] for run in workspace.trials(name)], workspace.last)

    @scenario("documented", sources.SDK)
    def test_a_command_job_runs_to_completion(self, workspace: Workspace) -> None:
        """A command job goes forward through the states and is Completed."""
        name = workspace.name()
        created = workspace.put_job(name, command_job(workspace.surroundings))
        created.must_be(201, {"properties": {"status": one_of(*_ORDER[:6])}})
        workspace.until_status(name, "Completed")

    @scenario("documented", "the run definition of recorded runs: only exit code 0 is success", (Feature.PROCESSES,))
    def test_a_command_that_fails_fails_its_job(self, workspace: Workspace) -> None:
        """A command job whose command ends with another code than 0 is Failed, with an error."""
        name = workspace.name()
        workspace.made(name, command_job(workspace.surroundings, "exit 3"))
        workspace.until_status(name, "Failed")
        details = workspace.history("GET", f"/runs/{name}/details")
        details.must_be(200, {"error": {"error": {"code": ANYTHING, "message": ANYTHING}}})


_ORDER = [
    str(status)
    for status in (
        JobStatus.NOT_STARTED,
        JobStatus.STARTING,
        JobStatus.PROVISIONING,
        JobStatus.PREPARING,
        JobStatus.QUEUED,
        JobStatus.RUNNING,
        JobStatus.FINALIZING,
        JobStatus.COMPLETED,
    )
]
