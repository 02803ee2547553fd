"""An emulator for tests, with all that it needs of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from amlet.testing.folders import new_folder, remove
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.identity.keys import SigningKey
from emulator.place import Place
from emulator.services.snapshots import Snapshots
from emulator.storage import Database

if TYPE_CHECKING:
    from amlet.testing.ports import Ports


class EmulatorInstance:
    """An emulator with all that it needs of this machine: a folder, and ports where it is reached or logged to by them.

    Parameters:
        config: how to build it; all of them in a process have one signing key.
        origin: the address that it believes to have; None for a real one, over TLS.
    """

    def __init__(self, config: EmulatorConfig, origin: str | None) -> None:
        self.folder = new_folder()
        if origin is None or not config.virtual:
            self.folder.mkdir()
        if not config.virtual:
            # pytest rewrites these modules as they are imported, which CPython 3.11 cannot do in two threads.
            import emulator.runner.job_runner  # noqa: F401
        self.ports = None if origin else self._ports_over_tls()
        self.is_open = True
        place = Place(self.folder, origin or self._tls_origin, self._plain_origin, None if origin else self.ca)
        store = Database.in_memory() if origin and config.virtual else None
        self.emulator = build(replace(config, signing_key=signing_key()), place, store)
        self.emulator.job_runner.start()
        if self.ports:
            self._serve(self.ports)

    @property
    def ca(self) -> Path:
        """Certificate of the authority, where it is reached over TLS."""
        return self.folder / "ca" / "ca.pem"

    @cached_property
    def app(self) -> Starlette:
        """The application; to make it takes as long as all else, and some tests never ask it anything."""
        return app_of(self.emulator)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        await self.app(scope, receive, send)

    def reset(self) -> None:
        """Remove all jobs, uploads, assets, faults and requests; time, ids and the scenario begin again."""
        Snapshots(self.emulator).reset()

    def close(self) -> None:
        """End what runs and leave nothing behind; doing it again is harmless."""
        if self.is_open:
            self.is_open = False
            self.emulator.job_runner.stop()
            if self.ports:
                self.ports.close()
            self.emulator.store.close()
            remove(self.folder)

    def _ports_over_tls(self) -> Ports:
        from amlet.testing.ports import Ports
        from emulator.server.tls import Certificates

        return Ports(Certificates.ensure(self.folder / "ca").server)

    @property
    def _tls_origin(self) -> str:
        return f"https://127.0.0.1:{self.ports.https if self.ports else 0}"

    def _plain_origin(self) -> str:
        """Where real trials log to; the port is opened for the first of them."""
        if self.ports is None:
            from amlet.testing.ports import Ports

            self.ports = Ports()
            self._serve(self.ports)
        return f"http://127.0.0.1:{self.ports.http}"

    def _serve(self, ports: Ports) -> None:
        ports.start(self.app, dated=self.emulator.time is None)


@cache
def signing_key() -> SigningKey:
    """One key for all emulators of this process: to make one takes longer than most tests."""
    made: list[bytes] = []

    def keep(make: Callable[[], bytes]) -> bytes:
        if not made:
            made.append(make())
        return made[0]

    return SigningKey(keep)
