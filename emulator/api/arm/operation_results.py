"""Where the Location of a long-running operation points: 202 and `{}` until it is done, then 200 without a body."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.resource_id import PROVIDER, WorkspaceId
from emulator.api.bodies import Json
from emulator.services.context import Emulator
from emulator.services.refusal import not_found
from emulator.storage import jobs
from emulator.storage.workspaces import guid_of

_RESULTS = (
    f"/subscriptions/{{subscription}}/providers/{PROVIDER}/locations/{{location}}/mfeOperationResults/{{operation}}"
)

#: "Job cancel", in the recorded id of the operation.
_CANCEL = "jc"


def cancel_result(emulator: Emulator, workspace: WorkspaceId, name: str, api_version: str) -> dict[str, str]:
    """The headers of a 202 that say where the cancel of a job can be followed."""
    operation = f"{_CANCEL}:{guid_of(workspace)}:{name}"
    url = _RESULTS.format(subscription=workspace.subscription, location=emulator.settings.region, operation=operation)
    return _headers(emulator, f"{emulator.place.https_origin}{url}?api-version={api_version}")


def routes(emulator: Emulator) -> list[BaseRoute]:
    """GET of an operation's result."""

    async def result(request: Request) -> Response:
        kind, _, rest = request.path_params["operation"].partition(":")
        guid, _, name = rest.partition(":")
        if kind != _CANCEL or not name:
            raise not_found(f"There is no operation {request.path_params['operation']}.", code="NotFound")
        takes = emulator.settings.cancel_takes
        if jobs.has_ended(emulator.store.reader(), guid, name, before=emulator.clock.now() - takes):
            return Response()
        url = f"{emulator.place.https_origin}{request.url.path}?{request.url.query}"
        return Json({}, 202, _headers(emulator, url))

    return [Route(_RESULTS, result)]


def _headers(emulator: Emulator, location: str) -> dict[str, str]:
    headers = {"Location": location, "x-ms-async-operation-timeout": "PT1H"}
    if emulator.settings.cancel_retry_after is not None:
        headers["Retry-After"] = str(emulator.settings.cancel_retry_after)
    return headers
