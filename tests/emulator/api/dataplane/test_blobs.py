"""The blob service, driven by the official client over TLS."""

from __future__ import annotations

import io
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    AccountSasPermissions,
    BlobClient,
    BlobServiceClient,
    ResourceTypes,
    generate_account_sas,
)

from emulator.identity.storage_account import ACCOUNT_HOST
from tests.emulator.api.dataplane.storage_account import CONTAINER, Account, Attempt, trust


def test_what_is_uploaded_is_a_file_and_comes_back_with_its_metadata(account: Account) -> None:
    client = account.container().get_blob_client("LocalUpload/h/a b+ü%.txt")
    client.upload_blob(b"hello", metadata={"upload_status": "completed", "a_1": "x", "ab": "y", "a_c": "z"})
    assert (account.root / "LocalUpload/h/a b+ü%.txt").read_bytes() == b"hello"
    properties = client.get_blob_properties()
    assert properties.metadata == {"upload_status": "completed", "a_1": "x", "ab": "y", "a_c": "z"}
    assert (properties.size, client.download_blob().readall()) == (5, b"hello")


def test_metadata_is_replaced_and_changes_the_etag(account: Account) -> None:
    client = account.container().get_blob_client("b")
    first = client.upload_blob(b"1", metadata={"old": "1"})["etag"]
    client.set_blob_metadata({"name": "n", "version": "v"})
    properties = client.get_blob_properties()
    assert properties.metadata == {"name": "n", "version": "v"}
    assert properties.etag != first


def test_a_second_upload_is_refused_unless_it_may_overwrite(account: Account) -> None:
    client = account.container().get_blob_client("b")
    client.upload_blob(b"1")
    with pytest.raises(ResourceExistsError) as refused:
        client.upload_blob(b"2")
    assert refused.value.error_code == "BlobAlreadyExists"  # type: ignore[attr-defined]
    client.upload_blob(b"3", overwrite=True)
    assert client.download_blob().readall() == b"3"


def test_a_large_blob_goes_up_in_blocks_and_comes_down_in_ranges(account: Account) -> None:
    content = os.urandom(3_000_000)
    service = BlobServiceClient(
        account.url, account.key, max_single_put_size=1 << 20, max_block_size=1 << 18, max_single_get_size=1 << 19,
        max_chunk_get_size=1 << 19,
    )  # fmt: skip
    client = service.get_blob_client(CONTAINER, "big")
    client.upload_blob(io.BytesIO(content), max_concurrency=4, metadata={"k": "v"})
    assert client.download_blob(max_concurrency=4).readall() == content
    assert client.get_blob_properties().metadata == {"k": "v"}
    assert not list((account.service.store.hidden / "blocks").iterdir())


def test_blocks_are_invisible_until_their_list_comes(account: Account) -> None:
    client = account.container().get_blob_client("b")
    client.stage_block("01", b"one")
    assert not client.exists()
    assert [block.size for block in client.get_block_list("uncommitted")[1]] == [3]
    with pytest.raises(HttpResponseError) as refused:
        client.commit_block_list(["02"])  # type: ignore[list-item]
    assert refused.value.error_code == "InvalidBlockList"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "status", "content", "shown"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-100", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-12", 416, None, None),
        ("bytes=-3", 200, b"0123456789", None),
    ],
)
def test_ranges(account: Account, header: str, status: int, content: bytes | None, shown: str | None) -> None:
    account.container().upload_blob("b", b"0123456789")
    url = account.service.account.signed_url(CONTAINER, "b")
    answer = httpx.get(url, headers={"x-ms-range": header}, verify=trust())
    assert (answer.status_code, answer.headers.get("content-range")) == (status, shown)
    assert content is None or answer.content == content


def test_an_empty_blob_downloads(account: Account) -> None:
    client = account.container().upload_blob("empty", b"")
    assert client.download_blob().readall() == b""


def test_lists_are_in_the_order_of_names_with_metadata_and_pages(account: Account) -> None:
    names = ["a/b", "a-b", "a.txt", "dir/x/1", "dir/x/2", "dir/y", "z"]
    container = account.container()
    for name in names:
        container.upload_blob(name, b"x", metadata={"n": "1"})
    listed = list(container.list_blobs(include=["metadata"], results_per_page=2))
    assert [blob.name for blob in listed] == sorted(names)
    assert listed[0].metadata == {"n": "1"}
    assert [blob.name for blob in container.list_blobs(name_starts_with="dir/x")] == ["dir/x/1", "dir/x/2"]
    walked = [item.name for item in container.walk_blobs(name_starts_with="dir/", results_per_page=1)]
    assert walked == ["dir/x/", "dir/y"]


def test_a_deleted_blob_is_gone_with_its_folders_and_metadata(account: Account) -> None:
    container = account.container()
    container.upload_blob("a/b/c", b"x", metadata={"k": "v"})
    container.delete_blob("a/b/c")
    assert list(account.root.iterdir()) == []
    container.upload_blob("a", b"y")
    assert container.get_blob_client("a").get_blob_properties().metadata == {}
    with pytest.raises(ResourceNotFoundError) as missing:
        container.delete_blob("a/b/c")
    assert missing.value.error_code == "BlobNotFound"  # type: ignore[attr-defined]


def test_containers_are_made_found_and_missed(account: Account) -> None:
    service = BlobServiceClient(account.url, account.key)
    service.create_container("fresh")
    with pytest.raises(ResourceExistsError):
        service.create_container("fresh")
    assert service.get_container_client("fresh").exists()
    assert not service.get_container_client("absent").exists()
    assert [found.name for found in service.list_containers()] == [CONTAINER, "fresh"]
    with pytest.raises(ResourceNotFoundError) as missing:
        service.get_blob_client("absent", "b").upload_blob(b"")
    assert missing.value.error_code == "ContainerNotFound"  # type: ignore[attr-defined]


def test_the_md5_of_an_upload_is_checked(account: Account) -> None:
    url = account.service.account.signed_url(CONTAINER, "b", permissions="cw")
    headers = {"content-md5": "AAAAAAAAAAAAAAAAAAAAAA==", "x-ms-blob-type": "BlockBlob"}
    answer = httpx.put(url, content=b"x", headers=headers, verify=trust())
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (400, "Md5Mismatch")
    assert not (account.root / "b").exists()
    account.container().get_blob_client("b").upload_blob(b"x", validate_content=True)


def test_an_etag_that_does_not_match_stops_a_write(account: Account) -> None:
    client = account.container().upload_blob("b", b"1")
    with pytest.raises(ResourceModifiedError):
        client.delete_blob(etag='"0x0"', match_condition=MatchConditions.IfNotModified)


def test_an_upload_for_another_state_of_the_blob_replaces_nothing(account: Account) -> None:
    container = account.container()
    etag = container.upload_blob("a", b"1").get_blob_properties().etag
    stale = {"etag": '"0x1"', "match_condition": MatchConditions.IfNotModified}
    for name, content in (("a", b"2"), ("absent", b"2"), ("a", iter([b"2" * 10]))):
        with pytest.raises(ResourceModifiedError):
            container.upload_blob(name, content, overwrite=True, **stale)
    assert container.download_blob("a").readall() == b"1"
    container.upload_blob("a", b"3", overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    assert container.download_blob("a").readall() == b"3"


def test_every_page_has_the_size_that_was_asked_for(account: Account) -> None:
    for name in "abcdefg":
        account.container().upload_blob(name, b"")
    pages = account.container().list_blobs(results_per_page=3).by_page()
    assert [[blob.name for blob in page] for page in pages] == [["a", "b", "c"], ["d", "e", "f"], ["g"]]


def test_whether_a_folder_is_a_blob_can_be_asked(account: Account) -> None:
    account.container().upload_blob("folder/file", b"1")
    assert not account.container().get_blob_client("folder/").exists()


@pytest.mark.parametrize("account_name", ["emu", None, ACCOUNT_HOST])
def test_a_blob_sas_opens_its_blob_for_any_name_of_the_account(account: Account, account_name: str | None) -> None:
    account.container().upload_blob("p/b", b"1")
    sas = account.blob_sas("p/b", read=True, account=account_name)
    assert BlobClient.from_blob_url(f"{account.url}/{CONTAINER}/p/b?{sas}").download_blob().readall() == b"1"


def test_a_sas_does_only_what_it_grants_where_and_while_it_does(account: Account) -> None:
    account.container().upload_blob("b", b"1")

    def blob(name: str, sas: str) -> BlobClient:
        return BlobClient.from_blob_url(f"{account.url}/{CONTAINER}/{name}?{sas}")

    refusals: dict[str, list[Attempt]] = {
        "AuthenticationFailed": [
            lambda: blob("c", account.blob_sas("b", read=True)).download_blob(),
            lambda: blob("b", account.blob_sas("b", hours=-1, read=True)).download_blob(),
            lambda: blob("b", account.blob_sas("b", read=True).replace("sp=r", "sp=rw")).download_blob(),
            lambda: list(account.container(account.blob_sas("b", read=True, list=True)).list_blobs()),
        ],
        "AuthorizationPermissionMismatch": [
            lambda: blob("b", account.blob_sas("b", read=True)).delete_blob(),
            lambda: list(account.container(account.container_sas(read=True)).list_blobs()),
        ],
    }
    for code, attempts in refusals.items():
        for attempt in attempts:
            with pytest.raises(HttpResponseError) as refused:
                attempt()
            assert refused.value.error_code == code  # type: ignore[attr-defined]


def test_a_sas_that_only_creates_replaces_nothing(account: Account) -> None:
    url = f"{account.url}/{CONTAINER}/b?{account.blob_sas('b', create=True)}"
    BlobClient.from_blob_url(url).upload_blob(b"1", overwrite=True)
    with pytest.raises(ResourceExistsError):
        BlobClient.from_blob_url(url).upload_blob(b"2", overwrite=True)
    assert (account.root / "b").read_bytes() == b"1"


def test_a_container_sas_opens_the_container(account: Account) -> None:
    container = account.container(account.container_sas(read=True, write=True, create=True, list=True))
    container.upload_blob("x/y", b"1")
    assert [blob.name for blob in container.list_blobs()] == ["x/y"]


def test_an_account_sas_opens_the_levels_it_names(account: Account) -> None:
    def sas(types: ResourceTypes) -> str:
        return generate_account_sas(
            "emu", account.key, types, AccountSasPermissions(read=True, write=True, list=True, create=True),
            datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip

    account.container(sas(ResourceTypes(object=True))).upload_blob("b", b"1")
    with pytest.raises(HttpResponseError) as refused:
        list(account.container(sas(ResourceTypes(object=True))).list_blobs())
    assert refused.value.error_code == "AuthorizationResourceTypeMismatch"  # type: ignore[attr-defined]
    assert [b.name for b in account.container(sas(ResourceTypes(container=True))).list_blobs()] == ["b"]


def test_unsigned_requests_and_other_keys_are_refused(account: Account) -> None:
    account.container().upload_blob("b", b"1")
    with pytest.raises(ClientAuthenticationError) as unsigned:
        BlobClient.from_blob_url(f"{account.url}/{CONTAINER}/b").download_blob()
    assert unsigned.value.error_code == "NoAuthenticationInformation"  # type: ignore[attr-defined]
    with pytest.raises(ClientAuthenticationError) as other:
        account.container("b3RoZXI=" * 8).get_blob_client("b").download_blob()
    assert other.value.error_code == "AuthenticationFailed"  # type: ignore[attr-defined]


def test_a_storage_token_opens_blobs(account: Account) -> None:
    class Credential:
        def __init__(self, audience: str) -> None:
            self._audience = audience

        def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
            return AccessToken(account.emulator.tokens.issue(self._audience), 4_000_000_000)

    account.container().upload_blob("b", b"1")
    good = BlobServiceClient(account.url, Credential("https://storage.azure.com"))
    assert good.get_blob_client(CONTAINER, "b").download_blob().readall() == b"1"
    wrong = BlobServiceClient(account.url, Credential("https://management.azure.com"))
    with pytest.raises(ClientAuthenticationError):
        wrong.get_blob_client(CONTAINER, "b").download_blob()


@pytest.mark.parametrize("name", ["..", "a/../b", "%2e%2e/%2e%2e/amlet.db", "a//b", "/etc/passwd", "a/./b", "a%00b"])
def test_names_that_lead_elsewhere_are_refused(account: Account, name: str) -> None:
    sas = account.container_sas(read=True, write=True)
    url = httpx.URL(f"{account.url}/{CONTAINER}/x?{sas}")
    path = f"/{ACCOUNT_HOST}/{CONTAINER}/{name}"
    answer = httpx.get(url.copy_with(raw_path=f"{path}?{sas}".encode()), verify=trust())
    assert answer.status_code in {400, 403, 404}
    assert b"SQLite" not in answer.content


def test_symbolic_links_lead_nowhere(account: Account, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    (account.root / "link").symlink_to(secret)
    (account.root / "folder").symlink_to(tmp_path)
    container = account.container()
    assert list(container.list_blobs()) == []
    for name in ("link", "folder/secret"):
        with pytest.raises(ResourceNotFoundError):
            container.download_blob(name)
    with pytest.raises(HttpResponseError) as refused:
        container.upload_blob("folder/new", b"x")
    assert refused.value.error_code == "BlobNameConflict"  # type: ignore[attr-defined]
    assert not (tmp_path / "new").exists()


def test_a_blob_in_the_place_of_a_folder_is_a_named_conflict(account: Account) -> None:
    container = account.container()
    container.upload_blob("a", b"x")
    with pytest.raises(HttpResponseError) as refused:
        container.upload_blob("a/b", b"x")
    assert refused.value.error_code == "BlobNameConflict"  # type: ignore[attr-defined]


def test_an_upload_that_breaks_off_leaves_nothing(account: Account) -> None:
    url = urlsplit(account.service.account.signed_url(CONTAINER, "half", permissions="cw"))
    context = trust()
    assert url.port
    with (
        socket.create_connection(("127.0.0.1", url.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(
            f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 1000\r\n"
            "x-ms-blob-type: BlockBlob\r\n\r\nonly this much".encode()
        )
    account.container().upload_blob("whole", b"1")
    assert [path.name for path in account.root.iterdir()] == ["whole"]
