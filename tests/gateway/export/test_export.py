from __future__ import annotations

import io
import json
import subprocess
import warnings
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from contracts.resource_id import WorkspaceId
from gateway import command, export, load_job, to_arm
from gateway.sweep import Choice, Uniform
from tests.gateway.serialization.arm.descriptions import GATEWAY, Made, build
from tests.gateway.serialization.arm.strategies import jobs
from tests.gateway.serialization.yaml.job_files import body_or_refusal, job_files

AWKWARD = """it's "quoted" $HOME `id` $(id) \\ ! #"""


def _executed(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(source, "<exported>", "exec"), names)
    return names["job"]


def test_python_source_of_any_job_file_makes_an_equal_body() -> None:
    @given(job_files)
    def check(content: Any) -> None:
        job = load_job(io.StringIO(yaml.dump(content)))
        assert json.dumps(body_or_refusal(_executed(export.python(job)))) == json.dumps(body_or_refusal(job))

    check()


@pytest.mark.filterwarnings("ignore")
def test_python_source_of_any_job_made_in_python_makes_an_equal_body() -> None:
    @given(jobs)
    def check(described: Made) -> None:
        job = build(described, GATEWAY)
        assert json.dumps(body_or_refusal(_executed(export.python(job)))) == json.dumps(body_or_refusal(job))

    check()


def test_python_source_is_readable_and_leaves_defaults_out() -> None:
    node = command(command="echo ${{inputs.lr}}", environment="e:1", inputs={"lr": 0.1})
    job = node(lr=Uniform(0, 1)).sweep(primary_metric="loss", goal="minimize", sampling_algorithm="random")
    source = export.python(job)
    assert source.startswith("from gateway import Input\n")
    assert "search_space={'lr': Uniform(min_value=0, max_value=1)}," in source
    assert "None" not in source
    assert max(map(len, source.splitlines())) <= 120


def test_relative_paths_start_where_they_did(tmp_path: Path) -> None:
    job = command(command="echo", environment="e:1", code="src", base_path=tmp_path)
    assert f"base_path={str(tmp_path)!r}" in export.python(job)
    assert "base_path" not in export.python(job, folder=tmp_path)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("value", [Colour.RED, Decimal("0.5"), date(2024, 1, 2), b"x", (1, 2), float("inf")])
def test_python_source_needs_no_import_for_values_of_other_classes(value: Any) -> None:
    job = command(command="echo", environment="e:1").sweep(
        primary_metric="loss", goal="minimize", search_space={"x": Choice([value])}
    )
    assert to_arm(_executed(export.python(job))) == to_arm(job)


def test_the_arm_export_is_the_submission_body(tmp_path: Path) -> None:
    job = command(command="echo", environment="e:1", name="greeting")
    body = json.loads(export.arm(job, folder=tmp_path / "my project"))
    assert body["properties"] == {
        **to_arm(job)["properties"],
        "displayName": "greeting",
        "experimentName": "myproject",
    }


def test_the_yaml_export_reads_back_as_an_equal_body() -> None:
    job = command(command="echo", environment="e:1", inputs={"n": 3}, compute="cpu")
    assert to_arm(load_job(io.StringIO(export.yaml(job)))) == to_arm(job)


def test_a_curl_command_hands_the_body_over_unharmed_and_no_secret(tmp_path: Path) -> None:
    job = command(command=AWKWARD, environment="azureml:e:1", code=f"src\n{AWKWARD}", name="n", tags={"a": AWKWARD})
    text = export.curl(job, folder=tmp_path, workspace=WorkspaceId("s", "r", "w"), origin="https://127.0.0.1:8443/")
    shell = "curl() { printf '%s\\0' \"$@\"; }\nTOKEN=secret\n"
    done = subprocess.run(["bash", "-euc", shell + text], capture_output=True, check=True, cwd=tmp_path)
    arguments = done.stdout.decode().split("\0")
    assert json.loads(arguments[arguments.index("--data-raw") + 1]) == json.loads(export.arm(job, folder=tmp_path))
    assert "Authorization: Bearer secret" in arguments
    assert (
        "https://127.0.0.1:8443/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices"
        "/workspaces/w/jobs/n?api-version=2024-01-01-preview"
    ) in arguments


def test_a_curl_command_without_a_workspace_has_placeholders(tmp_path: Path) -> None:
    job = command(command="echo", environment="azureml:e:1")()
    assert "/subscriptions/SUBSCRIPTION/resourceGroups/RESOURCE_GROUP/" in export.curl(job, folder=tmp_path)


@pytest.mark.oracle
def test_python_source_makes_the_same_job_in_the_official_sdk(sdk: None) -> None:
    node = command(command="echo ${{inputs.lr}}", environment="e:1", inputs={"lr": 0.1, "n": 3}, compute="cpu")
    job = node(lr=Choice([1, 2])).sweep(primary_metric="loss", goal="minimize", sampling_algorithm="grid")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        official = _executed(export.python(job).replace("from gateway", "from azure.ai.ml"))
        theirs = official._to_rest_object().as_dict()
    assert json.loads(json.dumps(theirs, default=str)) == to_arm(job)
