"""`/_amlet/openapi.json`: the description of everything below `/_amlet/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.version import __version__
from emulator.api.bodies import Json
from emulator.services.context import Emulator

_REFERENCE = "#/components/schemas/{model}"


def routes(_: Emulator) -> list[BaseRoute]:
    """The document."""

    async def describe(_: Request) -> Response:
        return Json(document())

    return [Route("/_amlet/openapi.json", describe, methods=["GET"])]


@cache
def document() -> dict[str, Any]:
    """`openapi.yml`, with the schemas of the bodies as their models have them."""
    from pydantic.json_schema import models_json_schema

    from contracts.diagnostics.yaml_text import parse
    from emulator.api.control.models import ClockChange, SnapshotName
    from emulator.faults.rule import FaultRule
    from emulator.services.jobs.record import JobDocument
    from emulator.simulation.scenario import Scenario

    described: dict[str, Any] = parse(Path(__file__).with_name("openapi.yml").read_text(encoding="utf-8"))
    models = [(model, "validation") for model in (FaultRule, Scenario, ClockChange, SnapshotName, JobDocument)]
    _, schemas = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]
    described["info"]["version"] = __version__
    described["components"]["schemas"] |= schemas["$defs"]
    return described
