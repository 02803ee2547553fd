"""httpx without its own command line, which it loads (with click, rich and pygments) wherever those are installed.

`bench/imports.py` measures what this saves in the row `import gateway.transport.network`; without a difference there
this module goes.
"""

from __future__ import annotations

import sys
from typing import Any

_COMMAND_LINE = "httpx._main"

_modules: dict[str, Any] = sys.modules
_blocked = _COMMAND_LINE not in _modules and "httpx" not in _modules
if _blocked:
    _modules[_COMMAND_LINE] = None  # httpx then does as where `httpx[cli]` is not installed
try:
    import httpx as httpx
finally:
    if _blocked:
        del _modules[_COMMAND_LINE]
