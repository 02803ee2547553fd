"""Jobs: create, get, list, update, delete, cancel."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.api_version import DEFAULT_API_VERSION
from contracts.lifecycle import ENDED, JobStatus, can_move
from contracts.local_choices import SIMULATED, LocalChoices
from contracts.references import load
from contracts.resource_id import WorkspaceId
from emulator.ids import Ids
from emulator.job_types import JobParts, parts_of
from emulator.runner.sweep_labels import is_local
from emulator.services.context import Emulator
from emulator.services.jobs.body import input_assets, workspace_compute
from emulator.services.jobs.changes import apply_changes
from emulator.services.jobs.document import JobRenderer
from emulator.services.jobs.labels import Labels, UnlabelledJob
from emulator.services.jobs.pipelines import check_components, computes_of
from emulator.services.jobs.query import filter_of, top_of
from emulator.services.jobs.submissions import Submissions
from emulator.services.jobs.versions import in_version
from emulator.services.page_token import SKIP_TOKEN, token_of
from emulator.services.refusal import job_not_found, user_error
from emulator.storage import assets, documents, events, jobs, labels
from emulator.storage.asset_kinds import KINDS, register_version
from emulator.storage.documents import Kept
from emulator.storage.jobs import Job, JobId, NewJob
from emulator.storage.workspaces import guid_of
from emulator.trials.file_copy import remove_tree

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile

_DEFAULT_EXPERIMENT = "Default"


class JobPage(NamedTuple):
    """ARM documents with commas between them, and where the next page begins while there is one."""

    documents: bytes
    following: Mapping[str, str] | None


class JobService:
    """What can be done with jobs; documents come as JSON, ready to be sent.

    Parameters:
        emulator: stores and runs them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._store = emulator.store
        self._settings = emulator.settings
        self._renderer = JobRenderer(emulator.settings, emulator.place.https_origin, lambda: emulator.secrets.page_key)
        self._submissions = Submissions(emulator.job_runner, at_once=emulator.time is not None)
        self._store.write(self._renderer.forget_if_changed).result()

    async def create(
        self, workspace: WorkspaceId, name: str, body: Any, *, api_version: str, choices: LocalChoices | None = None
    ) -> tuple[bytes, bool]:
        """PUT: store and start a job, or change what may change on the one of that name.

        Source: the REST definitions (`Jobs_CreateOrUpdate`); recorded for the answers.

        Parameters:
            body: the ARM body.
            api_version: of the request.
            choices: what the submitting command chose for its trials.

        Returns:
            Its document, and whether it is new.

        Raises:
            Refusal: the body cannot be carried out, or differs from that of the job that there is.
        """
        from emulator.services.jobs.check import checked  # the models behind it are not needed to begin with

        choices = choices or LocalChoices()
        properties = checked(body, name, api_version)
        self._check_compute(workspace, name, properties, choices)
        if parts_of(properties["jobType"]).has_steps:
            check_components(self._store.reader(), properties)
        at = self._emulator.clock.now()
        new = self._new_job(workspace, name, properties, at, choices)
        # Rendered before the write: the store's one writer must not wait for it.
        document = self._renderer.render_new(new)
        guid = guid_of(workspace)

        def put(conn: sqlite3.Connection) -> tuple[Kept, Job | None]:
            # Asked within the write: two equal PUTs at once must not make two jobs.
            if jobs.id_of(conn, guid, name) is not None:
                existing = _existing(conn, workspace, name)
                apply_changes(conn, existing, properties, at, self._settings, whole=True)
                return self._kept(conn, existing.id), None
            job = jobs.created(conn, new)
            labels.insert(conn, job.id, "asset", dict.fromkeys(_asset_names(properties), ""))
            register_inputs(conn, new)
            return Kept(job.id, 0, document), job  # not kept in the store: the job runner changes the job at once

        kept, created = await self._store.write_async(put, is_small=True)
        if created is not None:
            self._submissions.submit(created)
        return in_version(self._sent(kept), api_version), created is not None

    def get(self, workspace: WorkspaceId, name: str, *, api_version: str = DEFAULT_API_VERSION) -> bytes:
        """GET: the document of a job.

        Parameters:
            api_version: of the request.

        Raises:
            Refusal: 404.
        """
        kept = documents.find(self._store.reader(), guid_of(workspace), name)
        if kept is None:
            raise job_not_found(name)
        return in_version(self._sent(kept), api_version)

    def page(self, workspace: WorkspaceId, query: Mapping[str, str], *, api_version: str) -> JobPage:
        """List: one page of the jobs that a query asks for, newest first. Source: the REST definitions (`Jobs_List`).

        Parameters:
            query: the request's query parameters; see `filter_of`.
            api_version: of the request.
        """
        wanted = filter_of(query, guid_of(workspace), trials=self._settings.list_trials)
        if wanted is None:
            return JobPage(b"", None)
        top = top_of(query)
        size = min(self._settings.page_size, top or self._settings.page_size)
        found = documents.page(self._store.reader(), wanted, size + 1)
        following = None
        if len(found) > size and top != size:
            left = {} if top is None else {"$top": str(top - size)}
            following = {SKIP_TOKEN: token_of(str(found[size - 1].job)), **left}
        shown = b",".join([in_version(self._document(kept), api_version) for kept in found[:size]])
        return JobPage(self._renderer.sent(shown), following)

    async def update(
        self, workspace: WorkspaceId, name: str, body: Any, *, api_version: str = DEFAULT_API_VERSION
    ) -> bytes:
        """PATCH: change what may change on a job.

        Parameters:
            api_version: of the request.

        Raises:
            Refusal: 404, or something else would change.
        """
        from emulator.services.jobs.check import checked_changes

        properties = checked_changes(body)
        at = self._emulator.clock.now()

        def patch(conn: sqlite3.Connection) -> Kept:
            job = _existing(conn, workspace, name)
            apply_changes(conn, job, properties, at, self._settings, whole=False)
            return self._kept(conn, job.id)

        return in_version(self._sent(await self._store.write_async(patch, is_small=True)), api_version)

    async def delete(self, workspace: WorkspaceId, name: str) -> bool:
        """DELETE: remove a job that has ended, with its trials and their artifacts.

        Returns:
            Whether there was one.

        Raises:
            Refusal: it, or the sweep it belongs to, has not ended (emulator-defined).
        """

        def remove(conn: sqlite3.Connection) -> list[str]:
            job = jobs.find(conn, workspace, name)
            if job is None:
                return []
            # A trial of a running sweep is still needed by it, whatever its own status.
            whole = job if job.parent is None else jobs.get(conn, job.parent)
            if whole.status not in ENDED:
                raise user_error(
                    f"Job {name} cannot be deleted: {whole.name} is {whole.status}. "
                    "Cancel it first, and wait until it has ended."
                )
            names = [name, *jobs.below(conn, job.id)]
            jobs.delete(conn, job.id)
            return names

        removed = await self._store.write_async(remove)
        place = self._emulator.place
        for gone in removed:
            for folder in (place.run_artifacts(workspace, gone), place.working_folder(workspace, gone)):
                await asyncio.to_thread(remove_tree, folder)
        return bool(removed)

    async def cancel(self, workspace: WorkspaceId, name: str) -> None:
        """Ask a job to stop: a sweep with its trials, or one trial. It is Canceled when its processes are gone.

        Raises:
            Refusal: 404, or it is past cancelling: ended, or Finalizing (azureml-assets pull request 2496).
        """
        at = self._emulator.clock.now()

        def request(conn: sqlite3.Connection) -> JobId | None:
            job = _existing(conn, workspace, name)
            if can_move(job.status, JobStatus.CANCEL_REQUESTED):
                events.move(conn, job.id, JobStatus.CANCEL_REQUESTED, at, "canceled by its user")
                # It has no process here by whose end it would be Canceled.
                if not job.runs_here:
                    events.move(conn, job.id, JobStatus.CANCELED, at, "canceled by its user")
                if job.has_trials:
                    labels.merge(conn, job.id, "tag", {"_aml_system_cancellation_requested": "true"})
                return job.id
            if job.status is not JobStatus.CANCEL_REQUESTED and self._settings.cancel_ended == "refuse":
                raise user_error(f"Job {name} cannot be canceled: it is {job.status}.")
            return None

        requested = await self._store.write_async(request, is_small=True)
        if requested is not None:
            self._emulator.job_runner.cancel(requested)

    def _check_compute(
        self, workspace: WorkspaceId, name: str, properties: Mapping[str, Any], choices: LocalChoices
    ) -> None:
        """Refuse a compute that is not there, where the project file says which there are. Source: recorded."""
        project, conn = self._project(choices), self._store.reader()
        for compute in dict.fromkeys(map(workspace_compute, computes_of(properties))):
            declared = compute is None or project.has_compute(compute)
            if not declared and assets.get(conn, workspace, "computes", compute or "") is None:
                refused = load(parts_of(properties["jobType"]).refuse_compute)
                raise refused(str(compute), name, properties.get("experimentName") or _DEFAULT_EXPERIMENT)

    def _project(self, choices: LocalChoices) -> ProjectFile:
        try:
            return self._emulator.project_files.of(choices.project)
        except ValueError as error:
            raise user_error(str(error)) from None

    def _new_job(
        self, workspace: WorkspaceId, name: str, body: Mapping[str, Any], at: float, choices: LocalChoices
    ) -> NewJob:
        experiment = body.get("experimentName") or _DEFAULT_EXPERIMENT
        parts = parts_of(body["jobType"])
        seed = _seed(choices, self._emulator.ids, parts.has_trials)
        engine, origin = self._settings.engine, self._emulator.place.https_origin
        own: Labels = load(parts.labels)(UnlabelledJob(workspace, name, experiment, body, seed, engine, origin))
        simulated = {} if self._emulator.time is None else {SIMULATED: "true"}
        return NewJob(
            workspace=workspace,
            name=name,
            type=body["jobType"],
            experiment=experiment,
            body=body,
            created=at,
            created_by=self._settings.user_name,
            display_name=body.get("displayName") or name,
            description=body.get("description"),
            tags={**_texts(body.get("tags")), **own.tags},
            properties={**_texts(body.get("properties")), **own.properties, **simulated},
            archived=bool(body.get("isArchived")),
            choices=choices,
            seed=seed if parts.has_trials else None,
            statuses=self._begins(parts, body),
        )

    def _begins(self, parts: JobParts, body: Mapping[str, Any]) -> tuple[JobStatus, ...]:
        left = not parts.has_children and self._settings.local_jobs == "client" and is_local(body)
        return parts.begins[:1] if left else parts.begins

    def _kept(self, conn: sqlite3.Connection, job: JobId) -> Kept:
        revision, document = self._renderer.render(conn, job)
        documents.keep(conn, job, revision, document)
        return Kept(job, revision, document)

    def _sent(self, kept: Kept) -> bytes:
        return self._renderer.sent(self._document(kept))

    def _document(self, kept: Kept) -> bytes:
        document = kept.document
        if document is None:
            revision, rendered = self._renderer.render(self._store.reader(), kept.job)
            # Not waited for: a document that is not kept is rendered again.
            self._store.write(lambda conn: documents.keep(conn, kept.job, revision, rendered))
            document = rendered
        return document


def _seed(choices: LocalChoices, ids: Ids, has_trials: bool) -> int:
    """The seed of a sweep that has none: the one that its command chose, else any; 0 where nothing is drawn."""
    if choices.seed is None:
        return ids.below(2**31, "seed") if has_trials else 0
    if not (choices.seed.isdecimal() and int(choices.seed) < 2**63):
        raise user_error(f"The seed {choices.seed!r} is not a whole number from 0 to 2**63 - 1.")
    return int(choices.seed)


def _existing(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> Job:
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise job_not_found(name)
    return job


def _texts(given: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: value for key, value in (given or {}).items() if value is not None}


def register_inputs(conn: sqlite3.Connection, new: NewJob) -> None:
    """Register what a sweep reads by URI as data assets, whose names its document shows. Source: recorded."""
    if not parts_of(new.type).has_trials:
        return
    data = KINDS["data"]
    for key, asset in input_assets(new.name, new.body).items():
        given = new.body["inputs"][key]
        content = {"dataUri": given["uri"], "dataType": given["jobInputType"], "isAnonymous": True}
        register_version(conn, new.workspace, data, asset, "1", data.document(content), new.created)


def _asset_names(body: Mapping[str, Any]) -> list[str]:
    return [output["assetName"] for output in (body.get("outputs") or {}).values() if output.get("assetName")]
