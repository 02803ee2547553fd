"""`inputs`: literals, data and models by name."""

from __future__ import annotations

from typing import Any

from gateway.entities.input import Input
from gateway.serialization.yaml import former
from gateway.serialization.yaml.fields import TEXT, Field, enum, mapping_of, read_boolean
from gateway.serialization.yaml.noun import Noun
from gateway.serialization.yaml.problems import Invalid, not_one_of, wrong
from gateway.serialization.yaml.references import DATA_PATH

_MODES = ("download", "ro_mount", "direct")
_DATA, _MODELS, _TABLE = ("uri_file", "uri_folder"), ("custom_model", "mlflow_model", "triton_model"), ("mltable",)


def _noun(types: tuple[str, ...], modes: tuple[str, ...]) -> Noun:
    fields = {"type": enum(*types), "mode": enum(*modes), "path": DATA_PATH, "datastore": TEXT}
    return Noun(Input, fields if types == _MODELS else {**fields, "path_on_compute": TEXT}, former=former.INPUT)


_EVAL_MODES = (*_MODES, "eval_mount", "eval_download")
_BY_TYPE = {
    **dict.fromkeys(_DATA, _noun(_DATA, _MODES)),
    **dict.fromkeys(_MODELS, _noun(_MODELS, _MODES)),
    **dict.fromkeys(_TABLE, _noun(_TABLE, _EVAL_MODES)),
}
_UNTYPED = _noun((*_DATA, *_TABLE), _EVAL_MODES)


def _read(value: Any, folder: str) -> Any:
    if not isinstance(value, dict):
        return _read_literal(value)
    if value.keys() == {"value"}:
        try:
            return _read_wrapped(value["value"], folder)
        except Invalid as invalid:
            raise Invalid(invalid.below("value")) from None
    if "type" not in value:
        return _UNTYPED.read(value, folder)
    noun = _BY_TYPE.get(str(value["type"]).lower())
    if noun is None:
        raise Invalid(not_one_of(value["type"], _BY_TYPE).below("type"))
    return noun.read(value, folder)


def _read_literal(value: Any) -> Any:
    if isinstance(value, str | bool | int) or (isinstance(value, float) and value - value == 0):
        return value
    raise wrong(value, "a string, a number, true or false, or a mapping with type and path")


def _read_wrapped(value: Any, folder: str) -> Any:
    """`{value: x}` as the official schema casts it: 1 is true, 2.5 is 2."""
    if isinstance(value, str):
        return value
    try:
        return read_boolean(value, folder)
    except Invalid:
        if isinstance(value, int | float) and value - value == 0:
            return int(value)
        raise wrong(value, "a string, a number, true or false") from None


def _write(value: Any, folder: str) -> Any:
    if not isinstance(value, Input):
        return _write_literal(value)
    noun = _BY_TYPE.get(value.type)
    if noun is None:
        raise Invalid(not_one_of(value.type, _BY_TYPE).below("type"))
    return Noun(Input, {**noun.fields, "mode": TEXT}).write(value, folder)


def _write_literal(value: Any) -> Any:
    """A literal as it is, or as the text that it travels as."""
    if value is None or type(value) in (str, bool, int):
        return value
    return float(value) if isinstance(value, float) and value - value == 0 else str(value)


INPUTS = mapping_of(Field(_read, _write))
