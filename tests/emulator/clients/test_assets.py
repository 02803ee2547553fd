"""Assets, datastores and computes as the unmodified azure-ai-ml uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import MLClient, load_component
from azure.ai.ml.entities import (
    AmlCompute,
    AzureBlobDatastore,
    AzureFileDatastore,
    BuildContext,
    Data,
    Environment,
    KubernetesCompute,
    Model,
)
from azure.ai.ml.entities._assets import Code
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

from emulator.services.context import Emulator

# The SDK's own warnings are not ours to repair.
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


def test_a_workspace_is_there_for_the_asking(ml_client: Any) -> None:
    workspace = ml_client.workspaces.get("workspace")
    assert workspace.mlflow_tracking_uri.startswith("azureml://127.0.0.1:")


def test_code_is_uploaded_once_whatever_its_name(
    ml_client: Any, emulator: Emulator, code: Path, tmp_path: Path
) -> None:
    operations = ml_client._code
    first = operations.create_or_update(Code(path=str(code)))
    files = sorted(path.name for path in emulator.place.artifacts.rglob("*.py"))
    assert files == ["helper.py", "train.py"]
    second = operations.create_or_update(Code(path=str(code)))
    assert second.id == first.id
    operations.download(first.name, first.version, str(tmp_path / "down"))
    assert (tmp_path / "down" / "lib" / "helper.py").read_text() == "X = 1\n"
    (code / "train.py").write_text("print('changed')\n")
    assert operations.create_or_update(Code(path=str(code))).id != first.id


def test_environments_get_versions_and_labels(ml_client: Any, tmp_path: Path) -> None:
    conda = tmp_path / "conda.yml"
    conda.write_text("name: e\ndependencies: [python=3.11]\n")
    for image, expected in [("img", "1"), ("img", "1"), ("other", "2")]:
        made = ml_client.environments.create_or_update(Environment(name="env", image=image, conda_file=str(conda)))
        assert made.version == expected
    assert ml_client.environments.get("env", label="latest").version == "2"
    assert ml_client.environments.get("env", version="1").conda_file["name"] == "e"
    assert [found.version for found in ml_client.environments.list(name="env")] == ["2", "1"]
    assert [found.name for found in ml_client.environments.list()] == ["env"]
    ml_client.environments.archive("env", version="2")
    assert [found.version for found in ml_client.environments.list(name="env")] == ["1"]
    ml_client.environments.restore("env", version="2")
    assert len(list(ml_client.environments.list(name="env"))) == 2


def test_a_build_context_is_uploaded(ml_client: Any, emulator: Emulator, code: Path) -> None:
    (code / "Dockerfile").write_text("FROM scratch\n")
    made = ml_client.environments.create_or_update(Environment(name="built", build=BuildContext(path=str(code))))
    assert made.build.path.startswith(emulator.place.https_origin)


def test_data_gets_versions_and_labels(ml_client: Any, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("a,b\n1,2\n")
    made = ml_client.data.create_or_update(Data(name="d", path=str(file), type="uri_file"))
    assert made.version == "1"
    assert [path.read_text() for path in emulator.place.artifacts.rglob("d.csv")] == ["a,b\n1,2\n"]
    file.write_text("a,b\n3,4\n")
    ml_client.data.create_or_update(Data(name="d", path=str(file), type="uri_file"))
    assert ml_client.data.get("d", label="latest").version == "2"
    assert [found.version for found in ml_client.data.list(name="d")] == ["2", "1"]
    with pytest.raises(Exception, match=r"(?i)not found|latest|does not exist"):
        ml_client.data.get("absent", label="latest")


def test_a_versions_path_never_changes(ml_client: Any) -> None:
    path = "azureml://datastores/workspaceblobstore/paths/x/"
    ml_client.data.create_or_update(Data(name="d", version="1", path=path, type="uri_folder", tags={"a": "1"}))
    same = ml_client.data.create_or_update(Data(name="d", version="1", path=path, type="uri_folder", tags={"a": "2"}))
    assert same.tags == {"a": "2"}
    with pytest.raises(Exception, match=r"(?i)path"):
        ml_client.data.create_or_update(Data(name="d", version="1", path=path + "y/", type="uri_folder"))


def test_models_are_registered_and_found(ml_client: Any, code: Path) -> None:
    made = ml_client.models.create_or_update(Model(name="m", path=str(code), type="custom_model"))
    assert (made.version, ml_client.models.get("m", label="latest").version) == ("1", "1")
    assert [found.name for found in ml_client.models.list()] == ["m"]


def test_components_are_registered_and_found(ml_client: Any, tmp_path: Path) -> None:
    file = tmp_path / "component.yml"
    file.write_text(
        "$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\n"
        "type: command\nname: train\nversion: '3'\ncommand: echo ${{inputs.lr}}\n"
        "environment: azureml:env:1\ninputs:\n  lr: {type: number}\n"
    )
    made = ml_client.components.create_or_update(load_component(str(file)))
    found = ml_client.components.get("train", "3")
    assert (made.id, found.command) == (found.id, "echo ${{inputs.lr}}")


def test_datastores(ml_client: Any, emulator: Emulator) -> None:
    default = ml_client.datastores.get_default()
    assert (default.name, default.account_name.split("/")[1]) == ("workspaceblobstore", "emu")
    made = ml_client.datastores.create_or_update(
        AzureBlobDatastore(name="mine", account_name="realaccount", container_name="stuff", description="d")
    )
    assert (made.container_name, made.description) == ("stuff", "d")
    assert "realaccount" not in made.account_name
    names = sorted(store.name for store in ml_client.datastores.list())
    assert names == ["mine", "workspaceartifactstore", "workspaceblobstore", "workspacefilestore"]
    ml_client.datastores.delete("mine")
    with pytest.raises(ResourceNotFoundError, match="mine"):
        ml_client.datastores.get("mine")


def test_computes(ml_client: Any) -> None:
    assert ml_client.compute.get("any-name").type == "amlcompute"
    made = ml_client.compute.begin_create_or_update(
        AmlCompute(name="cpu", size="STANDARD_D2", max_instances=7)
    ).result()
    assert (made.name, made.max_instances) == ("cpu", 7)
    assert [found.name for found in ml_client.compute.list()] == ["cpu"]
    ml_client.compute.begin_delete("cpu").wait()
    assert list(ml_client.compute.list()) == []


def test_a_wrong_token_is_refused_as_arm_does(emulator: Emulator) -> None:
    class Wrong:
        def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
            return AccessToken(emulator.tokens.issue("https://graph.microsoft.com"), 4_000_000_000)

    client = MLClient(Wrong(), "s", "g", "w", enable_telemetry=False)
    with pytest.raises(ClientAuthenticationError, match="InvalidAuthenticationTokenAudience"):
        client.workspaces.get("w")


def test_an_unserved_type_is_refused_with_what_there_is(ml_client: Any) -> None:
    with pytest.raises(HttpResponseError, match="AmlCompute"):
        ml_client.compute.begin_create_or_update(KubernetesCompute(name="kube", namespace="n", resource_id="/r"))


def test_a_file_share_is_a_datastore(ml_client: Any) -> None:
    made = ml_client.datastores.create_or_update(
        AzureFileDatastore(name="f", account_name="a", file_share_name="share")
    )
    assert (made.type, made.file_share_name) == ("AzureFile", "share")
