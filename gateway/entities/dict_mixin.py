"""Access by key for entities that the official SDK lets be used like dicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class DictMixin:
    """Public attributes as items: `resources["instance_count"]`; `==` compares all attributes."""

    def __contains__(self, key: object) -> bool:
        return key in self.__dict__

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.keys())

    def __getitem__(self, key: str) -> Any:
        return self.__dict__[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__[key] = value

    def __delitem__(self, key: str) -> None:
        self.__dict__[key] = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        return str({key: value for key, value in self.items() if value is not None})

    def get(self, key: str, default: Any = None) -> Any:
        """The attribute of that name, or the default."""
        return self.__dict__.get(key, default)

    def has_key(self, key: str) -> bool:
        """Whether there is an attribute of that name."""
        return key in self.__dict__

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several attributes at once."""
        self.__dict__.update(*args, **kwargs)

    def keys(self) -> list[str]:
        """Names of the public attributes."""
        return [key for key in self.__dict__ if not key.startswith("_")]

    def values(self) -> list[Any]:
        """Their values."""
        return [value for _, value in self.items()]

    def items(self) -> list[tuple[str, Any]]:
        """Public attributes with their values."""
        return [(key, value) for key, value in self.__dict__.items() if not key.startswith("_")]
