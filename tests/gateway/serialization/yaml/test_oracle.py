"""Job files mean to the gateway what they mean to the official SDK."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given

from gateway import load_job, to_arm
from gateway.entities import CommandJob, Environment
from gateway.exceptions import ValidationException
from tests.gateway.serialization.yaml.job_files import job_files, spoiled_job_files

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]
REFUSED = "refused"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text("print()")
    return folder


def _write(folder: Path, content: Any) -> Path:
    file = folder / "job.yml"
    file.write_text(yaml.dump(content, allow_unicode=True), encoding="utf-8")
    return file


def _gateway(file: Path) -> Any:
    try:
        return load_job(file)
    except ValidationException:
        return REFUSED


def _sdk(file: Path) -> Any:
    """The job, or REFUSED: the official SDK refuses with exceptions of many kinds."""
    from azure.ai.ml import load_job as official

    try:
        return official(file)
    except Exception:  # noqa: BLE001
        return REFUSED


def _has_an_empty_environment(job: Any) -> bool:
    environment = getattr(getattr(job, "trial", None) or job, "environment", None)
    return isinstance(environment, Environment) and not (environment.image or environment.build)


def _gateway_body(job: Any) -> Any:
    try:
        return to_arm(job)["properties"]
    except ValidationException:
        return REFUSED


def _sdk_body(job: Any) -> Any:
    from azure.ai.ml._restclient.arm_ml_service._utils.model_base import SdkJSONEncoder

    try:
        plain = job._to_job() if hasattr(job, "_to_job") else job
        return json.loads(json.dumps(plain._to_rest_object().as_dict(), cls=SdkJSONEncoder))["properties"]
    except Exception:  # noqa: BLE001
        return REFUSED


def _lacks_code(job: Any) -> bool:
    return "CodeNotFound" in {found.finding.code for found in job.validate()}


def _dumped(job: Any) -> Any:
    stream = io.StringIO()
    job.dump(stream)
    return yaml.safe_load(stream.getvalue())


def test_a_job_file_gives_the_body_of_the_official_sdk(sdk: None, folder: Path) -> None:
    @given(job_files)
    def check(content: Any) -> None:
        file = _write(folder, content)
        assert json.dumps(_gateway_body(load_job(file))) == json.dumps(_sdk_body(_sdk(file)))

    check()


def test_a_sweep_is_dumped_as_by_the_official_sdk(sdk: None, folder: Path) -> None:
    @given(job_files.filter(lambda content: content["type"] == "sweep"))
    def check(content: Any) -> None:
        file = _write(folder, content)
        assert _dumped(load_job(file)) == _dumped(_sdk(file))

    check()


def test_a_command_job_is_dumped_as_by_the_official_sdk(sdk: None) -> None:
    from azure.ai.ml.entities import CommandJob as OfficialCommandJob

    described: dict[str, Any] = {"command": "echo", "environment": "e:1", "tags": {"a": "b"}, "compute": "cpu"}
    assert _dumped(CommandJob(**described)) == _dumped(OfficialCommandJob(**described))


def test_a_file_with_a_mistake_is_refused_where_the_official_sdk_refuses_it(sdk: None, folder: Path) -> None:
    @given(spoiled_job_files())
    def check(content: Any) -> None:
        file = _write(folder, content)
        ours, theirs = _gateway(file), _sdk(file)
        # Code that is nowhere to be found is refused on submission here, and on loading there.
        assume(theirs != REFUSED or ours == REFUSED or not _lacks_code(ours))
        # An environment of nothing is refused on submission, by a random name that it has on both sides.
        assume(ours == REFUSED or not _has_an_empty_environment(ours))
        assert (ours == REFUSED) == (theirs == REFUSED)
        if theirs != REFUSED and ours != REFUSED:
            assert json.dumps(_gateway_body(ours)) == json.dumps(_sdk_body(theirs))

    check()
