"""`objective`: direction and primary metric."""

from __future__ import annotations

from gateway.entities.objective import Objective
from gateway.files.fields import TEXT, enum, snake
from gateway.files.noun import Noun

OBJECTIVE = Noun(
    Objective,
    {"goal": enum("minimize", "maximize", fold=snake), "primary_metric": TEXT},
    required=["goal", "primary_metric"],
)
