"""The description of the emulator as a cloud, which official clients fetch before anything else.

It is 40 % of an SDK's requests, so the answer is one prebuilt piece of JSON. Fields: those the official SDK and
azureml-mlflow read. It is a list of clouds, and from api-version 2022-09-01 on the one cloud, as `az cloud register`
wants it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.identity.cloud import ADFS, CLOUD_NAME
from emulator.identity.storage_account import STORAGE_SUFFIX

if TYPE_CHECKING:
    from emulator.services.context import Emulator

#: What the discovery document names (recorded); azureml-core asks for `modelmanagement`.
_SERVICES = (
    *("api", "catalog", "experimentation", "history", "hyperdrive", "labeling", "modelmanagement", "pipelines"),
    "studio",
)

#: From this api-version on the answer is one cloud, and no list.
_ONE_CLOUD = "2022-09-01"


def cloud_metadata(origin: str) -> bytes:
    """The description of the cloud.

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
            # An authority that msal takes without asking the public cloud about it; see `emulator.api.identity.oauth`.
            "loginEndpoint": f"{here}{ADFS}",
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
    return json.dumps(cloud).encode()


def routes(emulator: Emulator) -> list[BaseRoute]:
    """`/metadata/endpoints`, and the discovery document that a workspace's `discoveryUrl` leads to."""
    cloud = cloud_metadata(emulator.place.https_origin)
    discovery = json.dumps(dict.fromkeys(_SERVICES, emulator.place.https_origin)).encode()

    clouds = b"[%b]" % cloud

    async def endpoints(request: Request) -> Response:
        one = request.query_params.get("api-version", "") >= _ONE_CLOUD
        return Response(cloud if one else clouds, media_type="application/json")

    async def discover(_: Request) -> Response:
        return Response(discovery, media_type="application/json; charset=utf-8")

    return [
        Route("/metadata/endpoints", endpoints, methods=["GET"]),
        Route("/discovery", discover, methods=["GET"]),
        Route("/discovery/{rest:path}", discover, methods=["GET"]),
    ]
