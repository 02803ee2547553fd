"""What git tells of a job's folder, compared with the official SDK."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.operations.git import git_properties

ADDRESS = "https://example.com/team/repo.git"


def _git(folder: Path, *words: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=trunk"]
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    for name in list(os.environ):
        if name.startswith(("AZUREML_GIT", "GIT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return os.environ


@pytest.fixture
def repository(tmp_path: Path, environ: Mapping[str, str]) -> Path:
    folder = tmp_path / "repository"
    (folder / "jobs").mkdir(parents=True)
    (folder / "jobs" / "job.yml").write_text("a")
    _git(folder, "init")
    _git(folder, "remote", "add", "origin", ADDRESS)
    _git(folder, "add", ".")
    _git(folder, "commit", "-m", "one")
    return folder


def _official() -> dict[str, str]:
    helper: Any = pytest.importorskip("azure.ai.ml.operations._job_ops_helper")
    return dict(helper.get_git_properties())


@pytest.mark.oracle
@pytest.mark.parametrize("case", ["clean", "changed", "detached", "no commit", "no repository", "told"])
def test_properties_are_those_of_the_official_sdk(
    repository: Path, environ: Mapping[str, str], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository / "jobs"
    match case:
        case "changed":
            (folder / "job.yml").write_text("b")
        case "detached":
            _git(repository, "checkout", "--detach")
        case "no commit":
            folder = repository.parent / "new"
            folder.mkdir()
            _git(folder, "init")
        case "no repository":
            folder = repository.parent
        case "told":
            monkeypatch.setenv("AZUREML_GIT_BRANCH", "told")
            monkeypatch.setenv("AZUREML_GIT_DIRTY", "yes")
            monkeypatch.setenv("AZUREML_GIT_BUILD_ID", " 7 ")
    monkeypatch.chdir(folder)
    assert git_properties(folder, environ) == _official()


def test_an_address_with_a_secret_is_left_out(
    repository: Path, environ: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    _git(repository, "remote", "set-url", "origin", "https://pat@example.com/team/repo.git")
    with caplog.at_level(logging.WARNING, "gateway"):
        assert git_properties(repository, environ) == {}
    assert "holds a secret" in caplog.text
    assert "pat@" not in caplog.text


def test_where_git_is_not_installed_nothing_is_said(repository: Path) -> None:
    assert git_properties(repository, {"PATH": ""}) == {}
