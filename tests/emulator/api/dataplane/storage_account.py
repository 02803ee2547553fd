"""The served storage account of a test, and official clients for it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from azure.storage.blob import (
    BlobSasPermissions,
    BlobServiceClient,
    ContainerClient,
    ContainerSasPermissions,
    generate_blob_sas,
    generate_container_sas,
)

from emulator.identity.storage_account import ACCOUNT_HOST
from emulator.services.blobs import BlobService, blob_service
from emulator.services.context import Emulator

CONTAINER = "azureml-blobstore-x"
Attempt = Callable[[], object]


def trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])


class Account:
    """The served account, and clients for it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.service: BlobService = blob_service(emulator)
        self.key = emulator.secrets.account_key
        self.url = f"{emulator.place.https_origin}/{ACCOUNT_HOST}"
        self.service.store.create_container(CONTAINER)
        self.root = emulator.place.artifacts / CONTAINER

    def container(self, credential: str | None = None) -> ContainerClient:
        return BlobServiceClient(self.url, credential=credential or self.key).get_container_client(CONTAINER)

    def blob_sas(self, name: str, *, hours: float = 1, account: str | None = None, **permissions: bool) -> str:
        return generate_blob_sas(
            account or self.service.account.name,
            CONTAINER,
            name,
            account_key=self.key,
            permission=BlobSasPermissions(**permissions),
            expiry=datetime.now(UTC) + timedelta(hours=hours),
        )

    def container_sas(self, **permissions: bool) -> str:
        return generate_container_sas(
            "emu",
            CONTAINER,
            account_key=self.key,
            permission=ContainerSasPermissions(**permissions),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
