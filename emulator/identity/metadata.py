"""The description of the emulator as a cloud, which official clients fetch before anything else.

It is 40 % of an SDK's requests, so the answer is one prebuilt piece of JSON. Fields: those the official SDK and
azureml-mlflow read; shape as `https://management.azure.com/metadata/endpoints?api-version=2019-05-01`, which is a list.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from emulator.context import Emulator

#: `AZUREML_CURRENT_CLOUD` has to name it, else a client whose metadata request fails falls back to the public cloud.
CLOUD_NAME = "AzureLocal"

#: Clients cut account names out of URLs by this suffix, so it stays the public cloud's.
STORAGE_SUFFIX = "core.windows.net"


def cloud_metadata(origin: str) -> bytes:
    """The metadata document.

    Parameters:
        origin: the emulator's HTTPS origin, `https://127.0.0.1:8443`.
    """
    here = f"{origin.rstrip('/')}/"
    # Nothing listens under `.invalid`: a client that strays to a service outside the emulator gets no answer at all.
    nowhere = "https://amlet.invalid/"
    cloud = {
        "name": CLOUD_NAME,
        "portal": "https://portal.azure.com/",
        "authentication": {
            "loginEndpoint": here,
            "audiences": [here, "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": here,
        "graph": nowhere,
        "graphAudience": nowhere,
        "microsoftGraphResourceId": nowhere,
        "media": nowhere,
        "batch": nowhere,
        "gallery": nowhere,
        "sqlManagement": nowhere,
        "vmImageAliasDoc": nowhere,
        "activeDirectoryDataLake": nowhere,
        "ossrDbmsResourceId": nowhere,
        "appInsightsResourceId": nowhere,
        "logAnalyticsResourceId": nowhere,
        "suffixes": {
            "storage": STORAGE_SUFFIX,
            "keyVaultDns": "vault.amlet.invalid",
            "mhsmDns": "managedhsm.amlet.invalid",
            "acrLoginServer": "acr.amlet.invalid",
            "sqlServerHostname": "database.amlet.invalid",
            "azureDataLakeStoreFileSystem": "store.amlet.invalid",
            "azureDataLakeAnalyticsCatalogAndJob": "analytics.amlet.invalid",
            "storageSyncEndpointSuffix": "afs.amlet.invalid",
        },
    }
    return json.dumps([cloud]).encode()


def routes(emulator: Emulator) -> list[BaseRoute]:
    """`/metadata/endpoints`, and the discovery document that a workspace's `discoveryUrl` leads to."""
    cloud = cloud_metadata(emulator.place.https_origin)
    discovery = json.dumps({"api": emulator.place.https_origin, "history": emulator.place.https_origin}).encode()

    async def endpoints(_: Request) -> Response:
        return Response(cloud, media_type="application/json")

    async def discover(_: Request) -> Response:
        return Response(discovery, media_type="application/json")

    return [
        Route("/metadata/endpoints", endpoints, methods=["GET"]),
        Route("/discovery", discover, methods=["GET"]),
        Route("/discovery/{rest:path}", discover, methods=["GET"]),
    ]
