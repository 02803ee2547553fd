"""How the tests ask in which way they run."""

from __future__ import annotations


def is_live_and_not_recording() -> bool:
    """Live as while recording: hashes and names of assets are real ones."""
    return False
