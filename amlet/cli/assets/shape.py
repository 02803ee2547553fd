"""Assets and resources as commands print them: in snake_case, as `az ml` does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

#: Where an entity came from, and how it prints: nothing of the service's.
_OWN = frozenset({"is_anonymous", "base_path", "source_path", "source", "print_as_yaml"})


def shape(entity: object) -> dict[str, Any]:
    """The attributes that are known of an entity of the gateway, as JSON."""
    attributes = {name.lstrip("_"): value for name, value in vars(entity).items()}
    kind = getattr(entity, "type", None)
    known = {**attributes, **({"type": kind} if isinstance(kind, str) else {})}
    return {name: _plain(value) for name, value in known.items() if value is not None and name not in _OWN}


def _plain(value: Any) -> Any:
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case datetime():
            return value.isoformat()
        case os.PathLike():
            return os.fspath(value)
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _ if hasattr(value, "__dict__"):
            return shape(value)
        case _:
            return str(value)
