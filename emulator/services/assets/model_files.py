"""The files of registered models for the artifact proxy of MLflow: `mlflow-artifacts:/models/net/1/...`."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from contracts.dataplane.mlflow import RESOURCE_DOES_NOT_EXIST
from contracts.resource_id import WorkspaceId
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.services.runs.artifacts import Artifact
from emulator.trials.locator import Locator


class ModelFiles:
    """Lists and opens them.

    Parameters:
        emulator: keeps the models.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._store = emulator.store
        self._locator = Locator(emulator.place)

    def children(self, workspace: WorkspaceId, path: str) -> list[Artifact]:
        """What lies directly in a folder of a model, by name.

        Parameters:
            path: `NAME/VERSION`, and a path below the model.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        folder = self._find(workspace, path)
        if not folder.is_dir():
            return []
        found = sorted(folder.iterdir())
        return [
            Artifact(one.name) if one.is_dir() else Artifact(one.name, one.stat().st_size)
            for one in found
            if one.is_dir() or one.is_file()
        ]

    def open(self, workspace: WorkspaceId, path: str) -> tuple[int, BinaryIO]:
        """The size of a file and the file, which the caller closes.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        file = self._find(workspace, path)
        if not file.is_file():
            raise _missing(path)
        return file.stat().st_size, file.open("rb")

    def _find(self, workspace: WorkspaceId, path: str) -> Path:
        name, _, rest = path.partition("/")
        version, _, inner = rest.partition("/")
        root = self._locator.find(self._store.reader(), workspace, f"azureml:{name}:{version}", "models")
        if root is None:
            raise _missing(path)
        found = (root / inner).resolve() if inner else root
        if not found.is_relative_to(root.resolve()) or not found.exists():
            raise _missing(path)
        return found


def _missing(path: str) -> Refusal:
    return Refusal(404, RESOURCE_DOES_NOT_EXIST, f"No such artifact: {path}.")
