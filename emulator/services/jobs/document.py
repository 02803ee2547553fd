"""The ARM document of a job, rendered from what the store knows of it.

Source: recorded answers to GET of sweep, command and pipeline jobs, where nothing else is said; which members each
api-version has is told by `emulator.services.jobs.versions`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from contracts.lifecycle import JobStatus
from contracts.resource_id import PROVIDER
from contracts.studio import job_url
from contracts.version import __version__
from emulator.clock import iso
from emulator.job_types import parts_of
from emulator.runner.sweep_labels import is_local
from emulator.services.jobs.body import expand_job
from emulator.settings import Settings
from emulator.storage import documents, jobs, labels, meta
from emulator.storage.jobs import Job, JobId, NewJob

#: Stands for the emulator's host and port in a kept document: the port may be another after a restart.
_HOST = "host.amlet.invalid"
_KEY = "page-key.amlet.invalid"
_HOST_BYTES, _KEY_BYTES = _HOST.encode(), _KEY.encode()

#: Under this name the store keeps by what its documents were rendered: settings that show, and the version.
_FINGERPRINT = "rendered_by"
_SHOWN = ("studio_origin", "default_output", "sweep_child", "shm_size", "own_labels", "region")

#: Labels of the emulator's own, and the one that is shown whatever the settings say: a simulated job never looks real.
_OWN, _SIMULATED = "amlet.", "amlet.simulated"


class JobRenderer:
    """Renders jobs, keeps the result in the store and puts the origin in when it is sent.

    Parameters:
        settings: what a document shows.
        origin: the emulator's HTTPS origin.
        page_key: gives the key in the links to the emulator's own pages; it is put in when a document is sent.
    """

    def __init__(self, settings: Settings, origin: str, page_key: Callable[[], str]) -> None:
        self._settings = settings
        self._page_key = page_key
        self._host = origin.removeprefix("https://").encode()

    def forget_if_changed(self, conn: sqlite3.Connection) -> None:
        """Drop the kept documents when other settings, or another version, rendered them."""
        shown = (__version__, *(getattr(self._settings, name) for name in _SHOWN))
        fingerprint = repr(shown).encode()
        if meta.get(conn, _FINGERPRINT) != fingerprint:
            documents.forget_all(conn)
            meta.put(conn, _FINGERPRINT, fingerprint)

    def sent(self, document: bytes) -> bytes:
        """A kept document as a client gets it."""
        return document.replace(_HOST_BYTES, self._host).replace(_KEY_BYTES, self._page_key().encode())

    def render(self, conn: sqlite3.Connection, job: JobId) -> tuple[int, bytes]:
        """The document of a job as it is now, after the revision that it is good for."""
        found = jobs.get(conn, job)
        return found.revision, self._document(found, labels.of(conn, job, "tag"), labels.of(conn, job, "property"))

    def render_new(self, new: NewJob) -> bytes:
        """The document of a job that is about to be stored."""
        return self._document(new, dict(sorted(new.tags.items())), dict(sorted(new.properties.items())))

    def _document(self, job: Job | NewJob, tags: Mapping[str, str], properties: Mapping[str, str]) -> bytes:
        document: dict[str, Any] = {
            "id": job.workspace.child("jobs", job.name),
            "name": job.name,
            "type": f"{PROVIDER}/workspaces/jobs",
        }
        is_step = job.trial is not None and job.parameters is None
        is_stub = job.trial is not None and self._settings.sweep_child == "stub"
        if not is_step:  # recorded: a step has no properties here, not even null
            document["properties"] = None if is_stub else self._properties(job, tags, properties)
        system = {"createdAt": iso(job.created), "createdBy": job.created_by, "createdByType": "User"}
        document["systemData"] = {} if left_to_client(job) else system
        return orjson.dumps(document)

    def _properties(self, job: Job | NewJob, tags: Mapping[str, str], properties: Mapping[str, str]) -> dict[str, Any]:
        return {
            "description": job.description,
            "tags": self._labels(tags),
            "properties": _with_cluster(self._labels(properties)),
            "displayName": job.display_name,
            "status": job.status,
            "experimentName": job.experiment,
            "services": self._services(job),
            "isArchived": job.archived,
            "jobType": job.type,
            **self._body(job),
        }

    def _body(self, job: Job | NewJob) -> dict[str, Any]:
        if not left_to_client(job):
            return expand_job(job, job.body, self._settings)
        body = expand_job(job, job.body, replace(self._settings, default_output=False))
        given = job.body.get("queueSettings") or {}
        queue = {**body["queueSettings"], "jobTier": given.get("jobTier") or "Standard"}
        return {**body, "queueSettings": queue, "parameters": None}

    def _labels(self, given: Mapping[str, str]) -> Mapping[str, str]:
        if self._settings.own_labels:
            return given
        return {key: text for key, text in given.items() if not key.startswith(_OWN) or key == _SIMULATED}

    def _services(self, job: Job | NewJob) -> dict[str, Any]:
        if left_to_client(job):
            return {"Local": _service("Local", f"https://{_HOST}{job.workspace}/startlocalrun?runId={job.name}")}
        # Only a link to the emulator's own page carries the key: any other host would learn it.
        if self._settings.studio_origin is None:
            page = f"{job_url(f'https://{_HOST}', job.workspace, job.name)}&key={_KEY}"
        else:
            page = job_url(self._settings.studio_origin, job.workspace, job.name)
        studio = {"Studio": _service("Studio", page)}
        if not parts_of(job.type).has_tracking:
            return studio
        tracking = f"azureml://{_HOST}/mlflow/v1.0{job.workspace}?"
        return {"Tracking": _service("Tracking", tracking), **studio}


def left_to_client(job: Job | NewJob) -> bool:
    """Whether a job waits for its client to run it: `compute: local` with the setting `local_jobs: client`."""
    return job.parent is None and job.status is JobStatus.NOT_STARTED and is_local(job.body)


def _with_cluster(properties: Mapping[str, str]) -> dict[str, str | None]:
    """The properties of a job; those of a command on serverless compute say that there is no cluster (recorded)."""
    if "_azureml.ComputeTargetType" not in properties or "_azureml.ClusterName" in properties:
        return dict(properties)
    return {**properties, "_azureml.ClusterName": None}


def _service(kind: str, endpoint: str) -> dict[str, Any]:
    return {
        "jobServiceType": kind,
        "port": None,
        "endpoint": endpoint,
        "status": None,
        "errorMessage": None,
        "properties": None,
        "nodes": None,
    }
