"""The workspace and what jobs need: code, environments, data, datastores, blobs."""

from __future__ import annotations

from typing import Any

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.difference import ANYTHING, having, one_of, same_text, text
from contracts.suite.scenario import Scenarios, scenario
from contracts.suite.workspace import Workspace


class TheWorkspace(Scenarios):
    """What leads clients from the control plane to the data plane."""

    @scenario("documented", sources.SDK)
    def test_it_names_its_data_plane(self, workspace: Workspace) -> None:
        """The workspace has its name, its location, a discovery URL and an MLflow tracking URI."""
        properties = {"discoveryUrl": text("https://.+"), "mlFlowTrackingUri": text("azureml://.+/workspaces/.+")}
        document = {"id": same_text(workspace.id), "name": ANYTHING, "location": ANYTHING, "properties": properties}
        workspace.arm("GET", api="2024-10-01-preview").must_be(200, document)

    @scenario("documented", sources.SDK)
    def test_discovery_names_the_api(self, workspace: Workspace) -> None:
        """The discovery URL answers without a token and names the data plane's address."""
        answer = workspace.arm("GET", api="2024-10-01-preview")
        url = answer.field("properties", "discoveryUrl")
        workspace.send("GET", url, signed_in=False).must_be(200, {"api": text("https://[^/]+/?")})

    @scenario("documented", sources.SDK)
    def test_it_has_a_default_datastore(self, workspace: Workspace) -> None:
        """workspaceblobstore is a blob datastore and the default one."""
        properties = {
            "datastoreType": "AzureBlob",
            "isDefault": True,
            "accountName": ANYTHING,
            "containerName": ANYTHING,
            "credentials": {"credentialsType": ANYTHING},
        }
        answer = workspace.arm("GET", "/datastores/workspaceblobstore", api="2024-10-01-preview")
        answer.must_be(200, {"name": "workspaceblobstore", "properties": properties})

    @scenario("documented", sources.SDK)
    def test_the_default_datastore_is_listed(self, workspace: Workspace) -> None:
        """The list of datastores can be cut down to the default one."""
        answer = workspace.arm("GET", "/datastores", api="2024-10-01-preview", isDefault="true", count="30")
        answer.must_be(200, {"value": [{"name": "workspaceblobstore"}]})

    @scenario("documented", sources.SDK)
    def test_secrets_of_a_datastore_are_given_out(self, workspace: Workspace) -> None:
        """listSecrets gives an account key or a shared-access signature."""
        path = "/datastores/workspaceblobstore/listSecrets"
        answer = workspace.arm("POST", path, {}, api="2024-10-01-preview")
        answer.must_be(200, {"secretsType": one_of("AccountKey", "Sas")})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_missing_datastore_is_not_found(self, workspace: Workspace) -> None:
        """A datastore that does not exist answers 404 in ARM's envelope."""
        answer = workspace.arm("GET", "/datastores/nowhere", api="2024-10-01-preview")
        answer.must_be(404, {"error": {"code": ANYTHING, "message": ANYTHING}})


class Assets(Scenarios):
    """Versions of code, environments and data."""

    @scenario("documented", sources.SDK)
    def test_code_is_found_by_its_hash(self, workspace: Workspace) -> None:
        """A code version is found by hash and hash version, whatever name the path has."""
        name, marks = workspace.name(), {"hash_sha256": workspace.name("hash"), "hash_version": 202208}
        body = {"properties": {"codeUri": "https://example.invalid/c/src", "isAnonymous": True, "properties": marks}}
        workspace.arm("PUT", f"/codes/{name}/versions/1", body, api="2023-04-01").must_be(201)
        query = {"hash": workspace.name("hash"), "hashVersion": "202208"}
        found = workspace.arm("GET", "/codes/any/versions", api="2023-04-01", **query)
        found.must_be(200, {"value": [{"id": having(f"/codes/{name}/versions/1")}]})
        other = workspace.arm("GET", "/codes/any/versions", api="2023-04-01", **query | {"hash": "other"})
        other.must_be(200, {"value": []})

    @scenario("documented", sources.SDK)
    def test_a_pending_upload_opens_a_place_for_code(self, workspace: Workspace) -> None:
        """startPendingUpload gives a container and a signed URL; a blob that is put there can be read."""
        path = f"/codes/{workspace.name()}/versions/1/startPendingUpload"
        answer = workspace.arm("POST", path, {"pendingUploadType": "TemporaryBlobReference"}, api="2023-04-01")
        reference = {"blobUri": text("https://.+"), "credential": {"credentialType": "SAS", "sasUri": text(r".+\?.+")}}
        answer.must_be(200, {"blobReferenceForConsumption": reference})
        signed = answer.json["blobReferenceForConsumption"]["credential"]["sasUri"]
        blob = _below(signed, "src/train.py")
        headers = {"x-ms-blob-type": "BlockBlob"}
        workspace.send("PUT", blob, b"print(1)\n", headers=headers, signed_in=False).must_be(201)
        read = workspace.send("GET", blob, signed_in=False)
        read.must_read(200, "print(1)\n")
        missing = workspace.send("HEAD", _below(signed, "src/nowhere.py"), signed_in=False)
        missing.must_be(404, headers={"x-ms-error-code": "BlobNotFound"})

    @scenario("documented", sources.BLOBS)
    def test_a_blob_is_not_opened_unsigned(self, workspace: Workspace) -> None:
        """A blob that wants a signature answers 401, 403, 404 or 409 without one."""
        path = f"/codes/{workspace.name()}/versions/1/startPendingUpload"
        answer = workspace.arm("POST", path, {"pendingUploadType": "TemporaryBlobReference"}, api="2023-04-01")
        signed = str(answer.field("blobReferenceForConsumption", "credential", "sasUri"))
        headers = {"x-ms-blob-type": "BlockBlob"}
        workspace.send("PUT", _below(signed, "a.txt"), b"a", headers=headers, signed_in=False).must_be(201)
        unsigned = _below(signed, "a.txt").partition("?")[0]
        workspace.send("GET", unsigned, signed_in=False).must_be(one_of(401, 403, 404, 409))

    @scenario("documented", sources.SDK)
    def test_versions_of_an_environment_come_newest_first(self, workspace: Workspace) -> None:
        """Versions of an environment are listed by the time of their creation; `$top` cuts the list."""
        name = workspace.name()
        for version in ("1", "2", "3"):
            body = {"properties": {"image": f"image:{version}"}}
            workspace.arm("PUT", f"/environments/{name}/versions/{version}", body).must_be(201)
        query = {"$orderBy": "createdtime desc"}
        expect(["3", "2", "1"], workspace.names(f"/environments/{name}/versions", **query), workspace.last)
        top = workspace.arm("GET", f"/environments/{name}/versions", **query, **{"$top": "1"})
        top.must_be(200, {"value": [{"name": "3"}]})

    @scenario("documented", sources.SDK)
    def test_an_environment_is_kept(self, workspace: Workspace) -> None:
        """An environment version comes back as it was put, a conda file as JSON text, with its ARM id."""
        path = f"/environments/{workspace.name()}/versions/1"
        properties: dict[str, Any] = {
            "image": "ubuntu",
            "condaFile": '{\n  "name": "e"\n}',
            "description": "d",
            "tags": {"a": "1"},
        }
        workspace.arm("PUT", path, {"properties": properties}).must_be(201)
        expected = {"id": same_text(f"{workspace.id}{path}"), "name": "1", "properties": properties}
        workspace.arm("GET", path).must_be(200, expected)

    @scenario("documented", sources.SDK)
    def test_data_knows_its_latest_version(self, workspace: Workspace) -> None:
        """A data container names its latest version and the next one."""
        name = workspace.name()
        for version in ("1", "7"):
            uri = "azureml://datastores/workspaceblobstore/paths/x/"
            body = {"properties": {"dataType": "uri_folder", "dataUri": uri}}
            workspace.arm("PUT", f"/data/{name}/versions/{version}", body).must_be(201)
        latest = {"latestVersion": "7", "nextVersion": "8"}
        workspace.arm("GET", f"/data/{name}").must_be(200, {"name": name, "properties": latest})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_missing_version_is_not_found(self, workspace: Workspace) -> None:
        """A version that does not exist answers 404 in ARM's envelope."""
        answer = workspace.arm("GET", f"/environments/{workspace.name()}/versions/1")
        answer.must_be(404, {"error": {"code": ANYTHING, "message": ANYTHING}})


def _below(signed: str, path: str) -> str:
    """The signed URL of a blob in a container that a signed URL opens."""
    container, _, signature = signed.partition("?")
    return f"{container}/{path}?{signature}"
