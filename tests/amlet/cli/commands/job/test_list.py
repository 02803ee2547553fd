"""`amlet job list`: the trials of a sweep as a table, and filters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from amlet.cli.exits import Refusal
from amlet.cli.jobs.trials import people_row, sorted_by
from tests.amlet.cli.commands.job.test_job import SWEEP_STATE


@pytest.fixture
def _two_trials(emulator) -> None:
    """A sweep `s` of two trials, one of which was stopped."""
    tags = {"s_0": '{"lr": 0.1}', "s_1": '{"lr": 0.2}'}
    notes = {"best_child_run_id": "s_0", "score": "0.25"}
    emulator.put_job("s", "Completed", **SWEEP_STATE, tags=tags, properties=notes)
    begun = {"experimentId": "e", "startTimeUtc": "2026-01-01T00:00:00Z"}
    emulator.children = [
        {"runId": "s_0", "status": "Completed", "endTimeUtc": "2026-01-01T00:01:30Z", **begun},
        {"runId": "s_1", "status": "Canceled", "endTimeUtc": "2026-01-01T00:00:10Z", **begun},
    ]
    emulator.logged = {
        "s_0": [{"key": "loss", "value": 0.5, "step": 9}],
        "s_1": [{"key": "loss", "value": 0.75, "step": 4}],
    }
    why = "Bandit at interval 5: its best loss 0.75 is above 0.5, the slack allowed behind s_0."
    emulator.explanation = {
        "trials": [
            {"name": "s_0", "best": 0.25, "attempt": 1, "reason": ""},
            {"name": "s_1", "best": 0.7, "attempt": 2, "reason": why},
        ]
    }


@pytest.mark.usefixtures("_two_trials")
def test_the_trials_of_a_sweep_are_listed_with_what_is_known_of_each(amlet) -> None:
    [first, second] = json.loads(amlet("job", "list", "-p", "s", "--emulator").out)
    assert first == {
        "name": "s_0", "display_name": None, "status": "Completed", "experiment_name": "e", "type": "base",
        "tags": None, "number": 0, "parameters": {"lr": 0.1}, "metric": "loss", "value": 0.25, "last": 0.5, "step": 9,
        "duration": 90.0, "attempt": 1, "reason": None,
    }  # fmt: skip
    assert (second["value"], second["last"], second["step"], second["attempt"]) == (0.7, 0.75, 4, 2)
    assert second["reason"].startswith("Bandit at interval 5")


@pytest.mark.usefixtures("_two_trials")
def test_trials_of_a_simulated_sweep_say_so(amlet, emulator) -> None:
    emulator.documents["s"]["properties"]["properties"]["amlet.simulated"] = "true"
    ran = amlet("job", "list", "-p", "s", "--emulator")
    assert [row["simulated"] for row in json.loads(ran.out)] == [True, True]
    assert "SIMULATED: the metrics are invented" in ran.err


@pytest.mark.usefixtures("_two_trials")
def test_the_table_is_headed_by_the_metric(amlet) -> None:
    heading, _, first, second = amlet("job", "list", "-p", "s", "--emulator", "-o", "table").out.splitlines()
    assert heading.split() == ["trial", "status", "parameters", "loss", "last", "step", "seconds", "attempt", "why"]
    assert first.split() == ["0", "Completed", "lr=0.1", "0.25", "0.5", "9", "90", "1"]
    assert second.endswith("...")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--status", "canceled"), ["s_1"]),
        (("--sort-by", "-parameters.lr"), ["s_1", "s_0"]),
        (("--sort-by", "value"), ["s_0", "s_1"]),
        (("-r", "1"), ["s_0"]),
    ],
)
@pytest.mark.usefixtures("_two_trials")
def test_trials_are_chosen_and_ordered(amlet, options: tuple[str, ...], names: list[str]) -> None:
    assert json.loads(amlet("job", "list", "-p", "s", "--emulator", "--query", "[].name", *options).out) == names


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--status", "Failed"), ["b"]),
        (("--compute", "gpu"), ["b"]),
        (("--experiment", "first"), ["a"]),
        (("--experiment", "first", "--status", "Failed"), []),
        (("--status", "completed", "-r", "1"), ["a"]),
    ],
)
def test_jobs_are_chosen_by_status_compute_and_experiment(
    amlet, emulator, options: tuple[str, ...], names: list[str]
) -> None:
    emulator.put_job("a", "Completed", computeId="/x/computes/cpu", experimentName="first")
    emulator.put_job("b", "Failed", computeId="/x/computes/gpu", experimentName="second")
    emulator.put_job("c", "Completed", experimentName="second")
    assert json.loads(amlet("job", "list", "--emulator", "--query", "[].name", *options).out) == names


def test_a_status_that_no_job_has_is_refused_instead_of_an_empty_list(amlet) -> None:
    ran = amlet("job", "list", "--emulator", "--status", "fail")
    assert (ran.code, ran.out) == (2, "")
    assert "--status fail: not a status of jobs; did you mean Failed?" in ran.err


def test_rows_without_a_value_come_last_and_numbers_before_texts() -> None:
    rows: list[dict[str, Any]] = [{"v": value, "parameters": {}} for value in ("b", None, 10, 9.5)]
    assert [row["v"] for row in sorted_by(rows, "v")] == [9.5, 10, "b", None]
    assert [row["v"] for row in sorted_by(rows, "-v")] == ["b", 10, 9.5, None]


@pytest.mark.parametrize("key", ["trial", "status", "lr", "loss", "last", "step", "seconds", "attempt", "why"])
@pytest.mark.usefixtures("_two_trials")
def test_every_column_of_the_table_orders_it(amlet, key: str) -> None:
    up, down = (
        json.loads(amlet("job", "list", "-p", "s", "--emulator", "--query", "[].name", "--sort-by", sign + key).out)
        for sign in ("", "-")
    )
    assert sorted(up) == ["s_0", "s_1"]
    assert up == down[::-1] or key == "why"


def test_a_column_without_any_value_leaves_the_order_as_it_is() -> None:
    rows: list[dict[str, Any]] = [{"name": "b", "reason": None}, {"name": "a", "reason": None}]
    assert sorted_by(rows, "why") == rows


def test_a_column_that_no_row_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal, match=r"there are lr, name, parameters, parameters\.lr"):
        sorted_by([{"name": "s_0", "parameters": {"lr": 1}}], "value")
    with pytest.raises(Refusal, match=r"did you mean name\?"):
        sorted_by([{"name": "s_0"}], "nam")


def test_a_trial_without_a_value_has_empty_cells() -> None:
    row = {"number": 3, "status": "Running", "parameters": {}, "metric": "loss", "value": None, "last": None}
    assert people_row({**row, "step": None, "duration": None})["loss"] == ""


def test_a_job_that_no_machine_can_run_is_marked_for_people_alone(amlet, emulator) -> None:
    emulator.put_job("s", "Running", **SWEEP_STATE, properties={"amlet.waitsFor": "no worker offers GPU=1"})
    assert "Running (waits)" in amlet("job", "list", "--emulator", "-o", "table").out.replace("  ", " ")
    assert json.loads(amlet("job", "list", "--emulator").out)[0]["status"] == "Running"
