"""The sampling algorithm, and whether it can draw from the search space."""

from __future__ import annotations

from math import prod

from contracts.arm.distributions import Choice, Distribution, QUniform, Uniform
from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node, check_enum
from contracts.rules.search_space import distributions


def check_sampling(properties: Node) -> None:
    """Refuse a space that grid or Bayesian sampling cannot draw from, and unknown rules and log bases.

    Source: docs page how-to-tune-hyperparameters ("grid: only choice", "Bayesian: choice, uniform and quniform").
    """
    algorithm = properties["samplingAlgorithm"]
    kind = algorithm["samplingAlgorithmType"].text
    space = properties["searchSpace"]
    if kind == "Grid":
        _allow(space, "Grid", Choice)
        _tell_of_cut_grid(properties)
    elif kind == "Bayesian":
        _allow(space, "Bayesian", Choice, Uniform, QUniform)
    elif kind == "Random":
        check_enum(algorithm["rule"], "Random", "Sobol")
        _check_logbase(algorithm["logbase"])


def _tell_of_cut_grid(properties: Node) -> None:
    """Point out a grid that has more points than trials are made."""
    limit = properties["limits"]["maxTotalTrials"]
    choices = [found.values for _, found in distributions(properties["searchSpace"]) if isinstance(found, Choice)]
    if any(isinstance(value, dict) for values in choices for value in values):
        return  # a conditional space has points of its own
    points = prod(map(len, choices))
    if limit.integer is not None and 0 < limit.integer < points:
        limit.warning(
            "GridCut",
            f"The grid has {points} points, of which only {limit.integer} are tried.",
            f"Give {points}, or take random sampling for a sample of the whole space.",
        )


def _allow(space: Node, algorithm: str, *kinds: type[Distribution]) -> None:
    names = ", ".join(kind.kind for kind in kinds)
    for node, distribution in distributions(space):
        if not isinstance(distribution, kinds):
            node.error(
                "UnsupportedDistribution",
                f"{algorithm} sampling cannot draw from {distribution.kind}; it supports {names}.",
                "Use a supported distribution, or random sampling.",
            )


def _check_logbase(node: Node) -> None:
    """Source: the definition's description, "a positive number or e"."""
    if node.value is None or node.text == "e":
        return
    try:
        base = float(node.value)
    except (TypeError, ValueError, OverflowError):
        base = 0.0
    if not 0 < base < float("inf") or base == 1:
        node.error("InvalidLogbase", f"logbase is {shown(node.value)}.", 'Give a positive number other than 1, or "e".')
