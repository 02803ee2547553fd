"""The state directory and the two origins of an emulator, and what lies where in that directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from contracts.resource_id import WorkspaceId
from emulator.storage.workspaces import guid_of

#: Names of the datastores that every workspace has: the default one, that of the runs' artifacts, and a file share.
BLOB_STORE = "workspaceblobstore"
ARTIFACT_STORE = "workspaceartifactstore"
FILE_STORE = "workspacefilestore"


@dataclass(frozen=True, slots=True)
class Place:
    """Folders and origins; everything in `state_dir` together is the whole state.

    Parameters:
        state_dir: the state directory.
        https_origin: `https://127.0.0.1:8443`, without a slash at the end.
        http: `http://127.0.0.1:8480`, likewise; or what opens such a port when a trial first needs it.
        ca: certificate of the authority that a client of the first origin has to trust; None where nothing is served
            over TLS.
        workers: `https://host.example:8444`, likewise: where workers on other hosts reach the emulator; None where it
            listens for none.
    """

    state_dir: Path
    https_origin: str = "https://127.0.0.1:8443"
    http: str | Callable[[], str] = "http://127.0.0.1:8480"
    ca: Path | None = None
    workers: str | None = None

    @property
    def http_origin(self) -> str:
        """Origin of the plain listener, without a slash at the end."""
        return self.http if isinstance(self.http, str) else self.http()

    @property
    def worker_origin(self) -> str:
        """Where workers reach the emulator, without a slash at the end."""
        return self.workers or self.https_origin

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state_dir / "amlet.db"

    @property
    def artifacts(self) -> Path:
        """Root of all blob containers."""
        return self.state_dir / "artifacts"

    def container(self, name: str) -> Path:
        """Folder of one blob container."""
        return self.artifacts / name

    def run_artifacts(self, workspace: WorkspaceId, job: str) -> Path:
        """Folder of a run's artifacts: `user_logs/std_log.txt`, `outputs/...`"""
        return _artifacts_of(self.state_dir, workspace) / f"dcid.{job}"

    def working_folder(self, workspace: WorkspaceId, job: str) -> Path:
        """Folder in which a trial works."""
        return _runs_of(self.state_dir, workspace) / job

    @property
    def runs(self) -> Path:
        """The folder of all working folders, by workspace; may be removed while nothing runs."""
        return self.state_dir / "runs"


# Asked for each job, of few workspaces: joining paths costs more than everything else there.
@lru_cache(maxsize=64)
def _artifacts_of(state_dir: Path, workspace: WorkspaceId) -> Path:
    return Place(state_dir).container(artifact_container(workspace)) / "ExperimentRun"


@lru_cache(maxsize=64)
def _runs_of(state_dir: Path, workspace: WorkspaceId) -> Path:
    return Place(state_dir).runs / guid_of(workspace)


def artifact_container(workspace: WorkspaceId) -> str:
    """Blob container behind `ARTIFACT_STORE`."""
    return f"azureml-{guid_of(workspace)}"


def blob_container(workspace: WorkspaceId) -> str:
    """Blob container behind `BLOB_STORE`."""
    return f"azureml-blobstore-{guid_of(workspace)}"


def file_share(workspace: WorkspaceId) -> str:
    """File share behind `FILE_STORE`: a container like the others."""
    return f"azureml-filestore-{guid_of(workspace)}"
