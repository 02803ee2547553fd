"""The studio as an app of its own within the emulator: which address shows or does what.

Pages have the paths of ml.azure.com; what their scripts ask for lies under `/_amlet/studio`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.resource_id import WorkspaceId
from emulator.api.arm.workspaces import WORKSPACE
from emulator.services.context import Emulator
from emulator.studio import assets
from emulator.studio.actions import Actions
from emulator.studio.guard import Guard, JobRequest
from emulator.studio.job_data import JobData
from emulator.studio.pages import Pages

_DATA = "/_amlet/studio/jobs/{name}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The routes of the studio of an emulator."""
    guard, pages, data, actions = Guard(emulator), Pages(emulator), JobData(emulator), Actions(emulator)
    return [
        Route("/", guard.workspace(pages.home)),
        Route("/compare", guard.workspace(pages.compare)),
        Route("/_amlet/studio/compare", guard.workspace(pages.compare_figures)),
        Route("/runs/{name}", guard.job(pages.job)),
        Route("/runs/{name}/files/{path:path}", guard.job(data.file)),
        Route("/runs/{name}/download", guard.job(data.archive)),
        Route("/experiments/id/{id}", guard.workspace(pages.experiment_by_id)),
        Route("/experiments/{experiment}", guard.workspace(pages.experiment)),
        Route("/experiments/{experiment}/runs/{name}", guard.job(pages.job)),
        Route("//runs/{name}", guard.job(_without_slash)),
        Route("/favicon.ico", _icon),
        Route(f"/mlflow/{{version}}{WORKSPACE}/", _mlflow_link),
        Route("/_amlet/studio/static/plotly-{version}.js", assets.plotly),
        Route("/_amlet/studio/static/{version}/{name}", assets.own),
        Route("/_amlet/studio/events", guard.workspace(pages.events)),
        Route(f"{_DATA}/events", guard.job(data.events)),
        Route(f"{_DATA}/trials", guard.job(data.trials)),
        Route(f"{_DATA}/figures", guard.job(data.figures)),
        Route(f"{_DATA}/parameters", guard.job(data.parameters)),
        Route(f"{_DATA}/importance", guard.job(data.importance)),
        Route(f"{_DATA}/log/{{path:path}}", guard.job(data.log)),
        *(
            Route(f"{_DATA}/{change.__name__}", guard.change(change), methods=["POST"])
            for change in (
                *(actions.cancel, actions.archive, actions.restore, actions.edit, actions.rerun, actions.clone),
                *(actions.delete, actions.register),
            )
        ),
    ]


def _without_slash(wanted: JobRequest) -> Response:
    """The official SDK makes studio URLs with two slashes of its own."""
    url = wanted.request.url
    return RedirectResponse(f"{url.path.replace('//', '/', 1)}?{url.query}", 307)


def _mlflow_link(request: Request) -> Response:
    """What mlflow prints as the address of a run names it after `#`, which only a browser knows; it has no data."""
    from emulator.studio import answers

    names = request.path_params
    workspace = WorkspaceId(names["subscription"], names["group"], names["workspace"])
    return answers.page("mlflow_link.html", workspace=workspace)


def _icon(_: object) -> Response:
    return RedirectResponse(assets.url("icon.svg"), 307)
