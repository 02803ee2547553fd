"""`/_amlet/reset`, `/_amlet/snapshot`, `/_amlet/restore`: the whole state, removed, saved in one file, loaded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import Json
from emulator.api.control.bodies import bad_request, read_model
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.services.snapshots import Busy, Snapshot, SnapshotError, Snapshots

T = TypeVar("T")

_SNAPSHOTS = "/_amlet/snapshot"
_SNAPSHOT = f"{_SNAPSHOTS}/{{snapshot}}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on the state as a whole."""
    handlers = _StateRoutes(emulator, Snapshots(emulator))
    return [
        Route("/_amlet/reset", handlers.reset, methods=["POST"]),
        Route(_SNAPSHOTS, handlers.list, methods=["GET"]),
        Route(_SNAPSHOTS, handlers.save, methods=["POST"]),
        Route(_SNAPSHOT, handlers.download, methods=["GET"]),
        Route(_SNAPSHOT, handlers.upload, methods=["PUT"]),
        Route(_SNAPSHOT, handlers.remove, methods=["DELETE"]),
        Route("/_amlet/restore", handlers.restore, methods=["POST"]),
    ]


class _StateRoutes:
    def __init__(self, emulator: Emulator, snapshots: Snapshots) -> None:
        self._emulator = emulator
        self._snapshots = snapshots

    async def reset(self, _: Request) -> Response:
        await _done(self._snapshots.reset)
        return Response(status_code=204)

    async def list(self, _: Request) -> Response:
        found = await _done(self._snapshots.all)
        return Json({"value": [snapshot.document() for snapshot in found]})

    async def save(self, request: Request) -> Response:
        name = await _name(request)
        saved = await _done(lambda: self._snapshots.save(name))
        return Json(saved.document(), 201)

    async def download(self, request: Request) -> Response:
        snapshot = self._found(request.path_params["snapshot"])
        return FileResponse(snapshot.path, media_type="application/zip", filename=snapshot.path.name)

    async def upload(self, request: Request) -> Response:
        name = request.path_params["snapshot"]
        with _refusing(), self._snapshots.receiving(name) as write:
            async for chunk in request.stream():
                write(chunk)
        return Json(self._found(name).document(), 201)

    async def remove(self, request: Request) -> Response:
        self._found(request.path_params["snapshot"]).path.unlink(missing_ok=True)
        return Response(status_code=204)

    async def restore(self, request: Request) -> Response:
        snapshot = self._found(await _name(request))
        await _done(lambda: self._snapshots.load(snapshot))
        return Json(snapshot.document())

    def _found(self, name: str) -> Snapshot:
        with _refusing():
            snapshot = self._snapshots.find(name)
        if snapshot is None:
            known = ", ".join(one.name for one in self._snapshots.all()) or "none"
            raise Refusal(404, "NotFound", f"There is no snapshot {name!r}; known are {known}.")
        return snapshot


async def _name(request: Request) -> str:
    from emulator.api.control.models import SnapshotName

    return (await read_model(request, SnapshotName)).name


async def _done(work: Callable[[], T]) -> T:
    """What takes long is done beside the requests."""
    with _refusing():
        return await run_in_threadpool(work)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what cannot be done with a snapshot into a refusal."""
    try:
        yield
    except Busy as error:
        raise Refusal(409, "Conflict", f"{error}.") from None
    except SnapshotError as error:
        raise bad_request(f"{error}.") from None
