"""What a file system does not know about a blob: its metadata, content type and MD5, in a small file of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from emulator.files import partial_file

OCTET_STREAM = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Properties:
    """Settable properties of a blob.

    Parameters:
        metadata: names (as given) and values.
        content_type: for the answer's header.
        content_md5: base64, as the uploader gave it; None when unknown.
        headers: further content headers, as `content-encoding`, by their name in lower case.
    """

    metadata: Mapping[str, str] = field(default_factory=dict)
    content_type: str = OCTET_STREAM
    content_md5: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


_PLAIN = Properties()


class PropertiesFolder:
    """Keeps the properties of blobs outside their tree.

    Parameters:
        root: a folder of its own.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, container: str, blob: str) -> Properties:
        """Properties of a blob; plain ones when none were ever set."""
        try:
            return Properties(**orjson.loads(self._file(container, blob).read_bytes()))
        except FileNotFoundError:
            return _PLAIN

    def set(self, container: str, blob: str, properties: Properties) -> None:
        """Keep them; plain ones take no file."""
        target = self._file(container, blob)
        if properties == _PLAIN:
            target.unlink(missing_ok=True)
            return
        known = {name: getattr(properties, name) for name in Properties.__slots__}
        with partial_file(self._root) as (partial, file):
            file.write(orjson.dumps(known))
            file.close()
            try:
                partial.replace(target)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                partial.replace(target)

    def drop(self, container: str, blob: str) -> None:
        """Forget them."""
        self._file(container, blob).unlink(missing_ok=True)

    def _file(self, container: str, blob: str) -> Path:
        # Hashed, because `a` and `a/b` cannot both be files of their own names.
        digest = hashlib.sha256(f"{container}/{blob}".encode()).hexdigest()
        return self._root / f"{digest[:2]}/{digest[2:]}"
