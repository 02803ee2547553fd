"""Whether a body is plainly sound: told from a table, so that most jobs are checked without loading pydantic.

The table is narrower than the models of `contracts.arm`: what it does not know, or doubts, it does not vouch for, and
`contracts.rules.shape` asks the models. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from contracts.arm.distributions import parse_distribution

Check = Callable[[Any], bool]
_BEYOND = 1 << 63


def is_sound(properties: Any) -> bool:
    """Whether the models would certainly take the properties of a job, and know every key of them."""
    kind = properties.get("jobType") if isinstance(properties, dict) else None
    return isinstance(kind, str) and kind in _JOBS and _JOBS[kind](properties)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object with these keys and no others; those that may be absent may also be null."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        if not isinstance(value, dict) or not self.required.keys() <= value.keys():
            return False
        for key, part in value.items():
            check = self.required.get(key)
            if check is None:
                check = self.optional.get(key)
                if check is None or not (part is None or check(part)):
                    return False
            elif not check(part):
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Kinds:
    """An object of the kind that one of its keys names."""

    key: str
    kinds: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        kind = value.get(self.key) if isinstance(value, dict) else None
        return isinstance(kind, str) and kind in self.kinds and self.kinds[kind](value)


def _text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_BEYOND < value < _BEYOND


def _number(value: Any) -> bool:
    return isfinite(value) if isinstance(value, float) else _integer(value)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _scalar(value: Any) -> bool:
    return value is None or _text(value) or _truth(value) or _number(value)


def _json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_text(key) and _json(part) for key, part in value.items())
    return all(map(_json, value)) if isinstance(value, list) else _scalar(value)


def _members(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(_text(key) and check(part) for key, part in value.items())


def _distribution(value: Any) -> bool:
    try:
        parse_distribution(value)
    except ValueError:
        return False
    return _json(value)


def _texts(*names: str) -> dict[str, Check]:
    return dict.fromkeys(names, _text)


_STRINGS = _members(lambda value: value is None or _text(value))
_ASSETS = ("uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model")
_LITERAL = _Object(_texts("jobInputType"), {**_texts("description"), "value": _scalar})
_ASSET = _Object(_texts("jobInputType", "uri"), _texts("mode", "pathOnCompute", "description"))
_OUTPUT = _Object(
    _texts("jobOutputType"), _texts("uri", "mode", "assetName", "assetVersion", "pathOnCompute", "description")
)
_RESOURCES = _Object(
    {},
    {
        **_texts("instanceType", "dockerArgs", "shmSize"),
        "instanceCount": _integer,
        "maxInstanceCount": _integer,
        "properties": _members(_json),
        "locations": lambda value: isinstance(value, list) and all(map(_text, value)),
    },
)
_COUNTED = _Object(_texts("distributionType"), {"processCountPerInstance": _integer})
_DISTRIBUTED = _Kinds(
    "distributionType",
    {
        "Mpi": _COUNTED,
        "PyTorch": _COUNTED,
        "TensorFlow": _Object(_texts("distributionType"), {"parameterServerCount": _integer, "workerCount": _integer}),
    },
)
_IDENTITY = _Kinds(
    "identityType",
    {
        "AMLToken": _Object(_texts("identityType"), {}),
        "Managed": _Object(_texts("identityType"), _texts("clientId", "objectId", "resourceId")),
        "UserIdentity": _Object(_texts("identityType"), {}),
    },
)
_COMPONENT_REQUIRED: Mapping[str, Check] = _texts("command", "environmentId")
_COMPONENT: Mapping[str, Check] = {
    **_texts("codeId"),
    "environmentVariables": _STRINGS,
    "distribution": _DISTRIBUTED,
    "resources": _RESOURCES,
}
_JOB: Mapping[str, Check] = {
    **_texts("displayName", "description", "experimentName", "computeId"),
    "tags": _STRINGS,
    "properties": _STRINGS,
    "isArchived": _truth,
    "identity": _IDENTITY,
    "inputs": _members(_Kinds("jobInputType", {"literal": _LITERAL, **dict.fromkeys(_ASSETS, _ASSET)})),
    "outputs": _members(_Kinds("jobOutputType", dict.fromkeys(_ASSETS, _OUTPUT))),
    "queueSettings": _Object({}, {**_texts("jobTier"), "priority": _integer}),
    "resources": _RESOURCES,
}
_PACE: Mapping[str, Check] = {"delayEvaluation": _integer, "evaluationInterval": _integer}
_JOBS: Mapping[str, Check] = {
    "Command": _Object(
        {**_texts("jobType"), **_COMPONENT_REQUIRED},
        {
            **_JOB,
            **_COMPONENT,
            "limits": _Kinds("jobLimitsType", {"Command": _Object(_texts("jobLimitsType"), _texts("timeout"))}),
        },
    ),
    "Sweep": _Object(
        {
            **_texts("jobType"),
            "searchSpace": _members(_distribution),
            "samplingAlgorithm": _Kinds(
                "samplingAlgorithmType",
                {
                    "Random": _Object(
                        _texts("samplingAlgorithmType"),
                        {**_texts("rule"), "seed": _integer, "logbase": lambda value: _text(value) or _number(value)},
                    ),
                    "Grid": _Object(_texts("samplingAlgorithmType"), {}),
                    "Bayesian": _Object(_texts("samplingAlgorithmType"), {}),
                },
            ),
            "objective": _Object(_texts("goal", "primaryMetric"), {}),
            "trial": _Object(_COMPONENT_REQUIRED, _COMPONENT),
        },
        {
            **_JOB,
            "limits": _Kinds(
                "jobLimitsType",
                {
                    "Sweep": _Object(
                        _texts("jobLimitsType"),
                        {
                            **_texts("timeout", "trialTimeout"),
                            "maxTotalTrials": _integer,
                            "maxConcurrentTrials": _integer,
                        },
                    )
                },
            ),
            "earlyTermination": _Kinds(
                "policyType",
                {
                    "Bandit": _Object(_texts("policyType"), {**_PACE, "slackAmount": _number, "slackFactor": _number}),
                    "MedianStopping": _Object(_texts("policyType"), _PACE),
                    "TruncationSelection": _Object(_texts("policyType"), {**_PACE, "truncationPercentage": _integer}),
                },
            ),
        },
    ),
}
