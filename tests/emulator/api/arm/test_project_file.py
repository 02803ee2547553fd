"""What the control plane shows of a project file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.project.project_files import ProjectFiles
from emulator.services.context import Emulator

WS = WorkspaceId("sub", "group", "space")
PROJECT = """
workspaces: [{subscription: SUB, resource_group: group, name: space}]
computes: [{name: gpu, size: Standard_NC6s_v3, nodes: 4}]
environments: [{name: train, version: 7}]
data: {"azureml:iris:2": ./iris.csv, "azureml:iris:10": ./iris.csv}
"""

Get = Callable[..., httpx.Response]


@pytest.fixture
def get(tmp_path: Path, make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]) -> Get:
    """GET below a workspace, on an emulator whose project file is PROJECT and more."""
    (tmp_path / "iris.csv").touch()

    def send(path: str, more: str = "", workspace: WorkspaceId = WS, **headers: str) -> httpx.Response:
        (tmp_path / "amlet.yml").write_text(PROJECT + more)
        emulator = replace(make_emulator(auth="any"), project_files=ProjectFiles(tmp_path / "amlet.yml"))
        url = f"{workspace}{path}?api-version=2024-04-01"
        return ask(app_of(emulator), "GET", url, headers={"authorization": "Bearer t", **headers})

    return send


def versions(answer: httpx.Response) -> list[Any]:
    return [entry["name"] for entry in answer.json()["value"]]


def test_data_of_the_project_file_is_there_with_its_versions(get: Get) -> None:
    assert get("/data/iris").json()["properties"]["latestVersion"] == "10"
    assert versions(get("/data/iris/versions")) == ["10", "2"]
    properties = get("/data/iris/versions/2").json()["properties"]
    assert properties["dataUri"].startswith("file:///")
    assert properties["dataType"] == "uri_file"
    assert get("/data/iris/versions/3").status_code == 404


def test_environments_have_the_declared_version_and_any_other_one_in_lists(get: Get) -> None:
    assert versions(get("/environments/train/versions")) == ["7"]
    assert versions(get("/environments/other/versions")) == ["1"]
    assert get("/environments/other").status_code == 404, "so that clients register it"


def test_a_strict_project_knows_no_other_environments(get: Get) -> None:
    assert versions(get("/environments/other/versions", "strict: [environments]")) == []


def test_unknown_data_has_a_latest_version_only_for_amlets_own_client(get: Get) -> None:
    assert get("/data/unknown").status_code == 404
    answer = get("/data/unknown", **{"x-amlet-python": "/opt/python"})
    assert answer.json()["properties"]["latestVersion"] == "latest"


def test_a_declared_compute_has_its_size_and_nodes(get: Get) -> None:
    properties = get("/computes/gpu").json()["properties"]["properties"]
    assert properties["vmSize"] == "STANDARD_NC6S_V3"
    assert properties["scaleSettings"]["maxNodeCount"] == 4


def test_a_strict_project_knows_no_other_computes(get: Get) -> None:
    assert get("/computes/other").status_code == 200
    assert get("/computes/other", "strict: [computes]").status_code == 404


def test_a_strict_project_knows_no_other_workspaces(get: Get) -> None:
    other = WorkspaceId("sub", "group", "elsewhere")
    assert get("", workspace=other).status_code == 200
    assert get("", "strict: [workspaces]").status_code == 200
    answer = get("", "strict: [workspaces]", other)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ResourceNotFound"


def test_the_project_of_the_submitting_command_goes_before_the_emulators_own(get: Get, tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("data: {'azureml:iris:5': ./iris.csv}")
    answer = get("/data/iris", **{"x-amlet-project": str(tmp_path / "own.yml")})
    assert answer.json()["properties"]["latestVersion"] == "5"


def test_a_project_file_that_cannot_be_used_is_told_with_its_line(get: Get, tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("dta: {}")
    answer = get("/data/iris", **{"x-amlet-project": str(tmp_path / "own.yml")})
    assert answer.status_code == 400
    assert "own.yml:1: dta: unknown key; did you mean 'data'?" in answer.json()["error"]["message"]
