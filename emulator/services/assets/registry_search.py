"""Searches of MLflow's model registry: `name LIKE 'a%' AND tags.team = 'vision'`, and `order_by`.

Source: MLflow's `search_registered_models` and `search_model_versions`, as its SQLite store answers them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from emulator.services.assets.registry_view import Shown
from emulator.services.runs.bounds import LONGEST_PATTERN, check_length
from emulator.services.runs.comparisons import Comparison, comparisons_of, invalid, ordered_keys
from emulator.services.runs.like import is_like

#: MLflow keeps prompts as models with this tag; a model without it is not a prompt.
_IS_PROMPT = "mlflow.prompt.is_prompt"
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def searched(found: Iterable[Shown], text: str | None, order_by: Sequence[str]) -> list[Shown]:
    """Those that a filter means, in the order that is asked for; by name, and the newest version first, without one.

    Parameters:
        found: all there are.
        text: the filter.
        order_by: places, each with ASC or DESC if it is not ascending.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    wanted = comparisons_of(text)
    kept = [one for one in found if all(_holds(one, comparison) for comparison in wanted)]
    kept.sort(key=lambda one: (str(one.values["name"]), -int(one.values.get("version_number") or 0)))
    for key, descends in reversed(ordered_keys(order_by)):
        name = "last_updated_timestamp" if key.name == "timestamp" else key.name
        if key.entity != "attribute" or any(name not in one.values for one in kept):
            raise invalid(f"Invalid order by key {key.text!r}.")
        # MLflow's versions come in two kinds of sort keys: numbers, and texts; None comes before both.
        kept.sort(key=lambda one: ((value := one.values[name]) is not None, value or ""), reverse=descends)
    return kept


def _holds(one: Shown, wanted: Comparison) -> bool:
    key, sign, values = wanted
    if key.entity == "tag":
        if key.name == _IS_PROMPT and key.name not in one.tags:
            return (sign, *values) in (("=", "false"), ("!=", "true"))
        return _compared(one.tags.get(key.name), wanted)
    if key.entity != "attribute" or key.name not in one.values:
        raise invalid(f"Invalid attribute key {key.text!r}: use {', '.join(sorted(one.values))} or tags.")
    return _compared(one.values[key.name], wanted)


def _compared(value: str | int | None, wanted: Comparison) -> bool:
    sign, values = wanted.operator, wanted.values
    if value is None:
        return False
    if isinstance(value, int):
        return _numbers_compare(value, wanted)
    match sign:
        case "=" | "!=":
            return (value == values[0]) == (sign == "=")
        case "IN":
            return value in values
        case "LIKE" | "ILIKE":
            check_length("A pattern of LIKE", values[0], LONGEST_PATTERN)
            return is_like(value, values[0], ignore_case=sign == "ILIKE")
    raise invalid(f"{wanted.key.text} cannot be compared by {sign}.")


def _numbers_compare(value: int, wanted: Comparison) -> bool:
    sign, values = wanted.operator, wanted.values
    if len(values) != 1 or not values[0].isdecimal():
        raise invalid(f"{wanted.key.text} is compared with a whole number, not with {', '.join(values)!r}.")
    other = int(values[0])
    if sign in _ORDERS:
        return _ORDERS[sign](value, other)
    if sign in ("=", "!="):
        return (value == other) == (sign == "=")
    raise invalid(f"{wanted.key.text} cannot be compared by {sign}.")
