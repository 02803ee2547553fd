"""What the models of `contracts.arm` say of a body; loaded only for one that is not plainly sound."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.arm.jobs import job_resource
from contracts.diagnostics.shortening import shown
from contracts.diagnostics.suggestions import Suggestions
from contracts.rules.finding import Node, report_enum

_JSON_TYPES = {
    "string_type": "a string",
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "an object",
    "list_type": "an array",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def check_by_models(body: Node) -> None:
    """Report what the models cannot read, and keys that resemble one they know; as in `contracts.rules.shape`."""
    try:
        job = job_resource().model_validate_json(json.dumps(body.value, default=str), strict=True)
    except ValidationError as invalid:
        reported: set[str] = set()
        for error in invalid.errors(include_url=False):
            node = _place(body, error)
            if node.path not in reported:
                reported.add(node.path)
                _report(node, error)
    else:
        for node, key, meant in _misspelled(job, body, Suggestions()):
            node.warning(
                "UnknownField",
                f"{key} is not a field here and would be ignored.",
                f"Did you mean {meant}?",
            )


def _place(body: Node, error: ErrorDetails) -> Node:
    """The node that an error is about: its location without the names of union members, which are not keys."""
    node = body
    for step in error["loc"]:
        if isinstance(step, str) and (
            step in node.mapping or (error["type"] == "missing" and step == error["loc"][-1])
        ):
            node = node[step]
        elif isinstance(step, int) and isinstance(node.value, list) and step < len(node.value):
            node = Node(node.value[step], f"{node.path}[{step}]", node.findings)
    return node


def _report(node: Node, error: ErrorDetails) -> None:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing" or node.value is None:
        node.error("Missing", "It is required and absent.", "Give it a value.")
    elif kind == "union_tag_invalid":
        report_enum(node[_discriminator(context)], *context["expected_tags"].replace("'", "").split(", "))
    elif kind == "union_tag_not_found":
        node[_discriminator(context)].error("Missing", "It is required and absent.", "Say which type this is.")
    elif kind in ("literal_error", "enum"):
        report_enum(node, *context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
    elif kind == "value_error":
        node.error("InvalidDistribution", f"{shown(node.value)}: {context['error']}.", "Correct its form.")
    else:
        wanted = _JSON_TYPES.get(kind, error["msg"])
        node.error("WrongType", f"{shown(node.value)} is not {wanted}.", "Use the JSON type that is asked for.", wanted)


def _discriminator(context: Mapping[str, Any]) -> str:
    """The wire's name of the deciding key; pydantic lists all its names, the alias last."""
    return str(context["discriminator"]).split(" | ")[-1].strip("'")


def _misspelled(model: BaseModel, node: Node, suggestions: Suggestions) -> Iterator[tuple[Node, str, str]]:
    """Keys that the model does not know and that resemble one it knows and does not have."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _misspelled(value, node[field.alias or name], suggestions)
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, BaseModel):
                    yield from _misspelled(item, node[field.alias or name][key], suggestions)
    if not model.model_extra:
        return
    known = {field.alias or name for name, field in type(model).model_fields.items()} - node.mapping.keys()
    for key in model.model_extra:
        if near := suggestions.closest(key, known, cutoff=0.8):
            yield node[key], key, near
