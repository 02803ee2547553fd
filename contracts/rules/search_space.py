"""The search space: every distribution must have values to draw."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import fields

from contracts.arm.distributions import Choice, Distribution, parse_distribution
from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node
from contracts.rules.names import check_keys

_HIGHEST_UPPER = 2**63  # so that values are integers of 64 bits, as JSON of the service has them


def check_search_space(node: Node) -> None:
    """Refuse an empty space and distributions without values; point out odd names.

    Source: docs page how-to-tune-hyperparameters, the checks of the v1 client; an empty space, a lower bound above the
    upper one and null arguments are refused at PUT.
    """
    if node.value == {}:
        node.error("EmptySearchSpace", "There is no hyperparameter to sweep over.", "Add at least one.")
    check_keys(node)
    for place, distribution in distributions(node):
        _check_distribution(place, distribution)


def distributions(node: Node) -> Iterator[tuple[Node, Distribution]]:
    """Every well-formed distribution of a search space with its place, those of conditional spaces included."""
    for _, entry in node:
        try:
            distribution = parse_distribution(entry.value)
        except ValueError:
            continue
        yield from _with_nested(entry, distribution)


def _with_nested(node: Node, distribution: Distribution) -> Iterator[tuple[Node, Distribution]]:
    yield node, distribution
    if isinstance(distribution, Choice):
        for index, value in enumerate(distribution.values):
            option = Node(node.value[1][0][index], f"{node.path}[1][0][{index}]", node.findings)
            for key, nested in value.items() if isinstance(value, dict) else ():
                if isinstance(nested, Distribution):
                    yield from _with_nested(option[key], nested)


def _check_distribution(node: Node, distribution: Distribution) -> None:
    if isinstance(distribution, Choice):
        if not distribution.values:
            node.error("EmptyChoice", "There is no value to choose from.", "Give the choice at least one value.")
        return
    arguments = {
        field.name: _argument(node, field.name, getattr(distribution, field.name)) for field in fields(distribution)
    }
    if any(value is None for value in arguments.values()):
        return
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is not None and high is not None:
        _check_range(node, low, high, logarithmic=distribution.logarithmic)
    if (arguments.get("sigma") or 0) < 0:
        node.error("NegativeSigma", f"sigma is {arguments['sigma']}.", "Give a sigma of 0 or more.")
    if (q := arguments.get("q")) is not None and q <= 0:
        node.error("NonPositiveStep", f"q is {q}: values are rounded to multiples of it.", "Give a q above 0.")
    if (upper := arguments.get("upper")) is not None and not (1 <= upper <= _HIGHEST_UPPER and upper == int(upper)):
        remedy = "Give an integer of 1 or more, at most 2^63: values are 0 to upper - 1."
        node.error("InvalidUpper", f"upper is {upper}.", remedy)


def _argument(node: Node, name: str, value: object) -> float | None:
    number = Node(value, node.path, node.findings).number
    if number is None:
        node.error(
            "NullArgument" if value is None else "InvalidArgument",
            f"{name} is {shown(value)}.",
            f"Give {name} a finite number.",
        )
    return number


def _check_range(node: Node, low: float, high: float, *, logarithmic: bool) -> None:
    if low > high:
        node.error("ReversedRange", f"min_value {low} is above max_value {high}.", "Exchange them.")
    elif low == high:
        node.warning("ConstantRange", f"min_value and max_value are both {low}.", "Widen the range.")
    if logarithmic and high > math.log(sys.float_info.max):
        node.error(
            "RangeOverflow",
            f"e to the power of max_value {high} is beyond every number.",
            "Give the logarithms of the bounds: from 0.001 to 0.1 is about -6.9 to -2.3.",
        )
