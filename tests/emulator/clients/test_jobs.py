"""The official client's own operations on jobs."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from contracts.lifecycle import JobStatus
from emulator.services.context import Emulator
from emulator.storage import events, jobs
from tests.emulator.clients.conftest import WORKSPACE

pytestmark = pytest.mark.oracle


def a_sweep(name: str, **changes: Any) -> Any:
    from azure.ai.ml import command
    from azure.ai.ml.sweep import Choice, Uniform

    step = command(
        command="echo ${{inputs.lr}} ${{inputs.n}}",
        environment="azureml:env:1",
        inputs={"lr": 0.1, "n": 1},
    )
    options = {"sampling_algorithm": "random", "primary_metric": "m", "goal": "Maximize", "max_total_trials": 4}
    sweep = step(lr=Uniform(0.1, 1.0), n=Choice([1, 2])).sweep(compute="cpu", **options | changes)
    sweep.name, sweep.experiment_name = name, "exp"
    return sweep


def move(emulator: Emulator, name: str, *statuses: JobStatus) -> None:
    def moves(conn: sqlite3.Connection) -> None:
        job = jobs.find(conn, WORKSPACE, name)
        assert job is not None
        for status in statuses:
            events.move(conn, job.id, status, emulator.clock.now())

    emulator.store.write(moves).result()


def test_a_sweep_is_created_and_read_back(ml_client: Any, emulator: Emulator) -> None:
    created = ml_client.jobs.create_or_update(a_sweep("s"))
    assert (created.status, created.experiment_name) == ("Running", "exp")
    assert created.studio_url.startswith(f"{emulator.place.https_origin}/runs/s?wsid=")
    assert "&tid=" in created.studio_url
    found = ml_client.jobs.get("s")
    assert type(found).__name__ == "SweepJob"
    assert found.objective.primary_metric == "m"
    assert found.limits.max_total_trials == 4
    assert found.search_space.keys() == {"lr", "n"}
    assert found.compute == "cpu"


def test_a_list_follows_its_pages_to_the_end(ml_client: Any, emulator: Emulator) -> None:
    names = [f"s{number}" for number in range(emulator.settings.page_size + 2)]
    for name in names:
        ml_client.jobs.create_or_update(a_sweep(name))
    assert [job.name for job in ml_client.jobs.list()] == names[::-1]


def test_cancel_is_waited_for(ml_client: Any, emulator: Emulator) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    poller = ml_client.jobs.begin_cancel("s")
    assert ml_client.jobs.get("s").status == "CancelRequested"
    move(emulator, "s", JobStatus.CANCELED)
    poller.result(30)
    assert ml_client.jobs.get("s").status == "Canceled"


def test_a_job_that_has_ended_can_be_deleted(ml_client: Any, emulator: Emulator) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    move(emulator, "s", JobStatus.CANCELED)
    ml_client.jobs.begin_delete("s").result(30)
    assert list(ml_client.jobs.list()) == []


def test_what_is_not_there_is_not_found(ml_client: Any) -> None:
    with pytest.raises(ResourceNotFoundError, match=r"\(UserError\) Job nope not found"):
        ml_client.jobs.get("nope")


def test_what_only_the_server_can_refuse_is_refused(ml_client: Any) -> None:
    with pytest.raises(HttpResponseError, match=r"\(UserError\) .*Field: objective.goal"):
        ml_client.jobs.create_or_update(a_sweep("s", goal="up"))


def test_a_name_is_not_used_twice_for_something_else(ml_client: Any) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    ml_client.jobs.create_or_update(a_sweep("s"))
    with pytest.raises(HttpResponseError, match="A job with this name already exists"):
        ml_client.jobs.create_or_update(a_sweep("s", max_total_trials=5))
