"""Uploads: what is sent in which order, what is not sent again, and what is told of it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.exceptions import HttpResponseError, ServiceRequestError
from gateway.operations import containers, uploads
from gateway.operations.containers import Container
from gateway.operations.uploads import Uploaded, code_id, input_uri
from gateway.transport.messages import ConnectionFault, Request, Response

BLOBS = "https://acc.blob.core.windows.net/box"
CREATED = {"PUT .*/codes/[^/]+/versions/1": {"id": "/codes/c/versions/1"}}


@pytest.fixture
def storage(service) -> None:
    service.answers |= {
        "GET .*/codes/[^/]+/versions": {"value": []},
        "POST .*/startPendingUpload": {
            "blobReferenceForConsumption": {"blobUri": BLOBS, "credential": {"sasUri": f"{BLOBS}?sig=x"}}
        },
        "GET .*/datastores/workspaceblobstore": {
            "properties": {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
        },
        "POST .*/listSecrets": {"secretsType": "Sas", "sasToken": "sig=y"},
        f"PUT {BLOBS}/.*": Response(201),
        **CREATED,
    }


def _folder(parent: Path, **files: str) -> Path:
    folder = parent / "src"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def _sent(service) -> list[Request]:
    return [request for request in service.asked if request.method == "PUT" and request.url.startswith(BLOBS)]


def _names(requests: list[Request]) -> list[str]:
    return [urlsplit(request.url).path.removeprefix("/box/") for request in requests]


def test_the_first_file_is_sent_last_and_says_that_the_upload_is_whole(
    connection, service, storage, tmp_path: Path
) -> None:
    folder = _folder(tmp_path, a="1", b="2", c="3")
    connection.run(code_id(connection.workspace, folder, lambda news: None))
    *others, last = _sent(service)
    assert sorted(_names(others)) == ["src/b", "src/c"]
    assert _names([last]) == ["src/a"]
    assert last.headers["x-ms-meta-upload_status"] == "completed"
    assert not [request for request in others if "x-ms-meta-upload_status" in request.headers]
    assert service.lines[-1].startswith("PUT /codes/")


def test_code_is_not_registered_when_a_file_could_not_be_sent(connection, service, storage, tmp_path: Path) -> None:
    def broken(request: Request) -> Response:
        raise ConnectionFault("the line is dead", sent=True)

    service.answers = {f"PUT {BLOBS}/src/b": broken, **service.answers}
    with pytest.raises(ServiceRequestError, match="src/b"):
        connection.run(code_id(connection.workspace, _folder(tmp_path, a="1", b="2"), lambda news: None))
    assert [line for line in service.lines if line.startswith("PUT /codes/")] == []
    assert "src/a" not in _names(_sent(service))


def test_an_input_that_broke_off_goes_on_where_it_was(connection, service, storage, tmp_path: Path) -> None:
    folder = _folder(tmp_path, a="1", b="22", c="333")

    def listing(request: Request) -> Response:
        prefix = next(part for part in urlsplit(request.url).query.split("&") if part.startswith("prefix="))
        root = prefix.removeprefix("prefix=").replace("%2F", "/")
        content = {"b": b"22", "c": b"3x3"}
        entries = "".join(
            f"<Blob><Name>{root}{name}</Name><Properties><Content-Length>{len(text)}</Content-Length>"
            f"<Content-MD5>{base64.b64encode(hashlib.md5(text).digest()).decode()}</Content-MD5></Properties></Blob>"
            for name, text in content.items()
        )
        return Response(200, {}, f"<E><Blobs>{entries}</Blobs></E>".encode())

    service.answers[f"GET {BLOBS}"] = listing
    news: list[Uploaded] = []
    uri = connection.run(input_uri(connection.workspace, folder, news.append))
    assert [name.rpartition("/")[2] for name in _names(_sent(service))] == ["c", "a"]
    assert uri.endswith("/src")
    assert [(entry.sent, entry.complete, entry.reused) for entry in news] == [(6, True, False)]


def test_a_whole_input_is_not_sent_again(connection, service, storage, tmp_path: Path) -> None:
    service.answers[f"HEAD {BLOBS}/.*"] = Response(200, {"x-ms-meta-upload_status": "completed"})
    news: list[Uploaded] = []
    connection.run(input_uri(connection.workspace, _folder(tmp_path, a="1"), news.append))
    assert _sent(service) == []
    assert [(entry.complete, entry.reused) for entry in news] == [(True, True)]


def test_a_long_upload_is_told_on_the_way(
    connection, service, storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "SINGLE", 10)
    monkeypatch.setattr(containers, "_BLOCK", 4)
    monkeypatch.setattr(uploads, "_TELL_EVERY", 8)
    news: list[Uploaded] = []
    connection.run(code_id(connection.workspace, _folder(tmp_path, a="x" * 30), news.append))
    *on_the_way, last = [entry.sent for entry in news]
    assert len(on_the_way) >= 2
    assert on_the_way == sorted(on_the_way)
    assert last == 30
    assert [entry.complete for entry in news] == [False] * len(on_the_way) + [True]


@pytest.mark.parametrize(("there", "fine"), [(b"same", True), (b"other", False)])
def test_a_blob_that_may_not_be_replaced_is_fine_when_it_is_the_same(
    connection, service, tmp_path: Path, there: bytes, fine: bool
) -> None:
    (tmp_path / "file").write_bytes(b"same")
    md5 = base64.b64encode(hashlib.md5(there).digest()).decode()
    service.answers |= {
        f"PUT {BLOBS}/file": Response(409, {"x-ms-error-code": "BlobAlreadyExists"}),
        f"HEAD {BLOBS}/file": Response(200, {"content-md5": md5}),
    }
    upload = Container.signed(f"{BLOBS}?sig=x").upload(tmp_path / "file", "file")
    if fine:
        connection.run(upload)
    else:
        with pytest.raises(HttpResponseError, match="BlobAlreadyExists"):
            connection.run(upload)


def test_names_are_quoted_as_they_are(connection, service, storage, tmp_path: Path) -> None:
    folder = _folder(tmp_path, **{"ä b#?.py": "1", "%41.py": "2"})
    connection.run(code_id(connection.workspace, folder, lambda news: None))
    assert sorted(_names(_sent(service))) == ["src/%2541.py", "src/%C3%A4%20b%23%3F.py"]
