"""MLflow's search language: `metrics.loss < 0.5 AND params.model = 'tree'`, and `order_by`.

Source: MLflow's "Search Runs" syntax page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast, get_args

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, run_status
from contracts.lifecycle import JobStatus
from emulator.services.refusal import Refusal
from emulator.services.runs.bounds import LONGEST_PATTERN, check_count, check_length
from emulator.services.runs.like import is_like
from emulator.storage.runs import Condition, Kind, Place

_ENTITIES = {
    **dict.fromkeys(("metric", "metrics"), "metric"),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), "param"),
    **dict.fromkeys(("tag", "tags"), "tag"),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), "attribute"),
}
_ATTRIBUTES = {"created": "start_time", "run_uuid": "run_id", "run name": "run_name", "experiment_id": "experiment"}
_TIMES = frozenset({"start_time", "end_time"})
_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<key>(?:[A-Za-z]+\.)?(?:`[^`]*`|"[^"]*"|[A-Za-z_][\w./-]*+))\s*+
      (?P<operator><=|>=|!=|=|<|>|I?LIKE\b|NOT\s+IN\b|IN\b|IS\s+NOT\s+NULL\b|IS\s+NULL\b)\s*+
      (?P<value>'[^']*'|"[^"]*"|\([^)]*\)|[-+]?[\w.+-]++|)
    )\s*+(?P<rest>AND\b|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_LISTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|([-+\w.]+))\s*(?:,|$)""")
_ORDER = re.compile(
    r"""^\s*(?P<key>(?:[A-Za-z]+\.)?(?:`[^`]*`|"[^"]*"|[^\s`"]+))(?:\s+(?P<way>ASC|DESC))?\s*$""", re.IGNORECASE
)


def conditions_of(text: str | None) -> list[Condition]:
    """The comparisons of a filter.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE; the text says which part is wrong.
    """
    conditions: list[Condition] = []
    text, at = (text or "").strip(), 0
    check_length("The filter", text)
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise _invalid(
                f"Invalid filter near {text[at : at + 60].lstrip()!r}: write comparisons such as metrics.m > 0.5, "
                "params.p = 'v', tags.t LIKE 'a%', attributes.status = 'FINISHED', joined by AND."
            )
        conditions.append(_condition(found["key"], " ".join(found["operator"].upper().split()), found["value"]))
        check_count("The filter", len(conditions))
        at, joined = found.end(), found["rest"]
        if joined and at == len(text):
            raise _invalid("Invalid filter: it ends with AND.")
    return conditions


def orders_of(texts: Sequence[str]) -> list[tuple[Place, bool]]:
    """The places of `order_by`, and whether each descends.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    orders = []
    check_count("order_by", len(texts))
    for text in texts:
        if not isinstance(text, str):
            raise _invalid("order_by must be a list of texts such as metrics.m DESC.")
        check_length("order_by", text)
        found = _ORDER.match(text)
        if not found:
            raise _invalid(f"Invalid order_by {text!r}: write metrics.m DESC, params.p, or attributes.start_time ASC.")
        orders.append((_place(found["key"]), (found["way"] or "").upper() == "DESC"))
    return orders


def _condition(key: str, operator: str, value: str) -> Condition:
    place = _place(key)
    if operator.startswith("IS"):
        return Condition(place, operator)
    values = _values(value)
    if operator.endswith("LIKE"):
        check_length("A pattern of LIKE", values[0], LONGEST_PATTERN)
    if place.kind == "status":
        return _status(operator, [str(one) for one in values])
    if place.kind == "metric" or place.kind in _TIMES:
        numbers = [_number(key, one) for one in values]
        # The store counts microseconds, MLflow milliseconds.
        return Condition(place, operator, [one * 1000 for one in numbers] if place.kind in _TIMES else numbers)
    return Condition(place, operator, [str(one) for one in values])


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
            raise _invalid(f"attributes.status cannot be compared by {operator}.")
    return Condition(Place("status"), "IN", [status for status in JobStatus if run_status(status) in chosen])


def _place(text: str) -> Place:
    entity, dot, key = text.partition(".")
    kind = _ENTITIES.get(entity.lower()) if dot else "attribute"
    key = (key if dot else text).strip('`"')
    if kind is None:
        raise _invalid(f"Invalid entity {entity!r} in {text!r}: use metrics, params, tags or attributes.")
    if kind != "attribute":
        return Place(cast("Kind", kind), key)
    attribute = _ATTRIBUTES.get(key.lower(), key.lower())
    known = sorted(set(get_args(Kind)) - {"metric", "param", "tag"})
    if attribute not in known:
        raise _invalid(f"Invalid attribute key {key!r}: runs can be searched by {', '.join(known)}.")
    return Place(cast("Kind", attribute))


def _values(text: str) -> list[str]:
    if not text:
        raise _invalid("Invalid filter: a comparison has no value.")
    if not text.startswith("("):
        return [text[1:-1] if text[0] in "'\"" else text]
    inner = text[1:-1].strip()
    values, at = [], 0
    while at < len(inner):
        found = _LISTED.match(inner, at)
        if not found:
            raise _invalid(f"Invalid list {text!r}: write ('a', 'b').")
        values.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    return values


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _invalid(f"{key} is compared with {text!r}, which is not a number.") from None


def _invalid(message: str) -> Refusal:
    return Refusal(400, INVALID_PARAMETER_VALUE, message)
