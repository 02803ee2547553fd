"""Where a client may put the content of an asset version that it is about to register."""

from __future__ import annotations

import hashlib
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.storage.workspaces import guid_of

#: How long the signature of an upload lasts, in seconds.
_LIFETIME = 24 * 3600


def start_pending_upload(
    emulator: Emulator, workspace: WorkspaceId, collection: str, name: str, version: str
) -> dict[str, Any]:
    """startPendingUpload: a container of its own for that version, and a SAS that opens it.

    Asking again gives the same container, so that an interrupted upload can go on.
    """
    service = blob_service(emulator)
    identity = workspace.child(collection, name, version)
    container = f"{guid_of(workspace)[:8]}-{hashlib.sha256(identity.lower().encode()).hexdigest()[:32]}"
    service.store.create_container(container)
    return {
        "pendingUploadId": container,
        "pendingUploadType": "TemporaryBlobReference",
        "blobReferenceForConsumption": {
            "blobUri": service.account.url(container),
            "storageAccountArmId": (
                f"/subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}"
                "/providers/Microsoft.Storage/storageAccounts/emu"
            ),
            "credential": {
                "credentialType": "SAS",
                "sasUri": service.account.signed_url(container, permissions="racwl", lifetime=_LIFETIME),
            },
        },
    }
