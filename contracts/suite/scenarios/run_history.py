"""What run history tells of jobs and their trials."""

from __future__ import annotations

from contracts.suite import sources
from contracts.suite.answer import Answer, expect
from contracts.suite.bodies import EXPERIMENT
from contracts.suite.difference import ANYTHING, having, text
from contracts.suite.scenario import scenario
from contracts.suite.scenarios.lifecycle import PLAYS, FinishedSweep
from contracts.suite.target import Feature
from contracts.suite.trial import GREETING, METRIC, OUTPUT
from contracts.suite.workspace import Workspace

_STAMP = text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


class RunHistory(FinishedSweep):
    """Runs, their relations, logs and files."""

    @scenario("recorded", sources.RECORDED_RUNS)
    def test_a_sweep_is_a_run(self, workspace: Workspace, finished: Answer) -> None:
        """A sweep is a run with the same name, status and tags, and is its own root."""
        name = finished.json["name"]
        run = {
            "runId": name,
            "rootRunId": name,
            "parentRunId": None,
            "status": "Completed",
            "hidden": False,
            "tags": {"_aml_system_all_jobs_generated": "true"},
            "properties": {"runTemplate": "HyperDrive"},
            "dataContainerId": f"dcid.{name}",
        }
        workspace.history("GET", f"/runs/{name}").must_be(200, run)

    @scenario("recorded", sources.RECORDED_RUNS)
    def test_a_trial_knows_its_sweep(self, workspace: Workspace, finished: Answer) -> None:
        """A trial's run names the sweep as its parent and root."""
        name = finished.json["name"]
        for place, run in enumerate(workspace.trials(name)):
            expected = {"runId": f"{name}_{place}", "parentRunId": name, "rootRunId": name, "status": "Completed"}
            expect(expected, run, workspace.last)

    @scenario("recorded", sources.RECORDED_RUNS)
    def test_a_run_has_its_times(self, workspace: Workspace, finished: Answer) -> None:
        """A run that has ended has the moments of creation, start and end, in this order, and its duration."""
        run = workspace.history("GET", f"/runs/{finished.json['name']}_0").must_be(
            200,
            {
                "createdUtc": _STAMP,
                "startTimeUtc": _STAMP,
                "endTimeUtc": _STAMP,
                "duration": text(r"(\d+\.)?\d\d:\d\d:\d\d(\.\d{1,7})?"),
            },
        )
        times = [run["createdUtc"], run["startTimeUtc"], run["endTimeUtc"]]
        expect(sorted(times), times, f"the times of {run['runId']}")

    @scenario("documented", sources.SDK)
    def test_a_run_is_found_with_and_without_its_experiment(self, workspace: Workspace, finished: Answer) -> None:
        """A run is the same one with and without the experiment in its path."""
        name = finished.json["name"]
        for path in (f"/runs/{name}", f"/experiments/{EXPERIMENT}/runs/{name}"):
            workspace.history("GET", path).must_be(200, {"runId": name})

    @scenario("documented", sources.SDK)
    def test_children_can_be_limited(self, workspace: Workspace, finished: Answer) -> None:
        """`$top` limits the children that are listed."""
        name = finished.json["name"]
        page = workspace.history("GET", f"/runs/{name}/children", **{"$top": "2"})
        page.must_be(200, {"value": [{"runId": f"{name}_0"}, {"runId": f"{name}_1"}]})

    @scenario("documented", sources.SDK)
    def test_a_job_without_trials_has_no_children(self, workspace: Workspace, finished: Answer) -> None:
        """The children of a trial are an empty list."""
        name = f"{finished.json['name']}_0"
        workspace.history("GET", f"/runs/{name}/children").must_be(200, {"value": []})

    @scenario("documented", sources.SDK)
    def test_details_lead_to_the_sweep_s_log(self, workspace: Workspace, finished: Answer) -> None:
        """The details of a sweep's run have a URL for azureml-logs/hyperdrive.txt, which opens without a token."""
        name = finished.json["name"]
        log = _log(workspace, name, "azureml-logs/hyperdrive.txt")
        for line in ("[GENERATOR][INFO]Trying to sample", "[GENERATOR][INFO]All jobs generated."):
            expect(having(line), log, "hyperdrive.txt")
        for place in range(len(PLAYS)):
            expect(having(f"'{name}_{place}'"), log, "hyperdrive.txt")

    @scenario("recorded", sources.RECORDED_LOG)
    def test_the_sweep_s_log_ends_with_its_end(self, workspace: Workspace, finished: Answer) -> None:
        """hyperdrive.txt says that the maximum is reached, and then that the sweep goes from Running to Completed."""
        log = _log(workspace, finished.json["name"], "azureml-logs/hyperdrive.txt")
        steps = (
            f"Max number of jobs '{len(PLAYS)}' reached for experiment.",
            "Changing Run Status from Running to Completed",
        )
        places = [log.find(step) for step in steps]
        expect(sorted(places), places, "the order of the lines of hyperdrive.txt")
        expect(False, -1 in places, f"hyperdrive.txt has the lines {steps}")

    @scenario("documented", sources.SDK, needs=(Feature.PROCESSES,))
    def test_a_trial_s_log_has_what_it_printed(self, workspace: Workspace, finished: Answer) -> None:
        """user_logs/std_log.txt of a trial has what its command printed, its parameters filled in."""
        name = f"{finished.json['name']}_0"
        log = _log(workspace, name, "user_logs/std_log.txt")
        expect(having(f"{GREETING} {name} play={PLAYS[0]}"), log, "std_log.txt")

    @scenario("documented", "learn.microsoft.com, v1: what is written to ./outputs is kept", (Feature.PROCESSES,))
    def test_a_trial_s_outputs_are_artifacts(self, workspace: Workspace, finished: Answer) -> None:
        """What a trial wrote to ./outputs is among the artifacts of its run, and can be read."""
        name = f"{finished.json['name']}_0"
        answer = workspace.history("GET", f"/runs/{name}/artifacts")
        answer.must_be(200, {"value": ANYTHING})
        paths = [one["path"] for one in answer.json["value"]]
        expect(having(f"outputs/{OUTPUT}"), paths, workspace.last)
        info = workspace.history("GET", f"/runs/{name}/artifacts/contentinfo", path=f"outputs/{OUTPUT}")
        info.must_be(200, {"contentUri": text("https://.+")})
        file = workspace.send("GET", info.json["contentUri"], signed_in=False)
        file.must_read(200, PLAYS[0])

    @scenario("documented", sources.SDK)
    def test_run_data_has_the_run(self, workspace: Workspace, finished: Answer) -> None:
        """rundata, which a download asks, has the run as its metadata."""
        name = finished.json["name"]
        body = {"runId": name, "selectRunMetadata": True}
        workspace.history("POST", "/rundata", body).must_be(200, {"runMetadata": {"runId": name}})

    @scenario("documented", sources.SDK)
    def test_services_of_a_run_are_a_map(self, workspace: Workspace, finished: Answer) -> None:
        """The service instances of a run without services are an empty map."""
        answer = workspace.history("GET", f"/runs/{finished.json['name']}_0/serviceinstances/0")
        answer.must_be(200, {"instances": {}})


class TrialMetrics(FinishedSweep):
    """What trials logged, as MLflow shows it."""

    @scenario("documented", sources.MLFLOW)
    def test_the_history_is_what_was_logged_in_its_order(self, workspace: Workspace, finished: Answer) -> None:
        """A trial's metric history has every value with its step, in the order of logging."""
        name = finished.json["name"]
        for place, play in enumerate(PLAYS):
            answer = workspace.mlflow("GET", "metrics/get-history", run_id=f"{name}_{place}", metric_key=METRIC)
            points = [
                {"key": METRIC, "value": float(value), "step": step} for step, value in enumerate(play.split(","))
            ]
            answer.must_be(200, {"metrics": points})

    @scenario("documented", sources.MLFLOW)
    def test_a_run_shows_the_latest_value(self, workspace: Workspace, finished: Answer) -> None:
        """A run shows the latest value of each metric."""
        name = f"{finished.json['name']}_1"
        latest = {"key": METRIC, "value": float(PLAYS[1].split(",")[-1])}
        run = {"info": {"run_id": name, "status": "FINISHED"}, "data": {"metrics": [latest]}}
        workspace.mlflow("GET", "runs/get", run_id=name).must_be(200, {"run": run})

    @scenario("documented", sources.AZUREML_MLFLOW)
    def test_a_trial_names_its_parent_in_a_tag(self, workspace: Workspace, finished: Answer) -> None:
        """The tag mlflow.parentRunId of a trial is the sweep."""
        name = finished.json["name"]
        answer = workspace.mlflow("GET", "runs/get", run_id=f"{name}_0")
        answer.must_be(200, {"run": {"data": {"tags": ANYTHING}}})
        tags = {one["key"]: one["value"] for one in answer.json["run"]["data"]["tags"]}
        expect({"mlflow.parentRunId": name}, tags, workspace.last)


def _log(workspace: Workspace, run: str, path: str) -> str:
    details = workspace.history("GET", f"/runs/{run}/details")
    details.must_be(200, {"runId": run, "logFiles": {path: text("https://.+")}})
    file = workspace.send("GET", details.json["logFiles"][path], signed_in=False)
    file.must_be(200)
    return file.response.body.decode()
