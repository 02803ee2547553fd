"""`@pipeline`: the public spelling of `azure.ai.ml.dsl`."""

from __future__ import annotations

from gateway.builders.pipeline_func import pipeline

__all__ = ["pipeline"]
