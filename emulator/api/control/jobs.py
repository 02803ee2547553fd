"""`/_amlet/<ARM id>/...`: what only an emulator can tell of a workspace or a job, or do to it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.api_version import DEFAULT_API_VERSION
from contracts.studio import workspace_url
from emulator.api.arm.workspaces import WORKSPACE, workspace_of
from emulator.api.bodies import Json
from emulator.api.control.bodies import read_model
from emulator.services.context import Emulator
from emulator.services.jobs.attempt_history import attempts_document
from emulator.services.jobs.changes import preempt
from emulator.services.refusal import not_found
from emulator.storage import jobs

_LARGEST_RECORD = 1 << 28

_JOB = f"/_amlet{WORKSPACE}/jobs/{{name}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """What was recorded of jobs: explanations, attempts, provenance, records; and the loss of the nodes of a job."""

    async def explain(request: Request) -> Response:
        from emulator.services.jobs.explanation import explanation  # brings the engine, which a start does not wait for

        return Json(explanation(emulator, workspace_of(request), request.path_params["name"]))

    async def attempts(request: Request) -> Response:
        return Json(attempts_document(emulator, workspace_of(request), request.path_params["name"]))

    async def take_nodes(request: Request) -> Response:
        preempt(emulator, workspace_of(request), request.state.caller, request.path_params["name"])
        return Response(status_code=202)

    async def provenance_of(request: Request) -> Response:
        from emulator.services.jobs.explanation import provenance  # as above

        return Json(provenance(emulator, workspace_of(request), request.path_params["name"]))

    async def export(request: Request) -> Response:
        from emulator.services.jobs.record import document_of

        workspace, name = workspace_of(request), request.path_params["name"]
        job = jobs.find(emulator.store.reader(), workspace, name)
        if job is None or job.parent is not None:
            raise not_found(f"There is no job {name} that could be exported; trials go with their sweep.")
        return Json(await run_in_threadpool(lambda: document_of(emulator.store.reader(), job)))

    async def import_(request: Request) -> Response:
        from emulator.services.jobs import import_job
        from emulator.services.jobs.record import JobDocument

        workspace, name = workspace_of(request), request.path_params["name"]
        record = (await read_model(request, JobDocument, _LARGEST_RECORD)).job
        import_job.check(record, name, DEFAULT_API_VERSION)
        await emulator.store.write_async(lambda conn: import_job.put(conn, workspace, record))
        return Json({"name": name, "trials": len(record.trials)}, 201)

    async def page(request: Request) -> Response:
        home = workspace_url(f"{emulator.place.https_origin}/", workspace_of(request))
        return Json({"endpoint": f"{home}&key={emulator.secrets.page_key}"})

    return [
        Route(f"/_amlet{WORKSPACE}/studio", page, methods=["GET"]),
        Route(f"{_JOB}/record", export, methods=["GET"]),
        Route(f"{_JOB}/record", import_, methods=["PUT"]),
        Route(f"{_JOB}/explanation", explain, methods=["GET"]),
        Route(f"{_JOB}/attempts", attempts, methods=["GET"]),
        Route(f"{_JOB}/provenance", provenance_of, methods=["GET"]),
        Route(f"{_JOB}/preempt", take_nodes, methods=["POST"]),
    ]
