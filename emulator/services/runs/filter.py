"""The filter and the order of MLflow's runs/search, as questions to the store.

Source: MLflow's "Search Runs" page; its SQLite store is the oracle of the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from emulator.services.runs.bounds import LONGEST_PATTERN, check_length
from emulator.services.runs.comparisons import Comparison, Key, comparisons_of, invalid, ordered_keys
from emulator.storage.runs import DATASET_KEYS, Condition, Kind, Place

_ATTRIBUTES = {"created": "start_time", "run_uuid": "run_id", "run name": "run_name", "experiment_id": "experiment"}
_NUMBERS = frozenset({"metric", "start_time", "end_time"})


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
    orders = [(_place(key), descends) for key, descends in ordered_keys(texts)]
    if any(place.kind == "dataset" for place, _ in orders):
        raise invalid("order_by: runs are not ordered by their datasets.")
    return orders


def _condition(one: Comparison) -> Condition:
    place, operator, values = _place(one.key), one.operator, one.values
    if operator.startswith("IS"):
        return Condition(place, operator)
    if operator.endswith("LIKE"):
        check_length("A pattern of LIKE", values[0], LONGEST_PATTERN)
    if place.kind in _NUMBERS:
        return Condition(place, operator, [_number(one.key.text, text) for text in values])
    return Condition(place, operator, values)


def _place(key: Key) -> Place:
    if key.entity == "dataset" and key.name not in DATASET_KEYS:
        raise invalid(f"Invalid dataset key {key.name!r}: use {', '.join(sorted(DATASET_KEYS))}.")
    if key.entity != "attribute":
        return Place(cast("Kind", key.entity), key.name)
    attribute = _ATTRIBUTES.get(key.name.lower(), key.name.lower())
    known = sorted(set(get_args(Kind)) - {"metric", "param", "tag", "dataset"})
    if attribute not in known:
        raise invalid(f"Invalid attribute key {key.name!r}: runs can be searched by {', '.join(known)}.")
    return Place(cast("Kind", attribute))


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise invalid(f"{key} is compared with {text!r}, which is not a number.") from None
