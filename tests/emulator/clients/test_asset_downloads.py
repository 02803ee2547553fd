"""Assets that come back to the disk, and the references that lead to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import Input, command, load_component
from azure.ai.ml.entities import Data, Model

from contracts.lifecycle import JobStatus
from contracts.resource_id import ResourceId
from emulator.services.context import Emulator
from emulator.storage import jobs
from tests.emulator.clients.conftest import WORKSPACE
from tests.emulator.clients.test_jobs import move

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


def test_a_model_is_downloaded(ml_client: Any, code: Path, tmp_path: Path) -> None:
    ml_client.models.create_or_update(Model(name="m", path=str(code), type="custom_model"))
    ml_client.models.download("m", "1", download_path=str(tmp_path / "down"))
    assert (tmp_path / "down" / "m" / "src" / "lib" / "helper.py").read_text() == "X = 1\n"


def test_an_output_that_a_job_does_not_have_is_not_there(ml_client: Any, emulator: Emulator, tmp_path: Path) -> None:
    ml_client.jobs.create_or_update(command(name="c", command="true", environment="azureml:env:1"))
    move(emulator, "c", JobStatus.RUNNING, JobStatus.FINALIZING, JobStatus.COMPLETED)
    ml_client.jobs.download("c", output_name="nothing", download_path=str(tmp_path / "down"))
    assert not (tmp_path / "down").exists()


@pytest.mark.parametrize("reference", ["azureml:d@latest", "azureml:d:2"])
def test_an_input_names_a_version_of_data(ml_client: Any, emulator: Emulator, tmp_path: Path, reference: str) -> None:
    for text in ("1", "2"):
        (tmp_path / "d.csv").write_text(text)
        ml_client.data.create_or_update(Data(name="d", path=str(tmp_path / "d.csv"), type="uri_file"))
    job = command(
        name="c",
        command="cat ${{inputs.d}}",
        environment="azureml:env:1",
        inputs={"d": Input(type="uri_file", path=reference)},
    )
    ml_client.jobs.create_or_update(job)
    stored = jobs.find(emulator.store.reader(), WORKSPACE, "c")
    assert stored is not None
    assert ResourceId.parse(stored.body["inputs"]["d"]["uri"]) == ResourceId(WORKSPACE, "data", "d", "2")


def test_a_component_is_found_without_a_version_and_registered_again(ml_client: Any, tmp_path: Path) -> None:
    file = tmp_path / "component.yml"
    file.write_text("type: command\nname: train\nversion: '3'\ncommand: echo\nenvironment: azureml:env:1\n")
    made = ml_client.components.create_or_update(load_component(str(file)))
    found = ml_client.components.get("train")
    assert found.id == made.id.replace("/versions/3", "/labels/default")
    assert found.version == "3"
    again = ml_client.components.create_or_update(ml_client.components.get("train", version="3"))
    assert again.id == made.id
