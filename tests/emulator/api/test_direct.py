"""What answers a request without a walk through all routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.api.arm.jobs import GetJob, PutJob
from emulator.api.direct import DirectRoutes
from emulator.api.lazy_routes import lazy_routes

WORKSPACE = WorkspaceId("sub", "group", "ws")
JOB = WORKSPACE.child("jobs", "one")


@pytest.fixture
def find(make_emulator: Callable[..., Any]) -> Callable[[str, str], Any]:
    direct = DirectRoutes(lazy_routes(make_emulator()))

    def found(method: str, path: str) -> Any:
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path}
        return direct.find(scope), scope.get("path_params")

    return found


@pytest.mark.parametrize(("method", "kind"), [("GET", GetJob), ("HEAD", GetJob), ("PUT", PutJob)])
def test_one_job_is_found_with_the_names_in_its_path(find: Any, method: str, kind: type) -> None:
    answers, names = find(method, JOB)
    assert isinstance(answers, kind)
    assert names == {"subscription": "sub", "group": "group", "workspace": "ws", "name": "one"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", JOB),
        ("DELETE", JOB),
        ("GET", f"{WORKSPACE}/jobs"),
        ("GET", f"{WORKSPACE}/jobs/"),
        ("GET", f"{WORKSPACE}/computes/one"),
        ("POST", f"{JOB}/cancel"),
        ("GET", JOB.replace(PROVIDER, "Microsoft.Compute")),
        ("GET", JOB.replace("/group/", "//")),
        ("GET", f"/_amlet{JOB}"),
        ("GET", f"/history/v1.0{JOB}"),
        ("GET", "/"),
    ],
)
def test_all_else_is_left_to_the_routes(find: Any, method: str, path: str) -> None:
    assert find(method, path)[0] is None
