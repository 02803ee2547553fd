"""`amlet job explain`."""

from __future__ import annotations

import json

import pytest

from amlet.cli import target
from amlet.cli.target import Target, TargetKind
from contracts.resource_id import LOCAL_WORKSPACE

OBJECTIVE = {"goal": "Maximize", "primaryMetric": "accuracy"}


@pytest.fixture
def record(emulator, monkeypatch: pytest.MonkeyPatch) -> dict:
    told = {"name": "s", "status": "Completed", "lines": ["The sweep ended Completed."], "trials": []}
    answer = emulator._answer
    monkeypatch.setattr(
        emulator,
        "_answer",
        lambda request, path, body: told if path == "/jobs/s/explanation" else answer(request, path, body),
    )
    return told


def test_the_explanation_is_read_from_the_emulator(amlet, emulator, record) -> None:
    ran = amlet("job", "explain", "s", "--emulator")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out) == record
    assert "/_amlet/subscriptions/" in emulator.asked[-1].url


def test_a_table_has_a_row_for_each_step(amlet, record) -> None:
    record["steps"] = [{"name": "fit", "status": "Failed", "whyNot": None, "error": {"code": "UserError"}}]
    ran = amlet("job", "explain", "s", "--emulator", "-o", "table")
    assert [line.split() for line in ran.out.splitlines()][::2] == [["name", "status", "whyNot"], ["fit", "Failed"]]


def test_a_job_that_is_not_there_is_said(amlet, emulator) -> None:
    ran = amlet("job", "explain", "none", "--emulator")
    assert (ran.code, ran.out) == (5, "")


@pytest.fixture
def workspace(emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands ask a workspace, which answers as the emulator of the test does."""
    monkeypatch.setattr(target, "choose_kind", lambda *_: (TargetKind.WORKSPACE, "a test"))
    monkeypatch.setattr(target.workspace_settings.WorkspaceSettings, "workspace", lambda self: LOCAL_WORKSPACE)
    through = Target.connect
    monkeypatch.setattr(
        Target,
        "connect",
        lambda self, **options: through(Target(TargetKind.EMULATOR, self.workspace, self.reason), **options),
    )


def test_the_steps_of_a_pipeline_in_a_workspace_are_told(amlet, emulator, workspace: None) -> None:
    emulator.put_job("p", "Failed", jobType="Pipeline", jobs={})
    emulator.children = [
        {"runId": "1", "displayName": "load", "status": "Completed", "properties": {"azureml.reusedrunid": "0"}},
        {"runId": "3", "displayName": "judge", "status": "Failed", "endTimeUtc": "2026-01-01T00:00:09Z"},
        {"runId": "2", "displayName": "fit", "status": "Failed", "endTimeUtc": "2026-01-01T00:00:05Z"},
    ]
    ran = amlet("job", "explain", "p")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert [(step["step"], step["status"], step["reused"]) for step in told["steps"]] == [
        ("load", "Completed", "0"),
        ("judge", "Failed", None),
        ("fit", "Failed", None),
    ]
    assert ran.err.index("step fit (2) failed: ") < ran.err.index("step judge (3) failed: ")
    assert "Not run again, as an earlier run stands for them: load" in ran.err


def test_a_workspace_tells_statuses_and_metrics_and_says_what_it_cannot(amlet, emulator, workspace: None) -> None:
    emulator.put_job("s", "Completed", jobType="Sweep", objective=OBJECTIVE, searchSpace={}, trial={})
    emulator.children = [
        {"runId": "s_0", "status": "Canceled", "tags": {"hyperparameters": '{"lr": 1}'}, "experimentId": "e"}
    ]
    ran = amlet("job", "explain", "s")
    assert ran.code == 0, ran.err
    assert "A workspace keeps no record of why its policy canceled a trial; only an emulator does." in ran.err
    [trial] = json.loads(ran.out)["trials"]
    assert (trial["name"], trial["status"], trial["accuracy"]) == ("s_0", "Canceled", None)
    assert not any("_amlet" in request.url for request in emulator.asked)


def test_where_the_attempts_at_a_job_ran_is_shown_with_the_job(
    amlet, emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put_job("c", "Completed", jobType="Command", command="true")
    lines = ["Attempt 1 on gpu1 (tcp://w1): Lost, it was silent for 30 s", "Attempt 2 on gpu2 (tcp://w2): Completed"]
    answer = emulator._answer
    monkeypatch.setattr(
        emulator,
        "_answer",
        lambda request, path, body: {"lines": lines} if path == "/jobs/c/attempts" else answer(request, path, body),
    )
    ran = amlet("job", "show", "c", "--emulator")
    assert ran.code == 0, ran.err
    assert all(line in ran.err for line in lines)
    assert json.loads(ran.out)["name"] == "c"
