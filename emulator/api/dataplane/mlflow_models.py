"""MLflow 3's calls about logged models."""

from __future__ import annotations

from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.api.dataplane.mlflow_call import Call
from emulator.services.refusal import Refusal
from emulator.services.runs.logged_models import LoggedModels
from emulator.services.runs.run_data import param_of, tag_of

PREFIX = "logged-models"


class ModelCalls:
    """Create, get, finalize, tags and parameters.

    Parameters:
        models: all of them.
    """

    def __init__(self, models: LoggedModels) -> None:
        self._models = models

    async def answer(self, method: str, name: str, call: Call) -> Any:
        """Answer a call whose name begins with `PREFIX`.

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
