"""The target `live`, with an emulator in the place of the cloud: it finds its way, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from amlet._guard import command_line
from amlet.testing.targets.live import live_workspace
from contracts.resource_id import WorkspaceId
from contracts.suite.target import Request
from emulator.api.identity import managed_identity
from emulator.identity.cloud import CLOUD_NAME
from emulator.server import home
from emulator.server.home import Record
from emulator.server.launch import start_detached

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000001", "group", "live")
#: Scenarios that make every kind of thing: jobs that run, are canceled and stay, codes, environments, data, runs.
SOME = "TestCreation or TestCancelling or TestAssets or TestTracking or archived or of_trials"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """An emulator, and the environment that leads clients of Azure to it."""
    record = start_detached(command_line(), tmp_path / "service", tmp_path / "state")
    for name, value in {
        "ARM_CLOUD_METADATA_URL": f"{record.origin}/metadata/endpoints?api-version=2019-05-01",
        "AZUREML_CURRENT_CLOUD": CLOUD_NAME,
        "REQUESTS_CA_BUNDLE": record.ca,
        "SSL_CERT_FILE": record.ca,
        "IDENTITY_ENDPOINT": f"{record.http_origin}{managed_identity.PATH}",
        "IDENTITY_HEADER": record.identity_header,
        "NO_PROXY": "127.0.0.1,localhost",
        "AMLET_LIVE_WORKSPACE": str(WORKSPACE),
        "AMLET_LIVE_ENVIRONMENT": "azureml:suite:1",
        "AMLET_LIVE_POLL": "0.05",
        "AMLET_LIVE_PATIENCE": "60",
    }.items():
        monkeypatch.setenv(name, value)
    yield record
    home.stop(record)


def left(view: str) -> dict[str, list[str]]:
    """The names of what is in the workspace."""
    kinds = ("jobs", "environments", "data", "codes")
    with live_workspace() as target:
        urls = {kind: f"{WORKSPACE}/{kind}?api-version=2024-01-01-preview&listViewType={view}" for kind in kinds}
        found = {kind: target.send(Request("GET", url)).json["value"] for kind, url in urls.items()}
    return {kind: [one["name"] for one in items] for kind, items in found.items()}


def test_the_suite_runs_on_a_workspace_and_leaves_nothing_in_it(
    service: Record, run_pytest: Callable[..., Any]
) -> None:
    outcomes, output = run_pytest("--pyargs", "amlet.testing.suite", "--target=live", "-k", SOME)
    assert {name for name, outcome in outcomes.items() if outcome != "PASSED"} == set(), output[-5000:]
    assert len(outcomes) > 40
    assert left("ActiveOnly") == {"jobs": [], "environments": [], "data": [], "codes": []}
    # A run that MLflow deletes is an archived job with a name of the service's own making.
    assert [name for names in left("All").values() for name in names if name.startswith("suite")] == []


def test_without_a_workspace_it_says_which_variable_is_missing(
    run_pytest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMLET_LIVE_WORKSPACE", raising=False)
    _, output = run_pytest("--pyargs", "amlet.testing.suite", "--target=live")
    assert "set AMLET_LIVE_WORKSPACE to the ARM id of the workspace" in output
