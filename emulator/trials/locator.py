"""Where on this machine something is that a job names by URI or ARM id: code, data, models, output folders."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

from contracts.resource_id import LONGEST_URI, WorkspaceId
from emulator.identity.storage_account import ACCOUNT_HOST
from emulator.place import (
    ARTIFACT_STORE,
    BLOB_STORE,
    FILE_STORE,
    Place,
    artifact_container,
    blob_container,
    file_share,
)
from emulator.storage import assets
from emulator.storage.datastore_kinds import container_of
from emulator.trials.addresses import stored_uri

_DATASTORE = re.compile(
    r"^azureml://(?:subscriptions/[^/]+/resourceGroups/[^/]+/(?:providers/[^/]+/)?workspaces/[^/]+/)?"
    r"datastores/(?P<store>[^/]+)(?:/paths)?/(?P<path>.*)$",
    re.IGNORECASE | re.DOTALL,
)


class Locator:
    """Finds what the emulator itself holds; knows nothing of networks.

    Parameters:
        place: where the containers are.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def find(self, conn: sqlite3.Connection, workspace: WorkspaceId, reference: str, collection: str) -> Path | None:
        """The file or folder behind a reference; None when there is none here.

        Parameters:
            reference: an address of `emulator.trials.addresses`, a blob URL of this emulator, or the absolute path that
                the official client sends for inputs taken over from a trial.
            collection: `codes`, `data` or `models`, for the forms that do not say it.

        Raises:
            UnknownAddress: it names a job or output that is not there.
        """
        path = self.target(conn, workspace, reference, collection)
        return path if path is not None and os.path.exists(path) else None  # noqa: PTH110 - False where a name is too long

    def target(self, conn: sqlite3.Connection, workspace: WorkspaceId, reference: str, collection: str) -> Path | None:
        """As `find`, for something that may not be there yet: an output."""
        if len(reference) > LONGEST_URI:
            return None
        reference = stored_uri(conn, workspace, reference, collection) or reference
        if stored := _DATASTORE.match(reference):
            container = self._container(conn, workspace, stored["store"])
            return container and self._inside(container, stored["path"])
        if reference.startswith(("http://127.0.0.1", "https://127.0.0.1", "http://localhost", "https://localhost")):
            path = unquote(urlsplit(reference).path).removeprefix(f"/{ACCOUNT_HOST}").lstrip("/")
            return self._inside(self._place.artifacts, path)
        if reference.startswith("/"):
            return Path(reference)
        return None

    def _container(self, conn: sqlite3.Connection, workspace: WorkspaceId, datastore: str) -> Path | None:
        own = {BLOB_STORE: blob_container, ARTIFACT_STORE: artifact_container, FILE_STORE: file_share}
        if datastore in own:
            return self._place.container(own[datastore](workspace))
        asset = assets.get(conn, workspace, "datastores", datastore)
        return self._inside(self._place.artifacts, container_of(asset.document)) if asset else None

    def _inside(self, folder: Path, path: str) -> Path | None:
        """A path below a folder, refused when it would lead out of it."""
        if len(path) > LONGEST_URI:
            return None
        try:
            found = (folder / path.strip("/")).resolve()
        except (OSError, ValueError):  # a name that no file can have
            return None
        return found if found.is_relative_to(folder.resolve()) else None
