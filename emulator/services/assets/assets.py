"""Versioned assets (codes, data, environments, models, components) and the containers that their versions are in.

Source: the REST definitions for operations and parameters; the properties of answers: `emulator.services.assets.shown`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from contracts.resource_id import LONGEST_URI, PROVIDER, WorkspaceId
from emulator.clock import iso
from emulator.identity.storage_account import ACCOUNT_HOST
from emulator.services.assets.component_spec import compared_spec, component_guid
from emulator.services.assets.content import flavors_of, with_stored_path
from emulator.services.assets.query import Listing
from emulator.services.assets.shown import container_properties, version_properties
from emulator.services.assets.source_job import with_source_job
from emulator.services.body_types import check_texts, check_types
from emulator.services.context import Emulator
from emulator.services.page_token import SKIP_TOKEN, token_of
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.storage import assets
from emulator.storage.asset_kinds import MUTABLE, AssetKind, register_version
from emulator.storage.assets import Asset
from emulator.trials.locator import Locator

#: What names and versions of assets look like.
ASSET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
#: The version that the official client asks for when it is given none.
_DEFAULT = "azureml_default"
#: Ids of containers that are declared begin here: beyond those that the store gives.
_DECLARED = 2**40
_TYPES = {
    **dict.fromkeys(("description", "dataType", "modelType", "image", "osType", "environmentType", "condaFile"), str),
    **dict.fromkeys(("isArchived", "isAnonymous"), bool),
    **dict.fromkeys(("componentSpec", "flavors", "build", "inferenceConfig"), dict),
}
_OWN_BLOBS = re.compile(rf"https://(?:127\.0\.0\.1|localhost):\d+(?=/{re.escape(ACCOUNT_HOST)}/)")


class AssetPage(NamedTuple):
    """ARM documents, and how to ask for the next ones while there are more."""

    documents: list[dict[str, Any]]
    following: Mapping[str, str] | None


class AssetService:
    """What can be done with the assets of one kind.

    Parameters:
        emulator: keeps them.
        kind: one of `KINDS`.
    """

    def __init__(self, emulator: Emulator, kind: AssetKind) -> None:
        self._emulator = emulator
        self._store = emulator.store
        self._kind = kind

    async def put(self, workspace: WorkspaceId, name: str, version: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT of a version: register it, or change what may change on it.

        Returns:
            Its document, and whether it is new.

        Raises:
            Refusal: no asset, or one that would change what never changes.
        """
        given = _properties(body)
        _check_types(given, self._kind.path)
        _check_name("name", name)
        _check_name("version", version)
        if self._kind.collection == "components" and given.get("isAnonymous"):
            version = component_guid(workspace, given.get("componentSpec") or {})
        at = self._emulator.clock.now()

        def register(conn: sqlite3.Connection) -> tuple[Asset, bool]:
            before = assets.get(conn, workspace, self._kind.collection, name, version)
            document = self._kind.document(self._filled(conn, workspace, given))
            if before is not None:
                self._check_changes(workspace, before, document)
                mutable = MUTABLE | ({"componentSpec"} if self._kind.collection == "components" else set())
                # Stays as it was stored: a client that changes tags may send the rest in another spelling.
                document |= {key: value for key, value in before.document.items() if key not in mutable}
            return register_version(conn, workspace, self._kind, name, version, document, at), before is None

        asset, created = await self._store.write_async(register)
        # Recorded: an environment answers 201 whenever it is put, and so does an anonymous component.
        always = self._kind.collection == "environments" or (asset.anonymous and self._kind.collection == "components")
        return self._shown(workspace, asset), created or always

    def _filled(self, conn: sqlite3.Connection, workspace: WorkspaceId, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a client gave, with what the service finds out itself: an address, flavors, steps of a job."""
        if self._kind.collection == "components":
            return with_source_job(conn, workspace, given)
        filled = with_stored_path(conn, workspace, self._kind, given)
        if filled.get("modelType") == "mlflow_model" and not filled.get("flavors") and filled.get("modelUri"):
            place = Locator(self._emulator.place).find(conn, workspace, str(filled["modelUri"]), "models")
            filled["flavors"] = flavors_of(place)
        return filled

    async def put_container(self, workspace: WorkspaceId, name: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT of a container: its description, tags, and whether it is archived."""
        given = _properties(body)
        _check_types(given, None)
        _check_name("name", name)
        at = self._emulator.clock.now()

        def write(conn: sqlite3.Connection) -> tuple[Asset, bool]:
            before = assets.get(conn, workspace, self._kind.collection, name)
            document = {**(before.document if before else {}), **given}
            archived = bool(document.get("isArchived"))
            kept = assets.put(conn, workspace, self._kind.collection, name, "", document, at, archived=archived)
            return kept, before is None

        asset, created = await self._store.write_async(write)
        return self._shown(workspace, asset), created

    def get(
        self, workspace: WorkspaceId, name: str, version: str = "", declared: Sequence[Asset] = ()
    ) -> dict[str, Any]:
        """GET of a version, or of a container when `version` is empty.

        Parameters:
            declared: versions that there are without their being registered; see `declared_versions`.

        Raises:
            Refusal: 404.
        """
        conn, collection = self._store.reader(), self._kind.collection
        asset = assets.get(conn, workspace, collection, name, version)
        if asset is None and version == _DEFAULT:
            asset = next(iter(assets.versions(conn, workspace, collection, name, limit=1)), None)
            if asset is not None:
                label = f"{workspace.child(collection, name)}/labels/default"
                return self._shown(workspace, asset) | {"id": label}
        if asset is not None:
            return self._shown(workspace, asset)
        if declared and not version:
            return self._shown(workspace, replace(declared[0], version="", document={}), declared)
        for one in declared:
            if one.version == version:
                return self._shown(workspace, one)
        raise self._missing(workspace, name, version)

    def versions(self, workspace: WorkspaceId, name: str, wanted: Listing, declared: Sequence[Asset] = ()) -> AssetPage:
        """The versions of an asset; codes are found by their hash whatever the name.

        Parameters:
            declared: as for `get`; they count where none is registered.
        """
        conn, collection = self._store.reader(), self._kind.collection
        if wanted.hash is not None:
            return self._page(workspace, assets.by_hash(conn, workspace, collection, wanted.hash), wanted)
        found = assets.versions(conn, workspace, collection, name) or list(declared)
        return self._page(workspace, found if wanted.newest_first else reversed(found), wanted)

    def containers(self, workspace: WorkspaceId, wanted: Listing, declared: Sequence[str] = ()) -> AssetPage:
        """The containers of the workspace.

        Parameters:
            declared: names of those that there are without their being registered; they come last.
        """
        collection = self._kind.collection
        found = assets.of_kind(self._store.reader(), workspace, collection)
        known = {one.name for one in found}
        more = [
            Asset(_DECLARED + place, collection, name, "", None, False, False, 0.0, 0.0, {})
            for place, name in enumerate(declared, 1)
            if name not in known
        ]
        return self._page(workspace, [*found, *more], wanted)

    async def delete(self, workspace: WorkspaceId, name: str, version: str = "") -> bool:
        """DELETE of a version, or of a container with all its versions; whether there was one."""

        def remove(conn: sqlite3.Connection) -> bool:
            collection = self._kind.collection
            asset = assets.get(conn, workspace, collection, name, version)
            if asset is None:
                return False
            # The files stay: other assets and jobs may name the same address.
            for gone in [asset, *([] if version else assets.versions(conn, workspace, collection, name))]:
                assets.delete(conn, gone.id)
            return True

        return await self._store.write_async(remove)

    def _page(self, workspace: WorkspaceId, found: Iterable[Asset], wanted: Listing) -> AssetPage:
        size = min(self._emulator.settings.page_size, wanted.top or self._emulator.settings.page_size)
        page: list[Asset] = []
        begun = wanted.after is None
        for asset in found:
            if begun and wanted.shows(asset):
                if len(page) == size:
                    left = None if wanted.top is None else wanted.top - size
                    following = {SKIP_TOKEN: token_of(str(page[-1].id))} | ({} if left is None else {"$top": str(left)})
                    return AssetPage(self._documents(workspace, page), following if left != 0 else None)
                page.append(asset)
            begun = begun or asset.id == wanted.after
        return AssetPage(self._documents(workspace, page), None)

    def _documents(self, workspace: WorkspaceId, found: Iterable[Asset]) -> list[dict[str, Any]]:
        return [self._shown(workspace, asset, listed=True) for asset in found]

    def _shown(
        self, workspace: WorkspaceId, asset: Asset, versions: Sequence[Asset] | None = None, *, listed: bool = False
    ) -> dict[str, Any]:
        collection, settings = self._kind.collection, self._emulator.settings
        conn, current = self._store.reader(), replace(asset, document=self._current(asset.document))
        if not asset.version:
            if versions is None:
                versions = assets.versions(conn, workspace, collection, asset.name)
            properties = container_properties(current, versions, self._emulator.clock, listed=listed)
        else:
            newest = assets.versions(conn, workspace, collection, asset.name, limit=1)
            properties = version_properties(current, workspace, latest=not newest or newest[0].id == asset.id)
        user = {} if collection == "data" else {"lastModifiedBy": settings.user_name, "lastModifiedByType": "User"}
        return {
            "id": workspace.child(collection, asset.name, asset.version or None),
            "name": asset.version or asset.name,
            "type": f"{PROVIDER}/workspaces/{collection}" + ("/versions" if asset.version else ""),
            "properties": properties,
            "systemData": {
                "createdAt": iso(asset.created),
                "createdBy": settings.user_name,
                "createdByType": "User",
                "lastModifiedAt": iso(asset.modified),
                **user,
            },
        }

    def _current(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document with the emulator's origin as it is now: its port may have been another when it was stored."""
        current, path = dict(document), self._kind.path
        if path and isinstance(current.get(path), str):
            current[path] = _OWN_BLOBS.sub(self._emulator.place.https_origin, current[path])
        return current

    def _check_changes(self, workspace: WorkspaceId, before: Asset, document: Mapping[str, Any]) -> None:
        """Refuse other values than there are; what clients fetched, with what the service added, is not a change."""
        known = self._compared(workspace, replace(before, document=self._current(before.document)))
        wanted = self._compared(workspace, replace(before, document=document))
        names = known.keys() | wanted.keys()
        if not document.get("jobName"):  # the official client does not send back the job that it was shown
            names -= {"jobName"}
        changed = sorted(name for name in names if known.get(name) != wanted.get(name))
        if self._kind.path in changed:
            raise user_error("Asset paths cannot be updated.", target=self._kind.path, inner=("Immutable",))
        if changed:
            # 409: the official client then registers the next version of an environment.
            raise Refusal(
                409,
                "Conflict",
                f"Version {before.version} of {self._kind.noun} {before.name} exists already, and its "
                f"{', '.join(changed)} cannot be changed. Register another version.",
                target=changed[0],
                inner=("Immutable",),
            )

    def _compared(self, workspace: WorkspaceId, asset: Asset) -> dict[str, Any]:
        """What of a version never changes, without what makes no difference."""
        shown = version_properties(asset, workspace, latest=False)
        if self._kind.collection == "components":
            spec = asset.document.get("componentSpec") or {}
            shown["componentSpec"] = compared_spec(spec, name=asset.name, version=asset.version)
        if isinstance(shown.get("osType"), str):
            shown["osType"] = shown["osType"].casefold()
        return {name: value for name, value in shown.items() if name not in MUTABLE}

    def _missing(self, workspace: WorkspaceId, name: str, version: str) -> Refusal:
        if self._kind.missing is not None:
            return not_found(self._kind.missing(name, version), inner=("NotFoundError",))
        key = workspace.child(self._kind.collection, name, version or None)
        shown = f" (version: {version})" if version else ""
        return not_found(f"key: {key}, Message: Not found {self._kind.noun} {name}{shown}.", code="NotFound")


def _properties(body: Any) -> dict[str, Any]:
    properties = body.get("properties") if isinstance(body, dict) else None
    if not isinstance(properties, dict):
        raise user_error("The body must be an object with `properties`.", target="properties")
    return properties


def _check_types(given: Mapping[str, Any], path: str | None) -> None:
    check_types(given, _TYPES | ({path: str} if path else {}))
    for name in ("tags", "properties"):
        check_texts(given.get(name), f"properties.{name}")
    if path and len(given.get(path) or "") > LONGEST_URI:
        raise user_error(f"properties.{path} is longer than {LONGEST_URI} characters.", target=f"properties.{path}")


def _check_name(what: str, text: str) -> None:
    if not ASSET_NAME.fullmatch(text):
        raise user_error(
            f"The {what} {text!r} is not valid: use letters, digits, '.', '_' and '-', at most 255, beginning with a "
            "letter or digit.",
            target=what,
        )
