"""`/_amlet/<ARM id of a job>/...`: what only an emulator can tell of a job, or do to it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.api_version import DEFAULT_API_VERSION
from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json
from emulator.api.control.bodies import read_model
from emulator.services.context import Emulator
from emulator.services.jobs.preemption import preempt
from emulator.services.refusal import not_found
from emulator.storage import jobs

_LARGEST_RECORD = 1 << 28

_JOB = f"/_amlet{WORKSPACE}/jobs/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The story of a sweep; how a job was made; the loss of the nodes that a job runs on; jobs as records."""

    async def tell(request: Request) -> Response:
        from emulator.services.jobs.explanation import story  # brings the engine, which a start does not wait for

        return Json(story(emulator, workspace_of(request), request.path_params["name"]))

    async def take_nodes(request: Request) -> Response:
        preempt(emulator, workspace_of(request), request.state.caller, request.path_params["name"])
        return Response(status_code=202)

    async def list_ingredients(request: Request) -> Response:
        from emulator.services.jobs.provenance import making  # as above

        return Json(making(emulator, workspace_of(request), request.path_params["name"]))

    async def export(request: Request) -> Response:
        from emulator.services.jobs.record import document_of

        workspace, name = workspace_of(request), request.path_params["name"]
        job = jobs.find(emulator.store.reader(), workspace, name)
        if job is None or job.parent is not None:
            raise not_found(f"There is no job {name} that could be exported; trials go with their sweep.")
        return Json(await run_in_threadpool(lambda: document_of(emulator.store.reader(), job)))

    async def take_in(request: Request) -> Response:
        from emulator.services.jobs import import_job
        from emulator.services.jobs.record import JobDocument

        workspace, name = workspace_of(request), request.path_params["name"]
        record = (await read_model(request, JobDocument, _LARGEST_RECORD)).job
        import_job.check(record, name, DEFAULT_API_VERSION)
        await emulator.store.write_async(lambda conn: import_job.put(conn, workspace, record))
        return Json({"name": name, "trials": len(record.trials)}, 201)

    return [
        Route(f"{_JOB}/record", export, methods=["GET"]),
        Route(f"{_JOB}/record", take_in, methods=["PUT"]),
        Route(f"{_JOB}/story", tell, methods=["GET"]),
        Route(f"{_JOB}/making", list_ingredients, methods=["GET"]),
        Route(f"{_JOB}/preempt", take_nodes, methods=["POST"]),
    ]
