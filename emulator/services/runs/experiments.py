"""Experiments as MLflow knows them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.services.runs.experiment_filter import matches
from emulator.services.runs.run_data import tag_of
from emulator.storage import experiments, jobs, workspaces
from emulator.storage.experiments import Experiment
from emulator.storage.workspaces import guid_of

#: MLflow's id of the experiment of runs that name none; the service calls it `Default`.
DEFAULT_ID = "0"
DEFAULT_NAME = "Default"

_LONGEST_NAME = 256


class ExperimentService:
    """What can be done with experiments. Source: MLflow's REST API, by the names of its calls.

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._store = emulator.store
        self._clock = emulator.clock

    async def create(self, workspace: WorkspaceId, body: Mapping[str, Any]) -> str:
        """experiments/create: its id.

        Raises:
            Refusal: RESOURCE_ALREADY_EXISTS, or a name that none can have.
        """
        name, at = body.get("name"), self._clock.now()
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"An experiment's name has 1 to {_LONGEST_NAME} characters.")
        tags = dict(tag_of(item) for item in body.get("tags") or [])

        def make(conn: sqlite3.Connection) -> str:
            guid = workspaces.ensure(conn, workspace, at)
            if experiments.find(conn, guid, name):
                raise Refusal(400, RESOURCE_ALREADY_EXISTS, f"Experiment(name={name}) already exists.")
            identity = experiments.ensure(conn, guid, name, at)
            experiments.set_tags(conn, identity, tags, at)
            return identity

        return await self._store.write_async(make)

    async def get(self, workspace: WorkspaceId, identity: str) -> dict[str, Any]:
        """experiments/get.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        found = await self._store.write_async(lambda conn: experiment_of(conn, workspace, identity, self._clock.now()))
        return document(found)

    def get_by_name(self, workspace: WorkspaceId, name: str) -> dict[str, Any]:
        """experiments/get-by-name.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        found = experiments.find(self._store.reader(), guid_of(workspace), name)
        if found is None:
            raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"Could not find experiment with name '{name}'")
        return document(found)

    def search(self, workspace: WorkspaceId, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """experiments/search, latest change first.

        Raises:
            Refusal: INVALID_PARAMETER_VALUE: a filter that says nothing.
        """
        view = body.get("view_type") or "ACTIVE_ONLY"
        found = experiments.in_workspace(self._store.reader(), guid_of(workspace))
        found = [one for one in found if view == "ALL" or one.archived == (view == "DELETED_ONLY")]
        if body.get("filter"):
            found = [one for one in found if matches(one, str(body["filter"]))]
        return [document(one) for one in sorted(found, key=lambda one: one.modified, reverse=True)]

    async def change(
        self,
        workspace: WorkspaceId,
        caller: Caller | None,
        identity: str,
        *,
        name: str | None = None,
        archived: bool | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """experiments/update, delete, restore and set-experiment-tag.

        Raises:
            Refusal: the caller's token is that of a run of another experiment.
        """
        at = self._clock.now()

        def write(conn: sqlite3.Connection) -> None:
            found = experiment_of(conn, workspace, identity, at)
            _check_token(conn, caller, found)
            if name is not None:
                if experiments.find(conn, found.workspace, name):
                    raise Refusal(400, RESOURCE_ALREADY_EXISTS, f"Experiment(name={name}) already exists.")
                experiments.rename(conn, found.id, name, at)
            if archived is not None:
                experiments.set_archived(conn, found.id, archived, at)
            if tags:
                experiments.set_tags(conn, found.id, {**found.tags, **tags}, at)

        await self._store.write_async(write)


def _check_token(conn: sqlite3.Connection, caller: Caller | None, experiment: Experiment) -> None:
    """Refuse a trial's token for another experiment than that of its own run."""
    if caller is None or caller.run is None:
        return
    job = jobs.id_of(conn, experiment.workspace, caller.run)
    if job is None or jobs.get(conn, job).experiment_id != experiment.id:
        message = f"The token of run {caller.run} cannot change experiment {experiment.name}, which is not its own."
        raise Refusal(403, "PERMISSION_DENIED", message)


def experiment_of(conn: sqlite3.Connection, workspace: WorkspaceId, identity: str, at: float) -> Experiment:
    """The experiment with that id, on a connection that writes; `0` is the default one, made when it is first wanted.

    Raises:
        Refusal: RESOURCE_DOES_NOT_EXIST.
    """
    guid = guid_of(workspace)
    if identity == DEFAULT_ID:
        default = experiments.find(conn, guid, DEFAULT_NAME)
        if default is None:
            workspaces.ensure(conn, workspace, at)
            default = experiments.get(conn, experiments.ensure(conn, guid, DEFAULT_NAME, at))
        found = default
    else:
        found = experiments.get(conn, identity)
    if found is None or found.workspace != guid:
        raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"No Experiment with id={identity} exists")
    return found


def resolved_id(conn: sqlite3.Connection, workspace: str, identity: str) -> str:
    """The id itself, that of the default experiment for `0`.

    Parameters:
        workspace: guid of the workspace.
    """
    default = experiments.find(conn, workspace, DEFAULT_NAME) if identity == DEFAULT_ID else None
    return default.id if default else identity


def document(experiment: Experiment) -> dict[str, Any]:
    """An experiment in MLflow's JSON."""
    return {
        "experiment_id": experiment.id,
        "name": experiment.name,
        "artifact_location": "",
        "lifecycle_stage": "deleted" if experiment.archived else "active",
        "creation_time": round(experiment.created * 1000),
        "last_update_time": round(experiment.modified * 1000),
        "tags": [{"key": key, "value": value} for key, value in experiment.tags.items()],
    }
