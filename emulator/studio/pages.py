"""The pages themselves, rendered on the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from contracts.resource_id import WorkspaceId
from contracts.studio import job_url, workspace_url
from emulator.context import Emulator
from emulator.store import jobs
from emulator.store.jobs import Job
from emulator.studio import job_view, text
from emulator.studio.access import may_see, remember

if TYPE_CHECKING:
    import jinja2

_FOLDER = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Studio:
    """The pages of one emulator.

    Parameters:
        emulator: what they show.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    @cached_property
    def _templates(self) -> jinja2.Environment:
        import jinja2

        templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        templates.globals.update(moment=text.moment, duration=text.duration, number=text.number, job_url=self._job_url)
        return templates

    def routes(self) -> list[Route]:
        """The routes of all pages; each wants the page key."""
        return [
            Route("/", self._guarded(self._workspace)),
            Route("/runs/{name}", self._guarded(self._job)),
            Route("/runs/{name}/files/{path:path}", self._guarded(self._file)),
            Route("/_amlet/studio/studio.css", self._style),
        ]

    def _guarded(self, page: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            key = self._emulator.secrets.page_key
            if not may_see(request, key):
                return self._message(403, "This page needs its key", "Open it by the Web View link that "
                                     "amlet printed, or run: amlet job show NAME --web")  # fmt: skip
            response = page(request)
            remember(request, response, key)
            return response

        return answer

    def _workspace(self, request: Request) -> Response:
        workspace = _workspace_of(request)
        if workspace is None:
            return self._message(404, "No workspace is named", "The address lacks ?wsid=/subscriptions/...")
        found = jobs.recent(self._emulator.store.reader(), workspace)
        return self._page("workspace.html", workspace=workspace, jobs=found, now=self._emulator.clock.now())

    def _job(self, request: Request) -> Response:
        job = self._find(request)
        if job is None:
            return self._no_job(request)
        artifacts = self._emulator.place.run_artifacts(job.workspace, job.name)
        view = job_view.view(self._emulator.store.reader(), job, artifacts)
        home = "/" + workspace_url("", job.workspace)
        return self._page("job.html", view=view, job=job, home=home, now=self._emulator.clock.now())

    def _file(self, request: Request) -> Response:
        job = self._find(request)
        if job is None:
            return self._no_job(request)
        folder = self._emulator.place.run_artifacts(job.workspace, job.name).resolve()
        file = (folder / request.path_params["path"]).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            return self._message(404, "No such file", f"Job {job.name} has no artifact of that name.")
        return FileResponse(file, headers=_HEADERS, media_type="text/plain; charset=utf-8")

    def _style(self, _: Request) -> Response:
        return FileResponse(_FOLDER / "static" / "studio.css", media_type="text/css")

    def _find(self, request: Request) -> Job | None:
        workspace = _workspace_of(request)
        return jobs.find(self._emulator.store.reader(), workspace, request.path_params["name"]) if workspace else None

    def _no_job(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._message(404, f"Job {name} not found", "Nothing of that name is in this workspace of the emulator.")

    def _job_url(self, job: Job) -> str:
        return job_url("", job.workspace, job.name)

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(values), status, headers=_HEADERS)

    def _message(self, status: int, title: str, remedy: str) -> Response:
        return self._page("message.html", status, title=title, remedy=remedy)


def routes(emulator: Emulator) -> list[Route]:
    """The routes of all pages of an emulator."""
    return Studio(emulator).routes()


def _workspace_of(request: Request) -> WorkspaceId | None:
    try:
        return WorkspaceId.parse(request.query_params.get("wsid", ""))
    except ValueError:
        return None
