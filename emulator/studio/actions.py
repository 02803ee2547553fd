"""The changes that a page offers; they are the control plane's own, and the model registry's."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

import orjson
from starlette.responses import Response

from contracts.api_version import DEFAULT_API_VERSION
from contracts.studio import job_url, workspace_url
from emulator.api.bodies import Json
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService
from emulator.services.refusal import Refusal, user_error
from emulator.storage import assets, jobs, labels
from emulator.storage.jobs import Job
from emulator.studio.guard import JobRequest
from emulator.studio.headers import PAGE

_LONGEST = 100_000  # bytes of a request
_LONGEST_NAME = 240  # characters of the name that a copy's own is made from


class Actions:
    """What can be done to a job from its page.

    Each answers `{}`, `{"open": address}` when another page shows the result, `{"said": text}`, or `{"message": text}`
    when it cannot be done.

    Parameters:
        emulator: does it.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def cancel(self, wanted: JobRequest) -> Response:
        """Ask the job to stop."""
        return await _answered(self._cancel(wanted.job))

    async def archive(self, wanted: JobRequest) -> Response:
        """Take the job out of the lists."""
        return await _answered(self._changed(wanted.job, {"isArchived": True}))

    async def restore(self, wanted: JobRequest) -> Response:
        """Put it back into the lists."""
        return await _answered(self._changed(wanted.job, {"isArchived": False}))

    async def edit(self, wanted: JobRequest) -> Response:
        """Change its `description`, its `name` as shown, and its `tags` (a text of `key=value` lines).

        As on the service, tags are merged and never deleted.
        """
        return await _answered(self._edit(wanted))

    async def rerun(self, wanted: JobRequest) -> Response:
        """Submit the stored body again, with the same seed: the same trials."""
        return await _answered(self._copy(wanted.job, same_seed=True))

    async def clone(self, wanted: JobRequest) -> Response:
        """Submit the stored body again; a seed that the job did not name is another one."""
        return await _answered(self._copy(wanted.job, same_seed=False))

    async def delete(self, wanted: JobRequest) -> Response:
        """Remove the job with its trials and their files."""
        return await _answered(self._delete(wanted.job))

    async def register(self, wanted: JobRequest) -> Response:
        """Register a `path` of the run's artifacts, of a sweep its best trial's, as a model called `name`."""
        return await _answered(self._register(wanted))

    async def _cancel(self, job: Job) -> tuple[int, Mapping[str, str]]:
        await self._jobs.cancel(job.workspace, job.name)
        return 202, {}

    async def _changed(self, job: Job, properties: Mapping[str, Any]) -> tuple[int, Mapping[str, str]]:
        await self._jobs.update(job.workspace, job.name, {"properties": properties})
        return 200, {}

    async def _edit(self, wanted: JobRequest) -> tuple[int, Mapping[str, str]]:
        given = await _body(wanted)
        tags = {}
        for line in given.get("tags", "").splitlines():
            key, _, value = line.partition("=")
            if key.strip():
                tags[key.strip()] = value.strip()
        name = given.get("name", "").strip() or wanted.job.display_name
        return await self._changed(
            wanted.job, {"displayName": name, "description": given.get("description", ""), "tags": tags}
        )

    async def _copy(self, job: Job, *, same_seed: bool) -> tuple[int, Mapping[str, str]]:
        if job.parent is not None:
            raise user_error(f"Job {job.name} belongs to another job; run that one again.")
        name = f"{job.name[:_LONGEST_NAME]}_{self._emulator.ids.hex('job')[:6]}"
        body = {**job.body, "displayName": job.display_name, "isArchived": False}
        seed = str(job.seed) if same_seed and job.seed is not None else None
        choices = replace(job.choices, seed=seed, terminal=None)
        await self._jobs.create(
            job.workspace, name, {"properties": body}, api_version=DEFAULT_API_VERSION, choices=choices
        )
        return 201, {"open": job_url("", job.workspace, name)}

    async def _delete(self, job: Job) -> tuple[int, Mapping[str, str]]:
        parent = None if job.parent is None else jobs.name_of(self._emulator.store.reader(), job.parent)
        await self._jobs.delete(job.workspace, job.name)
        shown = "/" + workspace_url("", job.workspace)
        return 200, {"open": job_url("", job.workspace, quote(parent, safe="")) if parent else shown}

    async def _register(self, wanted: JobRequest) -> tuple[int, Mapping[str, str]]:
        from emulator.services.assets.registry import ModelRegistry

        job, given = wanted.job, await _body(wanted)
        conn = self._emulator.store.reader()
        run = labels.of(conn, job.id, "property").get("best_child_run_id") if job.has_trials else job.name
        if run is None:
            raise user_error(f"Job {job.name} has no best trial yet.")
        name, path = given.get("name", "").strip(), given.get("path", "").strip("/ ")
        if not name or not path:
            raise user_error("Give the model a name, and the folder or file that it is.")
        registry = ModelRegistry(self._emulator)
        if assets.get(conn, job.workspace, "models", name) is None:
            await registry.create_model(job.workspace, {"name": name})
        made = await registry.create_version(
            job.workspace, {"name": name, "source": f"runs:/{run}/{path}", "run_id": run}
        )
        return 201, {"said": f"Registered as {name}, version {made.version}."}

    @cached_property
    def _jobs(self) -> JobService:
        return JobService(self._emulator)


async def _answered(work: Awaitable[tuple[int, Mapping[str, str]]]) -> Response:
    try:
        status, content = await work
    except Refusal as refusal:
        return Json({"message": refusal.message}, refusal.status, PAGE)
    return Json(dict(content), status, PAGE)


async def _body(wanted: JobRequest) -> dict[str, str]:
    """The fields of a form, as JSON.

    Raises:
        Refusal: they are too long, or not texts.
    """
    sent = await wanted.request.body()
    try:
        given = orjson.loads(sent) if len(sent) <= _LONGEST else None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise user_error("The page sent something that cannot be understood.")
    return given
