"""One call of MLflow's REST API, and MLflow 3's calls about logged models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from contracts.resource_id import WorkspaceId
from emulator.api.arm.workspaces import workspace_of
from emulator.identity.tokens import Caller
from emulator.services.refusal import Refusal
from emulator.services.runs.logged_models import LoggedModels
from emulator.services.runs.run_data import param_of, tag_of
from emulator.services.runs.view import RunView

MODELS = "logged-models"


class Call:
    """Who calls, where, and with what.

    Parameters:
        request: as it came in.
        body: the JSON object of a POST, the query of a GET.
        origin: at which its client reaches the emulator.
    """

    def __init__(self, request: Request, body: Mapping[str, Any], origin: str) -> None:
        self.workspace: WorkspaceId = workspace_of(request)
        self.caller: Caller | None = getattr(request.state, "caller", None)
        self.view = RunView(origin, request.path_params["version"])
        self.body = body

    @property
    def run(self) -> str:
        """The run that the call is about."""
        return self.text("run_id") if self.body.get("run_id") else self.text("run_uuid", "run_id")

    def text(self, name: str, shown: str | None = None) -> str:
        """A parameter that has to be there.

        Raises:
            Refusal: INVALID_PARAMETER_VALUE.
        """
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"Missing value for required parameter '{shown or name}'.")
        return value


class ModelCalls:
    """Create, get, finalize, tags and parameters.

    Parameters:
        models: all of them.
    """

    def __init__(self, models: LoggedModels) -> None:
        self._models = models

    async def answer(self, method: str, name: str, call: Call) -> Any:
        """Answer a call whose name begins with `MODELS`.

        Raises:
            Refusal: in MLflow's codes.
        """
        models, where = self._models, (call.workspace, call.caller)
        match method, name.split("/")[1:]:
            case "POST", []:
                return {"model": await models.create(*where, call.body, call.view)}
            case "POST", ["search"]:
                # Clients look here for more files of a run; they would list those that lie in its folder twice.
                return {"models": []}
            case "GET", [identity]:
                return {"model": models.get(call.workspace, identity, call.view)}
            case "PATCH", [identity]:
                return {"model": await models.finalize(*where, identity, call.text("status"), call.view)}
            case "PATCH", [identity, "tags"]:
                await models.add(*where, identity, "tags", dict(tag_of(item) for item in _items(call, "tags")))
                return {}
            case "POST", [identity, "params"]:
                await models.add(*where, identity, "params", dict(param_of(item) for item in _items(call, "params")))
                return {}
            case "DELETE", [identity, "tags", key]:
                await models.delete_tag(*where, identity, key)
                return {}
        raise Refusal(404, "ENDPOINT_NOT_FOUND", f"{method} {name} is not served by this emulator.")


def _items(call: Call, name: str) -> list[Any]:
    items = call.body.get(name) or []
    if not isinstance(items, list):
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"`{name}` must be a list.")
    return items
