"""Fetching what a job left behind."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from gateway.exceptions import JobException
from gateway.operations.download import download
from gateway.transport.messages import Request, Response

BLOBS = {
    "ExperimentRun/dcid.s/azureml-logs/hyperdrive.txt": b"story",
    "ExperimentRun/dcid.s_1/user_logs/std_log.txt": b"log of the best",
    "ExperimentRun/dcid.s_1/outputs/empty": b"",
    "ExperimentRun/dcid.s_10/user_logs/std_log.txt": b"not this one",
    "azureml/s_1/model/weights": b"w" * 20,
}


@pytest.fixture
def storage(service) -> dict[str, bytes]:
    blobs = dict(BLOBS)

    def listing(request: Request) -> Response:
        prefix = parse_qs(urlsplit(request.url).query)["prefix"][0]
        entries = "".join(
            f"<Blob><Name>{name}</Name><Properties><Content-Length>{len(BLOBS.get(name, content))}</Content-Length>"
            f"<Content-MD5>{base64.b64encode(hashlib.md5(BLOBS.get(name, content)).digest()).decode()}</Content-MD5>"
            f"</Properties></Blob>"
            for name, content in blobs.items()
            if name.startswith(prefix)
        )
        return Response(200, {}, f"<E><Blobs>{entries}</Blobs></E>".encode())

    def read(request: Request) -> Response:
        name = unquote(urlsplit(request.url).path).removeprefix("/box/")
        first, last = map(int, re.findall(r"\d+", request.headers["x-ms-range"]))
        return Response(206, {}, blobs[name][first : last + 1])

    properties = {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
    service.answers |= {
        "GET .*/datastores/[^/]+": {"properties": properties},
        "POST .*/listSecrets": {"sasToken": "sig=x"},
        "GET https://acc.blob.core.windows.net/box": listing,
        "GET https://acc.blob.core.windows.net/box/.*": read,
        "GET .*/jobs/s_1": {
            "name": "s_1",
            "properties": {"status": "Completed", "outputs": {"model": {}, "default": {}}},
        },
        "GET .*/jobs/s": {
            "name": "s",
            "properties": {"jobType": "Sweep", "status": "Completed", "properties": {"best_child_run_id": "s_1"}},
        },
    }
    return blobs


def _files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_of_a_sweep_come_the_best_trial_and_its_own_logs(connection, storage, tmp_path: Path) -> None:
    paths = connection.run(download(connection.workspace, "s", tmp_path))
    assert _files(tmp_path) == {
        "artifacts/user_logs/std_log.txt": b"log of the best",
        "artifacts/outputs/empty": b"",
        "hd-artifacts/azureml-logs/hyperdrive.txt": b"story",
    }
    assert len(paths) == 3


def test_one_named_output_comes_alone(connection, storage, tmp_path: Path) -> None:
    connection.run(download(connection.workspace, "s", tmp_path, output_name="model"))
    assert _files(tmp_path) == {"named-outputs/model/weights": b"w" * 20}


def test_everything_includes_the_named_outputs(connection, storage, tmp_path: Path) -> None:
    connection.run(download(connection.workspace, "s_1", tmp_path, everything=True))
    assert {"named-outputs/model/weights", "artifacts/user_logs/std_log.txt"} <= _files(tmp_path).keys()


def test_an_unknown_output_is_refused_with_those_there_are(connection, storage, tmp_path: Path) -> None:
    with pytest.raises(JobException, match="no output 'modle'; its named outputs: model"):
        connection.run(download(connection.workspace, "s_1", tmp_path, output_name="modle"))


def test_a_job_that_goes_on_is_refused(connection, service, tmp_path: Path) -> None:
    service.answers["GET .*/jobs/j"] = {"name": "j", "properties": {"status": "Running"}}
    with pytest.raises(JobException, match="job j is Running"):
        connection.run(download(connection.workspace, "j", tmp_path))


def test_a_damaged_file_is_not_kept(connection, storage, tmp_path: Path) -> None:
    storage["azureml/s_1/model/weights"] = b"x" * 20
    with pytest.raises(JobException, match="arrived damaged"):
        connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert _files(tmp_path) == {}


def test_a_file_that_is_there_is_not_fetched_again(connection, service, storage, tmp_path: Path) -> None:
    connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    before = len([line for line in service.lines if "/box/" in line])
    connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert len([line for line in service.lines if "/box/" in line]) == before


def test_a_name_that_leaves_the_folder_is_refused(connection, storage, tmp_path: Path) -> None:
    storage["azureml/s_1/model/../../../../evil"] = b"!"
    with pytest.raises(JobException, match="outside"):
        connection.run(download(connection.workspace, "s_1", tmp_path / "here", output_name="model"))
    assert not (tmp_path / "evil").exists()
