"""The answers of the studio: pages from templates, data as JSON, each with the headers that keep a browser safe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from contracts.studio import experiment_url, job_url, workspace_url
from emulator.api.bodies import MEDIA_TYPE, Json
from emulator.studio import assets, text
from emulator.studio.headers import PAGE

if TYPE_CHECKING:
    import jinja2

_MOST_KEPT = 8
_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page.

    Parameters:
        template: its file in `templates/`.
        status: of the answer.
        values: what the template is given.
    """
    return HTMLResponse(_templates().get_template(template).render(values), status, headers=PAGE)


def message(status: int, title: str, remedy: str) -> Response:
    """A page that says what is not as it should be, and what to do."""
    return page("message.html", status, title=title, remedy=remedy)


def data(content: Any, status: int = 200) -> Response:
    """JSON for a page's own script."""
    return Json(content, status, PAGE)


def tagged(request: Request, tag: object, content: Callable[[], Any], kept: dict[str, bytes] | None = None) -> Response:
    """As `data`, answered 304 to a client that has it already.

    Parameters:
        tag: differs whenever the content does.
        content: makes the content, when it is needed.
        kept: the last answers by their tags, for content that takes long to make; some are kept here.
    """
    etag = f'"{hashlib.blake2b(repr((assets.version(), tag)).encode(), digest_size=12).hexdigest()}"'
    headers = {**PAGE, "ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if kept is None:
        return Json(content(), 200, headers)
    answer = kept.pop(etag, None) or orjson.dumps(content())
    kept[etag] = answer  # the last one
    for oldest in list(kept)[:-_MOST_KEPT]:
        kept.pop(oldest, None)
    return Response(answer, 200, headers, MEDIA_TYPE)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals.update(
        asset=assets.url,
        plotly=assets.plotly_url,
        moment=text.moment,
        machine_time=text.machine_time,
        ago=text.ago,
        duration=text.duration,
        saved=lambda seconds: text.duration(0.0, seconds),
        number=text.number,
        size=text.size,
        job_url=lambda workspace, name: job_url("", workspace, quote(name, safe="")),
        home_url=lambda workspace: "/" + workspace_url("", workspace),
        experiment_url=lambda workspace, name: experiment_url("", workspace, quote(name, safe="")),
    )
    return templates
