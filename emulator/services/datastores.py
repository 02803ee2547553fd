"""Datastores: three that every workspace has, and those that were registered; all are containers of one account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.clock import iso
from emulator.identity.storage_account import STORAGE_SUFFIX
from emulator.place import ARTIFACT_STORE, BLOB_STORE, FILE_STORE, artifact_container, blob_container, file_share
from emulator.services.blobs import blob_service
from emulator.services.body_types import check_texts, check_types
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.storage import assets
from emulator.storage.blobs.errors import BadName
from emulator.storage.datastore_kinds import container_of, kind_of

_COLLECTION = "datastores"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}")
_OWN = frozenset({BLOB_STORE, ARTIFACT_STORE, FILE_STORE})
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A datastore.

    Parameters:
        document: its `properties` as they were given.
        created, modified: seconds since the epoch.
        is_own: whether every workspace has it.
    """

    document: Mapping[str, Any]
    created: float
    modified: float
    is_own: bool

    @property
    def credentials(self) -> str:
        """Their type."""
        return str((self.document.get("credentials") or {}).get("credentialsType") or "None")


class DatastoreService:
    """What can be done with datastores.

    Clients build the address of the storage from the account's name. So every datastore shows the emulator's own unless
    the setting `datastore_accounts` says otherwise: what was registered with a real account leads no client there.

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
        found = self._find(workspace, name)
        self._blobs.store.create_container(container_of(found.document))
        return self._shown(workspace, name, found)

    def listing(self, workspace: WorkspaceId, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """List as a query filters them: `isDefault`, `names`, `searchText`; newest first unless it says so.

        Source: the parameters of `Datastores_List` in the REST definitions.
        """
        registered = [asset.name for asset in assets.of_kind(self._store.reader(), workspace, _COLLECTION)]
        # The three of the workspace come last: they are older than any that was registered.
        names = [*registered, *sorted(_OWN)]
        if query.get("names"):
            names = [name for name in names if name in query["names"].split(",")]
        names = [name for name in names if query.get("searchText", "") in name]
        if query.get("orderByAsc", "false").lower() == "true":
            names.reverse()
        found = [self.get(workspace, name) for name in names]
        if (wanted := query.get("isDefault")) is not None:
            found = [one for one in found if one["properties"]["isDefault"] == (wanted.lower() == "true")]
        return found

    def secrets(self, workspace: WorkspaceId, name: str, body: Any = None) -> dict[str, str]:
        """listSecrets: a SAS to a client that asks for secrets that expire (recorded), else the account key.

        Of the store of artifacts it is always the key: the official client signs the URLs of logs with what it gets.

        Parameters:
            body: of the request: `expirableSecret`, `expireAfterHours`.

        Raises:
            Refusal: 404; or there are none, as clients shall come with their own identity.
        """
        found = self._find(workspace, name)
        container = container_of(found.document)
        self._blobs.store.create_container(container)
        kind = self._emulator.settings.datastore_credentials
        if kind == "None" or (found.credentials == "None" and not found.is_own):
            raise user_error("No secrets for credentials of type None.")
        if kind == "Sas":
            return {"secretsType": "Sas", "sasToken": self._blobs.account.container_sas(container)}
        asked = body if isinstance(body, dict) else {}
        if asked.get("expirableSecret") is True and name != ARTIFACT_STORE:
            hours = asked.get("expireAfterHours")
            lifetime = _HOUR * (hours if isinstance(hours, int) and 0 < hours <= 24 * 365 else 1)
            return {"secretsType": "Sas", "sasToken": self._blobs.account.account_sas(lifetime=lifetime)}
        return {"secretsType": "AccountKey", "key": self._emulator.secrets.account_key}

    async def put(self, workspace: WorkspaceId, name: str, body: Any) -> tuple[dict[str, Any], bool]:
        """PUT: register a container, a file share or a file system. Its secrets are not kept: nothing here needs them.

        Returns:
            Its document, and whether it is new.

        Raises:
            Refusal: a type that is not known, or one of those that every workspace has.
        """
        given = body.get("properties") if isinstance(body, dict) else None
        if not isinstance(given, dict):
            raise user_error("The body must be an object with `properties`.", target="properties")
        kind = kind_of(given)
        if kind is None:
            raise user_error(
                f"Datastores of type {given.get('datastoreType')!r} are not served; the emulator has AzureBlob, "
                "AzureFile, AzureDataLakeGen1 and AzureDataLakeGen2.",
                target="properties.datastoreType",
            )
        if not _NAME.fullmatch(name) or name in _OWN:
            raise user_error(f"A datastore cannot be registered as {name!r}; choose another name.", target="name")
        check_types(given, {"description": str, "containerName": str, "isDefault": bool})
        # Before the container is made: what is refused leaves nothing behind.
        check_texts(given.get("tags"), "properties.tags")
        check_texts(given.get("properties"), "properties.properties")
        try:
            self._blobs.store.create_container(container_of(given))
        except BadName as problem:
            raise user_error(f"{problem}.", target=f"properties.{kind.container}") from None
        credentials = (given.get("credentials") or {}).get("credentialsType") or "None"
        document = {**given, "credentials": {"credentialsType": credentials}}
        at = self._emulator.clock.now()
        created = await self._store.write_async(
            lambda conn: assets.put_only(conn, workspace, _COLLECTION, name, document, at)
        )
        return self.get(workspace, name), created

    async def delete(self, workspace: WorkspaceId, name: str) -> bool:
        """DELETE: forget a datastore; its container stays (inferred). Whether there was one.

        Raises:
            Refusal: every workspace has this one.
        """
        if name in _OWN:
            raise user_error(f"Datastore {name} belongs to the workspace and cannot be deleted.", target="name")
        return await self._store.write_async(lambda conn: assets.delete_only(conn, workspace, _COLLECTION, name))

    def _find(self, workspace: WorkspaceId, name: str) -> _Found:
        own = {BLOB_STORE: blob_container, ARTIFACT_STORE: artifact_container, FILE_STORE: file_share}
        if name in own:
            kind, key = ("AzureFile", "fileShareName") if name == FILE_STORE else ("AzureBlob", "containerName")
            document = {
                "datastoreType": kind,
                key: own[name](workspace),
                "subscriptionId": workspace.subscription,
                "resourceGroup": workspace.resource_group,
                "serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity",
                "credentials": {"credentialsType": self._emulator.settings.datastore_credentials},
            }
            return _Found(document, 0.0, 0.0, is_own=True)
        asset = assets.get(self._store.reader(), workspace, _COLLECTION, name)
        if asset is None:
            raise _missing(name)
        return _Found(asset.document, asset.created, asset.modified, is_own=False)

    def _shown(self, workspace: WorkspaceId, name: str, found: _Found) -> dict[str, Any]:
        document = found.document
        kind = kind_of(document)
        place = {"endpoint": STORAGE_SUFFIX, "protocol": "https"}
        if kind is None or kind.account is not None:
            place["accountName"] = self._account(found)
        return {
            "id": workspace.child(_COLLECTION, name),
            "name": name,
            "type": f"{PROVIDER}/workspaces/{_COLLECTION}",
            "properties": {
                "description": None,
                "tags": None,
                "properties": None,
                "subscriptionId": None,
                "resourceGroup": None,
                "serviceDataAccessAuthIdentity": "None",
                **{key: value for key, value in document.items() if value is not None},
                **place,
                "isDefault": name == BLOB_STORE,
                "credentials": {"credentialsType": self._credentials(found)},
            },
            "systemData": self._system_data(found),
        }

    def _account(self, found: _Found) -> str:
        given = found.document.get("accountName")
        is_given = self._emulator.settings.datastore_accounts == "given" and isinstance(given, str)
        return str(given) if is_given else self._blobs.account.name

    def _credentials(self, found: _Found) -> str:
        chosen = self._emulator.settings.datastore_credentials
        return found.credentials if chosen == "AccountKey" else chosen

    def _system_data(self, found: _Found) -> dict[str, str]:
        if found.is_own:  # recorded: what a workspace begins with has no user who made it
            user, kind = self._emulator.settings.user_name, "Application"
            by = {"lastModifiedBy": user, "lastModifiedByType": kind}
            return {"createdAt": iso(found.created), "lastModifiedAt": iso(found.modified), **by}
        user = self._emulator.settings.user_name
        return {
            "createdAt": iso(found.created),
            "createdBy": user,
            "createdByType": "User",
            "lastModifiedAt": iso(found.modified),
            "lastModifiedBy": user,
            "lastModifiedByType": "User",
        }


def _missing(name: str) -> Refusal:
    return not_found(f"Could not find datastore with name: {name}.")
