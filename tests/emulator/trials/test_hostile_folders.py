"""Whatever a trial leaves in its folder: all else is collected, listed, shown, saved and loaded."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.place import artifact_container
from emulator.plain_files import append_plain, plain_files
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.services.snapshots import Snapshots
from emulator.storage.blobs.listing import list_blobs
from emulator.studio import artifacts as studio_artifacts
from emulator.studio import logs as studio_logs
from emulator.trials.file_copy import copy_tree, remove_tree
from emulator.trials.folder import TrialFolder, write_system_log
from emulator.trials.launcher import last_lines

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here"),
]

WORKSPACE = WorkspaceId("s", "g", "w")


def litter(folder: Path) -> set[str]:
    """Fill a folder with all that is not a plain file with a valid name; returns the names that the log has."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = os.fsencode(folder)
    for name in (b"not-utf8-\xff", b"line\nbreak", b"\x1b[2Jcleared", b"c1-\xc2\x9b31m"):
        Path(os.fsdecode(raw + b"/" + name)).write_text("x")
    Path(os.fsdecode(raw + b"/folder-\xfe")).mkdir()
    Path(os.fsdecode(raw + b"/folder-\xfe/inside")).write_text("x")
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    (folder / "around").symlink_to(folder)
    (folder / "device-link").symlink_to("/dev/zero")
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket has at most 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("socket")
    finally:
        os.chdir(here)
    return {"not-utf8", "break", "cleared", "c1-", "folder-", "pipe", "loop", "around", "device-link", "socket"}


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    made = TrialFolder(tmp_path / "runs" / "t", tmp_path / "artifacts" / "c" / "t")
    made.make(None)
    return made


def test_all_that_can_be_collected_is_and_a_line_says_of_each_other_what_it_is(folder: TrialFolder) -> None:
    outputs = folder.code / "outputs"
    names = litter(outputs / "deep")
    (outputs / "model").write_text("m")
    (outputs / "deep" / "ü weights").write_text("w")
    folder.log.write_text("said by the trial\n")
    folder.collect()
    assert [path for path, _ in plain_files(folder.artifacts / "outputs")] == ["model", "deep/ü weights"]
    first, *lines = folder.log.read_text().splitlines()
    assert first == "said by the trial"
    assert len(lines) == len(names)
    assert all(any(name in line for line in lines) for name in names)
    assert all(line.startswith("amlet: not collected: outputs/deep/") and line.isprintable() for line in lines)
    assert not folder.code.exists()


def test_very_many_things_that_cannot_be_collected_take_few_lines(folder: TrialFolder) -> None:
    for number in range(100):
        os.mkfifo(folder.code / "outputs" / f"pipe{number}")
    folder.collect()
    lines = folder.log.read_text().splitlines()
    assert (len(lines), lines[-1]) == (21, "amlet: not collected: 80 more")


@pytest.mark.parametrize("kind", ["pipe", "link", "loop", "folder", "device", "none", "parent"])
def test_a_log_that_the_trial_replaced_is_a_plain_file_again(folder: TrialFolder, tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    match kind:
        case "pipe":
            os.mkfifo(folder.log)
        case "link":
            folder.log.symlink_to(elsewhere)
        case "loop":
            folder.log.symlink_to(folder.log)
        case "folder":
            folder.log.mkdir()
        case "device":
            folder.log.symlink_to("/dev/zero")
        case "parent":
            shutil.rmtree(folder.log.parent)
            folder.log.parent.symlink_to(tmp_path)
    assert last_lines(folder.log) == [] or kind == "link"
    folder.collect()
    folder.make(None)
    with folder.log.open("ab") as log:  # as the executor does at the next attempt
        log.write(b"next\n")
    assert folder.log.is_file()
    assert not folder.log.is_symlink()
    assert not folder.log.parent.is_symlink()
    assert elsewhere.read_text() == "kept"
    if kind != "none":
        assert "std_log.txt: the trial had put something else in its place" in folder.log.read_text()


@pytest.mark.parametrize("name", ["outputs", "logs"])
def test_a_folder_of_the_artifacts_that_the_trial_replaced_leads_nowhere(
    folder: TrialFolder, tmp_path: Path, name: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    remove_tree(folder.artifacts / name)
    (folder.artifacts / name).symlink_to(tmp_path / "elsewhere")
    folder.make(None)
    (folder.code / name / "file").write_text("x")
    folder.collect()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (folder.artifacts / name / "file").read_text() == "x"


def test_folders_without_end_do_not_end_the_emulator(folder: TrialFolder) -> None:
    here = Path.cwd()
    os.chdir(folder.code / "outputs")
    try:
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
        Path("deepest").write_text("x")
    finally:
        os.chdir(here)
    (folder.code / "outputs" / "z").write_text("z")
    folder.collect()
    assert (folder.artifacts / "outputs" / "z").read_text() == "z"
    assert "its path has more than 1024 characters" in folder.log.read_text()
    assert not folder.code.exists()


def test_logs_that_are_pipes_hold_no_writer_up(tmp_path: Path) -> None:
    (tmp_path / "system_logs" / "a").mkdir(parents=True)
    os.mkfifo(tmp_path / "system_logs" / "a" / "b.log")
    write_system_log(tmp_path, "a/b.log", 0.0, ["said \udcff"])
    assert "said" in (tmp_path / "system_logs" / "a" / "b.log").read_text()
    os.mkfifo(tmp_path / "pipe")
    with append_plain(tmp_path / "pipe") as file:
        file.write(b"line\n")
    assert (tmp_path / "pipe").read_text() == "line\n"


def test_an_input_that_a_trial_littered_is_copied_without_the_litter(tmp_path: Path) -> None:
    litter(tmp_path / "source")
    (tmp_path / "source" / "data").write_text("d")
    for follow in (True, False):
        assert copy_tree(tmp_path / "source", tmp_path / str(follow), follow_links=follow) >= 1
        assert (tmp_path / str(follow) / "data").read_text() == "d"
        assert not (tmp_path / str(follow) / "pipe").exists()


@pytest.fixture
def littered(make_emulator: Callable[..., Emulator]) -> tuple[Emulator, Path]:
    """An emulator with a run whose artifacts are full of litter, beside a model and a log."""
    emulator = make_emulator()
    folder = emulator.place.run_artifacts(WORKSPACE, "t")
    for name in ("outputs", "user_logs", "."):
        litter(folder / name)
    (folder / "outputs" / "model").write_text("m")
    (folder / "user_logs" / "std_log.txt").write_text("log")
    return emulator, folder


def test_a_container_is_listed_without_the_litter(littered: tuple[Emulator, Path]) -> None:
    store = blob_service(littered[0]).store
    page = list_blobs(store, artifact_container(WORKSPACE), prefix="ExperimentRun/dcid.t/")
    assert [blob.name.removeprefix("ExperimentRun/dcid.t/") for blob in page.entries if not isinstance(blob, str)] == [
        "outputs/model",
        "user_logs/std_log.txt",
    ]


def test_the_pages_show_the_files_without_the_litter(littered: tuple[Emulator, Path]) -> None:
    _, folder = littered
    assert [one.path for one in studio_artifacts.listed(folder)] == ["outputs/model"]
    assert studio_logs.sizes(folder) == {"user_logs/std_log.txt": 3}
    for path in ("outputs/loop", "outputs/pipe", "outputs/device-link", "outputs/socket", "pipe"):
        assert studio_artifacts.sent(folder, path) is None
    packed = b"".join(studio_artifacts._zipped([("t", folder)]))
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["t/outputs/model", "t/user_logs/std_log.txt"]


@pytest.mark.parametrize("odd", ["back\\slash", "no\u00a0break", "soft\u00adhyphen", "\U0001f600", "x" * 240])
def test_a_snapshot_is_saved_and_loaded_without_the_litter(littered: tuple[Emulator, Path], odd: str) -> None:
    emulator, folder = littered
    (folder / odd).write_text("kept")
    snapshots = Snapshots(emulator)
    snapshots.load(snapshots.save("s"))
    assert sorted(path for path, _ in plain_files(folder)) == sorted(["outputs/model", "user_logs/std_log.txt", odd])
    assert not (folder / "pipe").exists()


def test_every_route_to_the_files_of_a_run_goes_on(
    littered: tuple[Emulator, Path], ask: Callable[..., httpx.Response]
) -> None:
    emulator, _ = littered
    app, token = app_of(emulator), emulator.tokens.issue(emulator.place.https_origin)
    headers = {"Authorization": f"Bearer {token}"}
    base = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow-artifacts/artifacts"
    for path in ("", "/outputs", "/outputs/folder-%FE"):
        listed = ask(app, "GET", f"{base}?path=ExperimentRun/dcid.t{path}", headers=headers)
        assert listed.status_code == 200, listed.text
    for name in ("pipe", "loop", "socket", "device-link", "not-utf8-%FF", "line%0Abreak"):
        answer = ask(app, "GET", f"{base}/ExperimentRun/dcid.t/outputs/{name}", headers=headers)
        assert 400 <= answer.status_code < 500, (name, answer.text)
    service = blob_service(emulator)
    url = service.account.signed_url(
        artifact_container(WORKSPACE), "ExperimentRun/dcid.t/outputs/pipe", permissions="r"
    )
    assert ask(app, "GET", url).status_code == 404


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EMFILE, errno.EACCES, errno.EIO])
def test_a_plain_file_that_cannot_be_opened_now_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    log = tmp_path / "log"
    log.write_text("kept\n")

    def fail(*_: object) -> int:
        raise OSError(code, "it fails")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fail)
        with pytest.raises(OSError, match="it fails"):
            append_plain(log)
    assert log.read_text() == "kept\n"
