"""Whether a proxy may be between this machine and a host."""

from __future__ import annotations

import os
import sys

_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")

#: Systems whose own settings, beside the environment, name proxies.
_WITH_SETTINGS = frozenset({"win32", "darwin"})


def proxied() -> bool:
    """Whether the environment names a proxy."""
    return any(os.environ.get(name) or os.environ.get(name.lower()) for name in _VARIABLES)


def maybe_proxied() -> bool:
    """Whether the environment, or the system, may name a proxy."""
    return proxied() or sys.platform in _WITH_SETTINGS
