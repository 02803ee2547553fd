"""Run history's routes, and the two of the dataset and model planes that a download asks.

Paths and bodies: what the official SDK and azureml-mlflow call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.services.context import Emulator
from emulator.services.fencing import origin_for
from emulator.services.page_token import refuse_odata
from emulator.services.refusal import user_error
from emulator.services.runs.artifacts import Artifact
from emulator.services.runs.history import RunHistory
from emulator.services.runs.runs import number_of
from emulator.trials.output_assets import output_place

_HISTORY = f"/history/v1.0{WORKSPACE}"

#: A run is found with and without its experiment in the path; names are unique in a workspace.
_RUNS = (
    f"{_HISTORY}/runs/{{run}}",
    f"{_HISTORY}/experiments/{{experiment}}/runs/{{run}}",
    f"{_HISTORY}/experimentids/{{experiment}}/runs/{{run}}",
)


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All of run history."""
    handlers = RunHistoryRoutes(emulator)
    of_a_run: list[tuple[str, Callable[..., Any], str]] = [
        ("/details", handlers.details, "GET"),
        ("", handlers.get, "GET"),
        ("", handlers.patch, "PATCH"),
        ("/children", handlers.children, "GET"),
        ("/serviceinstances/{node}", handlers.services, "GET"),
        ("/events", handlers.event, "POST"),
        ("/metricsingest/wait", handlers.event, "GET"),
        ("/artifacts", handlers.list_artifacts, "GET"),
        ("/artifacts/path", handlers.list_artifacts, "GET"),
        ("/artifacts/contentinfo", handlers.artifact_url, "GET"),
        ("/artifacts/batch/metadata", handlers.new_artifacts, "POST"),
    ]
    return [
        *(Route(f"{run}{path}", answer, methods=[method]) for path, answer, method in of_a_run for run in _RUNS),
        Route(f"{_HISTORY}/rundata", handlers.data, methods=["POST"]),
        Route(f"/data/v1.0{WORKSPACE}/dataversion/batchGetResolvedUris", handlers.resolve, methods=["POST"]),
        Route(f"/modelregistry/v1.0{WORKSPACE}/models/batchGetResolvedUris", handlers.resolve, methods=["POST"]),
    ]


class RunHistoryRoutes:
    """The handlers; some answer other planes' paths too.

    Parameters:
        emulator: that serves them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._history = RunHistory(emulator)
        self._artifacts = self._history.artifacts

    async def get(self, request: Request) -> Response:
        return Json(self._history.run(workspace_of(request), request.path_params["run"]))

    async def details(self, request: Request) -> Response:
        run = request.path_params["run"]
        return Json(self._history.details(workspace_of(request), run, lambda path: self._url(request, run, path)))

    async def patch(self, request: Request) -> Response:
        body, caller = await self._body(request), getattr(request.state, "caller", None)
        return Json(await self._history.change(workspace_of(request), caller, request.path_params["run"], body))

    async def children(self, request: Request) -> Response:
        query = {name.lower(): value for name, value in request.query_params.items()}
        refuse_odata(query, "children", "$top")
        after, top = number_of(query, "$continuationtoken"), number_of(query, "$top") or None
        workspace, run = workspace_of(request), request.path_params["run"]
        page, following = self._history.children(workspace, run, after=after, top=top)
        body: dict[str, Any] = {"value": page}
        if following is not None:
            query["$continuationtoken"] = body["continuationToken"] = str(following)
            if top is not None:
                query["$top"] = str(top - len(page))
            body["nextLink"] = f"{origin_for(request.state, self._emulator.place)}{request.url.path}?{urlencode(query)}"
        return Json(body)

    async def data(self, request: Request) -> Response:
        body = await self._body(request)
        run = body.get("runId") if isinstance(body, dict) else None
        if not isinstance(run, str):
            raise user_error("The body must name a runId.", target="runId")
        return Json(self._history.data(workspace_of(request), run))

    async def services(self, request: Request) -> Response:
        """Trials are local processes: there is nothing to connect to."""
        self._history.run(workspace_of(request), request.path_params["run"])
        return Json({"instances": {}})

    async def event(self, request: Request) -> Response:
        """Older clients tell what happens to a run, and wait for metrics that are stored already."""
        self._history.run(workspace_of(request), request.path_params["run"])
        return Json({})

    async def list_artifacts(self, request: Request) -> Response:
        workspace, run = workspace_of(request), request.path_params["run"]
        self._history.run(workspace, run)
        prefix = request.query_params.get("path", "")
        found = [one for one in self._artifacts.all(workspace, run) if one.path.startswith(prefix)]
        return Json({"value": [_artifact(run, one) for one in found]})

    async def artifact_url(self, request: Request) -> Response:
        workspace, run = workspace_of(request), request.path_params["run"]
        path = request.query_params.get("path", "")
        _, file = self._artifacts.open(workspace, run, path)
        # It was opened only to refuse what is not there: a signed address of nothing would fail later, in other words.
        file.close()
        return Json(content_information(run, path, self._url(request, run, path)))

    async def new_artifacts(self, request: Request) -> Response:
        """Where a client may upload files: it gets a signed URL for each."""
        workspace, run = workspace_of(request), request.path_params["run"]
        body = await self._body(request)
        given = (body.get("paths") or []) if isinstance(body, dict) else []
        if not isinstance(given, list) or not all(isinstance(one, dict) and "path" in one for one in given):
            raise user_error("`paths` must be a list of objects with a `path`.", target="paths")
        paths = [str(one["path"]) for one in given]
        self._artifacts.check_writable(workspace, getattr(request.state, "caller", None), run)
        taken = {path: message for path in paths if (message := self._artifacts.taken(workspace, run, path))}
        free = [path for path in paths if path not in taken]
        urls = {path: self._url(request, run, path, permissions="rcw") for path in free}
        return Json(
            {
                "artifacts": {path: _artifact(run, Artifact(path)) for path in free},
                "artifactContentInformation": {path: content_information(run, path, url) for path, url in urls.items()},
                "errors": {
                    path: {"error": {"code": "UserError", "message": message}} for path, message in taken.items()
                },
            }
        )

    async def resolve(self, request: Request) -> Response:
        """Where the outputs are that asset ids stand for; unknown ones are left out."""
        body, workspace = await self._body(request), workspace_of(request)
        ids = body.get("values") if isinstance(body, dict) else None
        if not isinstance(ids, list):
            raise user_error("The body must have `values`, a list of asset ids.", target="values")
        conn = self._emulator.store.reader()
        found = {str(one): output_place(conn, workspace, str(one)) for one in ids}
        return Json({"values": {one: {**place, "path": place["uri"]} for one, place in found.items() if place}})

    def _url(self, request: Request, run: str, path: str, permissions: str = "r") -> str:
        """A signed URL of a file, at the address where its client reaches the emulator."""
        caller, place = getattr(request.state, "caller", None), self._emulator.place
        url = self._artifacts.url(workspace_of(request), run, path, permissions=permissions, caller=caller)
        return origin_for(request.state, place) + url.removeprefix(place.https_origin)

    async def _body(self, request: Request) -> Any:
        return await read_json(request, self._emulator.settings.max_body_bytes)


def _artifact(run: str, one: Artifact) -> dict[str, Any]:
    modified = None if one.modified is None else datetime.fromtimestamp(one.modified, UTC).isoformat()
    container = f"dcid.{run}"
    return {
        "artifactId": f"ExperimentRun/{container}/{one.path}",
        "origin": "ExperimentRun",
        "container": container,
        "path": one.path,
        "etag": None,
        "createdTime": modified,
        "dataPath": None,
        "tags": {},
    }


def content_information(run: str, path: str, url: str) -> dict[str, Any]:
    """Where the content of an artifact is, as clients read it.

    Parameters:
        url: signed.
    """
    return {"contentUri": url, "origin": "ExperimentRun", "container": f"dcid.{run}", "path": path, "tags": {}}
