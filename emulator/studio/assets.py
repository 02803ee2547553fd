"""What pages are made of besides themselves: our style and modules, and Plotly's bundle from its installed package.

Each address holds a version, so that a browser keeps what it has for good.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from emulator.studio.headers import SAFE

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_PREFIX = "/_amlet/studio/static"
_KEPT = {**SAFE, "Cache-Control": "public, max-age=31536000, immutable"}


def url(name: str) -> str:
    """The address of one of our own files: `url("studio.css")`."""
    return f"{_PREFIX}/{version()}/{name}"


def plotly_url() -> str | None:
    """The address of Plotly's bundle; None where the package is not installed."""
    try:
        return f"{_PREFIX}/plotly-{importlib.metadata.version('plotly')}.js"
    except importlib.metadata.PackageNotFoundError:
        return None


def own(request: Request) -> Response:
    """One of our own files."""
    name = request.path_params["name"]
    if request.path_params["version"] != version() or name not in _names():
        return PlainTextResponse("There is no such file; reload the page.", 404, headers=SAFE)
    return FileResponse(_FOLDER / name, headers=_KEPT, media_type=_TYPES[Path(name).suffix])


def plotly(request: Request) -> Response:
    """Plotly's bundle."""
    spec = importlib.util.find_spec("plotly")
    if request.url.path != plotly_url() or spec is None or spec.origin is None:
        return PlainTextResponse("There is no such version of Plotly here; reload the page.", 404, headers=SAFE)
    bundle = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return FileResponse(bundle, headers=_KEPT, media_type=_TYPES[".js"])


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(file.name for file in _FOLDER.iterdir() if file.suffix in _TYPES)


@lru_cache(maxsize=1)
def version() -> str:
    """Differs whenever one of our own files does."""
    digest = hashlib.sha256()
    for name in sorted(_names()):
        digest.update(name.encode() + (_FOLDER / name).read_bytes())
    return digest.hexdigest()[:12]
