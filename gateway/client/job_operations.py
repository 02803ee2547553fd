"""`MLClient.jobs`: what can be done with jobs, in the official client's words."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gateway.client import not_served
from gateway.client.connection import Connection
from gateway.client.not_served import NotServed
from gateway.constants import ListViewType
from gateway.entities.job import Job
from gateway.exceptions import UserErrorException, ValidationException
from gateway.findings import ValidationResult
from gateway.operations import jobs, trials
from gateway.operations.download import download
from gateway.operations.metrics import MetricPoint, metric_history
from gateway.operations.official.entities import taken_job
from gateway.operations.poller import Poller
from gateway.operations.resolve import with_short_ids
from gateway.operations.stream import StreamText, follow, until_ended
from gateway.operations.trials import TrialRow, Trials
from gateway.operations.uploads import OnUpload
from gateway.operations.workspace import Workspace
from gateway.transport.messages import Request
from gateway.transport.steps import Steps


class JobOperations(NotServed):
    """The jobs of one workspace.

    Parameters:
        connection: the connection to the workspace.
    """

    _not_served = not_served.JOBS

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_or_update(
        self,
        job: Job,
        *,
        description: str | None = None,
        compute: str | None = None,
        tags: dict[str, str] | None = None,
        experiment_name: str | None = None,
        skip_validation: bool = False,
        on_upload: OnUpload = lambda news: None,
    ) -> Job:
        """Submit a job, or update the fields of one that may change.

        Code and local inputs are uploaded unless the workspace has them; names become ids; then the job is sent.

        Parameters:
            job: a command or sweep job, or what `command(...)` and `.sweep(...)` build.
            description, compute, tags, experiment_name: used instead of the job's own.
            skip_validation: do not look for mistakes before sending.
            on_upload: called for each upload.

        Raises:
            ValidationException: the job cannot be right; nothing was sent.
            gateway.exceptions.HttpResponseError: the service refused.

        Example:
            job = client.jobs.create_or_update(load_job("sweep.yml"))
        """
        from gateway.operations.submit import submit

        changes = {"description": description, "compute": compute, "tags": tags, "experiment_name": experiment_name}
        workspace = self._connection.workspace
        document = self._connection.run(
            submit(
                workspace,
                job,
                {name: value for name, value in changes.items() if value is not None},
                validate=not skip_validation,
                on_upload=on_upload,
            )
        )
        return self._job(document)

    def validate(self, job: Job, *, raise_on_failure: bool = False) -> ValidationResult:
        """Look for what the service would refuse or misread in a job, without submitting it.

        Parameters:
            job: the job; it is not changed.
            raise_on_failure: raise the errors instead of returning them.

        Raises:
            ValidationException: there are errors, and they are to be raised.

        Example:
            assert client.jobs.validate(job).passed
        """
        return checked(job, raise_on_failure=raise_on_failure)

    def get(self, name: str) -> Job:
        """A job by name.

        Raises:
            UserErrorException: the name is not text.
            gateway.exceptions.ResourceNotFoundError: there is no such job.
        """
        check_text(name)
        return self._job(self._connection.run(jobs.get(self._connection.workspace, name)))

    def list(
        self,
        *,
        parent_job_name: str | None = None,
        list_view_type: str = ListViewType.ACTIVE_ONLY,
        max_results: int | None = None,
        tag: str | None = None,
    ) -> Iterator[Job]:
        """The jobs of the workspace, newest first, or the trials of a sweep; pages are fetched as they are needed.

        Parameters:
            parent_job_name: only the children of this job.
            list_view_type: a value of `gateway.constants.ListViewType`.
            max_results: at most so many.
            tag: only jobs with this tag.
        """
        documents = self.documents(parent_job_name, list_view_type, max_results, tag)
        return (child_of(document) if parent_job_name else self._job(document) for document in documents)

    def documents(
        self,
        parent: str | None = None,
        view: str = ListViewType.ACTIVE_ONLY,
        limit: int | None = None,
        tag: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The same as `list`, as the service's own documents: of ARM, or of run history for the children of a job."""
        return self._connection.each(listing(self._connection.workspace, parent, view, limit, tag), limit)

    def stream(self, name: str) -> None:
        """Print a job's logs until it ends, in the official client's words.

        Raises:
            JobException: the job failed; the text holds the run's error.
        """
        workspace = self._connection.workspace
        self._connection.run(follow(workspace, name, StreamText(sys.stdout, workspace.endpoints.page)))

    def begin_cancel(self, name: str) -> Poller:
        """Ask for a job to be canceled; the poller waits until it is.

        Raises:
            gateway.exceptions.HttpResponseError: the job has ended already, or does not exist.
        """
        return Poller(self._connection.run(jobs.begin_cancel(self._connection.workspace, name)), self._connection.run)

    def begin_delete(self, name: str) -> Poller:
        """Delete a job that has ended."""
        return Poller(self._connection.run(jobs.begin_delete(self._connection.workspace, name)), self._connection.run)

    def archive(self, name: str) -> None:
        """Hide a job from lists."""
        self._connection.run(jobs.change_run(self._connection.workspace, name, {"hidden": True}))

    def restore(self, name: str) -> None:
        """Show an archived job in lists again."""
        self._connection.run(jobs.change_run(self._connection.workspace, name, {"hidden": False}))

    def update(
        self,
        name: str,
        *,
        display_name: str | None = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        properties: dict[str, str] | None = None,
    ) -> Job:
        """Change what may change of a job, and return it as it is then; tags and properties are added to those it has.

        Raises:
            JobException: nothing to change is given.

        Example:
            client.jobs.update("my_sweep", tags={"reviewed": "yes"})
        """
        check_text(name)
        body = changed(display_name, description, tags, properties)
        return self._job(self._connection.run(jobs.update(self._connection.workspace, name, body)))

    def log_files(self, name: str) -> dict[str, str]:
        """Where the log files of a job are: a URL that can be read for a while, by the log's name."""
        details = self._connection.run(jobs.details(self._connection.workspace, name))
        return dict(details.get("logFiles") or {})

    def download(
        self,
        name: str,
        *,
        download_path: str | os.PathLike[str] = ".",
        output_name: str | None = None,
        all: bool = False,  # noqa: A002 - the official client's name
    ) -> None:
        """Fetch the logs and artifacts of a job that has ended; of a sweep, those of its best trial.

        Parameters:
            download_path: the folder they go to.
            output_name: only this named output.
            all: also all named outputs.

        Raises:
            JobException: the job has not ended, or has no such output.
        """
        steps = download(self._connection.workspace, name, Path(download_path), output_name=output_name, everything=all)
        self._connection.run(steps)

    def wait(self, name: str, timeout: float | None = None) -> Job:
        """Wait until a job has ended, however it ended, and return it.

        Parameters:
            timeout: seconds to wait at most; None waits for ever.

        Raises:
            TimeoutError: it has not ended by then; the job goes on.
        """
        return self._job(self._connection.run(until_ended(self._connection.workspace, name, timeout)))

    def metric_history(self, name: str, metric: str) -> Sequence[MetricPoint]:
        """All points of a metric of a job or trial, in the order they were logged."""
        return self._connection.run(metric_history(self._connection.workspace, name, metric))

    def trials(self, name: str) -> Trials:
        """The trials of a sweep, in the order of sampling, each with parameters, metrics and status.

        Example:
            client.jobs.trials("my_sweep").to_pandas().sort_values("metrics.loss")
        """
        return self._connection.run(trials.sweep_results(self._connection.workspace, name)).trials

    def best_trial(self, name: str) -> TrialRow | None:
        """The best trial of a sweep, judged by its `value`; None while no trial has logged the primary metric."""
        return self._connection.run(trials.sweep_results(self._connection.workspace, name)).best

    def _job(self, document: dict[str, Any]) -> Job:
        return job_here(self._connection.workspace, document)


def listing(workspace: Workspace, parent: str | None, view: str, limit: int | None, tag: str | None) -> Steps[Request]:
    """The request for the first page of a workspace's jobs, or of the children of one."""
    if parent:
        return (yield from jobs.first_page_of_trials(workspace, parent, limit))
    return jobs.first_page(workspace, view=view, tag=tag)


def changed(
    display_name: str | None, description: str | None, tags: dict[str, str] | None, properties: dict[str, str] | None
) -> dict[str, Any]:
    """What an update gives, as a job's body has it."""
    given = {"displayName": display_name, "description": description, "tags": tags, "properties": properties}
    return {"properties": given}


def job_of(document: dict[str, Any]) -> Job:
    """The job that an ARM document describes."""
    from gateway.serialization.arm import from_arm

    return child_of(document["run"]) if "run" in document else from_arm(document)


def job_here(workspace: Workspace, document: dict[str, Any]) -> Job:
    """The job that an ARM document describes, with the names of what is in the workspace in the place of their ids."""
    job: Job = with_short_ids(workspace.id, job_of(document))
    if address := job.studio_url:
        job._studio_url = workspace.endpoints.page(address)
    return job


def checked(job: Job, *, raise_on_failure: bool) -> ValidationResult:
    """What is wrong with a job; see `JobOperations.validate`."""
    from gateway.serialization.validation import validate

    result = ValidationResult(validate(taken_job(job, "jobs.validate")))
    if raise_on_failure and not result.passed:
        raise ValidationException(f"the job cannot be submitted: {result!r}")
    return result


def child_of(run: dict[str, Any]) -> Job:
    """The job that a run of run history describes: what is known of a child in a listing."""
    from gateway.entities.job import BaseJob

    return BaseJob(
        name=run["runId"],
        display_name=run.get("displayName"),
        status=run.get("status"),
        experiment_name=run.get("experimentId"),
        tags=run.get("tags"),
        properties=run.get("properties"),
    )


def check_text(name: object) -> None:
    """Refuse what cannot be a job's name.

    Raises:
        UserErrorException: it is not text.
    """
    if not isinstance(name, str):
        raise UserErrorException(f"{name!r} is an invalid input for client.jobs.get(); give the job's name.")
