"""MLClient: which workspace, which cloud, and what creating one costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.studio import Cloud
from gateway import MLClient, aio
from gateway.exceptions import ValidationException
from gateway.operations.cloud import UnknownCloud, endpoints
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


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("a/config.json", True),
        ("a/project.json", True),
        ("a/.azureml/config.json", True),
        (".azureml/config.json", True),
        ("aml_config/project.json", True),
        ("a/b/config.json", False),
        ("a/mine.json", False),
    ],
)
def test_the_places_of_the_official_client_are_looked_at(tmp_path: Path, place: str, found: bool) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(json.dumps(NAMES))
    (tmp_path / "a").mkdir(exist_ok=True)
    if found:
        assert _names(MLClient.from_config(path=tmp_path / "a")) == ("s", "g", "w")
        return
    with pytest.raises(
        ValidationException, match=r"there is no config\.json in .*download it from the workspace's page"
    ):
        MLClient.from_config(path=tmp_path / "a")


@pytest.mark.oracle
@pytest.mark.parametrize("places", [["config.json", "a/config.json"], [".azureml/config.json", "a/config.json"]])
def test_of_several_the_official_client_s_choice_is_taken(tmp_path: Path, sdk, places: list[str]) -> None:
    import azure.ai.ml

    for number, place in enumerate(places):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(json.dumps({**NAMES, "workspace_name": f"w{number}"}))
    theirs = azure.ai.ml.MLClient.from_config(object(), path=tmp_path / "a")
    assert MLClient.from_config(path=tmp_path / "a").workspace_name == theirs.workspace_name


def test_a_config_file_may_have_another_name_or_be_given_itself(tmp_path: Path) -> None:
    scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    (tmp_path / "team.json").write_text(json.dumps({"Scope": scope}))
    assert _names(MLClient.from_config(file_name="team.json")) == ("s", "g", "w")
    assert _names(MLClient.from_config(path=tmp_path / "team.json")) == ("s", "g", "w")
    assert _names(MLClient.from_config(str(tmp_path / "team.json"))) == ("s", "g", "w")
    assert _names(aio.MLClient.from_config(tmp_path / "team.json")) == ("s", "g", "w")


def test_the_signature_of_the_client() -> None:
    for client in (MLClient, aio.MLClient):
        assert [
            (name, parameter.kind.name, parameter.default)
            for name, parameter in inspect.signature(client).parameters.items()
        ] == [
            *(
                (name, "POSITIONAL_OR_KEYWORD", None)
                for name in ("credential", "subscription_id", "resource_group_name", "workspace_name")
            ),
            *((name, "KEYWORD_ONLY", None) for name in ("cloud", "base_url", "transport")),
        ]


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
    with pytest.raises(ValidationException, match=r"mine\.json is not a workspace configuration"):
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


@pytest.mark.parametrize("described", [[{}], {"error": 1}, [1], {"name": None}])
def test_what_describes_no_cloud_is_named(described: object) -> None:
    class Broken(_Metadata):
        def send(self, request: Request) -> Response:
            return Response(200, {}, json.dumps(described).encode(), request)

    environ = {"AZUREML_CURRENT_CLOUD": "Private", "ARM_CLOUD_METADATA_URL": "https://arm.private.example/metadata"}
    with pytest.raises(UnknownCloud, match=r"https://arm\.private\.example/metadata describes no"):
        Session(Broken()).run(endpoints(None, None, environ))


def test_a_cloud_that_describes_itself_says_where_users_sign_in_and_where_blobs_are() -> None:
    class Described(_Metadata):
        def send(self, request: Request) -> Response:
            cloud = {
                "name": "Private",
                "resourceManager": "https://arm.private.example/",
                "portal": "https://portal.azure.private.example/",
                "authentication": {"loginEndpoint": "https://login.private.example/"},
                "suffixes": {"storage": "private.example"},
            }
            return Response(200, {}, json.dumps([cloud]).encode(), request)

    environ = {"AZUREML_CURRENT_CLOUD": "Private", "ARM_CLOUD_METADATA_URL": "https://arm.private.example/metadata"}
    found = Session(Described()).run(endpoints(None, None, environ))
    assert (found.resource_manager, found.storage_suffix) == ("https://arm.private.example", "private.example")
    assert (found.authority, found.user_audience) == (
        "https://login.private.example/",
        "https://ml.azure.private.example",
    )


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [(Cloud.AZURE, "https://ml.azure.com"), (Cloud.CHINA, "https://ml.azure.cn"), (None, "https://ml.azure.com")],
)
def test_whom_the_token_of_a_job_s_user_is_for(cloud: Cloud | None, audience: str) -> None:
    base_url = None if cloud else "https://127.0.0.1:8443"
    assert Session(_Metadata()).run(endpoints(cloud, base_url, {})).user_audience == audience


def test_making_a_client_loads_neither_httpx_nor_azure() -> None:
    code = (
        "import sys; from gateway import MLClient; c = MLClient(None, 's', 'g', 'w'); c.jobs;"
        "print(sorted({'httpx', 'azure', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
