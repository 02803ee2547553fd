"""What a user does with a workspace, the same on an emulator, from a recording, and in the cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import Input, command
from gateway.entities import Environment
from gateway.exceptions import HttpResponseError, ResourceNotFoundError
from gateway.sweep import Choice
from tests.gateway.journeys.conftest import Place, Travel

#: Runs in any environment that has mlflow.
SCRIPT = """
import argparse
import mlflow

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.5)
parser.add_argument("--data", default=None)
given = parser.parse_args()
mlflow.log_metric("accuracy", 1 - given.lr)
"""


def _code(folder: Path) -> str:
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "train.py").write_text(SCRIPT)
    return str(folder / "src")


def _command(place: Place, folder: Path, name: str, **more: Any) -> Any:
    return command(
        name=place.name(name),
        experiment_name="journeys",
        code=_code(folder),
        command="python train.py",
        environment=place.environment,
        compute=place.compute,
        **more,
    )


def _sweep(place: Place, folder: Path, name: str) -> Any:
    trial = command(
        experiment_name="journeys",
        code=_code(folder),
        command="python train.py --lr ${{inputs.lr}}",
        environment=place.environment,
        compute=place.compute,
        inputs={"lr": 0.1},
    )
    sweep = trial(lr=Choice([0.1, 0.2, 0.4])).sweep(
        sampling_algorithm="grid", primary_metric="accuracy", goal="maximize", max_concurrent_trials=3
    )
    sweep.name, sweep.experiment_name = place.name(name), "journeys"
    sweep.set_limits(max_total_trials=3, max_concurrent_trials=3)
    return sweep


def test_a_job_with_code_and_a_local_input_runs_to_its_end(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        (tmp_path / "d.csv").write_text("x\n1\n")
        data = {"d": Input(type="uri_file", path=str(tmp_path / "d.csv"))}
        job = _command(place, tmp_path, "input", inputs=data)
        job.command = "python train.py --data ${{inputs.d}}"
        place.client.jobs.create_or_update(job)
        ended = place.client.jobs.wait(job.name)
        listed = [one.name for one in place.client.jobs.list(max_results=5)]
        return ended.status, job.name in listed

    assert travel(journey) == ("Completed", True)


def test_a_sweep_finds_its_best_trial(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        job = place.client.jobs.create_or_update(_sweep(place, tmp_path, "sweep"))
        ended = place.client.jobs.wait(job.name)
        trials = place.client.jobs.trials(job.name)
        best = place.client.jobs.best_trial(job.name)
        assert best is not None
        points = place.client.jobs.metric_history(best.name, "accuracy")
        values = sorted(float(trial.parameters["lr"]) for trial in trials)
        return ended.status, values, float(best.parameters["lr"]), round(points[-1].value, 6)

    assert travel(journey) == ("Completed", [0.1, 0.2, 0.4], 0.1, 0.9)


def test_a_stream_ends_with_the_job(travel: Travel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def journey(place: Place) -> Any:
        job = place.client.jobs.create_or_update(_command(place, tmp_path, "stream"))
        place.client.jobs.stream(job.name)
        return "Execution Summary" in capsys.readouterr().out

    assert travel(journey)


def test_a_canceled_job_is_canceled(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        job = place.client.jobs.create_or_update(_sweep(place, tmp_path, "cancel"))
        place.client.jobs.begin_cancel(job.name).result(timeout=3600)
        return place.client.jobs.wait(job.name).status

    assert travel(journey) == "Canceled"


def test_the_log_of_the_best_trial_is_downloaded(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        job = place.client.jobs.create_or_update(_sweep(place, tmp_path, "download"))
        place.client.jobs.wait(job.name)
        target = tmp_path / "fetched" / str(id(place))
        place.client.jobs.download(job.name, download_path=target)
        return any(path.name == "std_log.txt" for path in target.rglob("*"))

    assert travel(journey)


def test_an_archived_job_is_in_no_list(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        job = place.client.jobs.create_or_update(_command(place, tmp_path, "archive"))
        place.client.jobs.wait(job.name)
        seen = []
        for change in (place.client.jobs.archive, place.client.jobs.restore):
            change(job.name)
            seen.append(job.name in [one.name for one in place.client.jobs.list(max_results=20)])
        return seen

    assert travel(journey) == [False, True]


def test_an_environment_is_registered_and_found_again(travel: Travel) -> None:
    def journey(place: Place) -> Any:
        image = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04"
        made = place.client.environments.create_or_update(Environment(name=f"{place.prefix}-env", image=image))
        found = place.client.environments.get(made.name, label="latest")
        return found.name == made.name, found.version == made.version, found.image

    same_name, same_version, image = travel(journey)
    assert (same_name, same_version) == (True, True)
    assert image.startswith("mcr.microsoft.com/")


def test_what_is_not_there_is_an_error_that_says_so(travel: Travel) -> None:
    def journey(place: Place) -> Any:
        with pytest.raises(ResourceNotFoundError) as raised:
            place.client.jobs.get(f"{place.prefix}-ghost")
        error = raised.value
        return error.status, error.code, "ghost" in str(error)

    assert travel(journey) == (404, "UserError", True)


def test_another_job_of_the_same_name_is_refused(travel: Travel, tmp_path: Path) -> None:
    def journey(place: Place) -> Any:
        job = _command(place, tmp_path, "twice")
        place.client.jobs.create_or_update(job)
        job.command = "python train.py --lr 0.9"
        with pytest.raises(HttpResponseError) as raised:
            place.client.jobs.create_or_update(job)
        return raised.value.status, "name is taken" in (raised.value.hint or "")

    assert travel(journey) == (400, True)
