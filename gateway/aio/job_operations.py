"""The jobs of a workspace, awaited; what each method does, `gateway.client.job_operations` says."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from gateway.aio.connection import AsyncConnection
from gateway.aio.poller import AsyncPoller
from gateway.client import not_served
from gateway.client.job_operations import changed, check_text, checked, child_of, job_here, listing
from gateway.client.not_served import NotServed
from gateway.constants import ListViewType
from gateway.entities.job import Job
from gateway.findings import ValidationResult
from gateway.operations import jobs, trials
from gateway.operations.download import download
from gateway.operations.metrics import MetricPoint, metric_history
from gateway.operations.stream import StreamText, follow, until_ended
from gateway.operations.trials import TrialRow, Trials
from gateway.operations.uploads import OnUpload


class JobOperations(NotServed):
    """The jobs of one workspace.

    Parameters:
        connection: the connection to the workspace.
    """

    _not_served = not_served.JOBS

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create_or_update(
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
        """Submit a job, or update the fields of one that may change."""
        from gateway.operations.submit import submit

        given = {"description": description, "compute": compute, "tags": tags, "experiment_name": experiment_name}
        changes = {name: value for name, value in given.items() if value is not None}
        return await self._job(
            await self._connection.run(
                lambda workspace: submit(workspace, job, changes, validate=not skip_validation, on_upload=on_upload)
            )
        )

    def validate(self, job: Job, *, raise_on_failure: bool = False) -> ValidationResult:
        """Look for what the service would refuse or misread in a job; nothing is awaited, as nothing is asked."""
        return checked(job, raise_on_failure=raise_on_failure)

    async def get(self, name: str) -> Job:
        """A job by name."""
        check_text(name)
        return await self._job(await self._connection.run(lambda workspace: jobs.get(workspace, name)))

    async def list(
        self,
        *,
        parent_job_name: str | None = None,
        list_view_type: str = ListViewType.ACTIVE_ONLY,
        max_results: int | None = None,
        tag: str | None = None,
    ) -> AsyncIterator[Job]:
        """The jobs of the workspace, newest first, or the trials of a sweep."""
        documents = self._connection.each(
            lambda workspace: listing(workspace, parent_job_name, list_view_type, max_results, tag), max_results
        )
        async for document in documents:
            yield child_of(document) if parent_job_name else await self._job(document)

    async def stream(self, name: str) -> None:
        """Print a job's logs until it ends."""
        await self._connection.run(
            lambda workspace: follow(workspace, name, StreamText(sys.stdout, workspace.endpoints.page))
        )

    async def wait(self, name: str, timeout: float | None = None) -> Job:
        """Wait until a job has ended, however it ended, and return it."""
        return await self._job(await self._connection.run(lambda workspace: until_ended(workspace, name, timeout)))

    async def begin_cancel(self, name: str) -> AsyncPoller:
        """Ask for a job to be canceled; the poller waits until it is."""
        begun = await self._connection.run(lambda workspace: jobs.begin_cancel(workspace, name))
        return AsyncPoller(begun, self._connection.session)

    async def begin_delete(self, name: str) -> AsyncPoller:
        """Delete a job that has ended."""
        begun = await self._connection.run(lambda workspace: jobs.begin_delete(workspace, name))
        return AsyncPoller(begun, self._connection.session)

    async def archive(self, name: str) -> None:
        """Hide a job from lists."""
        await self._connection.run(lambda workspace: jobs.change_run(workspace, name, {"hidden": True}))

    async def restore(self, name: str) -> None:
        """Show an archived job in lists again."""
        await self._connection.run(lambda workspace: jobs.change_run(workspace, name, {"hidden": False}))

    async def update(
        self,
        name: str,
        *,
        display_name: str | None = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        properties: dict[str, str] | None = None,
    ) -> Job:
        """Change what may change of a job, and return it as it is then."""
        check_text(name)
        body = changed(display_name, description, tags, properties)
        return await self._job(await self._connection.run(lambda workspace: jobs.update(workspace, name, body)))

    async def log_files(self, name: str) -> dict[str, str]:
        """Where the log files of a job are: a URL that can be read for a while, by the log's name."""
        details = await self._connection.run(lambda workspace: jobs.details(workspace, name))
        return dict(details.get("logFiles") or {})

    async def download(
        self,
        name: str,
        *,
        download_path: str | os.PathLike[str] = ".",
        output_name: str | None = None,
        all: bool = False,  # noqa: A002 - the official client's name
    ) -> None:
        """Fetch the logs and artifacts of a job that has ended; of a sweep, those of its best trial."""
        folder = Path(download_path)
        await self._connection.run(
            lambda workspace: download(workspace, name, folder, output_name=output_name, everything=all)
        )

    async def trials(self, name: str) -> Trials:
        """The trials of a sweep, in the order of sampling, each with parameters, metrics and status."""
        return (await self._connection.run(lambda workspace: trials.sweep_results(workspace, name))).trials

    async def best_trial(self, name: str) -> TrialRow | None:
        """The best trial of a sweep, judged by its `value`; None while no trial has logged the primary metric."""
        return (await self._connection.run(lambda workspace: trials.sweep_results(workspace, name))).best

    async def metric_history(self, name: str, metric: str) -> Sequence[MetricPoint]:
        """All points of a metric of a job or trial, in the order they were logged."""
        return await self._connection.run(lambda workspace: metric_history(workspace, name, metric))

    async def _job(self, document: dict[str, Any]) -> Job:
        return job_here(await self._connection.workspace(), document)
