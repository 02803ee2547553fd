"""Workspaces: each name that is asked for is one, unless the project file is strict about them."""

from __future__ import annotations

from typing import Any

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.clock import iso
from emulator.identity.tokens import PRINCIPAL, TENANT
from emulator.services.context import Emulator
from emulator.services.refusal import not_found
from emulator.storage.workspaces import ensure, every, guid_of

_REMEMBERED = 1000

#: In the place of a key for telemetry, which leads nowhere.
_NO_KEY = "00000000-0000-0000-0000-000000000000"


def check_workspace(emulator: Emulator, path: str) -> None:
    """Refuse a request below a workspace that the project file, strict about workspaces, does not declare.

    Parameters:
        path: of the request, on whichever plane.

    Raises:
        Refusal: ARM's own answer (ResourceNotFound).
    """
    start = path.find("/subscriptions/")
    try:
        workspace = WorkspaceId.parse(path[start:])
    except ValueError:
        return
    if start >= 0 and not emulator.project_files.of().has_workspace(workspace):
        raise not_found(
            f"The Resource '{PROVIDER}/workspaces/{workspace.name}' under resource group "
            f"'{workspace.resource_group}' was not found.",
            code="ResourceNotFound",
        )


def document(emulator: Emulator, workspace: WorkspaceId) -> dict[str, Any]:
    """The ARM document of a workspace.

    Keys and constants: recorded; `mlFlowTrackingUri` and `discoveryUrl` are what the official client needs.
    """
    origin = emulator.place.https_origin
    group = f"/subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}/providers"
    host, user, begun = origin.removeprefix("https://"), emulator.settings.user_name, iso(0.0)
    return {
        "id": str(workspace),
        "name": workspace.name,
        "type": f"{PROVIDER}/workspaces",
        "location": emulator.settings.region,
        "tags": {},
        "etag": None,
        "kind": "Default",
        "sku": {"name": "Basic", "tier": "Basic"},
        "identity": {"type": "SystemAssigned", "principalId": PRINCIPAL, "tenantId": TENANT},
        "properties": {
            "friendlyName": workspace.name,
            "description": "",
            "storageAccount": f"{group}/Microsoft.Storage/storageAccounts/emu",
            "keyVault": f"{group}/Microsoft.Keyvault/vaults/emu",
            "applicationInsights": f"{group}/Microsoft.insights/components/emu",
            "hbiWorkspace": False,
            "tenantId": TENANT,
            "imageBuildCompute": None,
            "provisioningState": "Succeeded",
            "managedNetwork": {
                "changeableIsolationModes": ["Disabled"],
                "isolationMode": "Disabled",
                "enableNetworkMonitor": False,
                "enableFirewallLog": False,
            },
            "allowRoleAssignmentOnRG": True,
            "v1LegacyMode": False,
            "softDeleteEnabled": False,
            "containerRegistry": None,
            "creationTime": begun,
            "notebookInfo": None,
            "storageHnsEnabled": False,
            "workspaceId": guid_of(workspace),
            "linkedModelInventoryArmId": None,
            "privateLinkCount": 0,
            "publicNetworkAccess": "Enabled",
            "ipAllowlist": [],
            "networkAcls": {"defaultAction": "Allow", "bypass": "", "ipRules": [], "resourceAccessRules": []},
            "discoveryUrl": f"{origin}/discovery",
            "mlFlowTrackingUri": f"azureml://{host}/mlflow/v1.0{workspace}",
            "serverlessComputeSettings": None,
            "EnableSoftwareBillOfMaterials": False,
            "sdkTelemetryAppInsightsKey": _NO_KEY,
            "sasGetterUri": "",
            "enableDataIsolation": False,
            "systemDatastoresAuthMode": "accesskey",
            "enableServiceSideCMKEncryption": False,
        },
        "systemData": {
            "createdAt": begun,
            "createdBy": user,
            "createdByType": "User",
            "lastModifiedAt": begun,
            "lastModifiedBy": user,
            "lastModifiedByType": "User",
        },
    }


def keys(emulator: Emulator, workspace: WorkspaceId) -> dict[str, Any]:
    """listKeys: that of the storage account; there is no registry of images, no insight and no notebook."""
    return {
        "userStorageKey": emulator.secrets.account_key,
        "userStorageResourceId": document(emulator, workspace)["properties"]["storageAccount"],
        "appInsightsInstrumentationKey": None,
        "containerRegistryCredentials": None,
        "notebookAccessKeys": None,
    }


class KnownWorkspaces:
    """The workspaces that lists show: declared in the project file, asked for by name, or written to.

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._remembered: set[WorkspaceId] = set()

    async def remember(self, workspace: WorkspaceId) -> None:
        """It was named, so it exists."""
        if workspace in self._remembered:
            return
        at = self._emulator.clock.now()
        await self._emulator.store.write_async(lambda conn: ensure(conn, workspace, at))
        # Bounded, since names come from whoever asks; a forgotten one costs a write that changes nothing.
        if len(self._remembered) < _REMEMBERED:
            self._remembered.add(workspace)

    def every(self) -> list[WorkspaceId]:
        """All of them, in whatever subscription."""
        project = self._emulator.project_files.of()
        declared = [
            WorkspaceId(one.subscription, one.resource_group, one.name)
            for one in project.content.workspaces
            if one.subscription and one.resource_group
        ]
        stored = [one for one in every(self._emulator.store.reader()) if project.has_workspace(one)]
        return list({guid_of(workspace): workspace for workspace in [*stored, *declared]}.values())

    def documents(self, subscription: str, resource_group: str | None = None) -> list[dict[str, Any]]:
        """Those of a subscription, or of one of its resource groups."""
        return [
            document(self._emulator, workspace)
            for workspace in self.every()
            if workspace.subscription.lower() == subscription.lower()
            and (resource_group is None or workspace.resource_group.lower() == resource_group.lower())
        ]
