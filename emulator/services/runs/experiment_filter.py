"""The filter of MLflow's experiments/search: `name LIKE 'a%' AND tags.team = 'vision'`.

Source: MLflow's "Search Experiments" page.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.services.refusal import Refusal
from emulator.services.runs.bounds import LONGEST_PATTERN, check_count, check_length
from emulator.services.runs.like import is_like
from emulator.storage.experiments import Experiment

_COMPARISON = re.compile(
    r"""\s*(?:(?:attr(?:ibutes?)?\.)?(?P<attribute>name|creation_time|last_update_time)
    |tags?\.(?P<tag>`[^`]*`|"[^"]*"|[\w./-]+))\s*+
    (?P<operator>!=|<=|>=|=|<|>|I?LIKE\b)\s*+(?P<value>'[^']*'|"[^"]*"|\d+)\s*+(?P<joined>AND\b|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(experiment: Experiment, text: str) -> bool:
    """Whether an experiment is meant by a filter.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE: no comparisons joined by AND.
    """
    at, wanted, joined, count = 0, True, True, 0
    check_length("The filter", text)
    while joined:
        check_count("The filter", count := count + 1)
        found = _COMPARISON.match(text, at)
        if found is None:
            raise _invalid(text)
        holds = _compares(_value(experiment, found), found["operator"].upper(), found["value"].strip("'\""), text)
        at, wanted, joined = found.end(), wanted and holds, bool(found["joined"])
    return wanted


def _value(experiment: Experiment, found: re.Match[str]) -> str | int | None:
    if found["tag"]:
        return experiment.tags.get(found["tag"].strip('`"'))
    match found["attribute"].lower():
        case "name":
            return experiment.name
        case "creation_time":
            return round(experiment.created * 1000)
        case _:
            return round(experiment.modified * 1000)


def _compares(value: str | int | None, sign: str, wanted: str, text: str) -> bool:
    if value is None:
        return False
    if isinstance(value, int) and not wanted.isdigit():
        raise _invalid(text)
    other = int(wanted) if isinstance(value, int) else wanted
    if sign in {"=", "!="}:
        return (value == other) == (sign == "=")
    if sign in _ORDERS and isinstance(value, int):
        return _ORDERS[sign](value, other)
    if sign in _ORDERS:
        raise _invalid(text)
    check_length("A pattern of LIKE", wanted, LONGEST_PATTERN)
    return is_like(str(value), wanted, ignore_case=sign == "ILIKE")


def _invalid(text: str) -> Refusal:
    return Refusal(
        400,
        INVALID_PARAMETER_VALUE,
        f"Invalid filter {text[:200]!r}: write comparisons such as name = 'x', name LIKE 'x%', tags.t = 'v' or "
        "creation_time > 1700000000000, joined by AND.",
    )
