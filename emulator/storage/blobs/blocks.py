"""Blocks of a blob that is uploaded in parts, until a list puts them together."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from emulator.files import partial_file
from emulator.storage.blobs.errors import BadBlockList
from emulator.storage.blobs.files import Blob, BlobStore
from emulator.storage.blobs.names import blob_path
from emulator.storage.blobs.properties import Properties

_KEPT = 7 * 24 * 3600


@contextmanager
def staged(store: BlobStore, container: str, blob: str, block: bytes) -> Iterator[BinaryIO]:
    """Write one block; it counts once the context ends without an error.

    Parameters:
        block: the block's id, decoded.

    Raises:
        BadName, ContainerNotFound: before anything is written.
    """
    store.container(container)
    blob_path(store.root, container, blob)
    folder = _folder(store, container, blob)
    folder.mkdir(parents=True, exist_ok=True)
    with partial_file(folder) as (partial, file):
        yield file
        file.close()
        partial.replace(folder / block.hex())


def commit(
    store: BlobStore,
    container: str,
    blob: str,
    blocks: Sequence[bytes],
    properties: Properties,
    *,
    overwrite: bool = True,
) -> Blob:
    """Make a blob of staged blocks, in the order of the list.

    Raises:
        BadBlockList: one of them was not staged. (Blocks of an earlier commit cannot be used again: emulator-defined.)
        BlobExists, NameTaken: as `Upload.finish`.
    """
    folder = _folder(store, container, blob)
    files = [folder / block.hex() for block in blocks]
    for file in files:
        if not file.is_file():
            raise BadBlockList(f"block {file.name} (hexadecimal) of blob {blob!r} was not put")
    with store.upload(container, blob) as upload:
        for file in files:
            upload.append_file(file)
        done = upload.finish(properties, overwrite=overwrite)
    discard(store, container, blob)
    return done


def discard(store: BlobStore, container: str, blob: str) -> None:
    """Forget the staged blocks of a blob: it was written or removed."""
    shutil.rmtree(_folder(store, container, blob), ignore_errors=True)


def forget_old(store: BlobStore, now: float) -> None:
    """Remove blocks that never became part of a blob, at the start of an emulator.

    Source: the service discards uncommitted blocks a week after the last one was put.

    Parameters:
        now: seconds since the epoch.
    """
    root = store.hidden / "blocks"
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.stat().st_mtime < now - _KEPT:
            shutil.rmtree(folder, ignore_errors=True)


def waiting(store: BlobStore, container: str, blob: str) -> list[tuple[bytes, int]]:
    """The staged blocks of a blob: id and size."""
    folder = _folder(store, container, blob)
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return [(bytes.fromhex(file.name), file.stat().st_size) for file in files]


def _folder(store: BlobStore, container: str, blob: str) -> Path:
    return store.hidden / "blocks" / hashlib.sha256(f"{container}/{blob}".encode()).hexdigest()
