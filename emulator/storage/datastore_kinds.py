"""The types of datastores, and which container of the emulator's account stands behind one of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DatastoreKind:
    """One type.

    Parameters:
        container: the property that names the container, file share or file system.
        account: the property that names its account; None where the container is the account.
    """

    container: str
    account: str | None = "accountName"


_KINDS: Mapping[str, DatastoreKind] = {
    "AzureBlob": DatastoreKind("containerName"),
    "AzureFile": DatastoreKind("fileShareName"),
    "AzureDataLakeGen2": DatastoreKind("filesystem"),
    "AzureDataLakeGen1": DatastoreKind("storeName", None),
}


def kind_of(document: Mapping[str, Any]) -> DatastoreKind | None:
    """The type of a datastore, None for one that is not known.

    Parameters:
        document: its `properties`.
    """
    return _KINDS.get(str(document.get("datastoreType")))


def container_of(document: Mapping[str, Any]) -> str:
    """Name of the container behind a datastore; file shares and data lakes are folders too."""
    kind = kind_of(document) or _KINDS["AzureBlob"]
    return str(document.get(kind.container))
