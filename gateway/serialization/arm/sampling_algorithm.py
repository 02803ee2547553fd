"""Sampling algorithms: `RandomSamplingAlgorithm(seed=1)` is `{"seed": 1, "samplingAlgorithmType": "Random"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.sampling_algorithm import SAMPLING_ALGORITHMS, RandomSamplingAlgorithm, SamplingAlgorithm
from gateway.serialization.arm.plain import present


def sampling_algorithm_to_arm(algorithm: str | SamplingAlgorithm | None) -> dict[str, Any] | None:
    """The algorithm as it travels, from an object or its name."""
    if not algorithm:
        return None
    if isinstance(algorithm, str):
        return {"samplingAlgorithmType": algorithm.lower().capitalize()}
    if algorithm.type is None:
        return None
    if isinstance(algorithm, RandomSamplingAlgorithm):
        return present(
            {
                "rule": algorithm.rule,
                "seed": algorithm.seed,
                "samplingAlgorithmType": "Random",
                "logbase": algorithm.logbase,
            }
        )
    return {"samplingAlgorithmType": algorithm.type.capitalize()}


def sampling_algorithm_from_arm(body: Mapping[str, Any] | None) -> SamplingAlgorithm | None:
    """The algorithm of a body; None for one that is not known."""
    cls = SAMPLING_ALGORITHMS.get(str(body.get("samplingAlgorithmType")).lower()) if body else None
    if body and cls is RandomSamplingAlgorithm:
        return RandomSamplingAlgorithm(rule=body.get("rule"), seed=body.get("seed"), logbase=body.get("logbase"))
    return cls() if cls else None
