"""MLflow's artifact proxy: `mlflow-artifacts:/ExperimentRun/dcid.<run>/...` of plain MLflow clients."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from contracts.resource_id import WorkspaceId
from emulator.api.arm.workspaces import workspace_of
from emulator.api.bodies import Json
from emulator.api.dataplane.content import content
from emulator.services.assets.model_files import ModelFiles
from emulator.services.assets.registry_view import PROXY
from emulator.services.refusal import Refusal
from emulator.services.runs.artifacts import Artifact, RunArtifacts


class ArtifactCalls:
    """PUT, GET and DELETE of a file; GET of a folder's list.

    Parameters:
        artifacts: the files of all runs.
        models: those of registered models that are not among the artifacts of a run; they can only be read.
    """

    def __init__(self, artifacts: RunArtifacts, models: ModelFiles) -> None:
        self._artifacts, self._models = artifacts, models

    async def answer(self, request: Request, path: str) -> Response:
        """Answer a request whose path goes on with `path` below the proxy's own.

        Raises:
            Refusal: for the caller to put into MLflow's envelope.
        """
        workspace, caller = workspace_of(request), getattr(request.state, "caller", None)
        whole = path or request.query_params.get("path", "")
        if request.method == "GET" and whole.startswith(f"{PROXY}/"):
            return self._of_model(workspace, whole.removeprefix(f"{PROXY}/"), is_list=not path)
        run, file = self._artifacts.split(whole)
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

    def _of_model(self, workspace: WorkspaceId, path: str, *, is_list: bool) -> Response:
        if is_list:
            return _listed(self._models.children(workspace, path))
        size, opened = self._models.open(workspace, path)
        return content(opened, size, {"content-type": "application/octet-stream"})

    def _list(self, request: Request, run: str, folder: str) -> Response:
        return _listed(self._artifacts.children(workspace_of(request), run, folder))


def _listed(found: Iterable[Artifact]) -> Response:
    files = [
        {"path": posixpath.basename(one.path), "is_dir": one.size is None}
        | ({} if one.size is None else {"file_size": one.size})
        for one in found
    ]
    return Json({"files": files})
