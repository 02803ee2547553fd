from __future__ import annotations

from typing import Any

import pytest

from amlet.cli.commands.journal import line


def exchange(**values: Any) -> dict[str, Any]:
    return {
        "at": "2026-01-01T10:20:30.1230000+00:00",
        "method": "GET",
        "path": "/jobs/one",
        "query": "",
        "status": 200,
        "seconds": 0.0021,
        "refusal": None,
        "fault": None,
        "near": [],
        "request": {"headers": {}, "body": ""},
        "answer": {"headers": {}, "body": "{}", "bytes": 2},
        **values,
    }


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "10:20:30.123 200 GET    /jobs/one  2.1 ms"),
        ({"query": "a=1", "status": None}, "10:20:30.123 --- GET    /jobs/one?a=1  2.1 ms"),
        (
            {"status": 404, "refusal": {"code": "UserError", "message": "Gone."}},
            "10:20:30.123 404 GET    /jobs/one  2.1 ms\n    UserError: Gone.",
        ),
        (
            {"status": 404, "near": ["GET /jobs/{name}"], "fault": "fault-1"},
            "10:20:30.123 404 GET    /jobs/one  2.1 ms\n    a planned fault: fault-1\n    nearest: GET /jobs/{name}",
        ),
    ],
)
def test_an_exchange_is_a_line_for_people_and_more_where_it_went_wrong(values: dict[str, Any], text: str) -> None:
    assert line(exchange(**values)) == text


def test_bodies_are_shown_where_they_are_wanted() -> None:
    assert line(exchange(), bodies=True).endswith("\n    < {}")
