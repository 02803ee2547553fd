from __future__ import annotations

import pytest

from contracts.resource_id import WorkspaceId
from contracts.studio import Cloud, experiment_url, job_url, workspace_url

WS = WorkspaceId("s1", "rg", "ws")
WSID = "wsid=/subscriptions/s1/resourcegroups/rg/workspaces/ws"


@pytest.mark.parametrize(
    ("origin", "start"),
    [
        (Cloud.AZURE.studio, "https://ml.azure.com/runs/j?"),
        (Cloud.CHINA.studio, "https://ml.azure.cn/runs/j?"),
        (Cloud.US_GOVERNMENT.studio, "https://ml.azure.us/runs/j?"),
        ("https://127.0.0.1:8443/", "https://127.0.0.1:8443/runs/j?"),
    ],
)
def test_a_job_has_a_page_in_every_cloud_and_on_an_emulator(origin: str, start: str) -> None:
    assert job_url(origin, WS, "j") == start + WSID


def test_workspace_and_experiment_pages_have_the_services_shapes() -> None:
    assert workspace_url("https://ml.azure.com", WS) == "https://ml.azure.com?" + WSID
    assert experiment_url("https://ml.azure.com", WS, "e") == "https://ml.azure.com/experiments/e?" + WSID


def test_the_recorded_studio_endpoint_is_reproduced(corpus) -> None:  # type: ignore[no-untyped-def]
    import json

    recording = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())
    answer = recording["entries"][0]["response"]
    endpoint = answer["properties"]["services"]["Studio"]["endpoint"]
    assert job_url(Cloud.AZURE.studio, WorkspaceId.parse(answer["id"]), answer["name"]) == endpoint


def test_a_cloud_is_found_by_its_name_in_any_case() -> None:
    assert Cloud.named("azureusgovernment") is Cloud.US_GOVERNMENT


def test_an_unknown_cloud_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="known are AzureCloud, AzureChinaCloud, AzureUSGovernment"):
        Cloud.named("AzureMoon")
