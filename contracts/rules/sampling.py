"""The sampling algorithm, and whether it can draw from the search space."""

from __future__ import annotations

from math import prod

from contracts.arm.distributions import Choice, Distribution, QUniform, Uniform
from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node, check_enum
from contracts.rules.search_space import distributions
from contracts.sampling_algorithms import BAYESIAN, GRID, SAMPLING_ALGORITHMS, SamplingAlgorithm


def check_sampling(properties: Node) -> None:
    """Refuse what the sweep's algorithm cannot do: each has its own rules, named by its registration."""
    kind = SAMPLING_ALGORITHMS.get(properties["samplingAlgorithm"]["samplingAlgorithmType"].text or "")
    if kind is not None and kind.check is not None:
        kind.check()(properties)


def check_random(properties: Node) -> None:
    """Refuse unknown rules and log bases. Source: the definition of `RandomSamplingAlgorithm`."""
    algorithm = properties["samplingAlgorithm"]
    check_enum(algorithm["rule"], "Random", "Sobol")
    _check_logbase(algorithm["logbase"])


def check_grid(properties: Node) -> None:
    """Refuse a space that is not of choices. Source: docs page how-to-tune-hyperparameters ("grid: only choice")."""
    _allow(properties["searchSpace"], GRID, Choice)
    _tell_of_cut_grid(properties)


def check_bayesian(properties: Node) -> None:
    """Refuse distributions that a model cannot be fitted over.

    Source: docs page how-to-tune-hyperparameters ("Bayesian: choice, uniform and quniform").
    """
    _allow(properties["searchSpace"], BAYESIAN, Choice, Uniform, QUniform)


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


def _allow(space: Node, algorithm: SamplingAlgorithm, *kinds: type[Distribution]) -> None:
    names = ", ".join(kind.kind for kind in kinds)
    for node, distribution in distributions(space):
        if not isinstance(distribution, kinds):
            node.error(
                "UnsupportedDistribution",
                f"{algorithm.name} sampling cannot draw from {distribution.kind}; it supports {names}.",
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
