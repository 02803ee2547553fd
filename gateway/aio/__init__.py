"""The client for asynchronous programs: the same surface as `gateway`, awaited; the logic is the same steps."""

from __future__ import annotations

from gateway.aio.client import MLClient

__all__ = ["MLClient"]
