"""MLClient: which workspace, which cloud, and what making one costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.studio import Cloud
from gateway import MLClient
from gateway.cloud import endpoints
from gateway.exceptions import ValidationException
from gateway.transport.messages import Request, Response
from gateway.transport.session import Session

NAMES = {"subscription_id": "s", "resource_group": "g", "workspace_name": "w"}


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AZURE_SUBSCRIPTION_ID", "AZURE_DEFAULTS_GROUP", "AZURE_DEFAULTS_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    monkeypatch.chdir(tmp_path)


def _names(client: MLClient) -> tuple[str, str, str]:
    return client.subscription_id, client.resource_group_name, client.workspace_name


def test_arguments_are_used() -> None:
    assert _names(MLClient(None, "s", "g", "w")) == ("s", "g", "w")


def test_a_config_file_is_found_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".azureml").mkdir()
    (tmp_path / ".azureml" / "config.json").write_text(json.dumps(NAMES))
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "config.json").write_text('{"model": "of something else"}')
    monkeypatch.chdir(below)
    assert _names(MLClient.from_config()) == ("s", "g", "w")
    assert _names(MLClient(workspace_name="other")) == ("s", "g", "other")


def test_the_defaults_of_az_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "azure").mkdir()
    (tmp_path / "azure" / "config").write_text("[defaults]\ngroup = ag\nworkspace = aw\n")
    profile = {"subscriptions": [{"id": "no"}, {"id": "as", "isDefault": True}]}
    (tmp_path / "azure" / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8-sig")
    monkeypatch.setenv("AZURE_DEFAULTS_GROUP", "eg")
    assert _names(MLClient()) == ("as", "eg", "aw")


def test_a_missing_name_is_said_with_the_ways_to_give_it() -> None:
    with pytest.raises(ValidationException, match=r"--resource-group, --workspace-name not given.*config\.json"):
        _ = MLClient(subscription_id="s").workspace_name


def test_a_config_file_without_a_workspace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(ValidationException, match=r"mine\.json is no workspace configuration"):
        MLClient.from_config(path=tmp_path / "mine.json")


class _Metadata:
    """A cloud that describes itself."""

    def send(self, request: Request) -> Response:
        cloud = {
            "name": "AzureLocal",
            "resourceManager": "https://127.0.0.1:8443/",
            "portal": "https://portal.azure.com/",
        }
        return Response(200, {}, json.dumps([cloud]).encode(), request)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("cloud", "base_url", "environ", "expected"),
    [
        (None, None, {}, "https://management.azure.com"),
        (Cloud.CHINA, None, {}, "https://management.chinacloudapi.cn"),
        ("azureusgovernment", None, {}, "https://management.usgovcloudapi.net"),
        (None, "https://127.0.0.1:1/", {"AZUREML_CURRENT_CLOUD": "AzureChinaCloud"}, "https://127.0.0.1:1"),
        (None, None, {"AZUREML_CURRENT_CLOUD": "AzureChinaCloud"}, "https://management.chinacloudapi.cn"),
        (
            None,
            None,
            {"AZUREML_CURRENT_CLOUD": "AzureLocal", "ARM_CLOUD_METADATA_URL": "https://127.0.0.1:8443/m"},
            "https://127.0.0.1:8443",
        ),
    ],
)
def test_the_cloud_is_the_one_that_is_said(cloud, base_url, environ, expected) -> None:
    assert Session(_Metadata()).run(endpoints(cloud, base_url, environ)).resource_manager == expected


@pytest.mark.parametrize("environ", [{}, {"ARM_CLOUD_METADATA_URL": "https://127.0.0.1:8443/m"}])
def test_an_unknown_cloud_never_falls_back_to_the_public_one(environ) -> None:
    with pytest.raises(ValueError, match="Elsewhere"):
        Session(_Metadata()).run(endpoints("Elsewhere", None, environ))


def test_making_a_client_loads_neither_httpx_nor_azure() -> None:
    code = (
        "import sys; from gateway import MLClient; c = MLClient(None, 's', 'g', 'w'); c.jobs;"
        "print(sorted({'httpx', 'azure', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
