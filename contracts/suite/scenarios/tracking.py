"""MLflow's REST API: runs that a client begins itself."""

from __future__ import annotations

from typing import Any

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.difference import ANYTHING, Like, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace


class ClientRun(Scenarios):
    """Base of what a client does with a run that it begins itself."""

    @prepared
    def experiment(self, workspace: Workspace) -> str:
        """The id of an experiment of this scenario's own."""
        answer = workspace.mlflow("POST", "experiments/create", {"name": workspace.name("experiment")})
        answer.must_be(200, {"experiment_id": _TEXT})
        return str(answer.json["experiment_id"])

    @prepared
    def run(self, workspace: Workspace, experiment: str) -> str:
        """The id of a run in it."""
        answer = workspace.mlflow("POST", "runs/create", {"experiment_id": experiment, "start_time": 1})
        answer.must_be(200, {"run": {"info": {"run_id": _TEXT}}})
        return str(answer.json["run"]["info"]["run_id"])


class Tracking(ClientRun):
    """Experiments, runs, metrics, parameters and tags."""

    @scenario("documented", sources.MLFLOW)
    def test_an_experiment_is_found_by_name_and_id(self, workspace: Workspace, experiment: str) -> None:
        """An experiment is found by its name and by its id, and is active."""
        name = workspace.name("experiment")
        found = {"experiment": {"experiment_id": experiment, "name": name, "lifecycle_stage": "active"}}
        workspace.mlflow("GET", "experiments/get-by-name", experiment_name=name).must_be(200, found)
        workspace.mlflow("GET", "experiments/get", experiment_id=experiment).must_be(200, found)

    @scenario("documented", sources.MLFLOW)
    def test_a_name_is_taken_once(self, workspace: Workspace, experiment: str) -> None:
        """A second experiment of the same name is refused as RESOURCE_ALREADY_EXISTS."""
        answer = workspace.mlflow("POST", "experiments/create", {"name": workspace.name("experiment")})
        answer.must_be(400, {"error_code": "RESOURCE_ALREADY_EXISTS"})

    @scenario("documented", sources.MLFLOW)
    def test_a_missing_experiment_is_not_found(self, workspace: Workspace) -> None:
        """An experiment that does not exist answers 404 RESOURCE_DOES_NOT_EXIST."""
        answer = workspace.mlflow("GET", "experiments/get-by-name", experiment_name=workspace.name())
        answer.must_be(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": ANYTHING})

    @scenario("documented", sources.MLFLOW)
    def test_a_new_run_is_running(self, workspace: Workspace, experiment: str, run: str) -> None:
        """A new run is RUNNING, active, in its experiment, and has its own place for artifacts."""
        info = {
            "run_id": run,
            "experiment_id": experiment,
            "status": "RUNNING",
            "lifecycle_stage": "active",
            "artifact_uri": _TEXT,
        }
        workspace.mlflow("GET", "runs/get", run_id=run).must_be(200, {"run": {"info": info}})

    @scenario("documented", sources.MLFLOW)
    def test_metrics_come_back_in_their_order(self, workspace: Workspace, run: str) -> None:
        """A batch of metrics comes back with value, step and timestamp, in the order of logging."""
        points = [
            {"key": "loss", "value": value, "step": step, "timestamp": 1_700_000_000_000 + step}
            for step, value in enumerate((0.5, 0.25, 0.75))
        ]
        workspace.mlflow("POST", "runs/log-batch", {"run_id": run, "metrics": points}).must_be(200)
        history = workspace.mlflow("GET", "metrics/get-history", run_id=run, metric_key="loss")
        history.must_be(200, {"metrics": points})

    @scenario("documented", sources.MLFLOW)
    def test_a_history_comes_in_pages(self, workspace: Workspace, run: str) -> None:
        """max_results makes pages of a history; page_token goes on where the last page ended."""
        points = [{"key": "m", "value": float(n), "step": n, "timestamp": 1} for n in range(5)]
        workspace.mlflow("POST", "runs/log-batch", {"run_id": run, "metrics": points}).must_be(200)
        seen: list[int] = []
        query = {"run_id": run, "metric_key": "m", "max_results": "2"}
        while len(seen) < 10:
            page = workspace.mlflow("GET", "metrics/get-history", **query)
            page.must_be(200, {"metrics": ANYTHING})
            seen += [point["step"] for point in page.json["metrics"]]
            if not page.json.get("next_page_token"):
                break
            query["page_token"] = page.json["next_page_token"]
        expect(list(range(5)), seen, "the steps on all pages together")

    @scenario("documented", sources.MLFLOW)
    def test_what_is_no_number_is_logged_as_text(self, workspace: Workspace, run: str) -> None:
        """NaN and infinities are logged, and come back, as text."""
        for step, value in enumerate(("NaN", "Infinity", "-Infinity")):
            point = {"run_id": run, "key": "odd", "value": value, "step": step, "timestamp": 1}
            workspace.mlflow("POST", "runs/log-metric", point).must_be(200)
        history = workspace.mlflow("GET", "metrics/get-history", run_id=run, metric_key="odd")
        history.must_be(200, {"metrics": [{"value": "NaN"}, {"value": "Infinity"}, {"value": "-Infinity"}]})

    @scenario("documented", sources.MLFLOW)
    def test_parameters_are_kept_and_cannot_change(self, workspace: Workspace, run: str) -> None:
        """A parameter is kept; another value of it is refused, the same value is not."""
        for value, status in (("0.1", 200), ("0.1", 200), ("0.2", 400)):
            body = {"run_id": run, "key": "lr", "value": value}
            workspace.mlflow("POST", "runs/log-parameter", body).must_be(status)
        data = {"params": [{"key": "lr", "value": "0.1"}]}
        workspace.mlflow("GET", "runs/get", run_id=run).must_be(200, {"run": {"data": data}})

    @scenario("documented", sources.MLFLOW)
    def test_tags_can_change_and_go(self, workspace: Workspace, run: str) -> None:
        """A tag can be set, changed and deleted."""
        for value in ("one", "two"):
            workspace.mlflow("POST", "runs/set-tag", {"run_id": run, "key": "note", "value": value}).must_be(200)
        expect({"note": "two"}, _tags(workspace, run), workspace.last)
        workspace.mlflow("POST", "runs/delete-tag", {"run_id": run, "key": "note"}).must_be(200)
        expect(False, "note" in _tags(workspace, run), "a deleted tag is gone")

    @scenario("documented", sources.MLFLOW)
    def test_a_run_can_be_ended(self, workspace: Workspace, run: str) -> None:
        """runs/update ends a run with a status and a time."""
        body = {"run_id": run, "status": "FINISHED", "end_time": 1_900_000_000_000}
        info = {"run_id": run, "status": "FINISHED", "end_time": ANYTHING}
        workspace.mlflow("POST", "runs/update", body).must_be(200, {"run_info": info})
        workspace.mlflow("GET", "runs/get", run_id=run).must_be(200, {"run": {"info": {"status": "FINISHED"}}})

    @scenario("documented", sources.MLFLOW)
    def test_runs_are_searched_by_metric(self, workspace: Workspace, experiment: str) -> None:
        """runs/search finds the runs whose metric passes the filter, in the order that is asked for."""
        runs = {}
        for value in (0.1, 0.9, 0.5):
            created = workspace.mlflow("POST", "runs/create", {"experiment_id": experiment, "start_time": 1})
            created.must_be(200, {"run": {"info": {"run_id": _TEXT}}})
            runs[value] = run = created.json["run"]["info"]["run_id"]
            point = {"run_id": run, "key": "acc", "value": value, "step": 0, "timestamp": 1}
            workspace.mlflow("POST", "runs/log-metric", point).must_be(200)
        body = {"experiment_ids": [experiment], "filter": "metrics.acc > 0.3", "order_by": ["metrics.acc DESC"]}
        found = workspace.mlflow("POST", "runs/search", body)
        found.must_be(200, {"runs": [{"info": {"run_id": runs[0.9]}}, {"info": {"run_id": runs[0.5]}}]})

    @scenario("documented", sources.MLFLOW)
    def test_found_runs_come_in_pages(self, workspace: Workspace, experiment: str) -> None:
        """max_results makes pages of a search; page_token goes on where the last page ended."""
        for _ in range(3):
            workspace.mlflow("POST", "runs/create", {"experiment_id": experiment, "start_time": 1}).must_be(200)
        body: dict[str, Any] = {"experiment_ids": [experiment], "max_results": 2}
        first = workspace.mlflow("POST", "runs/search", body)
        first.must_be(200, {"runs": [_RUN, _RUN], "next_page_token": _TEXT})
        second = workspace.mlflow("POST", "runs/search", body | {"page_token": first.json["next_page_token"]})
        second.must_be(200, {"runs": [_RUN]})
        found = {one["info"]["run_id"] for page in (first, second) for one in page.json["runs"]}
        expect(3, len(found), "the number of different runs on both pages")

    @scenario("documented", sources.MLFLOW)
    def test_experiments_are_searched_by_name(self, workspace: Workspace, experiment: str) -> None:
        """experiments/search finds the experiment that has the name of the filter, and no other."""
        other = {"name": workspace.name("other")}
        workspace.mlflow("POST", "experiments/create", other).must_be(200)
        body = {"filter": f"name = '{workspace.name('experiment')}'", "max_results": 10}
        found = workspace.mlflow("POST", "experiments/search", body)
        found.must_be(200, {"experiments": [{"experiment_id": experiment}]})

    @scenario("documented", sources.MLFLOW)
    def test_a_deleted_run_can_be_restored(self, workspace: Workspace, run: str) -> None:
        """A run that was deleted says so, and is active again when it is restored."""
        for call, stage in (("runs/delete", "deleted"), ("runs/restore", "active")):
            workspace.mlflow("POST", call, {"run_id": run}).must_be(200)
            answer = workspace.mlflow("GET", "runs/get", run_id=run)
            answer.must_be(200, {"run": {"info": {"lifecycle_stage": stage}}})

    @scenario("documented", sources.MLFLOW)
    def test_a_missing_run_does_not_exist(self, workspace: Workspace) -> None:
        """A run that does not exist answers 404 RESOURCE_DOES_NOT_EXIST, for reading and writing."""
        missing = {"error_code": "RESOURCE_DOES_NOT_EXIST"}
        name = workspace.name()
        workspace.mlflow("GET", "runs/get", run_id=name).must_be(404, missing)
        body = {"run_id": name, "key": "m", "value": 1, "step": 0, "timestamp": 1}
        workspace.mlflow("POST", "runs/log-metric", body).must_be(404, missing)

    @scenario("documented", sources.MLFLOW)
    def test_a_metric_that_is_no_number_is_refused(self, workspace: Workspace, run: str) -> None:
        """A metric whose value is not a number is refused as INVALID_PARAMETER_VALUE, and its batch with it."""
        good = {"key": "good", "value": 1, "step": 0, "timestamp": 1}
        batch = {"run_id": run, "metrics": [good, good | {"key": "bad", "value": "much"}]}
        workspace.mlflow("POST", "runs/log-batch", batch).must_be(400, {"error_code": "INVALID_PARAMETER_VALUE"})
        workspace.mlflow("GET", "runs/get", run_id=run).must_be(200, {"run": {"data": {"metrics": []}}})


class Artifacts(ClientRun):
    """Files of a run."""

    @scenario("documented", sources.MLFLOW)
    def test_the_prefix_decides_how_artifacts_are_addressed(self, workspace: Workspace, run: str) -> None:
        """Plain MLflow clients get an mlflow-artifacts URI, those of azureml-mlflow an azureml URI of the same run."""
        plain, plugin = (workspace.mlflow("GET", "runs/get", version=one, run_id=run) for one in ("v1.0", "v2.0"))
        artifacts = text(rf"mlflow-artifacts:/.*{run}.*")
        plain.must_be(200, {"run": {"info": {"run_id": run, "artifact_uri": artifacts}}})
        artifacts = text(rf"azureml://.*/experiments/.*/runs/{run}/artifacts")
        plugin.must_be(200, {"run": {"info": {"run_id": run, "artifact_uri": artifacts}}})

    @scenario("documented", sources.MLFLOW)
    def test_an_artifact_is_uploaded_listed_and_read(self, workspace: Workspace, run: str) -> None:
        """A file that a client uploads is listed with its size, and comes back byte for byte."""
        base = f"/mlflow/v1.0{workspace.id}/api/2.0/mlflow-artifacts/artifacts"
        folder, content = f"ExperimentRun/dcid.{run}", b"\x00\x01 content"
        workspace.send("PUT", f"{base}/{folder}/model/weights.bin", content).must_be(200)
        listed = workspace.send("GET", f"{base}?path={folder}/model")
        listed.must_be(200, {"files": [{"path": "weights.bin", "is_dir": False, "file_size": len(content)}]})
        file = workspace.send("GET", f"{base}/{folder}/model/weights.bin")
        expect([200, content.hex()], [file.status, file.response.body.hex()], workspace.last)

    @scenario("documented", sources.AZUREML_MLFLOW)
    def test_an_artifact_is_uploaded_by_a_signed_url(self, workspace: Workspace, run: str) -> None:
        """Run history gives a signed URL to which a file can be written, and one from which it can be read."""
        wanted = {"paths": [{"path": "notes/a.txt"}]}
        answer = workspace.history("POST", f"/runs/{run}/artifacts/batch/metadata", wanted)
        answer.must_be(200, {"artifactContentInformation": {"notes/a.txt": {"contentUri": text("https://.+")}}})
        url = answer.json["artifactContentInformation"]["notes/a.txt"]["contentUri"]
        headers = {"x-ms-blob-type": "BlockBlob"}
        workspace.send("PUT", url, b"hello", headers=headers, signed_in=False).must_be(201)
        info = workspace.history("GET", f"/runs/{run}/artifacts/contentinfo", path="notes/a.txt")
        info.must_be(200, {"contentUri": text("https://.+")})
        file = workspace.send("GET", info.json["contentUri"], signed_in=False)
        file.must_read(200, "hello")

    @scenario("documented", sources.MLFLOW)
    def test_a_missing_artifact_is_not_found(self, workspace: Workspace, run: str) -> None:
        """A file that is not there answers 404."""
        base = f"/mlflow/v1.0{workspace.id}/api/2.0/mlflow-artifacts/artifacts"
        workspace.send("GET", f"{base}/ExperimentRun/dcid.{run}/nowhere").must_be(404)


_TEXT = Like("a text that is not empty", lambda value: isinstance(value, str) and value != "")
_RUN = {"info": {"run_id": _TEXT, "status": "RUNNING"}}


def _tags(workspace: Workspace, run: str) -> dict[str, Any]:
    answer = workspace.mlflow("GET", "runs/get", run_id=run)
    answer.must_be(200, {"run": {"data": {"tags": ANYTHING}}})
    return {one["key"]: one["value"] for one in answer.json["run"]["data"]["tags"]}
