"""`objective`: direction and primary metric."""

from __future__ import annotations

from gateway.entities.objective import Objective
from gateway.serialization.yaml.fields import TEXT, enum, snake
from gateway.serialization.yaml.noun import Noun

OBJECTIVE = Noun(
    Objective,
    {"goal": enum("minimize", "maximize", fold=snake), "primary_metric": TEXT},
    required=["goal", "primary_metric"],
)
