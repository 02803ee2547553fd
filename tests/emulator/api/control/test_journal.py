from __future__ import annotations

import pytest

from tests.emulator.api.control.conftest import Send, job_url


@pytest.fixture
def asked(send: Send) -> Send:
    """Three requests stand in the journal."""
    send("GET", job_url("none"))
    send("GET", "/metadata/endpoints")
    send("DELETE", job_url("none"))
    return send


def numbers(send: Send, query: str) -> list[int]:
    return [entry["number"] for entry in send("GET", f"/_amlet/journal{query}").json()["value"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("?method=get", [1, 2]),
        ("?status=404", [1]),
        ("?status=2xx", [2, 3]),
        ("?refused=true", [1]),
        ("?refused=false", [2, 3]),
        ("?path=metadata", [2]),
        ("?after=1", [2, 3]),
        ("?after=1&top=1", [2]),
        ("?top=1", [3]),
        ("?top=0", []),
    ],
)
def test_it_is_read_by_conditions(asked: Send, query: str, found: list[int]) -> None:
    assert numbers(asked, query) == found


def test_it_tells_how_far_it_goes(asked: Send) -> None:
    assert asked("GET", "/_amlet/journal?after=3").json() == {"value": [], "last": 3}


@pytest.mark.parametrize("query", ["after=-1", "after=x", "top=1.5", "refused=yes", "after=99999999999999999999"])
def test_a_wrong_condition_is_named(send: Send, query: str) -> None:
    answer = send("GET", f"/_amlet/journal?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(query.partition("=")[0] + "=")


def test_it_can_be_emptied(asked: Send) -> None:
    assert asked("DELETE", "/_amlet/journal").status_code == 204
    assert asked("GET", "/_amlet/journal").json() == {"value": [], "last": 0}
