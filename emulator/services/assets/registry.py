"""MLflow's model registry: registered models and their versions, on the same store as the models of the control plane.

Calls: MLflow's REST API. What Azure refuses: https://learn.microsoft.com/azure/machine-learning/how-to-manage-models-mlflow
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST
from contracts.resource_id import WorkspaceId
from emulator.services.assets.assets import ASSET_NAME
from emulator.services.assets.content import flavors_of
from emulator.services.assets.registry_search import searched
from emulator.services.assets.registry_view import (
    ALIASES,
    COLLECTION,
    MODEL_ID,
    NO_STAGE,
    RUN_LINK,
    STAGES,
    RegistryView,
    Shown,
    active_versions,
    aliases_of,
    latest,
    stage_of,
)
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.services.runs.run_data import tag_of
from emulator.services.runs.view import RunView
from emulator.storage import assets
from emulator.storage.asset_kinds import KINDS, next_version, register_version
from emulator.storage.assets import Asset
from emulator.trials.addresses import UnknownAddress, job_of, stored_uri
from emulator.trials.locator import Locator

_KIND = KINDS[COLLECTION]
_STAGES = {stage.lower(): stage for stage in STAGES}


class ModelRegistry:
    """What can be done with registered models and model versions. Source: MLflow's REST API, by the names of its calls.

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._store, self._clock, self._settings = emulator.store, emulator.clock, emulator.settings
        self._locator = Locator(emulator.place)

    def view(self, workspace: WorkspaceId, view: RunView) -> RegistryView:
        """How the models look to a client."""
        return RegistryView(self._store.reader(), workspace, view, self._settings.user_name)

    async def create_model(self, workspace: WorkspaceId, body: Mapping[str, Any]) -> Asset:
        """registered-models/create.

        Raises:
            Refusal: RESOURCE_ALREADY_EXISTS, or a name that no model can have.
        """
        name, at, tags = _name(body), self._clock.now(), _tags(body)

        def make(conn: sqlite3.Connection) -> Asset:
            if assets.get(conn, workspace, COLLECTION, name):
                raise Refusal(400, RESOURCE_ALREADY_EXISTS, f"Registered Model (name={name}) already exists.")
            document = {"description": body.get("description") or None, "tags": tags, "properties": {}}
            return assets.put(conn, workspace, COLLECTION, name, "", document, at)

        return await self._store.write_async(make)

    async def create_version(self, workspace: WorkspaceId, body: Mapping[str, Any]) -> Asset:
        """model-versions/create: the files stay where they are, as on Azure.

        Raises:
            Refusal: no such model, or nothing is where `source` leads.
        """
        name, source, at, tags = _name(body), str(body.get("source") or ""), self._clock.now(), _tags(body)
        properties = {RUN_LINK: body.get("run_link"), MODEL_ID: body.get("model_id")}

        def make(conn: sqlite3.Connection) -> Asset:
            _model(conn, workspace, name)
            uri, flavors = self._content(conn, workspace, source)
            document = _KIND.document(
                {
                    "modelUri": uri,
                    "modelType": "mlflow_model" if flavors else "custom_model",
                    "flavors": flavors,
                    "jobName": body.get("run_id") or job_of(uri),
                    "description": body.get("description") or None,
                    "tags": tags,
                    "properties": {key: str(value) for key, value in properties.items() if value},
                }
            )
            known = [one.version for one in assets.versions(conn, workspace, COLLECTION, name)]
            return register_version(conn, workspace, _KIND, name, next_version(known), document, at)

        return await self._store.write_async(make)

    def _content(self, conn: sqlite3.Connection, workspace: WorkspaceId, source: str) -> tuple[str, dict[str, Any]]:
        """The URI of a model's files, and the flavors that they name."""
        try:
            uri = stored_uri(conn, workspace, source, COLLECTION)
        except UnknownAddress as unknown:
            message = f"Invalid model version source {source!r}: {unknown}."
            raise Refusal(400, INVALID_PARAMETER_VALUE, message) from None
        place = self._locator.find(conn, workspace, uri, COLLECTION) if uri else None
        if uri is None or place is None:
            raise Refusal(
                400,
                INVALID_PARAMETER_VALUE,
                f"Invalid model version source: '{source}'. Nothing is there; register what a run has logged "
                "(runs:/RUN/PATH) or what lies in a datastore of this workspace.",
            )
        return uri, flavors_of(place)

    def model(self, workspace: WorkspaceId, name: str) -> Asset:
        """registered-models/get.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        return _model(self._store.reader(), workspace, name)

    def version(self, workspace: WorkspaceId, name: str, version: str) -> Asset:
        """model-versions/get.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        return _version(self._store.reader(), workspace, name, version)

    def latest(self, workspace: WorkspaceId, name: str, stages: Sequence[str]) -> list[Asset]:
        """registered-models/get-latest-versions: of all stages where none is named."""
        _model(self._store.reader(), workspace, name)
        wanted = {_stage(one) for one in stages} or set(_STAGES.values())
        found = latest(active_versions(self._store.reader(), workspace, name))
        return [one for one in found if stage_of(one) in wanted]

    def by_alias(self, workspace: WorkspaceId, name: str, alias: str) -> Asset:
        """The version that an alias means.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE for an alias that is not set.
        """
        conn = self._store.reader()
        _model(conn, workspace, name)
        version = aliases_of(conn, workspace, name).get(alias)
        if version is None:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"Registered model alias {alias} not found.")
        return _version(conn, workspace, name, version)

    def models(self, view: RegistryView, workspace: WorkspaceId, body: Mapping[str, Any]) -> list[Shown]:
        """registered-models/search."""
        found = assets.of_kind(self._store.reader(), workspace, COLLECTION)
        shown = (view.model(one) for one in found if not (one.anonymous or one.archived))
        return searched(shown, body.get("filter"), body.get("order_by") or [])

    def versions(self, view: RegistryView, workspace: WorkspaceId, body: Mapping[str, Any]) -> list[Shown]:
        """model-versions/search."""
        conn = self._store.reader()
        names = [one.name for one in assets.of_kind(conn, workspace, COLLECTION) if not one.anonymous]
        shown = (view.version(one) for name in names for one in active_versions(conn, workspace, name))
        return searched(shown, body.get("filter"), body.get("order_by") or [])

    async def change(
        self,
        workspace: WorkspaceId,
        name: str,
        version: str | None,
        changes: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Asset:
        """Change a registered model, or a version of it: description and tags.

        Parameters:
            version: None for the model.
            changes: from the ARM properties as they are, those that become others.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        at = self._clock.now()

        def write(conn: sqlite3.Connection) -> Asset:
            asset = _model(conn, workspace, name) if version is None else _version(conn, workspace, name, version)
            return _put(conn, workspace, asset, changes(asset.document), at)

        return await self._store.write_async(write)

    async def transition(
        self, workspace: WorkspaceId, name: str, version: str, stage: str, *, archive_others: bool
    ) -> Asset:
        """model-versions/transition-stage.

        Parameters:
            archive_others: whether the other versions of that stage become Archived.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST, or no such stage.
        """
        at, to = self._clock.now(), _stage(stage)

        def write(conn: sqlite3.Connection) -> Asset:
            asset = _version(conn, workspace, name, version)
            for other in active_versions(conn, workspace, name) if archive_others else ():
                if other.id != asset.id and other.document.get("stage") == to:
                    _put(conn, workspace, other, {"stage": "Archived"}, at)
            return _put(conn, workspace, asset, {"stage": None if to == NO_STAGE else to}, at)

        return await self._store.write_async(write)

    async def set_alias(self, workspace: WorkspaceId, name: str, alias: str, version: str | None) -> None:
        """Let an alias mean a version; None removes it.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        at = self._clock.now()

        def write(conn: sqlite3.Connection) -> None:
            _model(conn, workspace, name)
            kept = {key: meant for key, meant in aliases_of(conn, workspace, name).items() if key != alias}
            if version is not None:
                kept[alias] = _version(conn, workspace, name, version).version
            assets.put(conn, workspace, ALIASES, name, "", kept, at)

        await self._store.write_async(write)

    async def delete(self, workspace: WorkspaceId, name: str, version: str | None) -> None:
        """Remove a registered model with its versions, or one version.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """

        def remove(conn: sqlite3.Connection) -> None:
            if version is not None:
                assets.delete(conn, _version(conn, workspace, name, version).id)
                return
            for gone in [_model(conn, workspace, name), *assets.versions(conn, workspace, COLLECTION, name)]:
                assets.delete(conn, gone.id)
            assets.delete_only(conn, workspace, ALIASES, name)

        await self._store.write_async(remove)


def _put(
    conn: sqlite3.Connection, workspace: WorkspaceId, asset: Asset, changes: Mapping[str, Any], at: float
) -> Asset:
    return assets.put(
        conn,
        workspace,
        COLLECTION,
        asset.name,
        asset.version,
        {**asset.document, **changes},
        at,
        hash=asset.hash,
        anonymous=asset.anonymous,
        archived=asset.archived,
    )


def _model(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> Asset:
    found = assets.get(conn, workspace, COLLECTION, name)
    if found is None:
        raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"Registered Model with name={name} not found")
    return found


def _version(conn: sqlite3.Connection, workspace: WorkspaceId, name: str, version: str) -> Asset:
    found = assets.get(conn, workspace, COLLECTION, name, version) if version else None
    if found is None:
        raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"Model Version (name={name}, version={version}) not found")
    return found


def _name(body: Mapping[str, Any]) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not ASSET_NAME.fullmatch(name):
        raise Refusal(
            400,
            INVALID_PARAMETER_VALUE,
            f"Invalid model name {name!r:.300}: use letters, digits, '.', '_' and '-', at most 255, beginning with a "
            "letter or digit.",
        )
    return name


def _tags(body: Mapping[str, Any]) -> dict[str, str]:
    return dict(tag_of(item) for item in body.get("tags") or [])


def _stage(text: str) -> str:
    stage = _STAGES.get(text.lower())
    if stage is None:
        raise Refusal(
            400,
            INVALID_PARAMETER_VALUE,
            f"Invalid Model Version stage: {text}. Value must be one of {', '.join(_STAGES.values())}.",
        )
    return stage
