"""The filter and the order of MLflow's runs/search, as questions to the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from contracts.dataplane.mlflow import run_status
from contracts.lifecycle import JobStatus
from emulator.services.runs.bounds import LONGEST_PATTERN, check_length
from emulator.services.runs.comparisons import Comparison, Key, comparisons_of, invalid, ordered_keys
from emulator.services.runs.like import is_like
from emulator.storage.runs import Condition, Kind, Place

_ATTRIBUTES = {"created": "start_time", "run_uuid": "run_id", "run name": "run_name", "experiment_id": "experiment"}
_TIMES = frozenset({"start_time", "end_time"})


def conditions_of(text: str | None) -> list[Condition]:
    """The comparisons of a filter.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE; the text says which part is wrong.
    """
    return [_condition(one) for one in comparisons_of(text)]


def orders_of(texts: Sequence[str]) -> list[tuple[Place, bool]]:
    """The places of `order_by`, and whether each descends.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    return [(_place(key), descends) for key, descends in ordered_keys(texts)]


def _condition(one: Comparison) -> Condition:
    place, operator, values = _place(one.key), one.operator, one.values
    if operator.startswith("IS"):
        return Condition(place, operator)
    if operator.endswith("LIKE"):
        check_length("A pattern of LIKE", values[0], LONGEST_PATTERN)
    if place.kind == "status":
        return _status(operator, values)
    if place.kind == "metric" or place.kind in _TIMES:
        numbers = [_number(one.key.text, text) for text in values]
        # The store counts microseconds, MLflow milliseconds.
        return Condition(place, operator, [one * 1000 for one in numbers] if place.kind in _TIMES else numbers)
    return Condition(place, operator, values)


def _status(operator: str, wanted: Sequence[str]) -> Condition:
    names = {run_status(status) for status in JobStatus}
    match operator:
        case "=" | "IN":
            chosen = names & set(wanted)
        case "!=" | "NOT IN":
            chosen = names - set(wanted)
        case "LIKE" | "ILIKE":
            chosen = {name for name in names if is_like(name, wanted[0], ignore_case=operator == "ILIKE")}
        case _:
            raise invalid(f"attributes.status cannot be compared by {operator}.")
    return Condition(Place("status"), "IN", [status for status in JobStatus if run_status(status) in chosen])


def _place(key: Key) -> Place:
    if key.entity != "attribute":
        return Place(cast("Kind", key.entity), key.name)
    attribute = _ATTRIBUTES.get(key.name.lower(), key.name.lower())
    known = sorted(set(get_args(Kind)) - {"metric", "param", "tag"})
    if attribute not in known:
        raise invalid(f"Invalid attribute key {key.name!r}: runs can be searched by {', '.join(known)}.")
    return Place(cast("Kind", attribute))


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise invalid(f"{key} is compared with {text!r}, which is not a number.") from None
