"""The training program itself, as the trials of a local sweep."""

from __future__ import annotations

import pytest
from submit import best_trial


@pytest.mark.amlet(executor="process")
def test_the_trials_run_and_log_their_metric(amlet, amlet_client) -> None:
    best = best_trial(amlet_client)
    run = amlet.request("GET", f"/mlflow/v1.0{amlet.workspace}/api/2.0/mlflow/runs/get", params={"run_id": best}).json()
    metrics = {metric["key"]: metric["value"] for metric in run["run"]["data"]["metrics"]}
    assert 0 < metrics["accuracy"] <= 1
