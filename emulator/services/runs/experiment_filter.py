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
from emulator.storage.experiments import Experiment

_COMPARISON = re.compile(
    r"""\s*(?:(?:attr(?:ibutes?)?\.)?(?P<attribute>name|creation_time|last_update_time)
    |tags?\.(?P<tag>`[^`]*`|"[^"]*"|[\w./-]+))\s*
    (?P<operator>!=|<=|>=|=|<|>|I?LIKE\b)\s*(?P<value>'[^']*'|"[^"]*"|\d+)\s*(?P<joined>AND\b|$)""",
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
    at, wanted, joined = 0, True, True
    while joined:
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
    pattern = re.escape(wanted).replace("%", ".*").replace("_", ".")
    return re.fullmatch(pattern, str(value), re.IGNORECASE if sign == "ILIKE" else 0) is not None


def _invalid(text: str) -> Refusal:
    return Refusal(
        400,
        INVALID_PARAMETER_VALUE,
        f"Invalid filter {text!r}: write comparisons such as name = 'x', name LIKE 'x%', tags.t = 'v' or "
        "creation_time > 1700000000000, joined by AND.",
    )
