"""An emulator behind real ports, over TLS: for official clients, which accept nothing less."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlet.testing.handle import EmulatorHandle
from contracts.version import __version__
from emulator.server.home import Record
from gateway.transport.messages import Transport

if TYPE_CHECKING:
    from contracts.resource_id import WorkspaceId


class ServedEmulator(EmulatorHandle):
    """One emulator for tests on free ports of 127.0.0.1, served by a thread of this process.

    Parameters:
        options: as in `EmulatorHandle`.

    Example:
        with ServedEmulator(executor="process") as emulator:
            subprocess.run([sys.executable, "their_script.py"], env={**os.environ, **emulator.environ()}, check=True)
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(origin=None, **options)

    @property
    def ca(self) -> Path:
        """Certificate of its authority: what a client has to trust."""
        return self._instance.ca

    @property
    def http_origin(self) -> str:
        """Its plain address: managed identity, MLflow and pages."""
        return self.emulator.place.http_origin

    def environ(
        self, workspace: WorkspaceId | None = None, around: Mapping[str, str] | None = None, *, only_here: bool = False
    ) -> dict[str, str]:
        """The variables with which the official SDK, MLflow and azure-identity find this emulator.

        Parameters:
            workspace: that MLflow logs to; by default this emulator's own.
            around: the environment as it is, whose proxies' exceptions and CA bundles are kept; by default this
                process's.
            only_here: whether clients trust no other server, but for those of the user's own bundles: the official SDK
                reads all authorities for each connection, which is half of the time of a test.
        """
        from amlet.cli.environment import variables

        environ = os.environ if around is None else around
        return variables(self._record, workspace or self.workspace, environ, only_here=only_here)

    @property
    def _record(self) -> Record:
        https, http = (int(origin.rpartition(":")[2]) for origin in (self.origin, self.http_origin))
        return Record(
            id=f"tests-{os.getpid()}",
            pid=os.getpid(),
            https_port=https,
            http_port=http,
            state_dir=str(self.state_dir),
            ca=str(self.ca),
            identity_header=self.emulator.secrets.identity_header,
            client_secret=self.emulator.secrets.client_secret,
            takes_secret=self.emulator.settings.client_secret,
            started=self.emulator.clock.now(),
            version=__version__,
            simulated=self.emulator.time is not None,
        )

    def _connect(self) -> Transport:
        from gateway.transport.network import NetworkTransport

        return NetworkTransport(self.ca)
