"""A sweep's trials, put together from the parent's document, run history and MLflow."""

from __future__ import annotations

import json

from gateway.operations.trials import sweep_results, sweep_state

PARENT = {
    "name": "s",
    "properties": {
        "jobType": "Sweep",
        "status": "Running",
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "limits": {"maxTotalTrials": 4},
        "tags": {
            "_aml_system_max_total_jobs": "4",
            "_aml_system_s_0": '{"lr": 0.1}',
            "s_1": '{"lr":0.2}',
            "mine": "x",
        },
        "properties": {"best_child_run_id": "s_1", "score": "0.25"},
    },
}
RUNS = {
    "value": [
        {"runId": "s_10", "status": "Queued", "experimentId": "e", "tags": {"hyperparameters": '{"lr": 0.3}'}},
        {"runId": "s_1", "status": "Completed", "experimentId": "e", "tags": {}},
        {"runId": "s_0", "status": "Running", "experimentId": "e", "tags": {}},
        {"runId": "s_preparation", "status": "Completed", "experimentId": "e", "tags": {}},
        {"runId": "0f8e7a4c-begun-by-code", "status": "Running", "experimentId": "e", "tags": {"mlflow.user": "x"}},
    ]
}


def _serve(service) -> None:
    service.answers |= {"GET .*/jobs/s": PARENT, "GET .*/runs/s/children": RUNS}


def test_trials_come_in_the_order_of_sampling_and_other_children_are_none_of_them(connection, service) -> None:
    _serve(service)
    state = connection.run(sweep_state(connection.workspace, "s"))
    assert [(trial.name, trial.status, trial.parameters) for trial in state.trials] == [
        ("s_0", "Running", {"lr": 0.1}),
        ("s_1", "Completed", {"lr": 0.2}),
        ("s_10", "Queued", {"lr": 0.3}),
    ]
    assert (state.goal, state.metric, state.limit) == ("minimize", "loss", 4)


def test_the_best_trial_is_the_one_the_service_names(connection, service) -> None:
    _serve(service)
    state = connection.run(sweep_state(connection.workspace, "s"))
    assert state.best is not None
    assert (state.best.name, state.best.metrics) == ("s_1", {"loss": 0.25})


def test_metrics_come_from_one_search_over_the_children(connection, service) -> None:
    _serve(service)
    found = {
        "info": {"run_id": "s_0"},
        "data": {"metrics": [{"key": "loss", "value": 0.5}, {"key": "acc", "value": "NaN"}]},
    }
    service.answers["POST .*/api/2.0/mlflow/runs/search"] = {"runs": [found]}
    trials = connection.run(sweep_results(connection.workspace, "s")).trials
    assert trials[0].metrics["loss"] == 0.5
    assert trials[1].metrics == {"loss": 0.25}
    assert [trial.value for trial in trials] == [None, 0.25, None]
    query = json.loads(service.asked[-1].body)
    assert (query["experiment_ids"], query["filter"]) == (["e"], "tags.mlflow.parentRunId = 's'")


def test_the_best_trial_shows_the_value_that_made_it_the_best_and_not_its_last(connection, service) -> None:
    _serve(service)
    found = {"info": {"run_id": "s_1"}, "data": {"metrics": [{"key": "loss", "value": 0.5}]}}
    service.answers["POST .*/api/2.0/mlflow/runs/search"] = {"runs": [found]}
    best = connection.run(sweep_results(connection.workspace, "s")).best
    assert best is not None
    assert (best.value, best.metrics) == (0.25, {"loss": 0.5})
    assert "value=0.25, metrics={'loss': 0.5}" in repr(best)
    assert "<th>Judged by</th>" in best._repr_html_()


def test_a_sweep_without_trials_has_no_best_one(connection, service) -> None:
    service.answers |= {
        "GET .*/jobs/s": {"name": "s", "properties": {"jobType": "Sweep"}},
        "GET .*/runs/s/children": {"value": []},
    }
    state = connection.run(sweep_results(connection.workspace, "s"))
    assert (state.trials, state.best) == ([], None)
