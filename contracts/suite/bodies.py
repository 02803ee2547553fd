"""The bodies of the suite's jobs, as the official client would send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.suite.target import Surroundings
from contracts.suite.trial import COMMAND, METRIC

Json = dict[str, Any]

#: The experiment of everything the suite makes.
EXPERIMENT = "contract-suite"


def sweep(
    where: Surroundings,
    space: Mapping[str, Sequence[Any]],
    *,
    algorithm: str | Mapping[str, Any] = "Grid",
    goal: str = "maximize",
    limits: Mapping[str, Any] | None = None,
    **more: Any,
) -> Json:
    """A sweep over a search space in REST's form.

    Parameters:
        where: gives compute and environment.
        space: `{"play": ["choice", [["0.1", "0.9"]]]}`; the trials are those of `contracts.suite.trial`.
        algorithm: type of the sampling algorithm, or the whole object.
        limits: beside `jobLimitsType`.
        more: further properties; None takes one out.
    """
    line = COMMAND if "play" in space else "true"
    properties: Json = {
        "jobType": "Sweep",
        "experimentName": EXPERIMENT,
        "searchSpace": dict(space),
        "samplingAlgorithm": {"samplingAlgorithmType": algorithm} if isinstance(algorithm, str) else dict(algorithm),
        "objective": {"goal": goal, "primaryMetric": METRIC},
        "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 4, "maxConcurrentTrials": 4, **(limits or {})},
        "trial": {"command": line, "environmentId": where.environment, "environmentVariables": {}},
        "tags": {},
        "properties": {},
        "inputs": {},
        "outputs": {},
    }
    return _finished(properties, where, more)


def plain_sweep(where: Surroundings, **more: Any) -> Json:
    """A small sweep of two trials; `more` as for `sweep`."""
    options: Json = {"limits": {"maxTotalTrials": 2, "maxConcurrentTrials": 2}, **more}
    return sweep(where, {"play": ["choice", [["0.2", "0.4"]]]}, **options)


def waiting_sweep(where: Surroundings, **more: Any) -> Json:
    """A sweep of two trials that go on until they are stopped."""
    options: Json = {"limits": {"maxTotalTrials": 2, "maxConcurrentTrials": 1, "timeout": "PT1H"}, **more}
    return sweep(where, {"play": ["choice", [["0.2,w3000", "0.4,w3000"]]]}, **options)


def command_job(where: Surroundings, line: str = "true", **more: Any) -> Json:
    """A command job."""
    properties: Json = {
        "jobType": "Command",
        "experimentName": EXPERIMENT,
        "command": line,
        "environmentId": where.environment,
        "inputs": {},
        "outputs": {},
        "tags": {},
        "properties": {},
    }
    return _finished(properties, where, more)


def _finished(properties: Json, where: Surroundings, more: Mapping[str, Any]) -> Json:
    if where.compute is not None:
        properties["computeId"] = where.compute
    properties.update(more)
    return {"properties": {name: value for name, value in properties.items() if value is not None}}
