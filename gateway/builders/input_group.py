"""Inputs of a node that belong together, reached as `node.inputs.group.lr`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from gateway.exceptions import ErrorTarget, UnexpectedKeywordError, ValidationException

#: The attribute of classes with `@group`, and of their instances; see `gateway.builders.group`.
GROUP_MARK = "_fields_of_group"


class InputGroup(Mapping[str, Any]):
    """The inputs of a node whose names begin alike: `group` with `lr` is the input `group.lr`.

    Parameters:
        ports: the inputs of the node.
        name: the group's own name, with dots where it is within another one.
    """

    def __init__(self, ports: Mapping[str, Any], name: str) -> None:
        vars(self).update(_ports=ports, _name=name)

    def __getitem__(self, key: str) -> Any:
        return self._ports[f"{self._name}.{key}"]

    def __iter__(self) -> Iterator[str]:
        start = len(self._name) + 1
        names = (name[start:] for name in self._ports if name.startswith(f"{self._name}."))
        return iter(dict.fromkeys(name.partition(".")[0] for name in names))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise UnexpectedKeywordError(
                f"There is no input {name!r} in the group {self._name}; its inputs are {', '.join(self)}."
            ) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.__getattr__(name).accept(value.value if isinstance(value, Enum) else value)

    def accept(self, value: Any) -> None:
        """Give its inputs the values of another group, or of an instance of a class with `@group`.

        Raises:
            ValidationException: the value is neither.
        """
        if not isinstance(value, InputGroup | Mapping) and not hasattr(type(value), GROUP_MARK):
            raise ValidationException(
                f"{self._name!r} is expected to be a parameter group, but got {type(value)}.",
                target=ErrorTarget.PIPELINE,
            )
        for key, entry in (value if isinstance(value, Mapping) else vars(value)).items():
            setattr(self, key, entry)
