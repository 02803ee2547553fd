"""What azureml-core asks beside run history when a script of its time runs in a trial: metrics, and artifacts.

Paths and bodies: its generated client (`azureml._restclient`, azureml-core 1.61).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.api.dataplane.run_history import RunHistoryRoutes, content_information
from emulator.services.context import Emulator
from emulator.services.refusal import user_error
from emulator.services.runs.history import RunHistory
from emulator.services.runs.run_data import Batch
from emulator.services.runs.runs import RunService
from emulator.storage import metrics
from emulator.storage.metrics import Point

_RUN = f"/metric/v2.0{WORKSPACE}/runs/{{run}}"
_ARTIFACTS = f"/artifact/v2.0{WORKSPACE}/artifacts"
_CONTAINER = "/ExperimentRun/dcid.{run}"
_SCALAR = "azureml.v1.scalar"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Metrics of a run, its artifacts by container, and where new ones are uploaded."""
    handlers, history = _CoreRoutes(emulator), RunHistoryRoutes(emulator)
    return [
        Route(f"{_RUN}/batch", handlers.log, methods=["POST"]),
        Route(f"{_RUN}/list", handlers.names, methods=["POST"]),
        Route(f"{_RUN}/full", handlers.values, methods=["POST"]),
        Route(f"{_ARTIFACTS}/batch/metadata{_CONTAINER}", history.new_artifacts, methods=["POST"]),
        Route(f"{_ARTIFACTS}/prefix/contentinfo{_CONTAINER}/{{path:path}}", handlers.contents, methods=["GET"]),
    ]


class _CoreRoutes:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._runs = RunService(emulator)
        self._artifacts = RunHistory(emulator).artifacts

    async def log(self, request: Request) -> Response:
        """Each column of numbers becomes a metric: that of its own name, of a table `NAME.COLUMN`."""
        body = await self._body(request)
        given = body.get("values")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise user_error("`values` must be a list of metrics.", target="values")
        now = self._emulator.clock.now()
        points = [pair for one in given for pair in _points(one, now)]
        caller = getattr(request.state, "caller", None)
        await self._runs.log(workspace_of(request), caller, request.path_params["run"], Batch(points, has_ids=True))
        return Json({"errors": []})

    async def names(self, request: Request) -> Response:
        conn = self._emulator.store.reader()
        job = self._runs.find(conn, workspace_of(request), request.path_params["run"])
        found = [
            {"metricKey": {"namespace": "", "name": name}, "columns": {name: "Double"}}
            for name in (series.key for series in metrics.of(conn, job.id))
        ]
        return Json({"value": found, "continuationToken": None})

    async def values(self, request: Request) -> Response:
        body, workspace, run = await self._body(request), workspace_of(request), request.path_params["run"]
        name = body.get("metricName")
        if not isinstance(name, str):
            raise user_error("The body must name a metricName.", target="metricName")
        found, _ = self._runs.history(workspace, run, name, limit=None, after=0)
        value = [
            {
                "metricId": f"{run}.{name}.{number}",
                "createdUtc": datetime.fromtimestamp(one["timestamp"] / 1000, UTC).isoformat(),
                "step": one["step"],
                "data": {name: one["value"]},
            }
            for number, one in enumerate(found)
        ]
        document = {"dataContainerId": f"dcid.{run}", "name": name, "columns": {name: "Double"}, "value": value}
        return Json({**document, "continuationToken": None, "properties": {"uxMetricType": _SCALAR}})

    async def contents(self, request: Request) -> Response:
        workspace, run = workspace_of(request), request.path_params["run"]
        prefix = request.path_params["path"]
        self._runs.find(self._emulator.store.reader(), workspace, run)
        paths = [one.path for one in self._artifacts.all(workspace, run) if one.path.startswith(prefix)]
        found = [content_information(run, path, self._artifacts.url(workspace, run, path)) for path in paths]
        return Json({"value": found, "continuationToken": None, "nextLink": None})

    async def _body(self, request: Request) -> dict[str, Any]:
        body = await read_json(request, self._emulator.settings.max_body_bytes)
        if not isinstance(body, dict):
            raise user_error("The body must be an object.")
        return body


def _points(given: dict[str, Any], now: float) -> Iterator[tuple[str, Point]]:
    """The numbers of one metric; texts of a table are not kept."""
    name, rows = str(given.get("name", "")), given.get("value")
    for row in rows if isinstance(rows, list) else []:
        data = row.get("data") if isinstance(row, dict) else None
        step = row.get("step") if isinstance(row, dict) else None
        for column, value in data.items() if isinstance(data, dict) else []:
            number = _number(value)
            if number is not None:
                key = name if column == name else f"{name}.{column}"
                yield key, Point(number, now, step if isinstance(step, int) else 0)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value) if not isinstance(value, str) or value in ("NaN", "Infinity", "-Infinity") else None
    except OverflowError:
        return None
