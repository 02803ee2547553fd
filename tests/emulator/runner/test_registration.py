"""What a job has written becomes versions of assets when the job completes."""

from __future__ import annotations

import os
from typing import Any

import pytest

from emulator.storage import assets
from emulator.storage.asset_kinds import KINDS, register_version
from emulator.storage.assets import Asset
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance

_OWN = "azureml://subscriptions/sub/resourcegroups/group/workspaces/space/datastores/workspaceblobstore/paths/azureml"


def _versions(instance: EmulatorInstance, collection: str, name: str) -> list[Asset]:
    return assets.versions(instance.store.reader(), WORKSPACE, collection, name)


def _output(type_: str, **more: Any) -> dict[str, Any]:
    return {"jobOutputType": type_, **more}


@pytest.mark.parametrize(
    ("type_", "collection", "uri", "type_key"),
    [
        ("uri_folder", "data", "dataUri", "dataType"),
        ("uri_file", "data", "dataUri", "dataType"),
        ("mltable", "data", "dataUri", "dataType"),
        ("custom_model", "models", "modelUri", "modelType"),
        ("mlflow_model", "models", "modelUri", "modelType"),
        ("triton_model", "models", "modelUri", "modelType"),
    ],
)
def test_a_named_output_of_each_kind_is_registered(
    instance: EmulatorInstance, type_: str, collection: str, uri: str, type_key: str
) -> None:
    instance.command("true", outputs={"o": _output(type_, assetName="mine")})
    instance.ended("c")
    (made,) = _versions(instance, collection, "mine")
    assert (made.version, made.anonymous, made.document["jobName"]) == ("1", False, "c")
    assert made.document[type_key] == type_
    assert made.document[uri] == f"{_OWN}/c/o" + ("" if type_ == "uri_file" else "/")


def test_versions_are_counted_on_or_given(instance: EmulatorInstance) -> None:
    instance.command("true", outputs={"o": _output("uri_folder", assetName="mine", assetVersion="7")})
    instance.ended("c")
    instance.command("true", name="d", outputs={"o": _output("uri_folder", assetName="mine")})
    instance.ended("d")
    assert [one.version for one in _versions(instance, "data", "mine")] == ["8", "7"]


def test_a_version_that_is_there_stays(instance: EmulatorInstance, caplog: pytest.LogCaptureFixture) -> None:
    document = KINDS["data"].document({"dataUri": "azureml://datastores/workspaceblobstore/paths/x/"})
    instance.store.write(
        lambda conn: register_version(conn, WORKSPACE, KINDS["data"], "mine", "1", document, 0.0)
    ).result()
    instance.command("true", outputs={"o": _output("uri_folder", assetName="mine", assetVersion="1")})
    assert instance.ended("c").status == "Completed"
    (kept,) = _versions(instance, "data", "mine")
    assert kept.document["dataUri"].endswith("/paths/x/")
    assert "output o of job c is not registered: mine:1 is there" in caplog.text


def test_an_output_without_a_name_is_an_anonymous_asset(instance: EmulatorInstance) -> None:
    instance.command("true", outputs={"o": _output("uri_folder"), "default": _output("uri_folder")})
    instance.ended("c")
    (made,) = _versions(instance, "data", "azureml_c_output_data_o")
    assert (made.version, made.anonymous) == ("1", True)
    assert _versions(instance, "data", "azureml_c_output_default") == []


def test_a_job_that_fails_registers_nothing(instance: EmulatorInstance) -> None:
    instance.command("exit 1", outputs={"o": _output("uri_folder", assetName="mine")})
    instance.ended("c")
    assert _versions(instance, "data", "mine") == []


def test_a_sweep_registers_the_outputs_of_its_best_trial(instance: EmulatorInstance) -> None:
    lines = f"for trial in s_0 s_1; do [ $AZUREML_RUN_ID = $trial ] && cat {instance.state_dir}/$trial; done; true"
    for name in ("s_0", "s_1"):
        os.mkfifo(instance.state_dir / name)
    instance.sweep(lines, total=2, concurrent=2, outputs={"o": _output("custom_model", assetName="mine")})
    instance.until(lambda: [trial.status for trial in instance.trials()] == ["Running", "Running"])
    instance.metric("s_0", "loss", 2.0)
    instance.metric("s_1", "loss", 1.0)
    for name in ("s_0", "s_1"):
        (instance.state_dir / name).write_text("")
    instance.ended("s")
    (made,) = _versions(instance, "models", "mine")
    assert made.document["modelUri"] == f"{_OWN}/s_1/o/"
