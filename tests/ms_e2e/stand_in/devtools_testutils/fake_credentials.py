"""The credential of tests that are played back; live ones never use it."""

from __future__ import annotations


class FakeTokenCredential:
    """Gives no token."""
