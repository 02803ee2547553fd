"""A workspace behind httpx: synchronous and asynchronous code, own routes, and requests that nothing answers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from amlet.testing import InProcessEmulator, mock_workspace
from amlet.testing.respx_router import UnexpectedRequest

JOBS = (
    "https://management.azure.com/subscriptions/s/resourceGroups/g"
    "/providers/Microsoft.MachineLearningServices/workspaces/w/jobs"
)
VERSION = {"api-version": "2024-01-01-preview"}
SIGNED = {"Authorization": "Bearer any"}
SWEEP: dict[str, Any] = {
    "properties": {
        "jobType": "Sweep",
        "objective": {"goal": "Maximize", "primaryMetric": "accuracy"},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
        "searchSpace": {"lr": ["uniform", [0.0, 1.0]]},
        "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 2},
        "trial": {"command": "python t.py ${{search_space.lr}}", "environmentId": "azureml:e:1"},
    }
}


def put(name: str) -> httpx.Response:
    return httpx.put(f"{JOBS}/{name}", params=VERSION, headers=SIGNED, json=SWEEP)


def test_a_sweep_runs_behind_httpx() -> None:
    with mock_workspace(objective=lambda lr: 0.5):
        assert put("mine").status_code == 201
        answer = httpx.get(f"{JOBS}/mine", params=VERSION, headers=SIGNED)
    properties = answer.json()["properties"]
    assert (properties["status"], properties["properties"]["score"]) == ("Completed", "0.5")


def test_asynchronous_code_is_answered_too() -> None:
    async def ask() -> int:
        async with httpx.AsyncClient(params=VERSION, headers=SIGNED) as client:
            return (await client.get(JOBS)).status_code

    with mock_workspace():
        assert asyncio.run(ask()) == 200


def test_links_in_answers_can_be_followed() -> None:
    with mock_workspace(settings={"page_size": 1}):
        put("one"), put("two")
        first = httpx.get(JOBS, params=VERSION, headers=SIGNED).json()
        second = httpx.get(first["nextLink"], headers=SIGNED).json()
    assert [first["value"][0]["name"], second["value"][0]["name"]] == ["two", "one"]


def test_a_token_is_wanted() -> None:
    with mock_workspace():
        assert httpx.get(JOBS, params=VERSION).status_code == 401


def test_refusals_are_answers() -> None:
    with mock_workspace():
        assert httpx.get(f"{JOBS}/absent", params=VERSION, headers=SIGNED).status_code == 404


@pytest.mark.parametrize(
    ("method", "url", "nearest"),
    [
        ("GET", JOBS.replace("/jobs", "/jbos/x"), r"nearest to it: .*GET .*/jobs/\{name\}"),
        ("DELETE", f"{JOBS}/x/cancel", r"nearest to it: .*POST .*/jobs/\{name\}/cancel"),
        ("GET", "https://elsewhere.test/" + JOBS.partition(".com/")[2], r"nearest to it: .*/jobs"),
    ],
)
def test_what_no_workspace_answers_fails_with_the_nearest_operation(method: str, url: str, nearest: str) -> None:
    with mock_workspace(), pytest.raises(UnexpectedRequest, match=nearest):
        httpx.request(method, url, params=VERSION, headers=SIGNED)


def test_own_routes_come_first() -> None:
    with mock_workspace() as workspace:
        workspace.get(f"{JOBS}/broken").respond(503)
        assert httpx.get(f"{JOBS}/broken", params=VERSION, headers=SIGNED).status_code == 503
        assert httpx.get(JOBS, params=VERSION, headers=SIGNED).status_code == 200
        assert [call.response.status_code for call in workspace.calls] == [503, 200]


def test_a_planned_fault_breaks_the_connection_as_httpx_knows_it() -> None:
    with mock_workspace() as workspace:
        workspace.emulator.faults.plan(match="GET jobs", reset="before")
        with pytest.raises(httpx.ReadError):
            httpx.get(JOBS, params=VERSION, headers=SIGNED)


def test_an_emulator_at_hand_can_answer() -> None:
    with InProcessEmulator() as emulator, mock_workspace(emulator):
        signed = {"Authorization": f"Bearer {emulator.token()}"}
        assert httpx.put(f"{JOBS}/mine", params=VERSION, headers=signed, json=SWEEP).status_code == 201
        assert emulator.journal.find("PUT", "jobs/mine")


def test_nothing_is_mocked_afterwards() -> None:
    with mock_workspace():
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://127.0.0.1:1")
