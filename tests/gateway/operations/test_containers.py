"""Blob containers: signatures that the storage accepts, blocks for large files, listings over several pages."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.exceptions import ValidationException
from gateway.operations import containers
from gateway.operations.containers import BlobEntry, Container, datastore_container
from gateway.operations.storage_access import container_sas
from gateway.transport.messages import Request, Response

KEY = base64.b64encode(b"k" * 64).decode()
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
BOX = Container.signed("https://acc.blob.test/box?sig=x")


@pytest.mark.oracle
@pytest.mark.parametrize("account", ["acc", "127.0.0.1:8443/emu"])
def test_a_signature_is_the_one_azure_storage_makes(account: str) -> None:
    blob = pytest.importorskip("azure.storage.blob")
    ours = parse_qs(container_sas(account, "box", KEY, NOW))
    theirs = blob._shared_access_signature.BlobSharedAccessSignature(account, KEY)
    theirs.x_ms_version = ours["sv"][0]
    made = parse_qs(
        theirs.generate_container(
            "box", permission=ours["sp"][0], expiry=datetime(2030, 1, 2, 4, 4, 5, tzinfo=UTC), protocol="https"
        )
    )
    if made["sv"] != ours["sv"]:
        pytest.skip("this azure-storage-blob signs for another version of the service")
    assert ours == made


def test_a_key_becomes_a_signature_and_a_sas_stays(connection, service) -> None:
    properties = {"datastoreType": "AzureBlob", "accountName": "127.0.0.1:1/emu", "containerName": "box"}
    service.answers |= {"GET .*/datastores/d": {"properties": properties}, "POST .*/listSecrets": {"key": KEY}}
    made = connection.run(datastore_container(connection.workspace, "d"))
    assert made.url == "https://127.0.0.1:1/emu.blob.core.windows.net/box"
    assert {"sv", "se", "sp", "sig"} <= parse_qs(made.sas).keys()
    service.answers["POST .*/listSecrets"] = {"secretsType": "Sas", "sasToken": "?sv=1&sig=2"}
    assert connection.run(datastore_container(connection.workspace, "d")).sas == "sv=1&sig=2"


def test_a_datastore_of_another_kind_is_refused(connection, service) -> None:
    service.answers["GET .*/datastores/d"] = {"properties": {"datastoreType": "AzureFile"}}
    with pytest.raises(ValidationException, match="AzureFile; only AzureBlob is supported"):
        connection.run(datastore_container(connection.workspace, "d"))


def test_a_small_file_goes_in_one_request_with_its_hash(connection, service, tmp_path: Path) -> None:
    file = tmp_path / "a b?.txt"
    file.write_bytes(b"hello")
    service.answers["PUT .*"] = Response(201)
    connection.run(BOX.upload(file, "folder/a b?.txt"))
    [sent] = service.asked
    assert sent.url == "https://acc.blob.test/box/folder/a%20b%3F.txt?sig=x"
    assert sent.headers["x-ms-blob-type"] == "BlockBlob"
    assert sent.headers["Content-MD5"] == base64.b64encode(hashlib.md5(b"hello").digest()).decode()


def test_a_large_file_goes_in_blocks_that_are_listed_in_order(
    connection, service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "SINGLE", 10)
    monkeypatch.setattr(containers, "_BLOCK", 4)
    file = tmp_path / "large"
    file.write_bytes(b"0123456789ab_")
    service.answers["PUT .*"] = Response(201)
    connection.run(BOX.upload(file, "large"))
    *blocks, listing = service.asked
    sent = {parse_qs(urlsplit(block.url).query)["blockid"][0]: block.body for block in blocks}
    ids = [text.split("</Latest>")[0] for text in (listing.body or b"").decode().split("<Latest>")[1:]]
    assert [sent[block] for block in ids] == [b"0123", b"4567", b"89ab", b"_"]
    assert urlsplit(listing.url).query == "comp=blocklist&sig=x"


def test_a_listing_goes_on_at_its_marker(connection, service) -> None:
    def page(request: Request) -> Response:
        marked = "marker=next" in request.url
        name, marker = ("b", "") if marked else ("a", "<NextMarker>next</NextMarker>")
        properties = "<Properties><Content-Length>3</Content-Length><Content-MD5>m</Content-MD5></Properties>"
        text = f"<E><Blobs><Blob><Name>p/{name}</Name>{properties}</Blob></Blobs>{marker}</E>"
        return Response(200, {}, text.encode())

    service.answers["GET .*"] = page
    assert connection.run(BOX.names("p/")) == [BlobEntry("p/a", 3, "m"), BlobEntry("p/b", 3, "m")]
    assert "prefix=p%2F" in service.asked[0].url


def test_metadata_of_a_missing_blob_is_none(connection, service) -> None:
    assert connection.run(BOX.metadata("x")) is None
    service.answers["HEAD .*"] = Response(200, {"x-ms-meta-upload_status": "completed"})
    assert connection.run(BOX.metadata("x")) == {"upload_status": "completed"}
