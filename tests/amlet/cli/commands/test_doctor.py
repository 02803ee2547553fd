"""`amlet doctor`: what it finds, and its exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

JOB = """
type: command
command: python main.py
code: src
environment: azureml:mine:1
compute: azureml:cpu
inputs:
  data: {type: uri_file, path: "wasbs://c@acc.blob.core.windows.net/a.csv"}
"""
PROJECT = """
data: {"wasbs://c@acc.blob.core.windows.net/": .}
environments: [{name: mine, requirements: [pytest]}]
computes: [{name: cpu, nodes: 3}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.py").write_text("import pytest\n")
    (tmp_path / "job.yml").write_text(JOB)
    (tmp_path / "a.csv").touch()
    (tmp_path / "amlet.yml").write_text(PROJECT)
    return tmp_path


def findings(ran: SimpleNamespace) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(ran.out):
        found.setdefault(one["subject"], []).append(one)
    return found


def check(amlet: Any, *more: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    ran = amlet("doctor", "-f", "job.yml", "--emulator", "--python", sys.executable, *more)
    return ran.code, findings(ran)


def test_a_job_that_would_run_is_found_so(amlet, project: Path) -> None:
    code, found = check(amlet)
    assert code == 0
    assert found["inputs.data"][0]["text"].startswith(f"{project}/a.csv, by data.wasbs")
    assert found["environment"][0]["text"].startswith("mine:1: met, by environments.mine of ")
    assert found["Python"][0]["text"] == f"{sys.executable} (--python)"
    assert found["compute"][0]["text"] == "cpu: 3 trials at once"
    assert found["project"][0]["text"] == str(project / "amlet.yml")
    assert {"target", "emulator", "CA", "programs", "disk"} <= found.keys()


@pytest.mark.parametrize(
    ("project_file", "subject", "text", "remedy"),
    [
        (PROJECT.replace("pytest", "no-such-package"), "environment", "missing: no-such-package", "-m pip install"),
        (PROJECT.replace('/": .', '/": ./none'), "inputs", "leads to", "correct the line in"),
        (
            PROJECT.replace("acc.blob", "other.blob"),
            "inputs",
            "1 input is not",
            "wasbs://c@acc.blob.core.windows.net/a.csv",
        ),
        ("strict: [computes]", "compute", "cpu is not declared", "declare it there"),
        ("dta: {}", "project", "did you mean 'data'?", "correct the file"),
    ],
)
def test_what_would_keep_it_from_running_is_told_with_its_remedy(
    amlet, project: Path, project_file: str, subject: str, text: str, remedy: str
) -> None:
    (project / "amlet.yml").write_text(project_file)
    code, found = check(amlet)
    assert code == 5
    (wrong,) = [one for one in found[subject] if one["health"] == "wrong"]
    assert text in wrong["text"]
    assert remedy in wrong["remedy"]


def test_other_versions_are_a_warning_with_its_remedy(amlet, project: Path) -> None:
    (project / "amlet.yml").write_text(PROJECT.replace("pytest", "pytest==0.1"))
    code, found = check(amlet)
    (warning,) = [one for one in found["environment"] if one["health"] == "warning"]
    assert code == 0
    assert "pytest==0.1" in warning["text"]
    assert "--env-mode uv" in warning["remedy"]


def test_a_job_file_with_a_mistake_is_wrong(amlet, project: Path) -> None:
    (project / "job.yml").write_text(JOB + "outptus: {}\n")
    code, found = check(amlet)
    assert code == 5
    assert "outptus" in found["job"][0]["text"]


def test_an_environment_of_the_job_itself_is_told_without_a_line_that_could_not_name_it(amlet, project: Path) -> None:
    own = "environment: {image: x, conda_file: {dependencies: [pip, {pip: [no-such-package]}]}}"
    (project / "job.yml").write_text(JOB.replace("environment: azureml:mine:1", own))
    _, found = check(amlet)
    (wrong,) = [one for one in found["environment"] if one["health"] == "wrong"]
    assert wrong["text"].startswith("environment of the job does not match")
    assert "amlet.yml" not in wrong["remedy"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("python main.py", "python main.py ${{outputs.o}}", "command: ${{outputs.o}} names nothing"),
        ("python main.py", "python main.py ${{inputs.dta}}", "command: Inputs to job does not contain 'dta'"),
    ],
)
def test_what_the_service_would_refuse_is_told_with_its_field(
    amlet, project: Path, old: str, new: str, text: str
) -> None:
    (project / "job.yml").write_text(JOB.replace(old, new))
    code, found = check(amlet)
    assert (code, found["job"][0]["text"].startswith(text)) == (5, True), found["job"]


def test_without_a_job_only_the_machine_is_looked_at(amlet, project: Path) -> None:
    (project / "amlet.yml").unlink()
    ran = amlet("doctor", "--emulator")
    assert ran.code == 0
    assert findings(ran)["project"][0]["health"] == "note"


def test_proxies_bundles_and_shadowing_packages_are_told(amlet, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(project / "none.pem"))
    (project / "gateway").mkdir()
    code, found = check(amlet)
    assert code == 5
    assert found["proxy"][0]["health"] == "warning"
    assert "which does not exist" in found["CA bundle"][0]["text"]
    assert found["imports"][0]["text"].endswith("comes before amlet's package gateway")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert check(amlet)[1]["proxy"][0]["health"] == "ok"
