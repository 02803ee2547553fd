"""The search space in its wire form: `{"lr": ["uniform", [0.001, 0.1]]}`."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import PlainSerializer, PlainValidator

from contracts.arm.hyperparameter import Distribution, parse_distribution

WireDistribution = Annotated[
    Distribution, PlainValidator(parse_distribution), PlainSerializer(lambda value: value.to_wire())
]
SearchSpace: TypeAlias = dict[str, WireDistribution]
