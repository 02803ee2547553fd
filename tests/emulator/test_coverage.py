"""The page that says what of the control plane is served."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from starlette.responses import Response
from starlette.routing import Route

from emulator.api.arm.refused import RefusedRoute

_DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_page", _DOCS / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.oracle
def test_the_page_is_what_the_published_definitions_and_the_routes_give(page: ModuleType, corpus: Path) -> None:
    definitions = corpus / "openapi" / "machinelearning_2025-12-01_selfcontained.json"
    recorded = json.loads(page.RECORDED.read_text(encoding="utf-8"))
    made = page.document(json.loads(definitions.read_text(encoding="utf-8")), recorded)
    assert (_DOCS / "coverage.md").read_text(encoding="utf-8") == made, "run docs/coverage.py again"


def test_an_operation_is_served_by_its_method_and_not_by_its_path_alone(page: ModuleType) -> None:
    def answer(_: object) -> Response:
        return Response()

    routes = [
        Route("/workspaces/{name}/jobs/{id}", answer, methods=["GET"]),
        RefusedRoute("/workspaces/{name}/schedules", ["GET"], "There are none."),
    ]
    paths: dict[str, dict[str, dict[str, str]]] = {"/workspaces/{w}/jobs/{id}": {"get": {}, "put": {}}}
    paths["/workspaces/{w}/schedules"] = {"get": {}}
    rows = page.coverage({"paths": paths}, routes, {})
    assert [(row.state, row.reason) for row in rows] == [
        ("served", ""),
        ("not yet", ""),
        ("refused on purpose", "There are none."),
    ]


def test_evidence_is_an_answer_of_the_kind_that_is_claimed(page: ModuleType) -> None:
    async def answer(_: object) -> Response:
        return Response()

    routes = [Route("/workspaces/{name}/jobs", answer, methods=["GET", "PUT"])]
    paths: dict[str, dict[str, dict[str, str]]] = {"/workspaces/{w}/jobs": {"get": {}, "put": {}}}
    recorded = {
        "GET /workspaces/{}/jobs": {"REST": {"test": "t::one", "status": 200}},
        "PUT /workspaces/{}/jobs": {"REST": {"test": "t::two", "status": 404}},
    }
    rows = page.coverage({"paths": paths}, routes, recorded)
    assert [dict(row.tests) for row in rows] == [{"REST": "t::one"}, {}]


@pytest.mark.oracle
def test_every_served_operation_has_evidence(page: ModuleType, corpus: Path) -> None:
    definitions = corpus / "openapi" / "machinelearning_2025-12-01_selfcontained.json"
    recorded = json.loads(page.RECORDED.read_text(encoding="utf-8"))
    lines = page.document(json.loads(definitions.read_text(encoding="utf-8")), recorded).splitlines()
    assert [line for line in lines if line.startswith("| `") and line.endswith("|  |")] == []


def test_every_test_that_is_named_as_evidence_exists(page: ModuleType) -> None:
    recorded = json.loads(page.RECORDED.read_text(encoding="utf-8"))
    named = {one["test"].partition("[")[0] for clients in recorded.values() for one in clients.values()}
    here = Path(__file__).parent
    gone = [test for test in named if f"def {test.split('::')[1]}(" not in (here / test.split("::")[0]).read_text()]
    assert gone == []
