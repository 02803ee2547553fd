"""The one ASGI application: every face mounted, everything injected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from emulator.arm.errors import Errors
from emulator.clock import Clock
from emulator.context import Emulator
from emulator.faces import faces
from emulator.gate import Gate
from emulator.identity.keys import SigningKey
from emulator.identity.secrets import Secrets
from emulator.identity.tokens import TokenAuthority, TokenRefused
from emulator.ids import Ids, RandomIds, SeededIds
from emulator.late_conductor import LateConductor
from emulator.operations.refusal import Refusal
from emulator.place import Place
from emulator.scenario.script import Script
from emulator.settings import Settings
from emulator.store import Database, jobs
from emulator.time_control import TimeControl
from emulator.world.worlds import Worlds

if TYPE_CHECKING:
    from emulator.executors.base import Executor
    from emulator.executors.simulate import CurveFor
    from emulator.runtime.conductor import Conductor


def create_app(
    settings: Settings,
    clock: Clock,
    store: Database,
    executor: Executor | None = None,
    *,
    place: Place,
    worlds: Worlds | None = None,
) -> Starlette:
    """The application of a new emulator; see `assemble`."""
    return app_of(assemble(settings, clock, store, executor, place=place, worlds=worlds))


def assemble(
    settings: Settings,
    clock: Clock,
    store: Database,
    executor: Executor | None = None,
    *,
    place: Place,
    worlds: Worlds | None = None,
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
    worlds, ids = worlds or Worlds(), ids or RandomIds()
    tokens = _authority(settings, clock, place, key or SigningKey.kept_in(store), ids)

    def make_conductor() -> Conductor:
        from emulator.runtime.conductor import Conductor

        return Conductor(
            settings=settings,
            clock=clock,
            store=store,
            place=place,
            tokens=tokens,
            executor=executor,
            worlds=worlds,
        )

    conductor = LateConductor(make_conductor, lambda: bool(jobs.unfinished(store.reader())))
    secrets = _secrets(store, ids)
    return Emulator(settings, clock, store, place, secrets, tokens, conductor, worlds, ids=ids)


def assemble_simulated(
    settings: Settings,
    time: TimeControl,
    store: Database,
    curve_for: CurveFor,
    *,
    place: Place,
    worlds: Worlds | None = None,
    key: SigningKey | None = None,
    ids: Ids | None = None,
) -> Emulator:
    """An emulator whose jobs run in virtual time, as fast as somebody looks at them.

    Parameters:
        settings: its choices.
        time: moves its clock.
        store: its state.
        curve_for: what each trial does that is not scripted; see `emulator.executors.simulate`.
        place: state directory and origins.
        worlds: of jobs; by default one in which nothing is declared.
        key: signs its tokens; by default one that the store keeps.
        ids: the only source of ids and of chance; random ones by default.
    """
    from emulator.runtime.simulated_conductor import SimulatedConductor

    worlds, ids = worlds or Worlds(), ids or RandomIds()
    tokens = _authority(settings, time.clock, place, key or SigningKey.kept_in(store), ids)
    script = Script()
    conductor = SimulatedConductor(
        settings=settings, time=time, store=store, place=place, curve_for=script.before(curve_for), worlds=worlds
    )
    secrets = _secrets(store, ids)
    return Emulator(
        settings, time.clock, store, place, secrets, tokens, conductor, worlds, ids=ids, time=time, script=script
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
        emulator.conductor.start()
        yield
        emulator.conductor.stop()

    return Starlette(
        routes=faces(emulator),
        middleware=[Middleware(Gate, emulator=emulator)],
        exception_handlers=handlers,
        lifespan=lifespan,
    )


def _tidy(place: Place) -> None:
    """Remove what an earlier process left half written, before anybody writes again."""
    if place.artifacts.is_dir():
        from emulator.store.blobs import BlobStore

        BlobStore(place.artifacts).forget_partial()
