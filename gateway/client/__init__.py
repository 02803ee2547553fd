"""`MLClient` and its operations as users see them; the client is imported when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway._lazy import lazy_exports

if TYPE_CHECKING:
    from gateway.client.ml_client import MLClient as MLClient

__getattr__, __dir__ = lazy_exports(__name__, {"gateway.client.ml_client": "MLClient"})
__all__ = __dir__()
