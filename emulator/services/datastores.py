"""Datastores: two that every workspace has, and those that were registered; all are containers of one account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.clock import iso
from emulator.identity.storage_account import STORAGE_SUFFIX
from emulator.place import ARTIFACT_STORE, BLOB_STORE, artifact_container, blob_container
from emulator.services.blobs import blob_service
from emulator.services.body_types import check_texts, check_types
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.storage import assets
from emulator.storage.blobs.errors import BadName

_COLLECTION = "datastores"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}")


class DatastoreService:
    """What can be done with datastores.

    Clients build the address of the storage from the account's name, so every datastore shows the emulator's own: what
    was registered with a real account cannot lead a client there (emulator-defined).

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._store = emulator.store
        self._blobs = blob_service(emulator)

    def get(self, workspace: WorkspaceId, name: str) -> dict[str, Any]:
        """GET; the container is there afterwards.

        Raises:
            Refusal: 404.
        """
        document, created = self._find(workspace, name)
        self._blobs.store.create_container(document["containerName"])
        return self._shown(workspace, name, document, created)

    def listing(self, workspace: WorkspaceId, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """List, by name, as a query filters them: `isDefault`, `names`, `searchText`, `count`."""
        registered = [asset.name for asset in assets.of_kind(self._store.reader(), workspace, _COLLECTION)]
        names = sorted({ARTIFACT_STORE, BLOB_STORE, *registered})
        if query.get("names"):
            names = [name for name in names if name in query["names"].split(",")]
        names = [name for name in names if query.get("searchText", "") in name]
        if query.get("orderByAsc", "true").lower() == "false":
            names.reverse()
        found = [self.get(workspace, name) for name in names]
        if (wanted := query.get("isDefault")) is not None:
            found = [one for one in found if one["properties"]["isDefault"] == (wanted.lower() == "true")]
        count = query.get("count", "")
        return found[: int(count)] if count.isdecimal() else found

    def secrets(self, workspace: WorkspaceId, name: str) -> dict[str, str]:
        """listSecrets: the account key, or what the setting `datastore_credentials` gives instead.

        Raises:
            Refusal: 404; or there are none, as clients shall come with their own identity.
        """
        container = self.get(workspace, name)["properties"]["containerName"]
        kind = self._emulator.settings.datastore_credentials
        if kind == "None":
            raise user_error("No secrets for credentials of type None.")
        if kind == "Sas":
            return {"secretsType": "Sas", "sasToken": self._blobs.account.container_sas(container)}
        return {"secretsType": "AccountKey", "key": self._emulator.secrets.account_key}

    async def put(self, workspace: WorkspaceId, name: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT: register a blob container. Its secrets are not kept: nothing here needs them.

        Returns:
            Its document, and whether it is new.

        Raises:
            Refusal: another type than AzureBlob, or one of the two that every workspace has.
        """
        given = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(given, dict):
            raise user_error("The body must be an object with `properties`.", target="properties")
        if given.get("datastoreType") != "AzureBlob":
            raise user_error(
                f"Datastores of type {given.get('datastoreType')!r} are not served; the emulator has AzureBlob.",
                target="properties.datastoreType",
            )
        if not _NAME.fullmatch(name) or name in {BLOB_STORE, ARTIFACT_STORE}:
            raise user_error(f"A datastore cannot be registered as {name!r}; choose another name.", target="name")
        check_types(given, {"description": str, "containerName": str, "isDefault": bool})
        check_texts(given.get("tags"), "properties.tags")
        check_texts(given.get("properties"), "properties.properties")
        try:
            self._blobs.store.create_container(str(given.get("containerName")))
        except BadName as problem:
            raise user_error(f"{problem}.", target="properties.containerName") from None
        document = {key: value for key, value in given.items() if key not in {"credentials", "accountName"}}
        at = self._emulator.clock.now()
        created = await self._store.write_async(
            lambda conn: assets.put_only(conn, workspace, _COLLECTION, name, document, at)
        )
        return self.get(workspace, name), created

    async def delete(self, workspace: WorkspaceId, name: str) -> bool:
        """DELETE: forget a datastore; its container stays. Whether there was one.

        Raises:
            Refusal: every workspace has this one.
        """
        if name in {BLOB_STORE, ARTIFACT_STORE}:
            raise user_error(f"Datastore {name} belongs to the workspace and cannot be deleted.", target="name")
        return await self._store.write_async(lambda conn: assets.delete_only(conn, workspace, _COLLECTION, name))

    def _find(self, workspace: WorkspaceId, name: str) -> tuple[dict[str, Any], float]:
        own = {BLOB_STORE: blob_container, ARTIFACT_STORE: artifact_container}
        if name in own:
            return {"containerName": own[name](workspace)}, 0.0
        asset = assets.get(self._store.reader(), workspace, _COLLECTION, name)
        if asset is None:
            raise _missing(name)
        return dict(asset.document), asset.created

    def _shown(self, workspace: WorkspaceId, name: str, document: Mapping[str, Any], created: float) -> dict[str, Any]:
        return {
            "id": workspace.child(_COLLECTION, name),
            "name": name,
            "type": f"{PROVIDER}/workspaces/{_COLLECTION}",
            "properties": {
                "description": None,
                "tags": {},
                "properties": None,
                "serviceDataAccessAuthIdentity": "None",
                **document,
                "datastoreType": "AzureBlob",
                "accountName": self._blobs.account.name,
                "endpoint": STORAGE_SUFFIX,
                "protocol": "https",
                "isDefault": name == BLOB_STORE,
                "credentials": _credentials(self._emulator.settings.datastore_credentials),
            },
            "systemData": {
                "createdAt": iso(created),
                "createdBy": self._emulator.settings.user_name,
                "createdByType": "User",
            },
        }


def _credentials(kind: str) -> dict[str, Any]:
    return {"credentialsType": kind} if kind == "None" else {"credentialsType": kind, "secrets": {"secretsType": kind}}


def _missing(name: str) -> Refusal:
    return not_found(f"Could not find datastore with name: {name}.")
