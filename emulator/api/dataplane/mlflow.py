"""MLflow's REST API. Calls and answers: MLflow's REST documentation, and what mlflow-skinny 3 and azureml-mlflow send.

One route for all of it: log-metric is the busiest call of the emulator, and a table is faster than many routes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.api.arm.workspaces import WORKSPACE
from emulator.api.bodies import Json, read_json
from emulator.api.dataplane.mlflow_artifacts import ArtifactCalls
from emulator.api.dataplane.mlflow_call import MODELS, Call, ModelCalls
from emulator.api.dataplane.mlflow_registry import RegistryCalls
from emulator.services.assets.model_files import ModelFiles
from emulator.services.assets.registry import ModelRegistry
from emulator.services.context import Emulator
from emulator.services.fencing import origin_for
from emulator.services.refusal import Refusal
from emulator.services.runs.artifacts import RunArtifacts
from emulator.services.runs.experiments import ExperimentService
from emulator.services.runs.logged_models import LoggedModels
from emulator.services.runs.run_data import Batch, batch_of, datasets_of, metric_of, param_of, tag_of
from emulator.services.runs.runs import RunService, number_of

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
#: Parameters of a query that may come more than once.
_LISTS = frozenset({"experiment_ids", "order_by", "stages"})
_ARTIFACTS = "mlflow-artifacts/artifacts"


Handler = Callable[[Call], Awaitable[Any]]


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All of it, under both versions of the prefix."""
    calls = _Calls(emulator)
    table = calls.table() | RegistryCalls(ModelRegistry(emulator)).table()
    artifacts, models = ArtifactCalls(calls.artifacts, ModelFiles(emulator)), ModelCalls(calls.models)
    limit, place = emulator.settings.max_body_bytes, emulator.place

    async def answer(request: Request) -> Response:
        name = request.path_params["call"]
        try:
            if name.startswith(_ARTIFACTS):
                return await artifacts.answer(request, name[len(_ARTIFACTS) :].lstrip("/"))
            name = name.removeprefix("preview/").removeprefix("mlflow/")
            body = _query(request) if request.method == "GET" else await read_json(request, limit) or {}
            if not isinstance(body, dict):
                raise Refusal(400, INVALID_PARAMETER_VALUE, "The body must be a JSON object.")
            _check_types(body)
            call = Call(request, body, origin_for(request.state, place))
            if handler := table.get((request.method, name)):
                return Json(await handler(call))
            if name.startswith(MODELS) and not emulator.settings.logged_models:
                return Response(status_code=404)  # recorded: github.com/Azure/azure-sdk-for-python issue 44896
            if name.startswith(MODELS):
                return Json(await models.answer(request.method, name, call))
            raise Refusal(404, "ENDPOINT_NOT_FOUND", f"{request.method} {name} is not served by this emulator.")
        except Refusal as refusal:
            return Json({"error_code": refusal.code, "message": refusal.message}, refusal.status)

    return [Route(f"/mlflow/{{version}}{WORKSPACE}/api/2.0/{{call:path}}", answer, methods=_METHODS)]


def _query(request: Request) -> dict[str, Any]:
    query = request.query_params
    return {name: query.getlist(name) if name in _LISTS else query[name] for name in query}


#: Members of the bodies that are not a single text; ids and times are read where they are used.
_TYPES: dict[str, type] = {
    **dict.fromkeys(("tags", "params", "metrics", "datasets", "models", "experiment_ids", "order_by"), list),
    **dict.fromkeys(("filter", "name", "new_name", "run_name", "user_id", "key", "status", "path"), str),
    **dict.fromkeys(("run_view_type", "view_type", "source_run_id", "model_type", "model_id", "model_json"), str),
}


def _check_types(body: dict[str, Any]) -> None:
    for name, wanted in _TYPES.items():
        value = body.get(name)
        if value is not None and not isinstance(value, wanted):
            what = "a list" if wanted is list else "a string"
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"Invalid value for parameter '{name}': it must be {what}.")


class _Calls:
    def __init__(self, emulator: Emulator) -> None:
        self._clock = emulator.clock
        self._runs = RunService(emulator)
        self._experiments = ExperimentService(emulator)
        self.artifacts = RunArtifacts(emulator, self._runs)
        self.models = LoggedModels(emulator, self._runs)

    def table(self) -> dict[tuple[str, str], Handler]:
        return {
            ("POST", "runs/log-metric"): self.log_metric,
            ("POST", "runs/log-batch"): self.log_batch,
            ("POST", "runs/log-parameter"): self.log_parameter,
            ("POST", "runs/set-tag"): self.set_tag,
            ("POST", "runs/delete-tag"): self.delete_tag,
            ("POST", "runs/log-batch-async"): self.log_batch_async,
            ("GET", "runs/get-run-data-status"): self.run_data_status,
            ("POST", "runs/get-run-data-status"): self.run_data_status,
            ("POST", "runs/log-inputs"): self.log_inputs,
            ("POST", "runs/outputs"): self.log_outputs,
            ("POST", "runs/log-model"): self.log_model,
            ("POST", "runs/create"): self.create_run,
            ("GET", "runs/get"): self.get_run,
            ("POST", "runs/update"): self.update_run,
            ("POST", "runs/search"): self.search_runs,
            ("POST", "runs/delete"): self.delete_run,
            ("POST", "runs/restore"): self.restore_run,
            ("GET", "metrics/get-history"): self.metric_history,
            ("GET", "artifacts/list"): self.list_artifacts,
            ("POST", "experiments/create"): self.create_experiment,
            ("GET", "experiments/get"): self.get_experiment,
            ("GET", "experiments/get-by-name"): self.get_experiment_by_name,
            ("GET", "experiments/search"): self.search_experiments,
            ("POST", "experiments/search"): self.search_experiments,
            ("POST", "experiments/update"): self.rename_experiment,
            ("POST", "experiments/delete"): self.delete_experiment,
            ("POST", "experiments/restore"): self.restore_experiment,
            ("POST", "experiments/set-experiment-tag"): self.tag_experiment,
        }

    async def log_metric(self, call: Call) -> Any:
        return await self._log(call, Batch([metric_of(call.body, self._clock.now())]))

    async def log_batch(self, call: Call) -> Any:
        return await self._log(call, batch_of(call.body, self._clock.now()))

    async def log_parameter(self, call: Call) -> Any:
        return await self._log(call, Batch(params=dict([param_of(call.body)])))

    async def set_tag(self, call: Call) -> Any:
        return await self._log(call, Batch(tags=dict([tag_of(call.body)])))

    async def delete_tag(self, call: Call) -> Any:
        await self._runs.delete_tag(call.workspace, call.caller, call.run, call.text("key"))
        return {}

    async def log_batch_async(self, call: Call) -> Any:
        """Stored before it is acknowledged, as log-batch: there is nothing to wait for."""
        await self.log_batch(call)
        return {"batch_tracking_id": "stored"}

    async def run_data_status(self, call: Call) -> Any:
        return {"is_complete": True}

    async def log_inputs(self, call: Call) -> Any:
        return await self._log(call, datasets_of(call.body))

    async def log_outputs(self, call: Call) -> Any:
        """A logged model knows its run itself."""
        self._runs.check_writable(call.workspace, call.caller, call.run)
        return {}

    async def log_model(self, call: Call) -> Any:
        """MLflow 2 notes where it put a model; it is a tag, as in MLflow's own store."""
        return await self._log(call, Batch(tags={"mlflow.log-model.history": f"[{call.text('model_json')}]"}))

    async def create_run(self, call: Call) -> Any:
        return {"run": await self._runs.create(call.workspace, call.caller, call.body, call.view)}

    async def get_run(self, call: Call) -> Any:
        return {"run": self._runs.get(call.workspace, call.run, call.view)}

    async def update_run(self, call: Call) -> Any:
        info = await self._runs.update(call.workspace, call.caller, call.run, call.body, call.view)
        return {"run_info": info}

    async def search_runs(self, call: Call) -> Any:
        found, following = self._runs.search(call.workspace, call.body, call.view)
        return _paged({"runs": found}, following)

    async def delete_run(self, call: Call) -> Any:
        await self._runs.archive(call.workspace, call.caller, call.run, True)
        return {}

    async def restore_run(self, call: Call) -> Any:
        await self._runs.archive(call.workspace, call.caller, call.run, False)
        return {}

    async def metric_history(self, call: Call) -> Any:
        size, after = number_of(call.body, "max_results"), number_of(call.body, "page_token")
        key = call.text("metric_key")
        found, following = self._runs.history(call.workspace, call.run, key, limit=size or None, after=after)
        return _paged({"metrics": found}, following)

    async def list_artifacts(self, call: Call) -> Any:
        run = self._runs.get(call.workspace, call.run, call.view)
        found = self.artifacts.children(call.workspace, call.run, str(call.body.get("path") or ""))
        files = [
            {"path": one.path, "is_dir": one.size is None} | ({} if one.size is None else {"file_size": one.size})
            for one in found
        ]
        return {"root_uri": run["info"]["artifact_uri"], "files": files}

    async def create_experiment(self, call: Call) -> Any:
        return {"experiment_id": await self._experiments.create(call.workspace, call.body)}

    async def get_experiment(self, call: Call) -> Any:
        return {"experiment": await self._experiments.get(call.workspace, call.text("experiment_id"))}

    async def get_experiment_by_name(self, call: Call) -> Any:
        return {"experiment": self._experiments.get_by_name(call.workspace, call.text("experiment_name"))}

    async def search_experiments(self, call: Call) -> Any:
        found = self._experiments.search(call.workspace, call.body)
        start, size = number_of(call.body, "page_token"), number_of(call.body, "max_results") or 1000
        end = start + size
        return _paged({"experiments": found[start:end]}, end if len(found) > end else None)

    async def rename_experiment(self, call: Call) -> Any:
        name = call.text("new_name")
        await self._experiments.change(call.workspace, call.caller, call.text("experiment_id"), name=name)
        return {}

    async def delete_experiment(self, call: Call) -> Any:
        await self._experiments.change(call.workspace, call.caller, call.text("experiment_id"), archived=True)
        return {}

    async def restore_experiment(self, call: Call) -> Any:
        await self._experiments.change(call.workspace, call.caller, call.text("experiment_id"), archived=False)
        return {}

    async def tag_experiment(self, call: Call) -> Any:
        tags = dict([tag_of(call.body)])
        await self._experiments.change(call.workspace, call.caller, call.text("experiment_id"), tags=tags)
        return {}

    async def _log(self, call: Call, batch: Batch) -> Any:
        await self._runs.log(call.workspace, call.caller, call.run, batch)
        return {}


def _paged(body: dict[str, Any], following: int | None) -> dict[str, Any]:
    return body if following is None else body | {"next_page_token": str(following)}
