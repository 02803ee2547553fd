"""The one ASGI application: every face mounted, everything injected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from emulator.api.arm.errors import Errors
from emulator.api.lazy_routes import lazy_routes
from emulator.clock import Clock
from emulator.identity.keys import SigningKey
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority, TokenRefused
from emulator.ids import Ids, RandomIds, SeededIds
from emulator.middleware.request import RequestMiddleware
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner.deferred import DeferredJobRunner
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.settings import Settings
from emulator.simulation.script import Script
from emulator.simulation.time_control import TimeControl
from emulator.storage import Database, jobs

if TYPE_CHECKING:
    from emulator.executors.base import Executor
    from emulator.runner.job_runner import JobRunner
    from emulator.simulation.executor import CurveFor


def create_app(
    settings: Settings,
    clock: Clock,
    store: Database,
    executor: Executor | None = None,
    *,
    place: Place,
    project_files: ProjectFiles | None = None,
) -> Starlette:
    """The application of a new emulator; see `assemble`."""
    return app_of(assemble(settings, clock, store, executor, place=place, project_files=project_files))


def assemble(
    settings: Settings,
    clock: Clock,
    store: Database,
    executor: Executor | None = None,
    *,
    place: Place,
    project_files: ProjectFiles | None = None,
    key: SigningKey | None = None,
    ids: Ids | None = None,
) -> Emulator:
    """An emulator that really runs what is stored.

    Parameters:
        settings: its choices.
        clock: the only source of time.
        store: its state.
        executor: where trials run; processes by default.
        place: state directory and origins.
        worlds: of jobs; by default one in which nothing is declared.
        key: signs its tokens; by default one that the store keeps.
        ids: the only source of ids and of chance; random ones by default.
    """
    project_files, ids = project_files or ProjectFiles(), ids or RandomIds()
    tokens = _authority(settings, clock, place, key or SigningKey.kept_in(store), ids)

    def make_job_runner() -> JobRunner:
        from emulator.runner.job_runner import JobRunner

        return JobRunner(
            settings=settings,
            clock=clock,
            store=store,
            place=place,
            tokens=tokens,
            executor=executor,
            project_files=project_files,
        )

    job_runner = DeferredJobRunner(make_job_runner, lambda: bool(jobs.unfinished(store.reader())))
    secrets = _secrets(store, ids)
    return Emulator(settings, clock, store, place, secrets, tokens, job_runner, project_files, ids=ids)


def assemble_simulated(
    settings: Settings,
    time: TimeControl,
    store: Database,
    curve_for: CurveFor,
    *,
    place: Place,
    project_files: ProjectFiles | None = None,
    key: SigningKey | None = None,
    ids: Ids | None = None,
) -> Emulator:
    """An emulator whose jobs run in virtual time, as fast as somebody looks at them.

    Parameters:
        settings: its choices.
        time: moves its clock.
        store: its state.
        curve_for: what each trial does that is not scripted; see `emulator.simulation.executor`.
        place: state directory and origins.
        worlds: of jobs; by default one in which nothing is declared.
        key: signs its tokens; by default one that the store keeps.
        ids: the only source of ids and of chance; random ones by default.
    """
    from emulator.simulation.job_runner import SimulatedJobRunner

    project_files, ids = project_files or ProjectFiles(), ids or RandomIds()
    tokens = _authority(settings, time.clock, place, key or SigningKey.kept_in(store), ids)
    script = Script()
    job_runner = SimulatedJobRunner(
        settings=settings,
        time=time,
        store=store,
        place=place,
        curve_for=script.before(curve_for),
        project_files=project_files,
    )
    secrets = _secrets(store, ids)
    return Emulator(
        settings,
        time.clock,
        store,
        place,
        secrets,
        tokens,
        job_runner,
        project_files,
        ids=ids,
        time=time,
        script=script,
    )


def _authority(settings: Settings, clock: Clock, place: Place, key: SigningKey, ids: Ids) -> TokenAuthority:
    return TokenAuthority(key, origin=place.https_origin, clock=clock, strict=settings.auth == "strict", ids=ids)


def _secrets(store: Database, ids: Ids) -> Secrets:
    """The page key stands in every studio URL, so it is foreseeable where ids are meant to be."""
    return Secrets.kept_in(store, ids.hex("page key") if isinstance(ids, SeededIds) else None)


def app_of(emulator: Emulator) -> Starlette:
    """The application of an emulator; its lifespan starts and stops the conductor."""
    errors = Errors(emulator)
    handlers: Mapping[Any, Callable[..., Any]] = {
        Refusal: errors.handle,
        TokenRefused: errors.handle,
        HTTPException: errors.handle,
        Exception: errors.handle,
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        _tidy(emulator.place)
        emulator.job_runner.start()
        yield
        emulator.job_runner.stop()

    return Starlette(
        routes=lazy_routes(emulator),
        middleware=[Middleware(RequestMiddleware, emulator=emulator)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )


def _tidy(place: Place) -> None:
    """Remove what an earlier process left half written, before anybody writes again."""
    if place.artifacts.is_dir():
        from emulator.storage.blobs import BlobStore

        BlobStore(place.artifacts).forget_partial()
