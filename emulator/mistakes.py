"""What is wrong with a text that people write for the emulator: each mistake with its key, in the words of YAML."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pydantic import BaseModel

from emulator.yaml_text import Path as Keys

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: Where a mistake is, and what to do about it.
Mistake: TypeAlias = tuple[Keys, str]

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
    errors: Iterable[ErrorDetails], root: type[BaseModel], also: Mapping[Keys, str] | None = None
) -> Iterator[Mistake]:
    """What pydantic found; one mistake for a value that is none of several types.

    Parameters:
        errors: of a `ValidationError`.
        root: the model that was validated.
        also: what else a key may have, which pydantic does not tell: `{("strict",): ", true or false"}`.
    """
    wanted: dict[Keys, list[str]] = {}
    found: dict[Keys, Any] = {}
    told: list[Mistake] = []
    names = {model.__name__ for model in _models(root)}
    for error in errors:
        keys = tuple(key for key in error["loc"] if not (isinstance(key, str) and _is_union_member(key, names)))
        match error["type"]:
            case "extra_forbidden":
                told.append((keys, _unknown(root, keys)))
            case "missing":
                told.append((keys[:-1], f"the key {keys[-1]!r} is missing"))
            case "value_error":
                told.append((keys, str(error["ctx"]["error"])))
            case _:
                wanted.setdefault(keys, []).append(_expected(error))
                found[keys] = error["input"]
    yield from told
    for keys, kinds in wanted.items():
        if any(len(inner) > len(keys) and inner[: len(keys)] == keys for inner, _ in told):
            continue  # the one of several types that was meant has told already
        choices = " or ".join(dict.fromkeys(kinds)) + (also or {}).get(keys, "")
        yield keys, f"{found[keys]!r} is not what is expected here: {choices}"


def dotted(keys: Keys) -> str:
    """A path of keys as people write it: `trials[0].metrics`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def _is_union_member(key: str, models: Collection[str]) -> bool:
    return key in models or bool(_UNION_MEMBER.match(key))


def _unknown(root: type[BaseModel], keys: Keys) -> str:
    known = list(_model_at(root, keys[:-1]).model_fields)
    near = difflib.get_close_matches(str(keys[-1]), known, n=1)
    return "unknown key; " + (f"did you mean {near[0]!r}?" if near else f"known are {_all(known)}")


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return f"one of {_all(_QUOTED.findall(context['expected'])) or context['expected']}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind.startswith("datetime_"):
        return "a time such as 2026-01-01T00:00:00Z"
    return _WANTED.get(kind, error["msg"].lower())


def _model_at(root: type[BaseModel], location: Keys) -> type[BaseModel]:
    """The model whose keys stand at a location."""
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


def _all(names: Iterable[str]) -> str:
    return ", ".join(names)
