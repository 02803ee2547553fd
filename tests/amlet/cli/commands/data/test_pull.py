"""`amlet data pull`: what is fetched, what it was, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amlet.cli.commands.data.pull import size_in_bytes
from amlet.cli.exits import Refusal
from emulator.trials.inputs.pulled import PulledData
from gateway.transport.messages import Request, Response

JOB = """
type: command
command: cat
environment: azureml:e:1
inputs:
  file: {{type: uri_file, path: "{file}"}}
  more: {{type: {kind}, path: "{more}"}}
  here: {{type: uri_file, path: ./job.yml}}
  number: 3
"""
BLOB = "wasbs://data@acc.blob.core.windows.net"


class Storage:
    """Answers by URL, and lists what lies in a container."""

    def __init__(self) -> None:
        self.files = {"data/a.csv": b"1,2\n", "data/dir/x": b"x", "data/dir/sub/y": b"yy", "data/dir2/z": b"z"}
        self.asked: list[str] = []

    def send(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.url}")
        url, _, query = request.url.partition("?")
        if "comp=list" in query:
            prefix = query.partition("prefix=")[2].partition("&")[0].replace("%2F", "/")
            names = [name.removeprefix("data/") for name in self.files if name.startswith(f"data/{prefix}")]
            blobs = "".join(f"<Blob><Name>{name}</Name></Blob>" for name in names)
            return Response(200, {}, f"<R><Blobs>{blobs}</Blobs></R>".encode(), request)
        content = self.files.get(url.partition(".core.windows.net/")[2] or url)
        if content is None:
            return Response(404, {}, b"", request)
        headers = {"etag": '"e"', "content-length": str(len(content))}
        return Response(200, headers, b"" if request.method == "HEAD" else content, request)

    def close(self) -> None: ...


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Storage:
    made = Storage()
    monkeypatch.setattr("gateway.transport.network.NetworkTransport", lambda: made)
    return made


def job(tmp_path: Path, file: str = f"{BLOB}/a.csv", more: str = f"{BLOB}/dir", kind: str = "uri_folder") -> Path:
    (tmp_path / "job.yml").write_text(JOB.format(file=file, more=more, kind=kind))
    return tmp_path / "job.yml"


def test_files_and_folders_are_fetched_once_and_written_down(amlet, storage: Storage, tmp_path: Path) -> None:
    ran = amlet("data", "pull", "-f", job(tmp_path))
    assert ran.code == 0, ran.err
    assert ran.err.splitlines()[0].startswith("Target: ")
    assert [(row["input"], row["files"], row["bytes"]) for row in json.loads(ran.out)] == [
        ("file", 1, 4),
        ("more", 2, 3),
    ]
    cache = PulledData(tmp_path / "home" / "pulled")
    file, folder = cache.find(f"{BLOB}/a.csv"), cache.find(f"{BLOB}/dir")
    assert file is not None
    assert file.read_bytes() == b"1,2\n"
    assert folder is not None
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == ["sub/y", "x"]
    locked = json.loads((tmp_path / "amlet.lock").read_text())["data"][f"{BLOB}/a.csv"]
    assert locked[0]["uri"] == "https://acc.blob.core.windows.net/data/a.csv"
    assert locked[0]["etag"] == '"e"'
    assert len(locked[0]["sha256"]) == 64
    asked = len(storage.asked)
    assert amlet("data", "pull", "-f", tmp_path / "job.yml").code == 0
    assert len(storage.asked) == asked


def test_signatures_get_into_no_lock_file_and_no_output(amlet, storage: Storage, tmp_path: Path) -> None:
    ran = amlet("data", "pull", "-f", job(tmp_path, file="https://acc.blob.core.windows.net/data/a.csv?sig=s3cret"))
    assert ran.code == 0, ran.err
    assert "s3cret" in " ".join(storage.asked)
    assert "s3cret" not in ran.out + ran.err + (tmp_path / "amlet.lock").read_text()


def test_data_that_changed_since_the_lock_has_to_be_accepted(amlet, storage: Storage, tmp_path: Path) -> None:
    amlet("data", "pull", "-f", job(tmp_path))
    storage.files["data/a.csv"] = b"3,4\n"
    ran = amlet("data", "pull", "-f", tmp_path / "job.yml", "--again")
    assert ran.code == 5
    assert "inputs.file: a.csv changed since " in ran.err
    assert "accept with --update" in ran.err
    assert amlet("data", "pull", "-f", tmp_path / "job.yml", "--again", "--update").code == 0


def test_what_the_project_file_maps_is_not_submitted(amlet, storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "amlet.yml").write_text(f"data: {{'{BLOB}/': ./x}}")
    ran = amlet("data", "pull", "-f", job(tmp_path))
    assert (ran.code, json.loads(ran.out), storage.asked) == (0, [], [])


def test_what_cannot_be_fetched_is_told_and_the_rest_is_submitted(amlet, storage: Storage, tmp_path: Path) -> None:
    ran = amlet("data", "pull", "-f", job(tmp_path, more="azureml:asset:1"))
    assert ran.code == 5
    assert "inputs.more: azureml:asset:1 has no address; map it in amlet.yml" in ran.err
    assert PulledData(tmp_path / "home" / "pulled").find(f"{BLOB}/a.csv")
    ran = amlet("data", "pull", "-f", job(tmp_path, more=f"{BLOB}/none", kind="uri_file"))
    assert "inputs.more: nothing is at https://acc.blob.core.windows.net/data/none (HTTP 404)" in ran.err


@pytest.mark.parametrize(("status", "said"), [(403, "--signed-in"), (409, "--signed-in"), (410, "nothing is at ")])
def test_an_answer_that_is_no_data_is_explained(
    amlet, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, said: str
) -> None:
    monkeypatch.setattr(storage, "send", lambda request: Response(status, {}, b"", request))
    ran = amlet("data", "pull", "-f", job(tmp_path, more=f"{BLOB}/b.csv", kind="uri_file"))
    assert (ran.code, said in ran.err) == (5, True), ran.err


def test_no_more_comes_than_is_allowed(amlet, storage: Storage, tmp_path: Path) -> None:
    ran = amlet("data", "pull", "-f", job(tmp_path), "--max-size", "5B")
    assert ran.code == 5
    assert "inputs.more: " in ran.err
    assert "--max-size" in ran.err


@pytest.mark.parametrize(("text", "size"), [("500", 500), ("1.5KB", 1536), ("2GB", 2 << 30), ("3 mib", 3 << 20)])
def test_sizes_are_read(text: str, size: int) -> None:
    assert size_in_bytes(text) == size


def test_a_wrong_size_is_refused() -> None:
    with pytest.raises(Refusal, match="say 500MB or 2GB"):
        size_in_bytes("much")
