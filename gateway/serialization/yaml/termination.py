"""`early_termination`: the policy."""

from __future__ import annotations

from gateway.entities.early_termination_policy import BanditPolicy, MedianStoppingPolicy, TruncationSelectionPolicy
from gateway.serialization.yaml.fields import INTEGER, NUMBER, optional, snake
from gateway.serialization.yaml.noun import Noun, Typed

_PACE = {"evaluation_interval": optional(INTEGER), "delay_evaluation": optional(INTEGER)}

EARLY_TERMINATION = Typed(
    {
        BanditPolicy.kind: Noun(
            BanditPolicy, {**_PACE, "slack_factor": optional(NUMBER), "slack_amount": optional(NUMBER)}
        ),
        MedianStoppingPolicy.kind: Noun(MedianStoppingPolicy, _PACE),
        TruncationSelectionPolicy.kind: Noun(
            TruncationSelectionPolicy, {**_PACE, "truncation_percentage": INTEGER}, required=["truncation_percentage"]
        ),
    },
    snake,
)
