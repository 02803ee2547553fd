"""Times as the control plane writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from emulator.storage.times import to_micros

_EPOCH = datetime.fromtimestamp(0, UTC)


def iso(seconds: float) -> str:
    """Seven digits of a second and an offset, as recorded: `2026-03-03T22:25:21.1606906+00:00`.

    Rounded as the store rounds, so that a time reads the same before and after it was stored.
    """
    moment = _EPOCH + timedelta(microseconds=to_micros(seconds))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0+00:00"
