"""`@pipeline` and what belongs to it: the public spelling of `azure.ai.ml.dsl`."""

from __future__ import annotations

from gateway.builders.group import group
from gateway.builders.pipeline_func import pipeline
from gateway.builders.scope import set_pipeline_settings

__all__ = ["group", "pipeline", "set_pipeline_settings"]
