"""The description against the routes, and against what they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate
from starlette.routing import Route

from emulator.api.control.openapi import document
from emulator.api.lazy_routes import every_route
from emulator.app import app_of
from emulator.services.context import Emulator
from tests.emulator.api.control.conftest import WORKSPACE, Send, job_url, put_sweep

_METHODS = {"get", "put", "post", "delete"}


def described() -> Iterator[tuple[str, str]]:
    for path, operations in document()["paths"].items():
        yield from ((method, path) for method in operations if method in _METHODS)


def test_it_is_valid() -> None:
    validate(document())


def test_it_describes_every_route_and_no_other(emulator: Emulator) -> None:
    served = {
        (method.lower(), route.path)
        for route in every_route(app_of(emulator).routes)
        if isinstance(route, Route) and route.endpoint.__module__.startswith("emulator.api.control.")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert set(described()) == served


def test_it_is_served(send: Send) -> None:
    assert send("GET", "/_amlet/openapi.json").json() == document()


@pytest.mark.parametrize(("method", "path"), sorted(described()))
def test_all_but_health_and_ready_want_a_token(send: Send, method: str, path: str) -> None:
    operation = document()["paths"][path][method]
    answer = send(method.upper(), re.sub(r"\{\w+\}", "one", path), headers={})
    assert (answer.status_code == 401) == (operation.get("security") != [])


@pytest.mark.parametrize(("method", "path"), sorted(described()))
def test_the_token_of_a_trial_opens_none(emulator: Emulator, method: str, path: str, ask: Any) -> None:
    from dataclasses import replace

    from amlet.testing.emulator_instance import signing_key
    from emulator.identity.tokens import TokenAuthority

    if document()["paths"][path][method].get("security") == []:
        return
    tokens = TokenAuthority(signing_key(), origin="https://127.0.0.1:8443", clock=emulator.clock)
    headers = {"Authorization": f"Bearer {tokens.issue_for_run('one', lifetime=3600)}"}
    app, url = app_of(replace(emulator, tokens=tokens)), re.sub(r"\{\w+\}", "one", path)
    answer = ask(app, method.upper(), url, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")


_REQUESTS: list[tuple[str, str, Any]] = [
    ("get", "/_amlet/health", None),
    ("get", "/_amlet/ready", None),
    ("get", "/_amlet/openapi.json", None),
    ("post", "/_amlet/faults", {"match": "jobs/*", "status": 503, "body": {"a": 1}, "headers": {"x": "1"}}),
    ("post", "/_amlet/faults", {"reset": True}),
    ("post", "/_amlet/faults", {"nonsense": 1}),
    ("get", "/_amlet/faults", None),
    ("get", "/_amlet/faults/fault-1", None),
    ("get", "/_amlet/faults/fault-9", None),
    ("post", "/_amlet/faults/verify", None),
    ("delete", "/_amlet/faults/fault-1", None),
    ("delete", "/_amlet/faults", None),
    ("post", "/_amlet/faults/verify", None),
    (
        "put",
        "/_amlet/scenario",
        {"trials": [{"match": {"trial": [0]}, "metrics": {"a": [1, 2]}}], "requests": [{"status": 503}]},
    ),
    ("put", "/_amlet/scenario", {"seed": 1}),
    ("put", "/_amlet/scenario", {"trials": [{"hang": 3}]}),
    ("get", "/_amlet/scenario", None),
    ("post", "/_amlet/scenario/verify", None),
    ("delete", "/_amlet/scenario", None),
    ("post", "/_amlet/scenario/verify", None),
    ("get", "/_amlet/journal", None),
    ("get", "/_amlet/journal?after=x", None),
    ("delete", "/_amlet/journal", None),
    ("get", "/_amlet/clock", None),
    ("post", "/_amlet/clock", {"frozen": True, "advance": 60, "settle": True, "limit": 10}),
    ("post", "/_amlet/clock", {}),
    ("get", f"/_amlet{WORKSPACE}/studio", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/one/explanation", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/one/provenance", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/one/attempts", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/none/attempts", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/one/record", None),
    ("get", f"/_amlet{WORKSPACE}/jobs/none/record", None),
    ("put", f"/_amlet{WORKSPACE}/jobs/two/record", {"nonsense": 1}),
    ("post", f"/_amlet{WORKSPACE}/jobs/one/preempt", None),
    ("post", f"/_amlet{WORKSPACE}/jobs/none/preempt", None),
    ("post", "/_amlet/snapshot", {"name": "one"}),
    ("post", "/_amlet/snapshot", {"name": "../one"}),
    ("get", "/_amlet/snapshot", None),
    ("get", "/_amlet/snapshot/one", None),
    ("get", "/_amlet/snapshot/none", None),
    ("put", "/_amlet/snapshot/bad", b"no archive"),
    ("post", "/_amlet/restore", {"name": "bad"}),
    ("post", "/_amlet/restore", {"name": "none"}),
    ("post", "/_amlet/restore", {"name": "one"}),
    ("delete", "/_amlet/snapshot/one", None),
    ("post", "/_amlet/reset", None),
]


def test_every_answer_is_one_that_is_described(send: Send) -> None:
    put_sweep(send)
    send("GET", job_url("none"))
    paths, schemas = document()["paths"], document()
    for method, url, body in _REQUESTS:
        given = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        answer = send(method.upper(), url, **given)
        path = next(path for path in (url.partition("?")[0], *paths) if _is_for(path, url) and path in paths)
        where = f"{method} {url}: {answer.status_code} {answer.text[:200]}"
        responses = paths[path][method]["responses"]
        assert str(answer.status_code) in responses, where
        response = responses[str(answer.status_code)]
        if "$ref" in response:
            response = schemas["components"]["responses"][response["$ref"].rpartition("/")[2]]
        if content := response.get("content", {}).get("application/json"):
            jsonschema.validate(json.loads(answer.text), content["schema"] | {"components": schemas["components"]})
        else:
            assert answer.status_code in {202, 204} or answer.headers["content-type"] == "application/zip", where
        if isinstance(body, dict) and answer.status_code < 300:
            schema = paths[path][method]["requestBody"]["content"]["application/json"]["schema"]
            jsonschema.validate(body, schema | {"components": schemas["components"]})


def _is_for(path: str, url: str) -> bool:
    """Whether a template of a path is that of a URL."""
    parts, words = path.split("/"), url.partition("?")[0].split("/")
    return len(parts) == len(words) and all(
        part.startswith("{") or part == word for part, word in zip(parts, words, strict=True)
    )
