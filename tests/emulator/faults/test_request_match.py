from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from emulator.faults.request_match import Asked, Match, RequestMatch

_JOB = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/one"


def match(value: object) -> RequestMatch:
    return TypeAdapter(Match).validate_python(value)


def asked(method: str = "GET", path: str = _JOB, **others: dict[str, str]) -> Asked:
    return Asked(method, path, others.get("query", {}), others.get("headers", {}))


@pytest.mark.parametrize(
    ("short", "method", "path"),
    [
        ("GET jobs/*", "GET", "jobs/*"),
        ("jobs/*", None, "jobs/*"),
        ("jobs", None, "jobs"),
        ("DELETE", "DELETE", None),
        ("PUT|PATCH /a/**", "PUT|PATCH", "/a/**"),
    ],
)
def test_a_short_form_is_read(short: str, method: str | None, path: str | None) -> None:
    found = match(short)
    assert (found.method, found.path) == (method, path)


@pytest.mark.parametrize("path", [_JOB, "jobs/*", "jobs/one", "/**", "JOBS/ONE", "**/workspaces/w/**"])
def test_a_path_matches(path: str) -> None:
    assert match({"path": path}).matches(asked())


@pytest.mark.parametrize("path", ["jobs", "jobs/two", "/jobs/one", "obs/one", "workspaces/*", "jobs/one/"])
def test_a_path_does_not_match(path: str) -> None:
    assert not match({"path": path}).matches(asked())


def test_one_of_several_methods_matches() -> None:
    rule = match("put|patch jobs/*")
    assert [rule.matches(asked(method)) for method in ("PUT", "PATCH", "GET")] == [True, True, False]


def test_query_and_headers_are_matched_by_value_with_wildcards() -> None:
    rule = match({"query": {"api-version": "2024-*"}, "headers": {"User-Agent": "*azure*"}})
    right = {"query": {"api-version": "2024-10-01"}, "headers": {"user-agent": "x azure y"}}
    assert rule.matches(asked(**right))
    assert not rule.matches(asked(**{**right, "headers": {}}))
    assert not rule.matches(asked(**{**right, "query": {"api-version": "2025-10-01"}}))


def test_an_empty_rule_matches_everything() -> None:
    assert RequestMatch().matches(asked("POST", "/"))
    assert str(RequestMatch()) == "any method any path"


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'GRAB' is not a method; known are GET, "):
        match("grab jobs/*")
