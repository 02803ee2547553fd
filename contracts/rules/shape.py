"""The JSON types and required keys of a body, as the models of `contracts.arm` declare them."""

from __future__ import annotations

from contracts.rules.finding import Node
from contracts.rules.sound import is_sound


def check_shape(body: Node) -> None:
    """Report wrong JSON types, absent required keys and unknown discriminators; point out misspelled keys.

    Source: the published definitions (azure-rest-api-specs, Microsoft.MachineLearningServices), through the models.
    """
    if body.mapping.keys() == {"properties"} and is_sound(body.mapping["properties"]):
        return
    from contracts.rules.models import check_by_models

    check_by_models(body)
