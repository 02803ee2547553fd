"""Times: float seconds since the epoch (UTC) in code, integer microseconds in the store."""

from __future__ import annotations


def to_micros(seconds: float) -> int:
    """What the store keeps for a time of the clock."""
    return round(seconds * 1_000_000)


def to_seconds(micros: int) -> float:
    """The time of the clock for what the store keeps."""
    return micros / 1_000_000


def optional_seconds(micros: int | None) -> float | None:
    """As `to_seconds`, for a time that may not have come yet."""
    return None if micros is None else micros / 1_000_000
