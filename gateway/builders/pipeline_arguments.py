"""The parameters of a pipeline function: what its inputs and outputs are declared as, and the values of a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import Any

from gateway.builders.annotations import annotations_of, declared_input
from gateway.builders.group import flat_values, group_inputs, group_outputs, is_group
from gateway.builders.input_group import InputGroup
from gateway.builders.ports import NodeOutput, PipelineInput, only_output
from gateway.entities.assets import Data
from gateway.entities.job_io import Input, Output
from gateway.exceptions import ErrorTarget, UnexpectedKeywordError, UserErrorException, ValidationException


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
    annotations = annotations_of(function)
    inputs: dict[str, Input] = {}
    parameters = inspect.signature(function).parameters
    for name in sorted(parameters, key=lambda name: name not in annotations):
        parameter = parameters[name]
        if name in plain or parameter.kind in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL):
            continue
        annotation = annotations.get(name, Parameter.empty)
        if is_group(annotation) or is_group(parameter.default):
            inputs |= group_inputs(name, annotation, parameter.default)
            continue
        declared = declared_input(name, annotation, parameter.default)
        if name in descriptions:
            declared.description = descriptions[name]
        inputs[name] = declared
    return inputs


def declared_outputs(function: Callable[..., Any]) -> dict[str, Output]:
    """The outputs that a function's return annotation declares; one Output is called `output`.

    Raises:
        UserErrorException: a group within a group.
    """
    annotation = inspect.signature(function, eval_str=True).return_annotation
    if is_group(annotation):
        return group_outputs(annotation)
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
    if (
        value is not None
        and not isinstance(value, PipelineInput | NodeOutput | Input | InputGroup | Data | str | bool | int | float)
        and not is_group(value)
    ):
        raise UserErrorException(
            f"{function}(): Pipeline input expected an azure.ai.ml.Input or primitive types (str, bool, int or float), "
            f"but got type {type(value)} for {key!r}."
        )
    return value


def input_values(inputs: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a pipeline's inputs, those of groups by their names with dots.

    Parameters:
        inputs: what the function declares.
        given: values by parameter.

    Raises:
        ValidationException: a group for an input that is none, or something else for a group.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        grouped = is_group(value) or isinstance(value, InputGroup)
        if name in inputs:
            if grouped:
                raise ValidationException(
                    f"{name!r} is defined as a parameter but got a parameter group as input.",
                    target=ErrorTarget.PIPELINE,
                )
            values[name] = value
        elif value is None or grouped or isinstance(value, dict):
            values |= flat_values(name, value)
        else:
            raise ValidationException(
                f"{name!r} is defined as a parameter group but got input {value!r} with type '{type(value)}'.",
                target=ErrorTarget.PIPELINE,
            )
    return values
