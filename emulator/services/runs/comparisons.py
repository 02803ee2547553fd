"""MLflow's search language, taken apart: `metrics.loss < 0.5 AND params.model = 'tree'`, and `order_by`.

Source: MLflow's "Search Runs" syntax page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.services.refusal import Refusal
from emulator.services.runs.bounds import check_count, check_length

_ENTITIES = {
    **dict.fromkeys(("metric", "metrics"), "metric"),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), "param"),
    **dict.fromkeys(("tag", "tags"), "tag"),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), "attribute"),
    **dict.fromkeys(("dataset", "datasets"), "dataset"),
}
_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<key>(?:[A-Za-z]+\.)?(?:`[^`]*`|"[^"]*"|[A-Za-z_][\w./-]*+))\s*+
      (?P<operator><=|>=|!=|=|<|>|I?LIKE\b|NOT\s+IN\b|IN\b|IS\s+NOT\s+NULL\b|IS\s+NULL\b)\s*+
      (?P<value>'(?:[^']|'')*+'|"[^"]*"|\([^)]*\)|[-+]?[\w.+-]++|)
    )\s*+(?P<rest>AND\b|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_LISTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)"|([-+\w.]+))\s*(?:,|$)""")
_ORDER = re.compile(
    r"""^\s*(?P<key>(?:[A-Za-z]+\.)?(?:`[^`]*`|"[^"]*"|[^\s`"]+))(?:\s+(?P<way>ASC|DESC))?\s*$""", re.IGNORECASE
)


class Key(NamedTuple):
    """What is compared or ordered by.

    Parameters:
        entity: `metric`, `param`, `tag`, `attribute` or `dataset`.
        name: of it.
        text: as it was written.
    """

    entity: str
    name: str
    text: str


class Comparison(NamedTuple):
    """One comparison.

    Parameters:
        key: on its left.
        operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE`, `ILIKE`, `IN`, `NOT IN`, `IS NULL` or `IS NOT NULL`.
        values: on its right: one, unless for `IN` (any) and `IS` (none).
    """

    key: Key
    operator: str
    values: Sequence[str] = ()


def comparisons_of(text: str | None) -> list[Comparison]:
    """The comparisons of a filter, joined by AND.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE; the text says which part is wrong.
    """
    found_all: list[Comparison] = []
    text, at = (text or "").strip(), 0
    check_length("The filter", text)
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise invalid(
                f"Invalid filter near {text[at : at + 60].lstrip()!r}: write comparisons such as metrics.m > 0.5, "
                "params.p = 'v', tags.t LIKE 'a%', attributes.status = 'FINISHED', joined by AND."
            )
        operator = " ".join(found["operator"].upper().split())
        values = () if operator.startswith("IS") else _values(found["value"])
        found_all.append(Comparison(_key(found["key"]), operator, values))
        check_count("The filter", len(found_all))
        at, joined = found.end(), found["rest"]
        if joined and at == len(text):
            raise invalid("Invalid filter: it ends with AND.")
    return found_all


def ordered_keys(texts: Sequence[str]) -> list[tuple[Key, bool]]:
    """What `order_by` names, and whether each descends.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    orders = []
    check_count("order_by", len(texts))
    for text in texts:
        check_length("order_by", text)
        found = _ORDER.match(text)
        if not found:
            raise invalid(f"Invalid order_by {text!r}: write metrics.m DESC, params.p, or attributes.start_time ASC.")
        orders.append((_key(found["key"]), (found["way"] or "").upper() == "DESC"))
    return orders


def invalid(message: str) -> Refusal:
    """A search that cannot be understood."""
    return Refusal(400, INVALID_PARAMETER_VALUE, message)


def _key(text: str) -> Key:
    entity, dot, name = text.partition(".")
    kind = _ENTITIES.get(entity.lower()) if dot else "attribute"
    if kind is None:
        raise invalid(f"Invalid entity {entity!r} in {text!r}: use metrics, params, tags or attributes.")
    return Key(kind, (name if dot else text).strip('`"'), text)


def _values(text: str) -> list[str]:
    if not text:
        raise invalid("Invalid filter: a comparison has no value.")
    if not text.startswith("("):
        return [text[1:-1] if text[0] in "'\"" else text]
    inner = text[1:-1].strip()
    values, at = [], 0
    while at < len(inner):
        found = _LISTED.match(inner, at)
        if not found:
            raise invalid(f"Invalid list {text!r}: write ('a', 'b').")
        values.append(next(group for group in found.groups() if group is not None))
        at = found.end()
    return values
