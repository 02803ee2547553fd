"""What jobs and assets have in common."""

from __future__ import annotations

import os
from io import StringIO
from typing import Any, ClassVar

from gateway.entities.copying import own_dict
from gateway.entities.system_data import SystemData
from gateway.exceptions import ValidationException

#: What makes no difference: where it came from, and what is made of the rest on demand.
_UNSEEN = frozenset({"_base_path", "_source_path", "_inputs_of_node", "_outputs_of_node", "sends_empty_variables"})


class Resource:
    """Something that has a name in a workspace.

    Parameters:
        name: its name.
        description: what it is.
        tags: tags by name.
        properties: properties by name.
        id, creation_context, base_path, source_path: what the service or a file told of it (keyword arguments).
        print_as_yaml: whether `str` gives the YAML, as it does for nodes (keyword argument).

    Raises:
        TypeError: a keyword argument that nobody knows.
        ValidationException: tags or properties that are no dict.
    """

    _TOLD: ClassVar[frozenset[str]] = frozenset({"id", "creation_context", "source_path", "print_as_yaml"})
    _id: str | None = None
    _creation_context: SystemData | None = None
    _source_path: str = ""
    _print_as_yaml: bool = False

    def __init__(
        self,
        name: str | None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.name = name
        self.description = description
        self.tags: dict[str, Any] = own_dict("tags", tags) if tags else {}
        self.properties: dict[str, Any] = own_dict("properties", properties) if properties else {}
        base = kwargs.pop("base_path", None) if kwargs else None
        self._base_path = os.fspath(base) if base else os.getcwd()  # noqa: PTH109
        if kwargs:
            self._keep(kwargs)

    def _keep(self, told: dict[str, Any]) -> None:
        """Keep what the service or a file told, as private attributes that the class has defaults for."""
        for name, value in told.items():
            if name not in self._TOLD:
                raise TypeError(f"{self.__class__.__name__}() got an unexpected keyword argument {name!r}")
            if value is not None:
                setattr(self, f"_{name}", value)

    @property
    def id(self) -> str | None:
        """The ARM id, once the service knows it."""
        return None if self._id is None else str(self._id)

    @property
    def creation_context(self) -> SystemData | None:
        """Who made it, and when."""
        return self._creation_context

    @property
    def base_path(self) -> str:
        """Folder that relative paths in it start from."""
        return self._base_path

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and seen(self) == seen(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({ {key.strip('_'): value for key, value in vars(self).items()} })"

    def __str__(self) -> str:
        if not self._print_as_yaml:
            return repr(self)
        from gateway.serialization.yaml import dump

        try:
            dump(self, text := StringIO())
        except ValidationException:
            return repr(self)
        return text.getvalue()


def seen(resource: object) -> dict[str, Any]:
    """The attributes that make two resources equal: where they were loaded from does not count."""
    return {key: value for key, value in vars(resource).items() if key not in _UNSEEN}
