"""`queue_settings`: tier and priority."""

from __future__ import annotations

from gateway.entities.queue_settings import QueueSettings
from gateway.serialization.yaml.fields import enum
from gateway.serialization.yaml.noun import Noun

QUEUE_SETTINGS = Noun(
    QueueSettings,
    {"job_tier": enum("spot", "basic", "standard", "premium", "null"), "priority": enum("low", "medium", "high")},
)
