"""The documents of steps for which another run stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.services.runs.pipelines import step_document
from emulator.storage.jobs import Job


def _document(status: JobStatus) -> dict[str, Any]:
    own = {"status": status, "createdUtc": "then", "startTimeUtc": "later"}
    step = SimpleNamespace(name="step", status=status, created=1.5, workspace=WorkspaceId("s", "g", "w"))
    return step_document(own, cast(Job, step), "p", reused=cast(Job, SimpleNamespace(name="original")))


def test_a_step_for_which_a_run_stands_that_has_not_ended_is_not_started() -> None:
    document = _document(JobStatus.STARTING)
    assert (document["status"], document["startTimeUtc"]) == ("NotStarted", None)
    assert document["dataContainerId"] == "dcid.original"


def test_one_for_which_a_run_stood_has_its_last_status() -> None:
    document = _document(JobStatus.COMPLETED)
    assert (document["status"], document["startTimeUtc"]) == ("Completed", "then")
