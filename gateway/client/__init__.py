"""`MLClient` and its operations as users see them."""

from __future__ import annotations

from gateway.client.ml_client import MLClient

__all__ = ["MLClient"]
