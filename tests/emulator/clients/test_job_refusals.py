"""What the server refuses, as the official client raises it; and what may change on a job."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from contracts.lifecycle import JobStatus
from emulator.services.context import Emulator
from tests.emulator.clients.test_jobs import a_sweep, move

pytestmark = pytest.mark.oracle


def test_tags_and_names_of_a_job_can_change(ml_client: Any) -> None:
    created = ml_client.jobs.create_or_update(a_sweep("s"))
    created.tags = {"a": "1"}
    created.display_name, created.description = "better", "more"
    changed = ml_client.jobs.create_or_update(created)
    assert (changed.display_name, changed.description, changed.tags["a"]) == ("better", "more", "1")
    changed.tags = {"b": "2"}
    ml_client.jobs.create_or_update(changed)
    assert {"a": "1", "b": "2"}.items() <= ml_client.jobs.get("s").tags.items()


def test_what_a_job_runs_cannot_change(ml_client: Any) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    with pytest.raises(HttpResponseError, match=r"Only .*tags.* can be updated") as caught:
        ml_client.jobs.create_or_update(a_sweep("s", primary_metric="other"))
    assert caught.value.status_code == 400
    assert caught.value.error.code == "UserError"
    assert ml_client.jobs.get("s").objective.primary_metric == "m"


@pytest.mark.parametrize("operation", ["get", "begin_cancel", "archive", "restore", "stream", "download"])
def test_every_operation_on_a_missing_job_is_not_found(ml_client: Any, operation: str) -> None:
    with pytest.raises(ResourceNotFoundError, match=r"\(UserError\) .*nope.* not found") as caught:
        getattr(ml_client.jobs, operation)("nope")
    assert "\nCode: UserError\nMessage: " in str(caught.value)


def test_a_job_that_has_ended_is_not_canceled(ml_client: Any, emulator: Emulator) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    move(emulator, "s", JobStatus.CANCELED)
    with pytest.raises(HttpResponseError, match=r"\(UserError\) .*Canceled"):
        ml_client.jobs.begin_cancel("s")


def test_a_running_job_is_not_deleted(ml_client: Any) -> None:
    ml_client.jobs.create_or_update(a_sweep("s"))
    with pytest.raises(HttpResponseError, match=r"\(UserError\)"):
        ml_client.jobs.begin_delete("s").result(30)
    assert ml_client.jobs.get("s").status == "Running"


def test_a_running_job_is_not_downloaded(ml_client: Any) -> None:
    from azure.ai.ml.exceptions import JobException

    ml_client.jobs.create_or_update(a_sweep("s"))
    with pytest.raises(JobException, match="Download is allowed only in states"):
        ml_client.jobs.download("s")


def _upside_down(job: Any) -> None:
    from azure.ai.ml.sweep import Uniform

    job.search_space["lr"] = Uniform(2.0, 1.0)


def _no_objective(job: Any) -> None:
    job.objective = None


def test_a_parameter_that_the_search_space_does_not_have_is_accepted_as_the_service_does(ml_client: Any) -> None:
    job = a_sweep("s")
    job.trial.command = "echo ${{search_space.missing}}"
    assert ml_client.jobs.create_or_update(job).status == "Running"


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_upside_down, "lr"),
        (_no_objective, "objective"),
    ],
)
def test_a_sweep_that_the_client_lets_pass_is_refused_by_the_server(ml_client: Any, spoil: Any, named: str) -> None:
    job = a_sweep("s")
    spoil(job)
    with pytest.raises(HttpResponseError) as caught:
        ml_client.jobs.create_or_update(job)
    assert (caught.value.status_code, caught.value.error.code) == (400, "UserError")
    assert named in caught.value.error.target + caught.value.message
    with pytest.raises(ResourceNotFoundError):
        ml_client.jobs.get("s")


@pytest.mark.parametrize("algorithm", ["bayesian", "random"])
def test_a_policy_without_use_is_accepted(ml_client: Any, algorithm: str) -> None:
    from azure.ai.ml.sweep import BanditPolicy

    job = a_sweep("s", sampling_algorithm=algorithm)
    job.early_termination = BanditPolicy()
    assert ml_client.jobs.create_or_update(job).status == "Running"


@pytest.mark.filterwarnings("ignore")
def test_another_type_of_job_is_refused_with_what_is_served(ml_client: Any) -> None:
    from azure.ai.ml import Input, automl

    job = automl.classification(
        compute="cpu",
        training_data=Input(type="mltable", path="azureml:rows:1"),
        target_column_name="y",
        primary_metric="accuracy",
    )
    with pytest.raises(HttpResponseError, match="Jobs of type AutoML are not served here"):
        ml_client.jobs.create_or_update(job)
