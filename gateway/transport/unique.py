"""Random ids that need no `uuid`, whose import loads `platform` and takes longer than a request."""

from __future__ import annotations

import os


def unique_id() -> str:
    """A random UUID, version 4, as text."""
    number = int.from_bytes(os.urandom(16), "big") & ~(0xF000 << 64 | 0b11 << 62) | (0x4000 << 64 | 0b10 << 62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
