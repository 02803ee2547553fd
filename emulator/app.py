"""The ASGI application of an emulator: its routes, its middleware, and what its errors read like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp

from emulator.api.arm.errors import Errors
from emulator.api.direct import DirectRoutes
from emulator.api.lazy_routes import lazy_routes
from emulator.clock import RealClock
from emulator.identity.tokens import TokenRefused
from emulator.middleware.request import RequestMiddleware
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.storage import StoreUnavailable


def app_of(emulator: Emulator) -> Starlette:
    """The application of an emulator; its lifespan starts and stops the job runner."""
    errors = Errors(emulator)
    handlers: Mapping[Any, Callable[..., Any]] = {
        Refusal: errors.handle,
        TokenRefused: errors.handle,
        HTTPException: errors.handle,
        StoreUnavailable: errors.handle,
        OSError: errors.handle,
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        _tidy(emulator)
        emulator.job_runner.start()
        yield
        emulator.job_runner.stop()

    routes = lazy_routes(emulator)
    return _Application(
        routes=routes,
        middleware=[Middleware(RequestMiddleware, emulator=emulator, direct=DirectRoutes(routes))],
        exception_handlers=handlers,
        lifespan=lifespan,
    )


class _Application(Starlette):
    """Without Starlette's outermost layer, for which nothing is left to do: `RequestMiddleware` answers all errors."""

    def build_middleware_stack(self) -> ASGIApp:
        outermost = super().build_middleware_stack()
        return outermost.app if isinstance(outermost, ServerErrorMiddleware) else outermost


def _tidy(emulator: Emulator) -> None:
    """Finish or remove what an earlier process left half written, before anybody writes again."""
    place = emulator.place
    if place.state_dir.is_dir():
        from emulator.services.state_swap import StateSwap

        StateSwap(emulator.store, place).finish()
    if place.artifacts.is_dir():
        from emulator.storage.blobs import BlobStore, blocks

        store = BlobStore(place.artifacts)
        store.forget_partial()
        blocks.forget_old(store, RealClock().now())  # the times of files are the machine's
