"""What pydantic finds wrong with what people write: each problem with its path, in the words of YAML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from contracts.diagnostics.problems import Problem
from contracts.diagnostics.shortening import listed, short_repr
from contracts.diagnostics.suggestions import Suggestions
from contracts.diagnostics.yaml_text import Path

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: The names that pydantic puts into the location of a value that may be of several types.
_UNION_MEMBER = re.compile(r"(str|int|float|bool)$|function-|tuple\[|literal\[|constrained-")

_QUOTED = re.compile(r"'([^']*)'")

#: What pydantic misses, in the words of YAML.
_WANTED = {
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "too_short": "a text that is not empty",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "finite_number": "a number that is finite",
}
_BOUNDS = {
    "greater_than_equal": "{ge:g} or more",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "{le:g} or less",
    "less_than": "less than {lt:g}",
}


def of_types(
    errors: Iterable[ErrorDetails], root: type[BaseModel], also: Mapping[Path, str] | None = None
) -> Iterator[Problem]:
    """What pydantic found; one problem for a value that has none of several types.

    Parameters:
        errors: of a `ValidationError`.
        root: the model that was validated.
        also: what else a key may have, which pydantic does not tell: `{("strict",): ", true or false"}`.
    """
    wanted: dict[Path, list[str]] = {}
    found: dict[Path, Any] = {}
    told: list[Problem] = []
    names = {model.__name__ for model in _models(root)}
    suggestions = Suggestions()
    for error in errors:
        path = tuple(key for key in error["loc"] if not (isinstance(key, str) and _is_union_member(key, names)))
        match error["type"]:
            case "extra_forbidden":
                told.append(Problem(path, _unknown(root, path, suggestions)))
            case "missing":
                told.append(Problem(path[:-1], f"the key {path[-1]!r} is missing"))
            case "value_error":
                told.append(Problem(path, str(error["ctx"]["error"])))
            case _:
                wanted.setdefault(path, []).append(_expected(error))
                found[path] = error["input"]
    yield from told
    around = {problem.path[:length] for problem in told for length in range(len(problem.path))}
    for path, kinds in wanted.items():
        if path in around:
            continue  # the one of several types that was meant has told already
        choices = " or ".join(dict.fromkeys(kinds)) + (also or {}).get(path, "")
        yield Problem(path, f"{short_repr(found[path])} is not what is expected here: {choices}")


def _is_union_member(key: str, models: Collection[str]) -> bool:
    return key in models or bool(_UNION_MEMBER.match(key))


def _unknown(root: type[BaseModel], path: Path, suggestions: Suggestions) -> str:
    known = list(_model_at(root, path[:-1]).model_fields)
    near = suggestions.closest(str(path[-1]), known)
    return "unknown key; " + (f"did you mean {near!r}?" if near else f"known are {listed(known)}")


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return f"one of {', '.join(_QUOTED.findall(context['expected'])) or context['expected']}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind.startswith("datetime_"):
        return "a time such as 2026-01-01T00:00:00Z"
    return _WANTED.get(kind, error["msg"].lower())


def _model_at(root: type[BaseModel], location: Path) -> type[BaseModel]:
    """The model whose keys are at a location."""
    model = root
    for step in location:
        field = model.model_fields.get(str(step))
        model = (_model_in(field.annotation) if field else None) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for argument in get_args(annotation) if (model := _model_in(argument))), None)


def _models(root: type[BaseModel]) -> set[type[BaseModel]]:
    """A model, and all that its fields lead to, also where they lead back."""
    found, left = {root}, [root]
    while left:
        inner = {_model_in(field.annotation) for field in left.pop().model_fields.values()} - found - {None}
        found |= (new := {model for model in inner if model is not None})
        left.extend(new)
    return found
