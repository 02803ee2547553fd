"""The in-process emulator: virtual time, real trials, reset, and what it leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from amlet.testing import InProcessEmulator
from contracts.resource_id import WorkspaceId
from gateway import command
from gateway.entities import SweepJob
from gateway.exceptions import ResourceNotFoundError

Emulate = Callable[..., InProcessEmulator]
MakeSweep = Callable[..., SweepJob]


def test_a_sweep_is_over_when_somebody_looks(emulate: Emulate, sweep: MakeSweep) -> None:
    client = emulate(objective=lambda lr: 1 - lr).client()
    job = client.jobs.create_or_update(sweep())
    assert job.status == "Running"
    assert client.jobs.get(job.name).status == "Completed"


def test_the_objective_decides_which_trial_is_the_best(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate(objective=lambda lr: 1 - lr)
    job = emulator.client().jobs.create_or_update(sweep(total=6))
    children = emulator.request("GET", f"/history/v1.0{emulator.workspace}/runs/{job.name}/children").json()["value"]
    trials = [child["runId"] for child in children]
    rates = {name: _rate(emulator, job.name, name) for name in trials}
    properties = emulator.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]
    assert properties["best_child_run_id"] == min(rates, key=rates.__getitem__)
    assert float(properties["score"]) == pytest.approx(1 - min(rates.values()))


def _rate(emulator: InProcessEmulator, sweep: str, trial: str) -> float:
    import json

    tags = emulator.request("GET", f"jobs/{sweep}").json()["properties"]["tags"]
    return float(json.loads(tags[f"_aml_system_{trial}"])["lr"])


def test_without_an_objective_the_same_parameters_give_the_same_metric(emulate: Emulate, sweep: MakeSweep) -> None:
    def best() -> str:
        emulator, job = emulate(), sweep()
        job.sampling_algorithm = _seeded()
        made = emulator.client().jobs.create_or_update(job)
        score: str = emulator.request("GET", f"jobs/{made.name}").json()["properties"]["properties"]["score"]
        return score

    assert best() == best()


def _seeded() -> object:
    from gateway.sweep import RandomSamplingAlgorithm

    return RandomSamplingAlgorithm(seed=7)


def test_an_objective_that_raises_fails_its_trials_and_is_named_in_their_error(
    emulate: Emulate, sweep: MakeSweep
) -> None:
    emulator = emulate(objective=lambda learning_rate: 0.0)
    job = emulator.client().jobs.create_or_update(sweep())
    assert emulator.client().jobs.get(job.name).status == "Failed"
    details = emulator.request("GET", f"/history/v1.0{emulator.workspace}/runs/{job.name}_0/details").json()
    assert "the objective raised TypeError" in details["error"]["error"]["message"]


def test_recorded_curves_are_given_to_the_trials_in_their_order(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate()
    emulator.set_curves([[0.1, 0.2], [0.3, 0.9], [0.5, 0.4]])
    job = emulator.client().jobs.create_or_update(sweep(total=3))
    assert emulator.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]["score"] == "0.9"


def test_streaming_ends_at_once(emulate: Emulate, sweep: MakeSweep, capsys: pytest.CaptureFixture[str]) -> None:
    client = emulate().client()
    job = client.jobs.create_or_update(sweep())
    client.jobs.stream(job.name)
    assert "Execution Summary" in capsys.readouterr().out


def test_a_waiting_client_lets_a_frozen_clock_go_on(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate(objective=lambda lr: {"values": [lr], "duration": 3600})
    emulator.time.freeze()
    client = emulator.client()
    job = client.jobs.create_or_update(sweep(max_concurrent_trials=4))
    client.jobs.stream(job.name)
    assert client.jobs.get(job.name).status == "Completed"


def test_a_frozen_sweep_runs_until_time_is_let_pass(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate(objective=lambda lr: {"values": [lr], "duration": 100})
    emulator.time.freeze()
    client = emulator.client()
    job = client.jobs.create_or_update(sweep(total=2, max_concurrent_trials=1))
    assert client.jobs.get(job.name).status == "Running"
    emulator.time.advance(199)
    assert client.jobs.get(job.name).status == "Running"
    emulator.time.advance(1)
    assert client.jobs.get(job.name).status == "Completed"


def test_a_timeout_of_hours_is_over_in_no_time(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate(objective=lambda lr: {"values": [lr], "duration": float("inf")})
    begin = emulator.time.now()
    client = emulator.client()
    job = client.jobs.create_or_update(sweep(timeout=7200))
    assert client.jobs.get(job.name).status == "Canceled"
    assert emulator.time.now() - begin == pytest.approx(7200)


def test_a_running_sweep_can_be_canceled(emulate: Emulate, sweep: MakeSweep) -> None:
    client = emulate().client()
    job = client.jobs.create_or_update(sweep())
    client.jobs.begin_cancel(job.name).result()
    assert client.jobs.get(job.name).status == "Canceled"


def test_tokens_expire_on_the_virtual_clock(emulate: Emulate) -> None:
    emulator = emulate()
    headers = {"Authorization": f"Bearer {emulator.token(lifetime=60)}"}
    assert emulator.request("GET", "jobs", headers=headers).status == 200
    emulator.time.advance(61)
    assert emulator.request("GET", "jobs", headers=headers).status == 401


def test_a_client_outlives_the_expiry_of_its_token(emulate: Emulate) -> None:
    emulator = emulate()
    client = emulator.client()
    assert list(client.jobs.list()) == []
    emulator.time.advance(48 * 3600)
    assert list(client.jobs.list()) == []


def test_a_reset_forgets_everything_and_keeps_clients(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate(start=1_767_225_600.0)
    client = emulator.client()
    job = client.jobs.create_or_update(sweep())
    client.jobs.get(job.name)
    emulator.reset()
    assert emulator.time.now() == 1_767_225_600.0
    with pytest.raises(ResourceNotFoundError):
        client.jobs.get(job.name)


def test_emulators_know_nothing_of_each_other(emulate: Emulate, sweep: MakeSweep) -> None:
    one, other = emulate(), emulate()
    one.client().jobs.create_or_update(sweep())
    assert list(other.client().jobs.list()) == []


def test_workspaces_are_apart(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate()
    emulator.client(WorkspaceId("s", "g", "one")).jobs.create_or_update(sweep())
    assert list(emulator.client(WorkspaceId("s", "g", "other")).jobs.list()) == []


def test_closing_leaves_no_thread_and_no_file(sweep: MakeSweep) -> None:
    before = set(threading.enumerate())
    with InProcessEmulator() as emulator:
        client = emulator.client()
        client.jobs.get(client.jobs.create_or_update(sweep()).name)
        folder = emulator.state_dir
        assert any(folder.iterdir())
    assert not folder.exists()
    assert set(threading.enumerate()) <= before


def test_a_closed_emulator_says_so(sweep: MakeSweep) -> None:
    with InProcessEmulator() as emulator:
        client = emulator.client()
    with pytest.raises(RuntimeError, match="closed"):
        list(client.jobs.list())


def test_an_unknown_setting_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="page_size"):
        InProcessEmulator(settings={"page_sise": 3})


def test_an_unsigned_request_is_refused(emulate: Emulate) -> None:
    assert emulate().request("GET", "jobs", signed=False).status == 401


def test_a_trial_writes_its_values_to_its_log(emulate: Emulate, sweep: MakeSweep, tmp_path: Path) -> None:
    emulator = emulate(objective=lambda lr: [0.25, 0.5])
    client = emulator.client()
    job = client.jobs.create_or_update(sweep(total=1))
    client.jobs.download(f"{job.name}_0", download_path=tmp_path)
    (log,) = tmp_path.rglob("std_log.txt")
    assert log.read_text() == "step 0: accuracy = 0.25\nstep 1: accuracy = 0.5\n"


@pytest.mark.slow
def test_real_trials_log_through_a_port_that_is_gone_afterwards(
    emulate: Emulate, sweep: MakeSweep, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "1")
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MAX", "1")
    program = "from gateway.tracking import log_metric; log_metric('accuracy', 0.5)"
    emulator = emulate(executor="process")
    client = emulator.client()
    job = client.jobs.create_or_update(sweep(f'{python} -c "{program}" --lr ${{{{search_space.lr}}}}', total=2))
    client.jobs.stream(job.name)
    properties = emulator.request("GET", f"jobs/{job.name}").json()["properties"]
    assert properties["status"] == "Completed"
    assert properties["properties"]["score"] == "0.5"


def test_time_is_real_for_real_trials(emulate: Emulate) -> None:
    with pytest.raises(RuntimeError, match="simulate"):
        _ = emulate(executor="process").time


def test_the_same_seed_gives_the_same_trials_at_the_same_times(emulate: Emulate, sweep: MakeSweep) -> None:
    def run() -> bytes:
        emulator, job = emulate(seed=7), sweep()
        job.name = "same"
        emulator.client().jobs.create_or_update(job)
        emulator.request("GET", "jobs/same")
        told = emulator.request("GET", f"/_amlet{emulator.workspace}/jobs/same/explanation")
        assert told.ok
        return told.body

    assert run() == run()


def test_another_seed_gives_other_trials(emulate: Emulate, sweep: MakeSweep) -> None:
    def seed_of(seed: int) -> str:
        emulator = emulate(seed=seed)
        job = emulator.client().jobs.create_or_update(sweep())
        found: str = emulator.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]["amlet.seed"]
        return found

    assert seed_of(1) != seed_of(2)


def test_what_is_simulated_says_so_in_its_document_and_for_people() -> None:
    from amlet.cli.jobs.output import az_shape, people_text

    with InProcessEmulator() as emulator:
        name = emulator.client().jobs.create_or_update(command(command="true", environment="e:1")).name
        document = next(emulator.client().jobs.documents())
    assert document["name"] == name
    assert az_shape(document)["properties"]["amlet.simulated"] == "true"
    assert "Simulated:    yes: virtual time, invented metrics, no command ran" in people_text(document)


def test_the_explanation_of_a_simulated_sweep_says_so_first(emulate: Emulate, sweep: MakeSweep) -> None:
    emulator = emulate()
    job = emulator.client().jobs.create_or_update(sweep())
    told = emulator.request("GET", f"/_amlet{emulator.workspace}/jobs/{job.name}/explanation").json()
    assert told["simulated"]
    assert told["lines"][0] == "SIMULATED: virtual time, invented metrics, no command ran."
