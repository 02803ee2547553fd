"""The inputs and outputs of a node, reached as `node.inputs.lr` or `node.inputs["lr"]`."""

from __future__ import annotations

from enum import Enum
from typing import Any

from gateway.entities.assets import Data
from gateway.entities.job_io import Input, Output
from gateway.entities.names import has_binding
from gateway.exceptions import UnexpectedKeywordError, UserErrorException, ValidationException, invalid_value


class Port:
    """One input or output of a node.

    Parameters:
        name: its name.
        meta: its declaration in the component.
        data: what is given for it; None when nothing is.
    """

    def __init__(self, name: str, meta: Input | Output | None, data: Any) -> None:
        self.port_name = name
        self.meta = meta
        self.data = data

    @property
    def mode(self) -> str | None:
        """How it reaches or leaves the trial."""
        return getattr(self.data, "mode", None)

    @mode.setter
    def mode(self, value: str | None) -> None:
        self._object().mode = value

    @property
    def path(self) -> str | None:
        """Where its data lies."""
        return getattr(self.data, "path", None)

    @path.setter
    def path(self, value: str) -> None:
        self._object().path = value

    @property
    def description(self) -> str | None:
        """What it is."""
        return getattr(self.data, "description", None)

    @property
    def type(self) -> Any:
        """Its declared type, else that of what is given."""
        return self.meta.type if self.meta else getattr(self.data, "type", None)

    def _object(self) -> Any:
        if self.data is None:
            self.data = self._empty()
        if not isinstance(self.data, Input | Output):
            raise ValidationException(f"{self.port_name}: {self.data!r} is a plain value and has no such setting.")
        return self.data

    def _empty(self) -> Input | Output:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.port_name!r}, {self.data!r})"


class NodeInput(Port):
    """An input of a node; parameters as in Port."""

    def __init__(self, name: str, meta: Input | None, data: Any) -> None:
        super().__init__(name, meta, input_data(name, meta, data))

    def _empty(self) -> Input:
        return Input()


class NodeOutput(Port):
    """An output of a node; parameters as in Port.

    Raises:
        ValidationException: neither an Output nor text.
    """

    def __init__(self, name: str, meta: Output | None, data: Any) -> None:
        if isinstance(data, dict):
            data = Output(**data)
        if data is not None and not isinstance(data, Output | str):
            raise invalid_value(f"outputs.{name}", data, "an Output")
        super().__init__(name, meta, data)

    @property
    def name(self) -> str | None:
        """Name of the asset that it is registered as."""
        return getattr(self.data, "name", None)

    @name.setter
    def name(self, value: str | None) -> None:
        self._object().name = value

    @property
    def version(self) -> str | None:
        """Version of the asset that it is registered as."""
        return getattr(self.data, "version", None)

    @version.setter
    def version(self, value: str | None) -> None:
        self._object().version = value

    def _empty(self) -> Output:
        return Output(type=None)


class NodeInputs(dict[str, NodeInput]):
    """The inputs of a node; assigning to one gives it a new value."""

    def __getattr__(self, name: str) -> NodeInput:
        try:
            return self[name]
        except KeyError:
            raise UnexpectedKeywordError(f"There is no input {name!r}; the inputs are {', '.join(self)}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        port = self.__getattr__(name)
        port.data = input_data(name, port.meta, value.value if isinstance(value, Enum) else value)


class NodeOutputs(dict[str, NodeOutput]):
    """The outputs of a node; assigning to one gives it a new value."""

    def __getattr__(self, name: str) -> NodeOutput:
        try:
            return self[name]
        except KeyError:
            raise UnexpectedKeywordError(f"There is no output {name!r}; the outputs are {', '.join(self)}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        port = self.__getattr__(name)
        if isinstance(value, Output):
            # Like the official SDK: a description does not go along.
            value = Output(type=value.type, path=value.path, mode=value.mode, name=value.name, version=value.version)
        self[name] = NodeOutput(name, port.meta, value)  # type: ignore[arg-type]


def input_data(name: str, meta: Any, data: Any) -> Any:
    """What a value means for an input that is declared so.

    Parameters:
        name: name of the input.
        meta: its declaration, or None.
        data: the value: text for a data input is its path, a Data asset is its id.

    Raises:
        UserErrorException: a value that is not a path, for a data input.
    """
    if data is None or isinstance(data, Input):
        return data
    if isinstance(data, dict):
        return Input(**data)
    if isinstance(data, Data):
        return Input(type=data.type, path=data.id or f"{data.name}:{data.version}")
    if meta is None or meta.is_literal or not meta.type or has_binding(data):
        return data
    if isinstance(data, str):
        return Input(type=meta.type, path=data)
    raise UserErrorException(f"inputs.{name} takes a path of type {meta.type}, got {type(data).__name__}: {data!r}.")
