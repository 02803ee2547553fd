"""`inputs` and `outputs` of a job."""

from __future__ import annotations

from typing import Any

from contracts.asset_types import DATA_TYPES, MODEL_TYPES
from gateway.entities.job_io import Input, Output
from gateway.serialization.yaml.fields import TEXT, VERSION, Field, enum, mapping_of, optional, read_boolean
from gateway.serialization.yaml.problems import Invalid, not_one_of, wrong
from gateway.serialization.yaml.references import DATA_PATH
from gateway.serialization.yaml.renamed_keys import RENAMED_INPUT
from gateway.serialization.yaml.schema import ObjectSchema

_MODES = ("download", "ro_mount", "direct")
_DATA, _MODELS, _TABLE = ("uri_file", "uri_folder"), tuple(MODEL_TYPES), ("mltable",)


def _data_schema(types: tuple[str, ...], modes: tuple[str, ...]) -> ObjectSchema:
    fields = {"type": enum(*types), "mode": enum(*modes), "path": DATA_PATH, "datastore": TEXT}
    return ObjectSchema(
        Input, fields if types == _MODELS else {**fields, "path_on_compute": TEXT}, renamed_keys=RENAMED_INPUT
    )


_EVAL_MODES = (*_MODES, "eval_mount", "eval_download")
_BY_TYPE = {
    **dict.fromkeys(_DATA, _data_schema(_DATA, _MODES)),
    **dict.fromkeys(_MODELS, _data_schema(_MODELS, _MODES)),
    **dict.fromkeys(_TABLE, _data_schema(_TABLE, _EVAL_MODES)),
}
_UNTYPED = _data_schema((*_DATA, *_TABLE), _EVAL_MODES)


def _read_input(value: Any, folder: str) -> Any:
    if not isinstance(value, dict):
        return _read_literal(value)
    if value.keys() == {"value"}:
        try:
            return _read_wrapped(value["value"], folder)
        except Invalid as invalid:
            raise Invalid(invalid.below("value")) from None
    if "type" not in value:
        return _UNTYPED.read(value, folder)
    schema = _BY_TYPE.get(str(value["type"]).lower())
    if schema is None:
        raise Invalid(not_one_of(value["type"], _BY_TYPE).below("type"))
    return schema.read(value, folder)


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


def _write_input(value: Any, folder: str) -> Any:
    if not isinstance(value, Input):
        return _write_literal(value)
    schema = _BY_TYPE.get(value.type)
    if schema is None:
        raise Invalid(not_one_of(value.type, _BY_TYPE).below("type"))
    return ObjectSchema(Input, {**schema.fields, "mode": TEXT}).write(value, folder)


def _write_literal(value: Any) -> Any:
    """A literal as it is, or as the text that it travels as."""
    if value is None or type(value) in (str, bool, int):
        return value
    return float(value) if isinstance(value, float) and value - value == 0 else str(value)


INPUTS = mapping_of(Field(_read_input, _write_input))


OUTPUT = ObjectSchema(
    Output,
    {
        "name": TEXT,
        "version": VERSION,
        "mode": enum("mount", "upload", "rw_mount", "direct"),
        "type": enum(*DATA_TYPES, *MODEL_TYPES),
        "path": TEXT,
    },
    ignored=["$schema"],
)
OUTPUTS = mapping_of(optional(OUTPUT))
