"""The right to use a container: the account's key, a signature, or the user's own token where neither is allowed."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from gateway.operations.containers import Container, datastore_container, pending_container
from gateway.operations.storage_access import Access
from gateway.transport.http_errors import HttpResponseError
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps
from gateway.transport.trust import STORAGE_AUDIENCE

KEY = base64.b64encode(b"k" * 64).decode()
BLOB = "https://acc.blob.core.windows.net/box/b"


def _datastore(**more: Any) -> dict[str, Any]:
    return {"properties": {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box", **more}}


def _refused(code: str, status: int = 403) -> Response:
    return Response(status, {"x-ms-error-code": code})


def _upload(connection: Any, container: Container, folder: Path) -> None:
    (folder / "b").write_bytes(b"content")
    connection.run(container.upload(folder / "b", "b"))


def test_a_datastore_without_credentials_is_used_with_the_user_s_token(connection, service, tmp_path) -> None:
    service.answers |= {
        "GET .*/datastores/d": _datastore(credentials={"credentialsType": "None"}),
        "PUT .*/box/b": Response(201),
    }
    _upload(connection, connection.run(datastore_container(connection.workspace, "d")), tmp_path)
    assert [line.split()[0] for line in service.lines] == ["GET", "PUT"]
    sent = service.asked[-1]
    assert (sent.audience, sent.headers["Authorization"]) == (STORAGE_AUDIENCE, "Bearer t")
    assert "sig=" not in sent.url


@pytest.mark.parametrize("answer", [_refused("AuthorizationFailed"), Response(409), {"secretsType": "None"}])
def test_secrets_that_are_not_to_be_had_make_room_for_the_user_s_token(connection, service, answer, tmp_path) -> None:
    service.answers |= {
        "GET .*/datastores/d": _datastore(),
        "POST .*/listSecrets": answer,
        "PUT .*/box/b": Response(201),
    }
    _upload(connection, connection.run(datastore_container(connection.workspace, "d")), tmp_path)
    assert service.asked[-1].audience == STORAGE_AUDIENCE


def test_an_account_that_allows_no_key_is_asked_with_the_token_from_then_on(connection, service, tmp_path) -> None:
    def blob(request: Request) -> Response:
        return Response(201) if request.audience else _refused("KeyBasedAuthenticationNotPermitted")

    service.answers |= {
        "GET .*/datastores/d": _datastore(),
        "POST .*/listSecrets": {"key": KEY},
        "PUT .*/box/b": blob,
    }
    container = connection.run(datastore_container(connection.workspace, "d"))
    _upload(connection, container, tmp_path)
    _upload(connection, container, tmp_path)
    assert [bool(request.audience) for request in service.asked if request.url.startswith(BLOB)] == [False, True, True]


def test_a_missing_role_on_the_storage_is_named(connection, service, tmp_path) -> None:
    service.answers |= {
        "GET .*/datastores/d": _datastore(credentials={"credentialsType": "None"}),
        "PUT .*/box/b": _refused("AuthorizationPermissionMismatch"),
    }
    container = connection.run(datastore_container(connection.workspace, "d"))
    with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch") as raised:
        _upload(connection, container, tmp_path)
    assert "Storage Blob Data Contributor" in (raised.value.hint or "")


def test_a_pending_upload_without_a_signature_is_made_with_the_token() -> None:
    container = pending_container({"blobUri": BLOB, "credential": {"sasUri": None}}, lambda: iter(()))  # type: ignore[arg-type,return-value]
    assert (container.access.audience, container.sas) == (STORAGE_AUDIENCE, "")


def test_a_signature_that_cannot_be_renewed_is_an_error(connection, service, tmp_path) -> None:
    service.answers["PUT .*/box/b"] = _refused("AuthenticationFailed")
    with pytest.raises(HttpResponseError, match="AuthenticationFailed"):
        _upload(connection, Container.signed("https://acc.blob.core.windows.net/box?sig=x"), tmp_path)
    assert len(service.asked) == 1


def test_a_signature_is_renewed_once_for_a_request_and_not_for_ever(connection, service, tmp_path) -> None:
    renewals: list[int] = []

    def renew() -> Steps[str]:
        yield from ()
        renewals.append(1)
        return f"sig={len(renewals)}"

    service.answers["PUT .*/box/b"] = _refused("AuthenticationFailed")
    container = Container("https://acc.blob.core.windows.net/box", Access("sig=0", renew=renew))
    with pytest.raises(HttpResponseError, match="AuthenticationFailed"):
        _upload(connection, container, tmp_path)
    assert [request.url.partition("?")[2] for request in service.asked] == ["sig=0", "sig=1"]


def test_a_signature_that_another_request_has_renewed_is_taken(connection, service, tmp_path) -> None:
    container = Container("https://acc.blob.core.windows.net/box", Access("sig=0"))

    def blob(request: Request) -> Response:
        container.access.sas = "sig=1"
        return Response(201) if "sig=1" in request.url else _refused("AuthenticationFailed")

    service.answers["PUT .*/box/b"] = blob
    _upload(connection, container, tmp_path)
    assert len(service.asked) == 2


def test_a_forbidden_blob_is_no_reason_to_ask_for_another_signature(connection, service) -> None:
    def renew() -> Steps[str]:
        raise AssertionError("it was renewed")

    service.answers["GET .*/box/b"] = _refused("AuthorizationPermissionMismatch")
    container = Container("https://acc.blob.core.windows.net/box", Access("sig=0", renew=renew))
    with pytest.raises(HttpResponseError):
        connection.run(container.read("b", 0, 1))


def test_no_signature_is_shown() -> None:
    assert "SECRET" not in repr(Container.signed("https://acc.blob.core.windows.net/box?sig=SECRET"))
