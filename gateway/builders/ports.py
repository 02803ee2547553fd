"""The inputs and outputs of a node, reached as `node.inputs.lr` or `node.inputs["lr"]`."""

from __future__ import annotations

from enum import Enum
from typing import Any

from gateway.builders.input_group import InputGroup
from gateway.constants import AssetTypes
from gateway.entities.assets import Data
from gateway.entities.job_io import Input, Output
from gateway.entities.names import has_binding, is_binding
from gateway.exceptions import (
    UnexpectedKeywordError,
    UserErrorException,
    ValidationException,
    invalid_value,
)


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
        self._mode: str | None = data.mode if isinstance(data, Output) else None

    @property
    def mode(self) -> str | None:
        """How it reaches or leaves the trial; of a bound one, what was set on this port itself."""
        return self.data.mode if isinstance(self.data, Input | Output) else self._mode

    @mode.setter
    def mode(self, value: str | None) -> None:
        if not is_bound(self.data):
            self._object().mode = value
        self._mode = value

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

    def accept(self, value: Any) -> None:
        """Give it a new value."""
        self.data = input_data(self.port_name, self.meta, value)


class PipelineInput(NodeInput):
    """An input of a pipeline; within the pipeline's function it represents the value that the pipeline will be given.

    Parameters:
        name: its name.
        meta: its declaration; None within the function.
        data: its value.
    """

    def __init__(self, name: str, meta: Input | None, data: Any) -> None:
        # Not as an input of a step: text that a pipeline is called with is not taken for a path.
        Port.__init__(self, name, meta, _asset_input(only_output(data)))

    def result(self) -> Any:
        """The value that the pipeline was called with."""
        return self.data.result() if isinstance(self.data, PipelineInput) else self.data

    def accept(self, value: Any) -> None:
        """Give it a new value, which is not taken for a path."""
        self.data = _asset_input(only_output(value))

    @property
    def binding(self) -> str:
        """How steps refer to it."""
        return f"${{{{parent.inputs.{self.port_name}}}}}"

    def __add__(self, other: Any) -> str:
        """A text with the input in it: `prefix + "/model"`."""
        return f"{self.binding}{_text_part(other)}"

    def __radd__(self, other: Any) -> str:
        return f"{_text_part(other)}{self.binding}"

    def __str__(self) -> str:
        return self.binding


class NodeOutput(Port):
    """An output of a node; parameters as in Port.

    Parameters:
        owner: the node, by whose name other steps refer to it.

    Raises:
        ValidationException: neither an Output nor text.
    """

    def __init__(self, name: str, meta: Output | None, data: Any, owner: Any = None) -> None:
        super().__init__(name, meta, _output_data(name, data))
        self.owner = owner

    def accept(self, value: Any) -> None:
        """Give it a new value; as with the official SDK, a description does not go along."""
        if isinstance(value, Output):
            value = Output(type=value.type, path=value.path, mode=value.mode, name=value.name, version=value.version)
        self.data = _output_data(self.port_name, value)

    @property
    def binding(self) -> str:
        """How other steps refer to it."""
        return f"${{{{parent.jobs.{self.owner.name}.outputs.{self.port_name}}}}}"

    def __str__(self) -> str:
        return self.binding if self.owner is not None else repr(self)

    @property
    def type(self) -> Any:
        """The type that was set, else the declared one."""
        own = self.data.type if isinstance(self.data, Output | PipelineOutput) else None
        return own or (self.meta.type if self.meta else None)

    @type.setter  # noqa: A003
    def type(self, value: str) -> None:
        if isinstance(self.data, PipelineOutput):
            self.data.type = value
        else:
            self._object().type = value

    @property
    def name(self) -> str | None:
        """Name of the asset that it is registered as."""
        return getattr(self.data, "name", None)

    @name.setter
    def name(self, value: str | None) -> None:
        if isinstance(self.data, PipelineOutput):
            self.data.asset_name = value
        else:
            self._object().name = value

    @property
    def version(self) -> str | None:
        """Version of the asset that it is registered as."""
        return getattr(self.data, "version", None)

    @version.setter
    def version(self, value: str | None) -> None:
        if isinstance(self.data, PipelineOutput):
            self.data.asset_version = value
        else:
            self._object().version = value

    def _empty(self) -> Output:
        return Output(type=None)


class PipelineOutput(NodeOutput):
    """An output of a pipeline; parameters as in NodeOutput."""

    #: The asset that the bound step registers it as, where that was said on the step after it was bound.
    asset_name: str | None = None
    asset_version: str | None = None

    @property
    def binding(self) -> str:
        """How steps refer to it."""
        return f"${{{{parent.outputs.{self.port_name}}}}}"

    def __str__(self) -> str:
        return self.binding

    def effective(self) -> Output | None:
        """What travels for it: what was set, of the declared type; None where nothing is known."""
        if isinstance(self.data, Output):
            if not self.data.type and self.meta is not None:
                self.data.type = self.meta.type
            return self.data
        if isinstance(self.data, str):
            return Output(type=self.meta.type if self.meta else AssetTypes.URI_FOLDER, path=self.data)
        if self.meta is not None and self.meta.type:
            return Output(type=self.meta.type, mode=self.meta.mode, description=self.meta.description)
        return None


class NodeInputs(dict[str, NodeInput]):
    """The inputs of a node; assigning to one gives it a new value.

    The inputs of a group are among them by their names with dots; `inputs.group` is the group.
    """

    def __missing__(self, name: str) -> InputGroup:
        if any(key.startswith(f"{name}.") for key in self):
            return InputGroup(self, name)
        raise KeyError(name)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise UnexpectedKeywordError(f"There is no input {name!r}; the inputs are {', '.join(self)}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.__getattr__(name).accept(value.value if isinstance(value, Enum) else value)


class NodeOutputs(dict[str, NodeOutput]):
    """The outputs of a node; assigning to one gives it a new value."""

    def __getattr__(self, name: str) -> NodeOutput:
        try:
            return self[name]
        except KeyError:
            raise UnexpectedKeywordError(f"There is no output {name!r}; the outputs are {', '.join(self)}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.__getattr__(name).accept(value)


def input_data(name: str, meta: Any, data: Any) -> Any:
    """What a value means for an input that is declared so.

    Parameters:
        name: name of the input.
        meta: its declaration, or None.
        data: the value: text for a data input is its path, a Data asset is its id.

    Raises:
        UserErrorException: a value that is not a path, for a data input.
    """
    data = _asset_input(only_output(data))
    if data is None or isinstance(data, Input | PipelineInput | NodeOutput):
        return data
    if isinstance(data, dict):
        return Input(**data)
    if isinstance(data, NodeInput):
        raise ValidationException(f"inputs.{name}: an input of another step cannot be bound; give what that one is.")
    if meta is None or meta.is_literal or not meta.type or has_binding(data):
        return data
    if isinstance(data, str):
        return Input(type=meta.type, path=data)
    raise UserErrorException(f"inputs.{name} takes a path of type {meta.type}, got {type(data).__name__}: {data!r}.")


def only_output(value: Any) -> Any:
    """The only output of a node that is given in the place of it; every other value as it is.

    Raises:
        ValidationException: the node has more outputs, or none.
    """
    if isinstance(value, InputGroup):
        return value
    outputs = value if isinstance(value, NodeOutputs) else getattr(value, "outputs", None)
    if not isinstance(outputs, NodeOutputs):
        return value
    if len(outputs) != 1:
        raise ValidationException(
            f"a step with {len(outputs)} outputs cannot be used as an input; give one of its outputs: "
            f"{', '.join(outputs) or 'it has none'}."
        )
    return next(iter(outputs.values()))


def effective_output(port: NodeOutput) -> Any:
    """What travels for an output of a pipeline; see `PipelineOutput.effective`."""
    return port.effective() if isinstance(port, PipelineOutput) else port.data


def _text_part(value: Any) -> str:
    """What is joined to an input of a pipeline: text, or another input.

    Raises:
        UserErrorException: anything else, which only a component could add up.
    """
    if isinstance(value, str | PipelineInput):
        return str(value)
    raise UserErrorException(
        f"An input of a pipeline can be joined with text or another input, not with {value!r}: compute it in a "
        "component, or from `.result()`, the value that the pipeline is called with."
    )


def is_bound(value: Any) -> bool:
    """Whether a value is an input of the pipeline, an output of a step, or a text that is one binding."""
    return isinstance(value, PipelineInput | NodeOutput) or is_binding(value)


def _asset_input(data: Any) -> Any:
    """A data asset as the input that it means; every other value as it is."""
    if isinstance(data, Data):
        return Input(type=data.type, path=data.id or f"{data.name}:{data.version}")
    return data


def _output_data(name: str, data: Any) -> Any:
    if isinstance(data, dict):
        data = Output(**data)
    if data is not None and not isinstance(data, Output | str):
        raise invalid_value(f"outputs.{name}", data, "an Output")
    return data
