"""What is refused on purpose says why."""

from __future__ import annotations

import pytest

from tests.emulator.api.arm.conftest import Client


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("PUT", "", 400, "there once it is named"),
        ("PATCH", "", 400, "there once it is named"),
        ("DELETE", "", 400, "there once it is named"),
        ("POST", "/diagnose", 400, "amlet doctor"),
        ("POST", "/listNotebookKeys", 400, "no notebooks"),
        *(
            ("POST", f"/{collection}/n/versions/1/publish", 400, "no registries")
            for collection in ("codes", "components", "data", "environments", "models")
        ),
        ("GET", "/schedules", 404, "no schedules"),
        ("GET", "/schedules/s", 404, "no schedules"),
        ("PUT", "/schedules/s", 400, "no schedules"),
        ("DELETE", "/schedules/s", 400, "no schedules"),
        ("POST", "/computes/cpu/listKeys", 400, "no keys"),
        *(
            ("POST", f"/computes/cpu/{action}", 400, "neither started nor stopped")
            for action in ("start", "stop", "restart")
        ),
    ],
)
def test_what_is_refused_on_purpose_says_why(client: Client, method: str, path: str, status: int, reason: str) -> None:
    answer = client.arm(method, path, json={})
    assert answer.status_code == status
    assert reason in answer.json()["error"]["message"]
