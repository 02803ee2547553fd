"""The folders of a trial."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.folder import SharedInputs, TrialFolder
from emulator.trials.inputs.data_input import DataInput


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "src" / "lib").mkdir(parents=True)
    (tmp_path / "src" / "train.py").write_text("print()")
    (tmp_path / "src" / "lib" / "part.py").write_text("pass")
    return tmp_path / "src"


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "runs" / "t", tmp_path / "artifacts" / "t")


def test_the_code_is_a_copy(folder: TrialFolder, code: Path) -> None:
    assert folder.make(code) == 2
    (folder.code / "lib" / "part.py").write_text("changed")
    assert (code / "lib" / "part.py").read_text() == "pass"
    assert (folder.code / "train.py").stat().st_nlink == 1


def test_making_it_again_starts_afresh_but_keeps_the_log(folder: TrialFolder, code: Path) -> None:
    folder.make(code)
    folder.log.write_text("first attempt\n")
    (folder.code / "leftover").touch()
    folder.make(code)
    assert not (folder.code / "leftover").exists()
    assert folder.log.read_text() == "first attempt\n"


def test_an_empty_code_folder_is_refused(folder: TrialFolder, tmp_path: Path) -> None:
    (tmp_path / "empty" / "nested").mkdir(parents=True)
    with pytest.raises(TrialRefused, match="the code folder 'empty' is empty"):
        folder.make(tmp_path / "empty")


def test_a_job_without_code_has_an_empty_folder(folder: TrialFolder) -> None:
    assert folder.make(None) == 0
    assert sorted(path.name for path in folder.code.iterdir()) == ["logs", "outputs"]


def test_logs_can_be_seen_at_once_those_of_the_code_too(folder: TrialFolder, code: Path) -> None:
    (code / "logs").mkdir()
    (code / "logs" / "old").write_text("o")
    folder.make(code)
    (folder.code / "logs" / "new").write_text("n")
    assert (folder.artifacts / "logs" / "old").read_text() == "o"
    assert (folder.artifacts / "logs" / "new").read_text() == "n"


def test_outputs_are_moved_home_and_the_folder_is_removed(folder: TrialFolder, tmp_path: Path) -> None:
    folder.make(None)
    (folder.artifacts / "outputs").mkdir()
    (folder.artifacts / "outputs" / "logged").write_text("by the client")
    (folder.code / "outputs" / "deep").mkdir()
    (folder.code / "outputs" / "deep" / "model").write_text("m")
    folder.collect()
    folder.collect()
    assert (folder.artifacts / "outputs" / "deep" / "model").read_text() == "m"
    assert (folder.artifacts / "outputs" / "logged").exists()
    assert not folder.code.exists()


def test_links_among_the_outputs_become_files_or_nothing(folder: TrialFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("e")
    folder.make(None)
    (folder.code / "outputs" / "linked").symlink_to(tmp_path / "elsewhere")
    (folder.code / "outputs" / "broken").symlink_to(tmp_path / "nowhere")
    (folder.code / "outputs" / "folder").symlink_to(tmp_path)
    folder.collect()
    outputs = folder.artifacts / "outputs"
    assert [path.name for path in outputs.iterdir()] == ["linked"]
    assert not (outputs / "linked").is_symlink()
    assert (outputs / "linked").read_text() == "e"


def test_mounted_inputs_are_shared_read_only_copies(folder: TrialFolder, code: Path, tmp_path: Path) -> None:
    shared = SharedInputs(tmp_path / "shared")
    one = DataInput("data", code, "ReadOnlyMount", "azureml:x")
    path = folder.input_path(one, shared)
    assert path == folder.input_path(one, shared) == tmp_path / "shared" / "data"
    assert (path / "lib" / "part.py").read_text() == "pass"
    assert not (path / "train.py").stat().st_mode & 0o222
    assert not path.stat().st_mode & 0o222


def test_downloaded_inputs_are_each_trials_own(folder: TrialFolder, code: Path, tmp_path: Path) -> None:
    one = DataInput("file", code / "train.py", "Download", "azureml:x")
    path = folder.input_path(one, SharedInputs(tmp_path / "shared"))
    assert path == folder.inputs / "file" / "train.py"
    path.write_text("changed")
    assert (code / "train.py").read_text() == "print()"


def test_inputs_mounted_for_writing_are_the_source_itself(folder: TrialFolder, code: Path, tmp_path: Path) -> None:
    one = DataInput("data", code, "ReadWriteMount", "azureml:x")
    assert folder.input_path(one, SharedInputs(tmp_path / "shared")) == code
