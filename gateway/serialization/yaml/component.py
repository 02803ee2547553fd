"""Command components."""

from __future__ import annotations

from typing import Any

from gateway.constants import AssetTypes, InputOutputModes
from gateway.entities.command_component import CommandComponent
from gateway.entities.input import Input
from gateway.entities.output import Output
from gateway.serialization.yaml.asset import ASSET, SERVED
from gateway.serialization.yaml.distribution import DISTRIBUTION
from gateway.serialization.yaml.environment import ENVIRONMENT
from gateway.serialization.yaml.fields import ANY, BOOLEAN, TEXT, enum, list_of, mapping_of
from gateway.serialization.yaml.noun import Noun
from gateway.serialization.yaml.queue_settings import QUEUE_SETTINGS
from gateway.serialization.yaml.references import CODE
from gateway.serialization.yaml.resources import RESOURCES


def _words(constants: type) -> list[str]:
    return [word for name, word in vars(constants).items() if name.isupper()]


_PRIMITIVE = ("integer", "number", "string", "boolean")
_PORT = {
    "type": enum("path", *_words(AssetTypes), *_PRIMITIVE, fold=str),
    "description": TEXT,
    "mode": enum(*_words(InputOutputModes), "link", fold=str),
}
_INPUT = Noun(
    Input,
    {**_PORT, "optional": BOOLEAN, "default": ANY, "min": ANY, "max": ANY, "enum": list_of(TEXT)},
    required=["type"],
)
_OUTPUT = Noun(Output, _PORT, required=["type"])


def _make(type: str = "command", **options: Any) -> CommandComponent:  # noqa: A002
    return CommandComponent(**options)


COMPONENT = Noun(
    _make,
    {
        **ASSET,
        "type": enum("command"),
        "display_name": TEXT,
        "is_deterministic": BOOLEAN,
        "inputs": mapping_of(_INPUT),
        "outputs": mapping_of(_OUTPUT),
        "command": TEXT,
        "code": CODE,
        "environment": ENVIRONMENT,
        "resources": RESOURCES,
        "distribution": DISTRIBUTION,
        "queue_settings": QUEUE_SETTINGS,
        "properties": mapping_of(ANY),
        "additional_includes": list_of(TEXT),
    },
    required=["name", "command", "environment"],
    ignored=SERVED,
    located=True,
)
