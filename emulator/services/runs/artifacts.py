"""The files of runs: what their processes and their clients left in `ExperimentRun/dcid.<run>/`.

Source: MLflow's artifact API for the calls; recorded for the refusal of a file that was logged already.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.place import artifact_container
from emulator.runner.reuse import original_of
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.services.fencing import policy_of
from emulator.services.refusal import Refusal
from emulator.services.runs.runs import RunService
from emulator.storage.blobs import Blob, Properties
from emulator.storage.blobs.errors import BadName, BlobError, NameTaken
from emulator.storage.blobs.listing import list_blobs

_ROOT = "ExperimentRun/dcid."


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file or folder of a run.

    Parameters:
        path: below the run's folder.
        size: in bytes; None for a folder.
        modified: seconds since the epoch; None for a folder.
    """

    path: str
    size: int | None = None
    modified: float | None = None


class RunArtifacts:
    """The files of all runs.

    Parameters:
        emulator: keeps them.
        runs: knows who may write.
    """

    def __init__(self, emulator: Emulator, runs: RunService) -> None:
        self._emulator = emulator
        self._blobs = blob_service(emulator)
        self._runs = runs

    def split(self, path: str) -> tuple[str, str]:
        """Name of the run, and path below its folder, of a path such as `ExperimentRun/dcid.<run>/model/MLmodel`.

        Raises:
            Refusal: it is not such a path.
        """
        run, _, rest = path.removeprefix(_ROOT).partition("/")
        if not path.startswith(_ROOT) or not run:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"Artifacts are below {_ROOT}<run id>/, not at {path!r}.")
        return run, rest

    def check_writable(self, workspace: WorkspaceId, caller: Caller | None, run: str) -> None:
        """Refuse a caller whose token is bound to another run, and a run that is not there."""
        self._runs.check_writable(workspace, caller, run)
        self._container(workspace)

    async def upload(
        self, workspace: WorkspaceId, caller: Caller | None, run: str, path: str, body: AsyncIterator[bytes]
    ) -> None:
        """Write a file as it comes; it appears when it is complete.

        Raises:
            Refusal: no such run, not the caller's, or no such path can be.
        """
        self.check_writable(workspace, caller, run)
        if message := self.taken(workspace, run, path):
            raise Refusal(409, RESOURCE_ALREADY_EXISTS, message)
        with _translated(), self._blobs.store.upload(self._container(workspace), f"{_ROOT}{run}/{path}") as upload:
            async for chunk in body:
                upload.write(chunk)
            self._runs.check_writable(workspace, caller, run)  # the attempt may have been superseded meanwhile
            upload.finish(Properties())

    def taken(self, workspace: WorkspaceId, run: str, path: str) -> str | None:
        """In the service's words, that a run has logged a file of that path already; None when it may be logged.

        A trial that was interrupted and starts again may log all its files again.
        """
        if self._emulator.settings.same_artifact == "replace":
            return None
        try:
            with _translated():
                blob, file = self._blobs.store.open(self._container(workspace), f"{_ROOT}{run}/{path}")
        except Refusal:
            return None
        file.close()
        if blob.modified < self._runs.attempt_began(workspace, run):
            return None
        return f"Resource Conflict: ArtifactId {_ROOT}{run}/{path} already exists."

    def open(self, workspace: WorkspaceId, run: str, path: str) -> tuple[Blob, BinaryIO]:
        """A file; the caller closes it.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        with _translated():
            return self._blobs.store.open(self._container(workspace), self._place(workspace, run) + path)

    def delete(self, workspace: WorkspaceId, caller: Caller | None, run: str, path: str) -> None:
        """Remove a file, or a folder with all there is in it."""
        self.check_writable(workspace, caller, run)
        container = self._container(workspace)
        below = [one.path for one in self.all(workspace, run) if f"{one.path}/".startswith(f"{path}/")]
        with _translated():
            for found in below:
                self._blobs.store.delete(container, f"{_ROOT}{run}/{found}")

    def children(self, workspace: WorkspaceId, run: str, folder: str = "") -> list[Artifact]:
        """What lies directly in a folder of a run: paths below the run's folder, by name."""
        return self._listed(workspace, run, f"{folder.strip('/')}/" if folder.strip("/") else "", "/")

    def all(self, workspace: WorkspaceId, run: str) -> list[Artifact]:
        """All files of a run, by path."""
        return self._listed(workspace, run, "", "")

    def url(
        self, workspace: WorkspaceId, run: str, path: str, *, permissions: str = "r", caller: Caller | None = None
    ) -> str:
        """A signed URL of a file, which need not be there yet; good as long as the attempt counts that asks for it."""
        account = self._blobs.account
        place = self._place(workspace, run)
        return account.signed_url(
            self._container(workspace), place + path, permissions=permissions, policy=policy_of(caller)
        )

    def _place(self, workspace: WorkspaceId, run: str) -> str:
        """Where the files of a run are: of a reused one, where those of the run that stands for it are."""
        return f"{_ROOT}{original_of(self._emulator.store.reader(), workspace, run)}/"

    def _listed(self, workspace: WorkspaceId, run: str, folder: str, delimiter: str) -> list[Artifact]:
        base = self._place(workspace, run)
        with _translated():
            page = list_blobs(
                self._blobs.store,
                self._container(workspace),
                prefix=base + folder,
                delimiter=delimiter,
                limit=1_000_000,
            )
        return [
            Artifact(entry.removeprefix(base).rstrip("/"))
            if isinstance(entry, str)
            else Artifact(entry.name.removeprefix(base), entry.size, entry.modified)
            for entry in page.entries
        ]

    def _container(self, workspace: WorkspaceId) -> str:
        container = artifact_container(workspace)
        self._blobs.store.create_container(container)
        return container


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BadName, NameTaken) as error:
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"Invalid artifact path: {error}.") from None
    except BlobError as error:
        raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"No such artifact: {error}.") from None
