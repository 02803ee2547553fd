"""Runs as run history knows them: details with logs, children, and what may change on a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.services.body_types import check_types
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.services.runs.artifacts import RunArtifacts
from emulator.services.runs.document import RunShown, run_document, run_error
from emulator.services.runs.runs import RunService
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job

_LOGS = ("user_logs/", "azureml-logs/", "system_logs/", "logs/")


class RunHistory:
    """What can be asked of run history.

    Parameters:
        emulator: keeps the runs.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._store = emulator.store
        self._shown = RunShown(emulator.settings.region, emulator.settings.own_labels)
        self._runs = RunService(emulator)
        self.artifacts = RunArtifacts(emulator, self._runs)

    def run(self, workspace: WorkspaceId, name: str) -> dict[str, Any]:
        """A run.

        Raises:
            Refusal: 404.
        """
        conn = self._store.reader()
        return run_document(conn, _find(conn, workspace, name), self._shown)

    def details(self, workspace: WorkspaceId, name: str, url: Callable[[str], str]) -> dict[str, Any]:
        """What a stream polls: status, error, and a signed URL for each log.

        Parameters:
            url: the signed URL of a file of the run, by its path.

        Raises:
            Refusal: 404.
        """
        conn = self._store.reader()
        job = _find(conn, workspace, name)
        files = [one.path for one in self.artifacts.all(workspace, name) if one.path.startswith(_LOGS)]
        document = run_document(conn, job, self._shown)
        return {
            "runId": job.name,
            "target": document["target"],
            "status": job.status,
            "startTimeUtc": document["startTimeUtc"],
            "endTimeUtc": document["endTimeUtc"],
            "warnings": [],
            "error": run_error(job, self._shown),
            "properties": document["properties"],
            "parameters": document["parameters"],
            "services": {},
            "inputDatasets": [],
            "outputDatasets": [],
            "runDefinition": None,
            "logFiles": {path: url(path) for path in files},
            "revision": job.revision,
            "submittedBy": job.created_by,
        }

    def children(
        self, workspace: WorkspaceId, name: str, *, after: int, top: int | None
    ) -> tuple[list[dict[str, Any]], int | None]:
        """A page of what is below a run, and the number to go on after while there are more.

        Trials come first, by index, then the runs that code began.

        Parameters:
            after: how many were seen already.
            top: at most so many in all.

        Raises:
            Refusal: 404.
        """
        conn = self._store.reader()
        size = min(self._emulator.settings.page_size, top or self._emulator.settings.page_size)
        # The page is cut from the whole list: trials and begun runs are ordered by different columns.
        parent = _find(conn, workspace, name).id
        every = [*jobs.children(conn, parent), *jobs.nested(conn, parent)]
        end = after + size
        page = [run_document(conn, job, self._shown) for job in every[after:end]]
        return page, end if len(every) > end and top != size else None

    def data(self, workspace: WorkspaceId, name: str) -> dict[str, Any]:
        """A run with its definition and specification: all in one.

        Raises:
            Refusal: 404.
        """
        conn = self._store.reader()
        job = _find(conn, workspace, name)
        return {
            "runMetadata": run_document(conn, job, self._shown),
            "runDefinition": None,
            "jobSpecification": {"jobType": job.type, **job.body},
            "systemSettings": None,
        }

    async def change(self, workspace: WorkspaceId, caller: Caller | None, name: str, body: Any) -> dict[str, Any]:
        """PATCH: display name, description, whether it is hidden; tags and properties are merged.

        Raises:
            Refusal: 404, or a body that is not such an object.
        """
        if not isinstance(body, dict):
            raise user_error("The body must be an object such as {'displayName': 'name', 'tags': {'key': 'value'}}.")
        check_types(body, {"displayName": str, "description": str, "hidden": bool}, "")
        tags, properties = _texts(body, "tags"), _texts(body, "properties")
        shown, text, hidden = body.get("displayName"), body.get("description"), body.get("hidden")
        at = self._emulator.clock.now()

        def write(conn: sqlite3.Connection) -> Job:
            job = _find(conn, workspace, name)
            self._runs.check_token(conn, caller, job.id, name)
            labels.merge(conn, job.id, "tag", tags)
            labels.merge(conn, job.id, "property", properties)
            if any(value is not None for value in (shown, text, hidden)):
                archived = None if hidden is None else bool(hidden)
                jobs.update(conn, job.id, at, display_name=shown, description=text, archived=archived)
            return jobs.get(conn, job.id)

        job = await self._store.write_async(write)
        return run_document(self._store.reader(), job, self._shown)


def _find(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> Job:
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise missing(name)
    return job


def missing(name: str) -> Refusal:
    """404 in the service's words."""
    return not_found(f"Run {name} was not found.")


def _texts(body: Mapping[str, Any], key: str) -> dict[str, str]:
    given = body.get(key) or {}
    if not isinstance(given, dict):
        raise user_error(f"{key} must be an object of texts.", target=key)
    return {str(name): str(value) for name, value in given.items() if value is not None}
