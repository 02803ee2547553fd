"""Blobs as plain files: `<artifacts>/<container>/<blob name>`, so that run artifacts and blobs are one tree."""

from __future__ import annotations

from emulator.storage.blobs.files import Blob, BlobStore
from emulator.storage.blobs.properties import Properties

__all__ = ["Blob", "BlobStore", "Properties"]
