"""`@group`: a class whose fields are inputs of a pipeline that belong together, or its outputs.

An input of a group is an input of the pipeline with dots in its name, `group.field`: that is how it is declared, bound
and sent. Source: the official SDK's `GroupInput` (azure-ai-ml 1.35.2).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from inspect import Parameter
from typing import Any, TypeAlias, TypeVar

from gateway.builders.annotations import annotations_of, declared_input
from gateway.builders.input_group import GROUP_MARK, InputGroup
from gateway.entities.job_io import Input, Output
from gateway.entities.resource import copied
from gateway.exceptions import UserErrorException

T = TypeVar("T")

#: The attribute by which a class, and an instance of it, is known as a group.
_MARK = GROUP_MARK


class NestedGroup:
    """A field that is a group itself.

    Parameters:
        cls: the class of the group.
        default: an instance of it.
    """

    def __init__(self, cls: type, default: Any) -> None:
        self.cls = cls
        self.default = default


#: A field of a group.
Field: TypeAlias = Input | Output | NestedGroup


def group(cls: type[T]) -> type[T]:
    """Make a class a group of inputs or outputs: its annotated fields, and its public ones with a default.

    The class gets a constructor that takes its fields as keywords. A parameter of a pipeline function that is annotated
    with it is a group of inputs; a return annotation declares the pipeline's outputs.

    Raises:
        UserErrorException: an annotation that an input or output cannot have, or a default of one that has none.
        ValueError: the default of a field that is a group is not an instance of it.

    Example:
        @group
        class Training:
            learning_rate: float
            epochs: int = 5

        @pipeline
        def train(data: Input, training: Training):
            fit(data=data, lr=training.learning_rate, epochs=training.epochs)

        train(data, Training(learning_rate=0.1))
    """
    fields = _merged(_inherited(cls), _own_fields(cls))
    setattr(cls, _MARK, fields)
    setattr(cls, "__init__", _constructor(fields))  # noqa: B010
    setattr(cls, "__repr__", _representation(fields))  # noqa: B010
    return cls


def is_group(value: Any) -> bool:
    """Whether a value is a class with `@group`, or an instance of one."""
    return hasattr(value if isinstance(value, type) else type(value), _MARK)


def group_inputs(name: str, annotation: Any, default: Any) -> dict[str, Input]:
    """The inputs that a parameter declares which is a group, by their names with dots.

    Parameters:
        name: the parameter.
        annotation: the group, or `Parameter.empty` where the default tells it.
        default: an instance of the group, None, or `Parameter.empty`.

    Raises:
        UserErrorException: a field that is an output, or data.
        ValueError: the default is not an instance of a group.
    """
    cls = annotation if is_group(annotation) else type(default)
    given = None if default is Parameter.empty else default
    _check_default(given)
    return dict(_flat_inputs(name, fields_of(cls), given))


def fields_of(cls: type) -> Mapping[str, Field]:
    """The fields of a group by name."""
    fields: Mapping[str, Field] = getattr(cls, _MARK)
    return fields


def group_outputs(cls: type) -> dict[str, Output]:
    """The outputs that a group declares as the return annotation of a pipeline function.

    Raises:
        UserErrorException: a field that is a group.
    """
    outputs: dict[str, Output] = {}
    for name, field in fields_of(cls).items():
        if isinstance(field, NestedGroup):
            raise UserErrorException("Nested group annotation is not supported in pipeline output.")
        outputs[name] = copied(field) if isinstance(field, Output) else Output(type=field.type)
    return outputs


def flat_values(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What is given for a group, by names with dots; what is None is left out, as its default applies.

    Parameters:
        name: of the group.
        value: an instance of the group, the group of another pipeline, or a dict.
    """
    if is_group(value):
        entries: Mapping[str, Any] = vars(value)
    elif isinstance(value, InputGroup | dict):
        entries = value
    else:
        if value is not None:
            yield name, value.value if isinstance(value, Enum) else value
        return
    for key, entry in entries.items():
        yield from flat_values(f"{name}.{key}", entry)


def _own_fields(cls: type) -> dict[str, Field]:
    annotations = annotations_of(cls)
    defaults = {name: value for name, value in vars(cls).items() if not name.startswith("_")}
    names = [*annotations, *(name for name in defaults if name not in annotations)]
    return {
        name: _field(name, annotations.get(name, Parameter.empty), defaults.get(name, Parameter.empty))
        for name in names
    }


def _field(name: str, annotation: Any, default: Any) -> Field:
    if is_group(annotation) or is_group(default):
        given = None if default is Parameter.empty else default
        _check_default(given)
        cls = annotation if is_group(annotation) else type(default)
        return NestedGroup(cls, cls() if given is None else given)
    is_output = isinstance(annotation, Output) or (isinstance(annotation, type) and issubclass(annotation, Output))
    if default is not Parameter.empty and default is not None:
        if is_output:
            raise UserErrorException(f"Default value of Output {name!r} cannot be set: Output has no default value.")
        if isinstance(default, Input):
            raise UserErrorException(f"Default value of Input {name!r} cannot be set: data has no default value.")
    if is_output:
        made: Output = copied(annotation) if isinstance(annotation, Output) else annotation()
        return made
    return declared_input(name, annotation, default)


def _check_default(default: Any) -> None:
    if default is not None and not is_group(default):
        raise ValueError(f"Default value must be instance of parameter group, got {type(default)}.")


def _inherited(cls: type) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for base in cls.__mro__[-1:0:-1]:
        if _MARK in vars(base):
            fields = _merged(fields, dict(fields_of(base)))
    return fields


def _merged(inherited: dict[str, Field], own: dict[str, Field]) -> dict[str, Field]:
    """Those without a default first; the order in which the constructor shows them. Source: the official SDK."""
    inherited_plain, inherited_default = _split(inherited)
    own_plain, own_default = _split(own)
    return {
        **{name: field for name, field in inherited_plain.items() if name not in own_default},
        **own_plain,
        **{name: field for name, field in inherited_default.items() if name not in own_plain},
        **own_default,
    }


def _split(fields: Mapping[str, Field]) -> tuple[dict[str, Field], dict[str, Field]]:
    """The fields before the first one with a default, and the rest."""
    names = list(fields)
    first = next((place for place, name in enumerate(names) if _default_of(fields[name])), len(names))
    return {name: fields[name] for name in names[:first]}, {name: fields[name] for name in names[first:]}


def _default_of(field: Field) -> Any:
    return getattr(field, "default", None)


def _constructor(fields: Mapping[str, Field]) -> Any:
    def construct(self: Any, **values: Any) -> None:
        unknown = [name for name in values if name not in fields]
        if unknown:
            known = ", ".join(fields) or "none"
            raise TypeError(f"{type(self).__name__}() has no field {unknown[0]!r}; its fields are {known}.")
        for name, field in fields.items():
            vars(self)[name] = values[name] if name in values else copied(_default_of(field))

    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_default_of(field), annotation=_annotation(field))
        for name, field in fields.items()
    ]
    signature = inspect.Signature([Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), *parameters])
    construct.__signature__ = signature  # type: ignore[attr-defined]
    return construct


def _annotation(field: Field) -> Any:
    return field.cls if isinstance(field, NestedGroup) else field


def _representation(fields: Mapping[str, Field]) -> Any:
    def represent(self: Any) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in fields)
        return f"{type(self).__qualname__}({shown})"

    return represent


def _flat_inputs(name: str, fields: Mapping[str, Field], given: Any) -> Iterator[tuple[str, Input]]:
    for key, field in fields.items():
        value = getattr(given, key, None)
        if isinstance(field, NestedGroup):
            yield from _flat_inputs(f"{name}.{key}", fields_of(field.cls), field.default if value is None else value)
            continue
        if isinstance(field, Output):
            raise UserErrorException("Output annotation cannot be used in @pipeline.")
        if field.type is not None and not field.is_literal:
            raise UserErrorException(f"Only primitive types can be used as input of group, got {field.type}")
        yield f"{name}.{key}", field if value is None else declared_input(key, field, value)
