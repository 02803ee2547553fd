"""What all entities have in common: access by key, copies, and what the service sets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from io import StringIO
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

from gateway import _late as late
from gateway.exceptions import ValidationException, invalid_value


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
        # As in the official SDK: the attribute stays, and counts as left out.
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


T = TypeVar("T")

_UNCHANGEABLE = frozenset({str, int, float, bool, type(None)})
#: What is never copied although it may have attributes: enums, classes, and subclasses of plain values.
_WHOLE = (str, int, float, bytes, Enum, type)


def own_dict(field: str, value: Any) -> dict[Any, Any]:
    """A dict of one's own with the entries of what was given for a field.

    Raises:
        ValidationException: it has no names and values.
    """
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise invalid_value(field, value, "a dict") from None


def copied(value: T) -> T:
    """A copy of an entity, or of dicts and lists of them, down to the values that cannot be changed."""
    if type(value) in _UNCHANGEABLE:
        return value
    if isinstance(value, dict):
        parts = value.copy()
        _copy_parts(parts)
        return parts  # type: ignore[return-value]
    if isinstance(value, list):
        return type(value)(map(copied, value))
    if isinstance(value, _WHOLE) or not hasattr(value, "__dict__"):
        return value
    copy: T = object.__new__(type(value))
    copy.__dict__.update(value.__dict__)
    _copy_parts(copy.__dict__)
    return copy


def _copy_parts(parts: dict[Any, Any]) -> None:
    """Put copies in the place of what could be changed."""
    for key, part in parts.items():
        if type(part) not in _UNCHANGEABLE:
            parts[key] = copied(part)


class FieldType(Enum):
    """The types of the fields of policies, algorithms and distributions: by them a file is read and written."""

    INTEGER = "integer"
    NUMBER = "number"
    NUMBER_OR_TEXT = "number or text"
    TEXT = "text"
    BOOLEAN = "boolean"


#: Types by the names of fields; a tuple is the words that a field can be.
FieldTypes = Mapping[str, FieldType | tuple[str, ...]]


class Coerced(property, Generic[T]):
    """An attribute in which a dict represents an object: `job.resources = {"instance_count": 2}`.

    A property whose getter is in C, because translating a job reads such attributes most of the time. The object is
    kept under the attribute's name with an underscore.

    Parameters:
        make: makes the object from the dict; its errors are those of the assignment.
        doc: what the attribute is.
    """

    def __init__(self, make: Callable[[dict[str, Any]], T], doc: str) -> None:
        self._make, self._doc = make, doc

    def __set_name__(self, owner: type, name: str) -> None:
        key, make = f"_{name}", self._make

        def assign(instance: Any, value: Any) -> None:
            # Not through `__dict__`: asking for it makes every later access to the instance slower.
            setattr(instance, key, make(value) if isinstance(value, dict) else value)

        super().__init__(attrgetter(key), assign, doc=self._doc)

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None) -> T | None: ...
        def __get__(self, instance: object | None, owner: type | None = None) -> Self | T | None: ...

        def __set__(self, instance: object, value: dict[str, Any] | T | None) -> None: ...


class SystemData:
    """Who made and last changed a resource, and when.

    Parameters:
        created_by, created_by_type, created_at: the creation.
        last_modified_by, last_modified_by_type, last_modified_at: the last change.
    """

    def __init__(
        self,
        *,
        created_by: str | None = None,
        created_by_type: str | None = None,
        created_at: datetime | None = None,
        last_modified_by: str | None = None,
        last_modified_by_type: str | None = None,
        last_modified_at: datetime | None = None,
    ) -> None:
        self.created_by = created_by
        self.created_by_type = created_by_type
        self.created_at = created_at
        self.last_modified_by = last_modified_by
        self.last_modified_by_type = last_modified_by_type
        self.last_modified_at = last_modified_at

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, SystemData) else NotImplemented

    def __repr__(self) -> str:
        return f"SystemData({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


#: Attributes that equality ignores: where the entity came from, and what is derived from the rest on demand.
_NOT_COMPARED = frozenset(
    {"_base_path", "_source_path", "_source", "_inputs_of_node", "_outputs_of_node", "sends_empty_variables"}
)


class Resource:
    """Something that has a name in a workspace.

    Parameters:
        name: its name.
        description: what it is.
        tags: tags by name.
        properties: properties by name.
        id, creation_context, base_path, source_path: what the service or a file sets (keyword arguments).
        print_as_yaml: whether `str` gives the YAML, as it does for nodes (keyword argument).

    Raises:
        TypeError: an unknown keyword argument.
        ValidationException: tags or properties that are not a dict.
    """

    _SERVED: ClassVar[frozenset[str]] = frozenset({"id", "creation_context", "source_path", "print_as_yaml"})
    #: The attributes that `repr` has, where they are known.
    _SHOWN: ClassVar[tuple[str, ...]] = ("name", "type", "description")
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

    def _keep(self, given: dict[str, Any]) -> None:
        """Keep what the service or a file sets, as private attributes that the class has defaults for."""
        for name, value in given.items():
            if name not in self._SERVED:
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
        return type(other) is type(self) and comparable_state(self) == comparable_state(other)

    def __repr__(self) -> str:
        known = ((name, getattr(self, name, None)) for name in self._SHOWN)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in known if value is not None)})"

    def __str__(self) -> str:
        if not self._print_as_yaml:
            return repr(self)
        try:
            late.dump(self, text := StringIO())
        except ValidationException:
            return repr(self)
        return text.getvalue()


def comparable_state(resource: object) -> dict[str, Any]:
    """The attributes that make two resources equal: where they were loaded from does not count."""
    return {key: value for key, value in vars(resource).items() if key not in _NOT_COMPARED}
