from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway import load_job, to_arm
from gateway.entities import CommandComponent, Environment
from gateway.exceptions import ValidationException
from gateway.serialization.arm.submission import submission
from gateway.serialization.yaml import load_component, load_data, load_environment


def test_a_stream_is_read_and_closed_by_nobody() -> None:
    stream = io.StringIO("command: echo\nenvironment: azureml:env:1\n")
    assert to_arm(load_job(stream))["properties"]["jobType"] == "Command"
    assert not stream.closed


def test_relative_paths_start_from_the_file_or_from_the_origin_given(job_file: Any, tmp_path: Path) -> None:
    file = job_file()
    assert load_job(file).base_path == str(tmp_path)
    with file.open(encoding="utf-8") as stream:
        assert load_job(stream).base_path == str(tmp_path)
    assert load_job(file, relative_origin="/elsewhere/sweep.yml").base_path == "/elsewhere"


def test_an_environment_of_its_own_file_is_read_with_its_own_folder(job_file: Any, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "env.yml").write_text("image: python:3.11\nconda_file: conda.yml\n")
    (folder / "conda.yml").write_text("dependencies: [python=3.11]\n")
    job = load_job(job_file({"azureml:env:1": "file:environments/env.yml"}))
    environment = job.trial.environment
    assert isinstance(environment, Environment)
    assert (environment.image, environment.conda_file) == ("python:3.11", {"dependencies": ["python=3.11"]})


def test_the_build_folder_of_an_environment_starts_from_the_file_it_is_in(job_file: Any, tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "env.yml").write_text("build: {path: ../image}\n")
    job = load_job(job_file({"azureml:env:1": "file:environments/env.yml"}))
    job.dump(dumped := io.StringIO())
    assert yaml.safe_load(dumped.getvalue())["trial"]["environment"]["build"]["path"] == str(tmp_path / "image")


COMPONENT = """\
type: command
name: train
version: 3
command: python train.py --lr ${{inputs.lr}} --epochs ${{inputs.epochs}}
code: ../src
environment: azureml:env:2
inputs:
  lr: {type: number}
  epochs: {type: integer, default: 5}
"""


@pytest.mark.parametrize("reference", ["file:components/train.yml", "./components/train.yml"])
def test_a_trial_may_be_the_file_of_a_component(tmp_path: Path, reference: str) -> None:
    (tmp_path / "components").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "components" / "train.yml").write_text(COMPONENT)
    (tmp_path / "sweep.yml").write_text(
        f"type: sweep\ntrial: {reference}\nsearch_space: {{lr: {{type: uniform, min_value: 0, max_value: 1}}}}\n"
        "objective: {goal: minimize, primary_metric: loss}\nlimits: {max_total_trials: 2}\n"
    )
    properties = to_arm(load_job(tmp_path / "sweep.yml"))["properties"]
    assert properties["trial"]["command"] == "python train.py --lr ${{search_space.lr}} --epochs ${{inputs.epochs}}"
    assert (properties["trial"]["codeId"], properties["trial"]["environmentId"]) == ("src", "env:2")
    assert properties["inputs"] == {"epochs": {"value": "5", "jobInputType": "literal"}}


def test_components_environments_and_data_have_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "train.yml").write_text(COMPONENT)
    (tmp_path / "env.yml").write_text("name: e\nversion: 1\nimage: python:3.11\n")
    (tmp_path / "data.yml").write_text("name: d\nversion: 2\npath: ./iris.csv\ntype: uri_file\n")
    component = load_component(tmp_path / "train.yml")
    assert isinstance(component, CommandComponent)
    assert (component.name, component.version, component.inputs["epochs"].default) == ("train", "3", 5)
    assert load_environment(tmp_path / "env.yml").version == "1"
    assert (load_data(tmp_path / "data.yml").type, load_data(tmp_path / "data.yml").path) == ("uri_file", "./iris.csv")


def test_overrides_are_set_on_top_of_the_file(job_file: Any) -> None:
    job = load_job(
        job_file(more="compute: azureml:small\n"),
        params_override=[
            {"compute": "azureml:big", "limits.timeout": 600},
            {"search_space.n": {"type": "choice", "values": [1, 2]}},
            {"search_space.n.values[1]": 7, "inputs.epochs": 3},
        ],
    )
    properties = to_arm(job)["properties"]
    assert (properties["computeId"], properties["limits"]["timeout"]) == ("big", "PT10M")
    assert properties["searchSpace"]["n"] == ["choice", [[1, 7]]]
    assert properties["inputs"]["epochs"]["value"] == "3"


@pytest.mark.parametrize("field", ["trial.environment.image", "search_space.lr.type.x", "sampling_algorithm[0]"])
def test_an_override_cannot_lead_through_text(job_file: Any, field: str) -> None:
    with pytest.raises(ValidationException, match=r"--set.*leads through"):
        load_job(job_file(), params_override=[{field: 1}])


def test_without_libyaml_files_are_read_all_the_same_with_one_clear_warning(job_file: Any) -> None:
    program = (
        "import sys, warnings, yaml\n"
        "del yaml.CSafeLoader\n"
        "from gateway import load_job\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    load_job(sys.argv[1]), load_job(sys.argv[1])\n"
        "print([str(warning.message) for warning in caught if 'libyaml' in str(warning.message)])\n"
    )
    command = [sys.executable, "-c", program, str(job_file())]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4])
    assert done.stdout.count("libyaml") == done.stdout.count("This PyYAML comes without libyaml") + 1 == 2


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_the_job_files_of_the_corpus_give_their_golden_bodies(corpus: Path, tmp_path: Path) -> None:
    goldens = sorted((corpus / "golden").glob("*.json"))
    assert goldens
    for golden in goldens:
        (source,) = (corpus / "yaml").glob(f"{golden.stem}.y*ml")
        expected = json.loads(golden.read_text())
        job = load_job(shutil.copy(source, tmp_path))
        body = submission(job, folder=tmp_path).body
        for key, value in expected["properties"].items():
            if value == "<generated>":
                assert body["properties"].pop(key)
        kept = {key: value for key, value in expected["properties"].items() if value != "<generated>"}
        assert body["properties"] == kept, golden.stem
