"""What a run may log: metrics, parameters and tags, read from MLflow's JSON and checked.

Limits and texts: MLflow's REST API.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, number_from_wire
from emulator.services.refusal import Refusal
from emulator.storage.metrics import Point

_LONGEST_KEY = 250
_LONGEST_PARAM = 6000
_LONGEST_TAG = 8000
_MOST = {"metrics": 1000, "params": 200, "tags": 100}
_MOST_TOGETHER = 1000
#: What the service keeps besides: issues 35685 of Azure/azure-sdk-for-python and 11462 of mlflow/mlflow.
MOST_PARAMS_OF_A_RUN = 200
_MOST_VALUES = 250


@dataclass(frozen=True, slots=True)
class Batch:
    """Some values of one run.

    Parameters:
        metrics: (name, point), in the order in which they were logged.
        params, tags: by name.
        datasets: MLflow's JSON of each input, by its name and digest.
        has_ids: whether every value has an id of its own, so that equal ones are several.
    """

    metrics: Sequence[tuple[str, Point]] = ()
    params: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
    datasets: Mapping[str, str] | None = None
    has_ids: bool = False


def batch_of(body: Mapping[str, Any], now: float) -> Batch:
    """The body of log-batch.

    Parameters:
        now: time of metrics without one, in seconds since the epoch.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE; nothing of the batch is logged.
    """
    lists = {name: body.get(name) or [] for name in _MOST}
    for name, found in lists.items():
        if not isinstance(found, list):
            raise _invalid(f"`{name}` must be a list.")
        if len(found) > _MOST[name]:
            raise _invalid(
                f"A batch logging request can contain at most {_MOST[name]} {name}. Got {len(found)} {name}."
            )
    together = sum(map(len, lists.values()))
    if together > _MOST_TOGETHER:
        raise _invalid(
            f"A batch logging request can contain at most {_MOST_TOGETHER} metrics, params and tags. Got {together}."
        )
    return Batch(
        [metric_of(item, now) for item in lists["metrics"]],
        dict(param_of(item) for item in lists["params"]),
        dict(tag_of(item) for item in lists["tags"]),
    )


def check_values(points: Sequence[tuple[str, Point]]) -> None:
    """Refuse more values of one metric in a call than the service takes.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE, in the service's words.
    """
    if len(points) > _MOST_VALUES:
        for count in Counter(key for key, _ in points).values():
            check_size("MetricV2Dto.Value/Count", count, _MOST_VALUES)


def check_size(field: str, size: int, limit: int) -> None:
    """Refuse what is over a limit of the service.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE, in the service's words.
    """
    if size > limit:
        raise _invalid(
            f"A field of the entity is over the size limit. FieldName={field}, Limit={limit}, Size={size}. See "
            "https://aka.ms/azure-machine-learning-limits for service limits documentation."
        )


def metric_of(item: Any, now: float) -> tuple[str, Point]:
    """One metric: `{"key", "value", "timestamp", "step"}`.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    key = _key(item)
    try:
        value = number_from_wire(item["value"])
        at = int(item["timestamp"]) / 1000 if item.get("timestamp") else now
        step = 0 if item.get("step") is None else int(item["step"])
        # Later times do not fit into the 64-bit microseconds of the store.
        if not (-(2**63) <= step < 2**63 and abs(at) < 2**43):
            raise ValueError("its step and timestamp must be 64-bit integers")
    except (KeyError, TypeError, ValueError) as problem:
        raise _invalid(f"Invalid value {item.get('value')!r} for metric {key!r}: {problem}.") from None
    return key, Point(value, at, step)


def param_of(item: Any) -> tuple[str, str]:
    """One parameter: `{"key", "value"}`.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    return _text(item, "param", _LONGEST_PARAM)


def datasets_of(body: Mapping[str, Any]) -> Batch:
    """The body of log-inputs.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    found = {}
    for item in body.get("datasets") or []:
        dataset = item.get("dataset") if isinstance(item, Mapping) else None
        if not isinstance(dataset, Mapping) or not isinstance(dataset.get("name"), str):
            raise _invalid("Each of `datasets` needs a `dataset` with a name.")
        found[f"{dataset['name']}#{dataset.get('digest', '')}"] = json.dumps(item)
    return Batch(datasets=found)


def tag_of(item: Any) -> tuple[str, str]:
    """One tag: `{"key", "value"}`.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    return _text(item, "tag", _LONGEST_TAG)


def _text(item: Any, noun: str, longest: int) -> tuple[str, str]:
    key = _key(item)
    value = str(item.get("value", ""))
    if len(value) > longest:
        raise _invalid(f"The value of {noun} {key!r} has {len(value)} characters; {longest} are allowed.")
    return key, value


def _key(item: Any) -> str:
    key = item.get("key") if isinstance(item, Mapping) else None
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        raise _invalid(f"Missing value for required parameter 'key', or it is longer than {_LONGEST_KEY}: {key!r:.80}.")
    return key


def _invalid(message: str) -> Refusal:
    return Refusal(400, INVALID_PARAMETER_VALUE, message)
