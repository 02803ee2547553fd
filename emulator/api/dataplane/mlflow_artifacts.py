"""MLflow's artifact proxy: `mlflow-artifacts:/ExperimentRun/dcid.<run>/...` of plain MLflow clients."""

from __future__ import annotations

import posixpath

from starlette.requests import Request
from starlette.responses import Response

from emulator.api.arm.workspaces import workspace_of
from emulator.api.bodies import Json
from emulator.api.dataplane.content import content
from emulator.services.refusal import Refusal
from emulator.services.runs.artifacts import RunArtifacts


class ArtifactCalls:
    """PUT, GET and DELETE of a file; GET of a folder's list.

    Parameters:
        artifacts: the files of all runs.
    """

    def __init__(self, artifacts: RunArtifacts) -> None:
        self._artifacts = artifacts

    async def answer(self, request: Request, path: str) -> Response:
        """Answer a request whose path goes on with `path` below the proxy's own.

        Raises:
            Refusal: for the caller to put into MLflow's envelope.
        """
        workspace, caller = workspace_of(request), getattr(request.state, "caller", None)
        run, file = self._artifacts.split(path or request.query_params.get("path", ""))
        match request.method:
            case "GET" if not path:
                return self._list(request, run, file)
            case "GET":
                blob, opened = self._artifacts.open(workspace, run, file)
                return content(opened, blob.size, {"content-type": "application/octet-stream"})
            case "PUT":
                await self._artifacts.upload(workspace, caller, run, file, request.stream())
                return Json({})
            case "DELETE":
                self._artifacts.delete(workspace, caller, run, file)
                return Json({})
        raise Refusal(404, "ENDPOINT_NOT_FOUND", f"{request.method} of an artifact is not served by this emulator.")

    def _list(self, request: Request, run: str, folder: str) -> Response:
        found = self._artifacts.children(workspace_of(request), run, folder)
        files = [
            {"path": posixpath.basename(one.path), "is_dir": one.size is None}
            | ({} if one.size is None else {"file_size": one.size})
            for one in found
        ]
        return Json({"files": files})
