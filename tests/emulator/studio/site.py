"""A studio that is served on plain HTTP, in this process, by an emulator that runs nothing."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from contracts.studio import job_url, workspace_url
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.services.context import Emulator
from tests.emulator.conftest import IdleJobRunner
from tests.emulator.studio import states

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]


class Site:
    """A served studio.

    Parameters:
        emulator: whose it is.
        origin: its address.
        app: what is served.
    """

    def __init__(self, emulator: Emulator, origin: str, app: Starlette) -> None:
        self.emulator, self.origin, self._app = emulator, origin, app

    def end_streams(self) -> None:
        """End the streams of news, as an emulator does that stops."""
        self._app.state.closing = True

    def allow_streams(self) -> None:
        """Answer streams of news again."""
        self._app.state.closing = False

    def job(self, name: str, more: str = "") -> str:
        """The address of a job's page."""
        return f"{job_url(self.origin, states.WORKSPACE, name)}{more}&key={self.emulator.secrets.page_key}"

    def home(self, more: str = "") -> str:
        """The address of the workspace's page."""
        return f"{workspace_url(self.origin + '/', states.WORKSPACE)}{more}&key={self.emulator.secrets.page_key}"

    def compare(self, *names: str) -> str:
        """The address of a comparison of jobs."""
        return self.home("".join(f"&job={name}" for name in names)).replace("?wsid", "/compare?wsid", 1)

    def write(self, work: Any, *arguments: Any, **options: Any) -> Any:
        """Store something."""
        return states.write(self.emulator.store, work, *arguments, **options)

    def artifacts(self, name: str) -> Path:
        """Folder of a run's artifacts."""
        return self.emulator.place.run_artifacts(states.WORKSPACE, name)


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """Serve an empty studio with its state in a folder."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        emulator = replace(build(EmulatorConfig(), Place(folder, origin, origin)), job_runner=IdleJobRunner())
        app = app_of(emulator)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield Site(emulator, origin, app)
        app.state.closing = server.should_exit = True
        thread.join()
        emulator.store.close()
