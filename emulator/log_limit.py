"""A log of bounded size: its beginning, a line that says what was cut, and its end."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from emulator.plain_files import READ_WRITE_PLAIN

#: Bytes of the end that a cut keeps, where the limit is large enough for them: a last error is in them.
_KEPT_END = 65_536
_MOST_SCANNED = 256

_CUT = re.compile(rb"\namlet: (\d+) bytes of this log were cut here")


def cut(log: Path, limit: int) -> int:
    """Take the middle out of a log that is larger than it may be; how many bytes were taken.

    Half of the limit is kept of its beginning, so that a log that is cut again and again keeps the same beginning, and
    the line counts all that was cut. A program that appends to it goes on behind what is kept.

    Parameters:
        log: anything may be in its place; only a plain file is touched.
        limit: bytes.

    Raises:
        OSError: it cannot be read or written.
    """
    try:
        descriptor = os.open(log, READ_WRITE_PLAIN)
    except FileNotFoundError:
        return 0
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size <= limit:
            return 0
        head = limit // 2
        kept_end = min(_KEPT_END, limit // 4)
        end = os.pread(descriptor, kept_end, max(head, found.st_size - kept_end))
        before = _CUT.match(os.pread(descriptor, _MOST_SCANNED, head))
        removed = found.st_size - head - len(end)
        total = removed + (int(before[1]) if before else 0)
        line = f"\namlet: {total} bytes of this log were cut here; it may have {limit} (setting log_limit)\n".encode()
        os.ftruncate(descriptor, head)
        os.write(descriptor, line + end)
        return removed
    finally:
        os.close(descriptor)
