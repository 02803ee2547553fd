"""Models in the JSON of MLflow's model registry.

Keys: MLflow's REST API. A registered model is the container of a model asset, a model version one of its versions: ARM
and MLflow show the same store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.resource_id import WorkspaceId
from emulator.services.runs.view import RunView, milliseconds
from emulator.storage import assets, jobs
from emulator.storage.assets import Asset
from emulator.trials.addresses import run_of

COLLECTION = "models"
#: Kind of what MLflow keeps of a model and ARM has no word for: its aliases, each with a version.
ALIASES = "modelAliases"
#: Below it the artifact proxy shows models that are not among the artifacts of a run.
PROXY = "models"
NO_STAGE = "None"
STAGES = (NO_STAGE, "Staging", "Production", "Archived")
#: Names of properties of a version that only MLflow knows.
RUN_LINK, MODEL_ID = "mlflow.runLink", "mlflow.modelId"


class Shown(NamedTuple):
    """A model or version as it is shown, and what it is searched and ordered by.

    Parameters:
        document: MLflow's JSON.
        values: by the names of MLflow's search attributes.
        tags: by name.
    """

    document: dict[str, Any]
    values: Mapping[str, str | int | None]
    tags: Mapping[str, str]


class RegistryView:
    """How the models of a workspace look to one client.

    Parameters:
        conn: a reader.
        workspace: of the models.
        view: of the client's runs; it decides how artifacts are addressed.
        user: display name of who registered.
    """

    def __init__(self, conn: sqlite3.Connection, workspace: WorkspaceId, view: RunView, user: str) -> None:
        self._conn, self._workspace, self._view, self._user = conn, workspace, view, user

    def model(self, model: Asset) -> Shown:
        """A registered model with the latest version of each stage."""
        versions = active_versions(self._conn, self._workspace, model.name)
        tags = _texts(model.document.get("tags"))
        modified = max([model.modified, *(one.modified for one in versions)])
        document: dict[str, Any] = {
            "name": model.name,
            "creation_timestamp": milliseconds(model.created),
            "last_updated_timestamp": milliseconds(modified),
            "user_id": self._user,
            "description": model.document.get("description") or "",
            "latest_versions": [self.version(one).document for one in latest(versions)],
            "tags": _pairs(tags),
            "aliases": [
                {"alias": alias, "version": version}
                for alias, version in aliases_of(self._conn, self._workspace, model.name).items()
            ],
        }
        return Shown(document, {key: document[key] for key in ("name", *_TIMES)}, tags)

    def version(self, version: Asset) -> Shown:
        """A model version."""
        known = version.document
        properties, tags = known.get("properties") or {}, _texts(known.get("tags"))
        aliases = aliases_of(self._conn, self._workspace, version.name)
        document: dict[str, Any] = {
            "name": version.name,
            "version": version.version,
            "creation_timestamp": milliseconds(version.created),
            "last_updated_timestamp": milliseconds(version.modified),
            "user_id": self._user,
            "current_stage": stage_of(version),
            "description": known.get("description") or "",
            "source": self.source(version),
            "run_id": self._run(known) or "",
            "run_link": properties.get(RUN_LINK) or "",
            "status": "READY",
            "tags": _pairs(tags),
            "aliases": [alias for alias, meant in aliases.items() if meant == version.version],
        }
        if properties.get(MODEL_ID):
            document["model_id"] = properties[MODEL_ID]
        values = {key: document[key] for key in ("name", "run_id", *_TIMES)}
        values |= {"version_number": number_of(version.version), "source_path": document["source"]}
        return Shown(document, values, tags)

    def source(self, version: Asset) -> str:
        """Where this client finds the files of a version."""
        uri = str(version.document.get("modelUri") or "")
        found = run_of(uri)
        job = jobs.find(self._conn, self._workspace, found[0]) if found else None
        if found and job:
            return f"{self._view.artifact_uri(self._workspace, job.experiment_id, job.name)}/{found[1]}".rstrip("/")
        return f"mlflow-artifacts:/{PROXY}/{version.name}/{version.version}" if self._view.is_plain else uri

    def _run(self, known: Mapping[str, Any]) -> str | None:
        found = run_of(str(known.get("modelUri") or ""))
        return known.get("jobName") or (found[0] if found else None)


_TIMES = ("creation_timestamp", "last_updated_timestamp")


def active_versions(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> list[Asset]:
    """The versions of a model that are neither archived nor anonymous, newest first."""
    return [one for one in assets.versions(conn, workspace, COLLECTION, name) if not (one.archived or one.anonymous)]


def latest(versions: Sequence[Asset]) -> list[Asset]:
    """Of versions, newest first, the latest one of each stage."""
    found: dict[str, Asset] = {}
    for one in sorted(versions, key=lambda one: number_of(one.version) or 0, reverse=True):
        found.setdefault(stage_of(one), one)
    return list(found.values())


def aliases_of(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> dict[str, str]:
    """The aliases of a model, each with its version; those of versions that are gone are left out."""
    kept = assets.get(conn, workspace, ALIASES, name)
    there = {one.version for one in assets.versions(conn, workspace, COLLECTION, name)} if kept else set()
    return {alias: version for alias, version in (kept.document if kept else {}).items() if version in there}


def stage_of(version: Asset) -> str:
    """The stage of a version in MLflow's words; ARM has others, such as Development, which are none of MLflow's."""
    stage = str(version.document.get("stage"))
    return stage if stage in STAGES else NO_STAGE


def number_of(version: str) -> int | None:
    """The number that a version is; ARM's may be any text."""
    return int(version) if version.isdecimal() else None


def _texts(tags: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in (tags or {}).items()}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]
