"""One call of MLflow's REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from contracts.resource_id import WorkspaceId
from emulator.api.arm.workspaces import workspace_of
from emulator.identity.tokens import Caller
from emulator.services.refusal import Refusal
from emulator.services.runs.view import RunView


class Call:
    """Who calls, where, and with what.

    Parameters:
        request: as it came in.
        body: the JSON object of a POST, the query of a GET.
        origin: the emulator's HTTPS origin.
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
