"""Models that MLflow 3 logs: a record of each; the files lie among those of the run, as with the service and MLflow 2.

The service answers 404 to these calls, and `log_model` of MLflow 3 fails there; here it works (emulator-defined).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.plain_files import append_plain
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.services.runs.run_data import param_of, tag_of
from emulator.services.runs.runs import RunService
from emulator.services.runs.view import RunView, milliseconds
from emulator.storage import assets
from emulator.storage.assets import Asset
from emulator.trials.addresses import LOGGED_MODELS

_KIND = LOGGED_MODELS
_SERVED_HERE = (
    b"amlet: this run logs a model by MLflow 3's API for logged models, which is served here; Azure Machine Learning "
    b"was seen to answer it with 404 (MLflow 2 works there; setting logged_models: false answers as Azure).\n"
)


class LoggedModels:
    """What can be done with logged models.

    Parameters:
        emulator: keeps them.
        runs: knows the runs they come from, and who may write to these.
    """

    def __init__(self, emulator: Emulator, runs: RunService) -> None:
        self._place = emulator.place
        self._store = emulator.store
        self._clock = emulator.clock
        self._ids = emulator.ids
        self._runs = runs

    async def create(
        self, workspace: WorkspaceId, caller: Caller | None, body: Mapping[str, Any], view: RunView
    ) -> dict[str, Any]:
        """A new model of a run; its client uploads the files next.

        Raises:
            Refusal: no such run, or none at all.
        """
        run, identity = body.get("source_run_id"), f"m-{self._ids.hex('model')}"
        if not run:
            raise Refusal(400, INVALID_PARAMETER_VALUE, "A model is logged by a run: call mlflow.start_run() first.")
        self._runs.check_writable(workspace, caller, run)
        name = str(body.get("name") or identity)
        at = self._clock.now()

        def make(conn: sqlite3.Connection) -> Asset:
            taken = {
                (other.document["run"], other.document["path"]) for other in assets.of_kind(conn, workspace, _KIND)
            }
            document = {
                "run": run,
                "name": name,
                "path": name if (run, name) not in taken else f"models/{identity}",
                "type": body.get("model_type"),
                "status": "LOGGED_MODEL_PENDING",
                "params": dict(param_of(item) for item in body.get("params") or []),
                "tags": dict(tag_of(item) for item in body.get("tags") or []),
            }
            return assets.put(conn, workspace, _KIND, identity, "", document, at)

        others = assets.of_kind(self._store.reader(), workspace, _KIND)
        is_first = all(other.document["run"] != run for other in others)
        made = await self._store.write_async(make)
        if is_first:
            self._tell(workspace, run)
        return self._shown(workspace, made, view)

    def _tell(self, workspace: WorkspaceId, run: str) -> None:
        """Say in the log of a job that Azure would have refused this."""
        log = self._place.run_artifacts(workspace, run) / "user_logs" / "std_log.txt"
        if log.is_file():
            with append_plain(log) as file:
                file.write(_SERVED_HERE)

    def get(self, workspace: WorkspaceId, identity: str, view: RunView) -> dict[str, Any]:
        """A model.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        return self._shown(workspace, _find(self._store.reader(), workspace, identity), view)

    async def finalize(
        self, workspace: WorkspaceId, caller: Caller | None, identity: str, status: str, view: RunView
    ) -> dict[str, Any]:
        """The files are there, or they failed to get there."""
        return self._shown(
            workspace, await self._change(workspace, caller, identity, lambda _: {"status": status}), view
        )

    async def add(
        self, workspace: WorkspaceId, caller: Caller | None, identity: str, what: str, values: Mapping[str, str]
    ) -> None:
        """Add `tags` or `params`."""
        await self._change(workspace, caller, identity, lambda known: {what: {**known[what], **values}})

    async def delete_tag(self, workspace: WorkspaceId, caller: Caller | None, identity: str, key: str) -> None:
        """Remove a tag."""

        def without(known: Mapping[str, Any]) -> dict[str, Any]:
            return {"tags": {name: value for name, value in known["tags"].items() if name != key}}

        await self._change(workspace, caller, identity, without)

    async def _change(
        self,
        workspace: WorkspaceId,
        caller: Caller | None,
        identity: str,
        changes: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Asset:
        at = self._clock.now()
        run = _find(self._store.reader(), workspace, identity).document["run"]
        self._runs.check_writable(workspace, caller, run)

        def write(conn: sqlite3.Connection) -> Asset:
            known = _find(conn, workspace, identity).document
            return assets.put(conn, workspace, _KIND, identity, "", {**known, **changes(known)}, at)

        return await self._store.write_async(write)

    def _shown(self, workspace: WorkspaceId, model: Asset, view: RunView) -> dict[str, Any]:
        known = model.document
        run = self._runs.find(self._store.reader(), workspace, known["run"])
        info = {
            "model_id": model.name,
            "experiment_id": run.experiment_id,
            "name": known["name"],
            "creation_timestamp_ms": milliseconds(model.created),
            "last_updated_timestamp_ms": milliseconds(model.modified),
            "artifact_uri": f"{view.artifact_uri(workspace, run.experiment_id, run.name)}/{known['path']}",
            "status": known["status"],
            "model_type": known["type"],
            "source_run_id": run.name,
            "tags": [{"key": key, "value": value} for key, value in known["tags"].items()],
        }
        params = [{"key": key, "value": value} for key, value in known["params"].items()]
        return {"info": info, "data": {"params": params, "metrics": []}}


def _find(conn: sqlite3.Connection, workspace: WorkspaceId, identity: str) -> Asset:
    found = assets.get(conn, workspace, _KIND, identity)
    if found is None:
        raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"Logged model with ID '{identity}' not found.")
    return found
