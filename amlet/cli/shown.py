"""Values of parameters and metrics, as people read them."""

from __future__ import annotations

import json
from typing import Any


def shown(value: Any) -> str:
    """A value in a few characters: floats with six significant digits, nothing for None, other values as JSON.

    >>> shown(0.123456789), shown("rbf"), shown(None), shown({"a": 1})
    ('0.123457', 'rbf', '', '{"a": 1}')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
