"""What a file system does not know about a blob: its metadata, content type and MD5, in a small file of its own.

A blob and its properties are two files, and a process may be killed between the writes of the two. So the properties
name the content that they belong to by its stamp (time of its last change and size), and those of a new content are
written before it appears, beside those of the content that is still there. The one rename that puts the content in its
place makes both visible.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from emulator.files import partial_file
from emulator.plain_files import is_fit

OCTET_STREAM = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Properties:
    """Settable properties of a blob.

    Parameters:
        metadata: names (as given) and values.
        content_type: for the answer's header.
        content_md5: base64, as the uploader gave it or of what was uploaded in one piece; None when unknown.
        headers: further content headers, as `content-encoding`, by their name in lower case.
        created: when the content was written, seconds since the epoch; None where that is its last change.
    """

    metadata: Mapping[str, str] = field(default_factory=dict)
    content_type: str = OCTET_STREAM
    content_md5: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    created: float | None = None


_PLAIN = Properties()
_LATEST = 253_402_300_800.0  # the year 10000


class Stamp(NamedTuple):
    """Which content of a blob it is: nanoseconds since the epoch of its last change, and its bytes."""

    modified: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file."""
        return cls(status.st_mtime_ns, status.st_size)


class PropertiesFolder:
    """Keeps the properties of blobs outside their tree.

    Parameters:
        root: a folder of its own.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, container: str, blob: str, stamp: Stamp) -> Properties:
        """Properties of a content of a blob; plain ones when none were ever set.

        A content that was written or copied by others than the store has the last ones, if its size is theirs, but no
        MD5, which may no longer be its own.
        """
        entries = self._entries(container, blob)
        for found, values in reversed(entries):
            if found == stamp:
                return Properties(**values)
        if entries and entries[-1][0].size == stamp.size:
            return Properties(**{**entries[-1][1], "content_md5": None})
        return _PLAIN

    def announce(self, container: str, blob: str, before: Stamp | None, after: Stamp, properties: Properties) -> None:
        """Keep those of a content that is about to appear, without losing those of the one that is there.

        Parameters:
            before: the content that is there; None when there is none.
            after: the one that will be there.
            properties: of that one; plain ones take no file where none is.
        """
        target = self._file(container, blob)
        old = None if before is None else self.get(container, blob, before)
        if properties == _PLAIN and old in (None, _PLAIN):
            target.unlink(missing_ok=True)
            return
        entries = [] if before is None or old is None else [(before, _values(old))]
        entries.append((after, _values(properties)))
        with partial_file(self._root) as (partial, file):
            file.write(orjson.dumps([((*stamp,), values) for stamp, values in entries]))
            file.close()
            try:
                partial.replace(target)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                partial.replace(target)

    def drop(self, container: str, blob: str) -> None:
        """Forget them."""
        self._file(container, blob).unlink(missing_ok=True)

    def _entries(self, container: str, blob: str) -> list[tuple[Stamp, dict[str, Any]]]:
        try:
            found = orjson.loads(self._file(container, blob).read_bytes())
            return [(Stamp(int(modified), int(size)), _checked(values)) for (modified, size), values in found]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError, AttributeError):  # a snapshot from elsewhere may hold it
            return []

    def _file(self, container: str, blob: str) -> Path:
        # Hashed, because `a` and `a/b` cannot both be files of their own names.
        digest = hashlib.sha256(f"{container}/{blob}".encode()).hexdigest()
        return self._root / f"{digest[:2]}/{digest[2:]}"


def _values(properties: Properties) -> dict[str, Any]:
    return {name: getattr(properties, name) for name in Properties.__slots__}


def _checked(values: Any) -> dict[str, Any]:
    """The values of a file, which become headers.

    Raises:
        ValueError, TypeError, KeyError: they cannot.
    """
    created = values.get("created")  # absent in what older versions wrote
    if created is not None and not 0 <= float(created) < _LATEST:
        raise ValueError("a time that no date can show")
    kept = {"created": created} | {name: values[name] for name in Properties.__slots__ if name != "created"}
    texts = [kept["content_type"], kept["content_md5"] or "", *_flat(kept["metadata"]), *_flat(kept["headers"])]
    for text in texts:
        if not is_fit(text):
            raise ValueError("a header cannot have control characters")
        text.encode("latin-1")
    return kept


def _flat(named: Any) -> list[Any]:
    return [text for pair in named.items() for text in pair]
