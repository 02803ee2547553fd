"""Fetching what a job left behind."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from gateway.exceptions import HttpResponseError, JobException, ServiceRequestError
from gateway.operations import download as module
from gateway.operations.containers import BlobEntry, Container
from gateway.operations.download import download
from gateway.transport.messages import ConnectionFault, Request, Response

BLOBS = {
    "ExperimentRun/dcid.s/azureml-logs/hyperdrive.txt": b"lines",
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
        "hd-artifacts/azureml-logs/hyperdrive.txt": b"lines",
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
    with pytest.raises(JobException, match=r"the part '\.\.' is not safe; nothing was fetched"):
        connection.run(download(connection.workspace, "s_1", tmp_path / "here", output_name="model"))
    assert not (tmp_path / "evil").exists()


def test_a_download_that_broke_off_goes_on(connection, service, storage, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 8)
    asked: list[str] = []
    broken = [True]
    answer = service.answers["GET https://acc.blob.core.windows.net/box/.*"]

    def breaks_once(request: Request) -> Response:
        asked.append(request.headers["x-ms-range"])
        if broken and request.headers["x-ms-range"] == "bytes=8-15":
            raise ConnectionFault("the line is dead", sent=True)
        return answer(request)

    service.answers["GET https://acc.blob.core.windows.net/box/.*"] = breaks_once
    with pytest.raises(ServiceRequestError):
        connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    broken.clear()
    asked.clear()
    connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert asked == ["bytes=8-15", "bytes=16-19"]
    assert _files(tmp_path) == {"named-outputs/model/weights": b"w" * 20}


def test_a_part_of_another_version_is_not_gone_on_with(connection, storage, tmp_path: Path) -> None:
    place = tmp_path / "named-outputs" / "model"
    place.mkdir(parents=True)
    (place / "weights.0123abcd.part").write_bytes(b"old")
    connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert _files(tmp_path) == {"named-outputs/model/weights": b"w" * 20}


def test_a_blob_that_changes_meanwhile_is_not_mixed(connection, service, storage, tmp_path: Path) -> None:
    entry = BlobEntry("x", 4, None, '"1"')
    service.answers["GET https://acc.blob.core.windows.net/box/.*"] = Response(412)
    with pytest.raises(HttpResponseError):
        connection.run(
            module._fetch_blob(
                Container.signed("https://acc.blob.core.windows.net/box?sig=x"), entry, tmp_path / "x", print
            )
        )
    assert service.asked[-1].headers["If-Match"] == '"1"'


def test_without_an_md5_of_the_whole_each_range_is_checked(connection, service, tmp_path: Path) -> None:
    box = Container.signed("https://acc.blob.core.windows.net/box?sig=x")
    wrong = base64.b64encode(hashlib.md5(b"abcd").digest()).decode()
    service.answers["GET .*/box/.*"] = Response(206, {"content-md5": wrong}, b"abXd")
    with pytest.raises(JobException, match="damaged after byte 0"):
        connection.run(module._fetch_blob(box, BlobEntry("x", 4), tmp_path / "x", print))
    assert service.asked[-1].headers["x-ms-range-get-content-md5"] == "true"


def test_an_output_whose_name_leaves_the_folder_is_refused(connection, service, storage, tmp_path: Path) -> None:
    properties = {"status": "Completed", "outputs": {"../../evil": {}}}
    service.answers["GET .*/jobs/s_1"] = {"name": "s_1", "properties": properties}
    with pytest.raises(JobException, match="not safe"):
        connection.run(download(connection.workspace, "s_1", tmp_path / "here", everything=True))


def test_empty_blobs_that_stand_for_folders_are_no_files(connection, storage, tmp_path: Path) -> None:
    storage |= {"azureml/s_1/model": b"", "azureml/s_1/model/sub": b"", "azureml/s_1/model/sub/x": b"1"}
    connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert {"named-outputs/model/sub/x", "named-outputs/model/weights"} == _files(tmp_path).keys()


@pytest.mark.parametrize(
    ("more", "said"),
    [({"sub": b"1", "sub/x": b"1"}, "as a file and as a folder"), ({"a//b": b"1", "a/b": b"1"}, "both would be")],
)
def test_blobs_that_cannot_both_be_files_are_refused(
    connection, storage, tmp_path: Path, more: dict[str, bytes], said: str
) -> None:
    storage |= {f"azureml/s_1/model/{name}": content for name, content in more.items()}
    with pytest.raises(JobException, match=said):
        connection.run(download(connection.workspace, "s_1", tmp_path, output_name="model"))
    assert _files(tmp_path) == {}


def test_a_folder_is_looked_through_once_however_many_files_it_gets(tmp_path: Path, monkeypatch) -> None:
    """It fails when each file looks for its own unfinished parts: 10,000 files would read 10,000 listings."""
    looks = []
    scandir = module.os.scandir
    monkeypatch.setattr(module.os, "scandir", lambda folder: looks.append(folder) or scandir(folder))
    for number in range(50):
        (tmp_path / f"{number}.0123abcd.part").touch()
    found = module._partials({tmp_path})
    assert looks == [tmp_path]
    assert found[tmp_path / "7"] == [tmp_path / "7.0123abcd.part"]
