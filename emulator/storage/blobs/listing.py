"""The names in a container, in the service's order, page by page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emulator.plain_files import LONGEST_PATH, is_fit
from emulator.storage.blobs.files import Blob, BlobStore


@dataclass(frozen=True, slots=True)
class BlobPage:
    """Some entries of a container.

    Parameters:
        entries: blobs, and as text the prefixes (virtual folders) when there was a delimiter.
        next_marker: where the next page begins; empty at the end.
    """

    entries: list[Blob | str]
    next_marker: str


def list_blobs(
    store: BlobStore, container: str, *, prefix: str = "", delimiter: str = "", marker: str = "", limit: int = 5000
) -> BlobPage:
    """One page of the blobs of a container, ordered by name.

    Parameters:
        prefix: only names that begin so.
        delimiter: names that go on with it after the prefix are grouped under what is before it.
        marker: name to begin with: the `next_marker` of the page before.
        limit: at most so many entries.

    Raises:
        BadName, ContainerNotFound: as they say.
    """
    entries: list[Blob | str] = []
    group = ""
    for name, file in _walk(store.container(container), "", prefix, marker):
        if group and name.startswith(group):
            continue
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if len(entries) == limit:
            return BlobPage(entries, name)
        if cut >= 0:
            group = name[: cut + len(delimiter)]
            entries.append(group)
            continue
        try:
            entries.append(store.describe(container, name, file.stat(follow_symlinks=False)))
        except FileNotFoundError:
            continue
    return BlobPage(entries, "")


def _walk(folder: Path, base: str, prefix: str, marker: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Plain files below a folder with their blob names, in the order of these."""
    try:
        with os.scandir(folder) as found:
            entries = [
                (f"{base}{entry.name}{'/' if entry.is_dir(follow_symlinks=False) else ''}", entry)
                for entry in found
                if is_fit(entry.name) and len(base) + len(entry.name) <= LONGEST_PATH
            ]
    except OSError:  # gone, or not to be read
        return
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if name.endswith("/"):
            reaches = name.startswith(prefix) or prefix.startswith(name)
            if reaches and (name >= marker or marker.startswith(name)):
                yield from _walk(folder / entry.name, name, prefix, marker)
        elif name.startswith(prefix) and name >= marker and entry.is_file(follow_symlinks=False):
            yield name, entry
