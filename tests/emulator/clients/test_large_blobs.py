"""Blobs larger than the memory that a server should need for them."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.server.home import Record

pytestmark = pytest.mark.slow

_MEGABYTE = 1 << 20
_SIZE = 256 * _MEGABYTE
_STORE = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    "/datastores/workspaceblobstore"
)


@pytest.fixture
def signed(live: Record) -> Any:
    """Signs URLs of blobs with the account key, as a client would."""
    from datetime import UTC, datetime, timedelta

    from azure.storage.blob import BlobSasPermissions, generate_blob_sas

    trust = ssl.create_default_context(cafile=live.ca)
    query = {"resource": "https://management.azure.com", "api-version": "2019-08-01"}
    headers = {"x-identity-header": live.identity_header}
    token = httpx.get(f"{live.http_origin}/msi/token", params=query, headers=headers).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    version = {"api-version": "2024-10-01-preview"}
    with httpx.Client(verify=trust, headers=bearer, params=version, base_url=live.origin) as client:
        container = client.get(_STORE).json()["properties"]["containerName"]
        key = client.post(f"{_STORE}/listSecrets").json()["key"]

    def url(name: str) -> str:
        sas = generate_blob_sas(
            "emu",
            container,
            name,
            account_key=key,
            permission=BlobSasPermissions(read=True, create=True, write=True),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        return f"{live.origin}/emu.blob.core.windows.net/{container}/{name}?{sas}"

    return url


def peak_memory(record: Record) -> int:
    """The most bytes that the emulator ever held, or what it holds where that is not told."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{record.pid}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
def test_a_large_blob_passes_through_without_sitting_in_memory(live: Record, signed: Any) -> None:
    block = bytes(range(256)) * (_MEGABYTE // 256)
    digest = hashlib.sha256()

    def content() -> Iterator[bytes]:
        for _ in range(_SIZE // _MEGABYTE):
            digest.update(block)
            yield block

    trust = ssl.create_default_context(cafile=live.ca)
    before = peak_memory(live)
    with httpx.Client(verify=trust, timeout=120) as client:
        headers = {"x-ms-blob-type": "BlockBlob", "content-length": str(_SIZE)}
        assert client.put(signed("large"), content=content(), headers=headers).status_code == 201
        received = hashlib.sha256()
        with client.stream("GET", signed("large")) as answer:
            assert answer.headers["content-length"] == str(_SIZE)
            for chunk in answer.iter_bytes(_MEGABYTE):
                received.update(chunk)
    assert received.digest() == digest.digest()
    assert peak_memory(live) - before < _SIZE // 4, json.dumps({"before": before, "after": peak_memory(live)})
