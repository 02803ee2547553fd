"""What the document of a job shows: the recorded values, and what each api-version has of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.storage import assets
from emulator.storage.workspaces import guid_of
from tests.emulator.api.arm.conftest import WORKSPACE, Client

Body = dict[str, Any]
URI = "wasbs://data@account.blob.core.windows.net/iris.csv"


def put(client: Client, body: Body, api: str = "2024-01-01-preview", **changes: Any) -> Any:
    changed = copy.deepcopy(body)
    changed["properties"].update(changes)
    answer = client.arm("PUT", "/jobs/j", json=changed, api=api)
    assert answer.status_code == 201, answer.text
    return answer.json()["properties"]


def test_a_data_input_shows_what_was_left_out(client: Client, command: Body) -> None:
    shown = put(client, command, inputs={"d": {"jobInputType": "uri_file", "uri": URI}})["inputs"]["d"]
    assert shown == {
        "description": None,
        "uri": URI,
        "mode": "ReadOnlyMount",
        "jobInputType": "uri_file",
        "pathOnCompute": None,
    }


def test_an_output_shows_what_was_left_out(client: Client, command: Body) -> None:
    shown = put(client, command, outputs={"o": {"jobOutputType": "uri_folder"}})["outputs"]["o"]
    assert shown.pop("jobOutputType") == "uri_folder"
    assert shown.pop("mode") == "ReadWriteMount"
    assert set(shown.values()) == {None}
    assert set(shown) == {"description", "uri", "assetName", "assetVersion", "pathOnCompute", "autoDeleteSetting"}


def test_the_uri_input_of_a_sweep_becomes_a_data_asset(client: Client, sweep: Body) -> None:
    inputs = {"d": {"jobInputType": "uri_file", "uri": URI}, "n": {"jobInputType": "literal", "value": "3"}}
    shown = put(client, sweep, inputs=inputs)["inputs"]
    base = f"azureml://locations/local/workspaces/{guid_of(WORKSPACE)}/data"
    assert shown["d"]["uri"] == f"{base}/azureml_j_input_data_d/versions/1"
    assert shown["n"] == {"description": None, "value": "3", "jobInputType": "literal"}
    asset = assets.get(client.emulator.store.reader(), WORKSPACE, "data", "azureml_j_input_data_d", "1")
    assert asset is not None
    assert (asset.document["dataUri"], asset.document["dataType"], asset.anonymous) == (URI, "uri_file", True)


def test_an_input_of_a_sweep_that_is_an_asset_stays_one(client: Client, sweep: Body) -> None:
    uri = f"{WORKSPACE}/data/iris/versions/1"
    assert put(client, sweep, inputs={"d": {"jobInputType": "uri_file", "uri": uri}})["inputs"]["d"]["uri"] == uri


def test_a_fetched_sweep_with_inputs_can_be_put_again(client: Client, sweep: Body) -> None:
    shown = put(client, sweep, inputs={"d": {"jobInputType": "uri_file", "uri": URI}})
    assert client.arm("PUT", "/jobs/j", json={"properties": shown}).status_code == 200


def test_a_sweep_has_no_service_but_the_studio(client: Client, sweep: Body) -> None:
    assert set(put(client, sweep)["services"]) == {"Studio"}


def test_a_command_names_its_cluster(client: Client, command: Body) -> None:
    kept = put(client, command)["properties"]
    assert (kept["_azureml.ComputeTargetType"], kept["_azureml.ClusterName"]) == ("amlctrain", "cpu")


def test_a_command_on_serverless_compute_has_no_cluster(client: Client, command: Body) -> None:
    assert put(client, command, computeId=None)["properties"]["_azureml.ClusterName"] is None


def test_the_newer_preview_has_members_of_its_own_and_lacks_others(client: Client, command: Body) -> None:
    inputs = {"d": {"jobInputType": "uri_file", "uri": URI}}
    shown = put(client, command, "2025-01-01-preview", inputs=inputs, outputs={"o": {"jobOutputType": "uri_folder"}})
    assert shown["parentJobName"] is None
    assert shown["resources"]["dockerArgsList"] is None
    assert shown["queueSettings"] == {"jobTier": "Null"}
    assert {"secretsConfiguration", "autologgerSettings"}.isdisjoint(shown)
    assert {"locations", "maxInstanceCount"}.isdisjoint(shown["resources"])
    assert {"assetVersion", "pathOnCompute", "autoDeleteSetting"}.isdisjoint(shown["outputs"]["o"])
    assert "pathOnCompute" not in shown["inputs"]["d"]
    assert "autologgerSettings" in client.arm("GET", "/jobs/j").json()["properties"]


def test_an_older_preview_has_no_resources_of_a_sweep(client: Client, sweep: Body) -> None:
    shown = put(client, sweep, "2023-04-01-preview")
    assert {"resources", "componentConfiguration"}.isdisjoint(shown)
    assert shown["queueSettings"] is None
    assert "shmSize" not in shown["trial"]["resources"]


def test_a_list_has_the_documents_of_its_version(client: Client, sweep: Body) -> None:
    put(client, sweep)
    (listed,) = client.arm("GET", "/jobs", api="2025-12-01").json()["value"]
    assert "resources" not in listed["properties"]


def test_an_undefined_parameter_is_accepted(client: Client, sweep: Body) -> None:
    trial = sweep["properties"]["trial"] | {"command": "echo ${{search_space.nowhere}}"}
    assert put(client, sweep, trial=trial)["status"] == "Running"


@pytest.mark.parametrize(
    ("kind", "message", "inner"),
    [
        ("sweep", "exp: Compute Not Found for run ID : j", None),
        ("command", "Unknown compute target 'cpu'.", {"code": "BadArgument", "code2": "UnknownTargetType"}),
    ],
)
def test_an_unknown_compute_is_refused_where_computes_are_declared(
    make_client: Callable[..., Client],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    kind: str,
    message: str,
    inner: dict[str, str] | None,
) -> None:
    client = make_client()
    client.emulator.project_files.default = tmp_path / "amlet.yml"
    (tmp_path / "amlet.yml").write_text("computes: [{name: other}]\nstrict: [computes]\n")
    body = request.getfixturevalue(kind)
    answer = client.arm("PUT", "/jobs/j", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == ("UserError", message)
    found = [one["info"]["value"] for one in error["additionalInfo"] if one["type"] == "InnerError"]
    chain = inner and {"code": inner["code"], "innerError": {"code": inner["code2"], "innerError": None}}
    assert found == ([chain] if chain else [])
    client.arm("PUT", "/computes/cpu", json={"properties": {"computeType": "AmlCompute"}})
    assert client.arm("PUT", "/jobs/j", json=body).status_code == 201


def test_a_local_job_may_be_left_to_its_client(make_client: Callable[..., Client], command: Body) -> None:
    client = make_client(local_jobs="client")
    local = {"properties": {"IsLocal": {"IsLocal": True}}}
    shown = put(client, command, computeId=None, resources=local)
    assert (shown["status"], set(shown["services"])) == ("NotStarted", {"Local"})
    assert shown["services"]["Local"]["endpoint"].endswith("/startlocalrun?runId=j")
    assert "_azureml.ComputeTargetType" not in shown["properties"]
    assert client.arm("POST", "/jobs/j/cancel").status_code == 202
    assert client.arm("GET", "/jobs/j").json()["properties"]["status"] == "Canceled"


def test_the_emulator_s_own_labels_can_be_left_out(make_client: Callable[..., Client], sweep: Body) -> None:
    tags = {"amlet.x": "1", "amlet.simulated": "true"}
    shown = put(make_client(own_labels=False), sweep, tags=tags)
    assert [key for key in (*shown["tags"], *shown["properties"]) if key.startswith("amlet.")] == ["amlet.simulated"]
    assert "amlet.seed" in make_client().arm("GET", "/jobs/j").json()["properties"]["properties"]
