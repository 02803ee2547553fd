"""The parameters of a pipeline function: what its inputs and outputs are declared as, and the values of a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, EnumMeta
from inspect import Parameter
from typing import Any

from gateway.builders.ports import NodeOutput, PipelineInput, only_output
from gateway.constants import InputTypes
from gateway.entities.assets import Data
from gateway.entities.job_io import Input, Output
from gateway.entities.resource import copied
from gateway.exceptions import UnexpectedKeywordError, UserErrorException

_PRIMITIVES: Mapping[Any, str] = {
    float: InputTypes.NUMBER,
    int: InputTypes.INTEGER,
    bool: InputTypes.BOOLEAN,
    str: InputTypes.STRING,
}


def declared_inputs(
    function: Callable[..., Any], plain: Sequence[str], descriptions: Mapping[str, str]
) -> dict[str, Input]:
    """The inputs that the parameters of a function declare, annotated ones first.

    Parameters:
        plain: parameters that are not inputs.
        descriptions: of its parameters, by name.

    Raises:
        UserErrorException: an annotation that an input cannot have.
    """
    annotations = _annotations(function)
    inputs: dict[str, Input] = {}
    parameters = inspect.signature(function).parameters
    for name in sorted(parameters, key=lambda name: name not in annotations):
        parameter = parameters[name]
        if name in plain or parameter.kind in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL):
            continue
        declared = _declared(name, annotations.get(name, Parameter.empty), parameter.default)
        if name in descriptions:
            declared.description = descriptions[name]
        inputs[name] = declared
    return inputs


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters, also of a module that puts off their evaluation."""
    try:
        found = inspect.get_annotations(function, eval_str=True)
    except Exception as error:  # whatever the evaluation of an annotation may raise
        raise UserErrorException(f"the annotations of {function.__name__} cannot be read: {error}") from error
    found.pop("return", None)
    return found


def _declared(name: str, annotation: Any, default: Any) -> Input:
    if annotation is Parameter.empty:
        declared = _by_value(default)
    elif isinstance(annotation, Input):
        declared = copied(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Input):
        declared = annotation()
    elif isinstance(annotation, EnumMeta):
        declared = Input(type=InputTypes.STRING, enum=[str(entry.value) for entry in annotation])  # type: ignore[var-annotated]
    elif annotation in _PRIMITIVES:
        declared = Input(type=_PRIMITIVES[annotation])
    else:
        raise UserErrorException(f"Unsupported annotation type {annotation!r} for parameter {name!r}.")
    if default is not Parameter.empty and default is not None:
        value = default.value if isinstance(default, Enum) else default
        kept = {key: entry for key, entry in declared.items() if entry is not None}
        declared = Input(**{**kept, "type": declared.type, "default": value})
    return declared


def _by_value(default: Any) -> Input:
    if isinstance(default, Enum):
        return Input(type=InputTypes.STRING, enum=[str(entry.value) for entry in type(default)])
    return Input(type=_PRIMITIVES.get(type(default)))  # type: ignore[arg-type]


def declared_outputs(function: Callable[..., Any]) -> dict[str, Output]:
    """The outputs that a function's return annotation declares; one Output is called `output`."""
    annotation = inspect.signature(function).return_annotation
    return {"output": annotation} if isinstance(annotation, Output) else {}


def described_arguments(docstring: str | None) -> dict[str, str]:
    """The descriptions of the arguments in a docstring in Google's style.

    Example:
        >>> described_arguments("Train.\\n\\n    Args:\\n        lr (float): how fast\\n            it learns\\n")
        {'lr': 'how fast it learns'}
    """
    lines = [line.strip() for line in (docstring or "").splitlines()]
    described: dict[str, str] = {}
    start = next((place for place, line in enumerate(lines) if line.lower() == "args:"), len(lines))
    name = None
    for line in lines[start + 1 :]:
        if not line or (name is None and ":" not in line):
            break
        if ":" in line:
            head, _, text = line.partition(":")
            name = head.partition("(")[0].strip()
            described[name] = text.strip()
        elif name is not None:
            described[name] = f"{described[name]} {line}"
    return described


def call_values(
    function: Callable[..., Any], args: Sequence[Any], values: Mapping[str, Any], plain: Sequence[str]
) -> dict[str, Any]:
    """The values of a call by parameter, those that were given; a step counts as its only output.

    Parameters:
        plain: parameters whose values may be anything.

    Raises:
        UnexpectedKeywordError: a value for a parameter that does not exist.
        UserErrorException: too many values, two for one parameter, or one that cannot be an input.
    """
    parameters = inspect.signature(function).parameters
    name = function.__name__
    variable = [p.name for p in parameters.values() if p.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    if variable:
        raise UserErrorException(f"{name}() got parameters {variable} of any number; a pipeline needs named ones.")
    unknown = [entry for entry in plain if entry not in parameters]
    if unknown:
        raise UserErrorException(f"{name}() got unexpected params in non_pipeline_inputs {unknown!r}.")
    if len(args) > len(parameters):
        raise UserErrorException(f"{name}() takes {len(parameters)} positional arguments but {len(args)} were given")
    given = dict(zip(parameters, args, strict=False))
    for key, value in values.items():
        if key not in parameters:
            known = ", ".join(parameters) or "none"
            raise UnexpectedKeywordError(
                f"{name}() got an unexpected keyword argument {key!r}; valid keywords: {known}."
            )
        if key in given:
            raise UserErrorException(f"{name}() got multiple values for argument {key!r}.")
        given[key] = value
    return {key: value if key in plain else _checked(name, key, value) for key, value in given.items()}


def _checked(function: str, key: str, value: Any) -> Any:
    value = only_output(value)
    if value is not None and not isinstance(
        value, PipelineInput | NodeOutput | Input | Data | str | bool | int | float
    ):
        raise UserErrorException(
            f"{function}(): Pipeline input expected an azure.ai.ml.Input or primitive types (str, bool, int or float), "
            f"but got type {type(value)} for {key!r}."
        )
    return value
