"""Which trials a sweep draws from its search space."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from contracts.suite import sources
from contracts.suite.answer import Unexpected, expect
from contracts.suite.bodies import Json, sweep
from contracts.suite.difference import Difference, Like
from contracts.suite.scenario import Scenarios, scenario
from contracts.suite.workspace import Workspace

_COUNT = 6


class Sampling(Scenarios):
    """Sampling algorithms and distributions; what was drawn stands in the tags of the sweep."""

    @scenario("documented", sources.TUNING)
    def test_a_grid_is_every_combination(self, workspace: Workspace) -> None:
        """A grid over two choices tries every combination once, and fewer than the maximum when there are no more."""
        space = {"a": ["choice", [[1, 2]]], "b": ["choice", [["x", "y"]]]}
        points = _drawn(workspace, space, "Grid")
        combinations = [{"a": a, "b": b} for a in (1, 2) for b in ("x", "y")]
        expect(_sorted(combinations), _sorted(points), f"the trials of {workspace.name()}")

    @scenario("documented", sources.HYPERDRIVE)
    def test_the_maximum_cuts_a_grid(self, workspace: Workspace) -> None:
        """A grid stops at the maximum number of trials."""
        points = _drawn(workspace, {"a": ["choice", [list(range(9))]]}, "Grid", count=2)
        expect(2, len(points), f"the number of trials of {workspace.name()}")

    @scenario("documented", sources.TUNING)
    def test_random_draws_as_many_as_asked(self, workspace: Workspace) -> None:
        """Random sampling of a range draws the maximum number of trials, each within the range."""
        points = _drawn(workspace, {"lr": ["uniform", [0.25, 0.5]]}, "Random")
        expect(_COUNT, len(points), f"the number of trials of {workspace.name()}")
        _all(points, "lr", "a number from 0.25 to 0.5", lambda value: 0.25 <= value <= 0.5)
        expect(_COUNT, len({point["lr"] for point in points}), "the number of different values")

    @scenario("documented", sources.TUNING)
    def test_the_same_seed_gives_the_same_trials(self, workspace: Workspace) -> None:
        """Two sweeps with the same seed draw the same trials, with another seed others."""
        space = {"lr": ["uniform", [0, 1]]}
        first, again, other = (
            _drawn(workspace, space, {"samplingAlgorithmType": "Random", "seed": seed}, suffix=suffix)
            for seed, suffix in ((7, "first"), (7, "again"), (8, "other"))
        )
        expect(first, again, "the trials of two sweeps with the same seed")
        expect(True, first != other, "another seed gives other trials")

    @scenario("documented", sources.TUNING)
    def test_sobol_draws_distinct_points(self, workspace: Workspace) -> None:
        """Sobol sampling spreads its points: each half of the range gets its share."""
        algorithm = {"samplingAlgorithmType": "Random", "rule": "Sobol", "seed": 1}
        points = _drawn(workspace, {"lr": ["uniform", [0, 1]]}, algorithm)
        expect(_COUNT // 2, sum(point["lr"] < 0.5 for point in points), "the points in the lower half of the range")

    @scenario("documented", sources.TUNING)
    def test_randint_is_below_its_upper_bound(self, workspace: Workspace) -> None:
        """randint draws integers from 0 to its upper bound, which it never reaches."""
        points = _drawn(workspace, {"n": ["randint", [3]], "lr": ["uniform", [0, 1]]}, "Random")
        _all(points, "n", "an integer from 0 to 2", lambda value: type(value) is int and 0 <= value < 3)

    @scenario("documented", sources.TUNING)
    def test_quniform_draws_multiples(self, workspace: Workspace) -> None:
        """quniform draws multiples of its step."""
        points = _drawn(workspace, {"n": ["quniform", [0, 100, 5]], "lr": ["uniform", [0, 1]]}, "Random")
        _all(points, "n", "a multiple of 5 from 0 to 100", lambda value: value % 5 == 0 and 0 <= value <= 100)

    @scenario("documented", sources.TUNING)
    def test_loguniform_bounds_are_exponents(self, workspace: Workspace) -> None:
        """The bounds of loguniform are exponents of e."""
        points = _drawn(workspace, {"lr": ["loguniform", [-6, -1]]}, "Random")
        _all(points, "lr", "a number from exp(-6) to exp(-1)", lambda value: 0.00247 <= value <= 0.3679)

    @scenario("documented", sources.TUNING)
    def test_a_choice_keeps_the_types_of_its_values(self, workspace: Workspace) -> None:
        """A choice hands its values on as they are: text, integer, number, truth value."""
        values = ["text", 3, 0.5, True]
        points = _drawn(workspace, {"c": ["choice", [values]]}, "Grid")
        expect(sorted(map(repr, values)), sorted(repr(point["c"]) for point in points), "the values of the choice")

    @scenario("documented", sources.TUNING)
    def test_bayesian_draws_within_the_space(self, workspace: Workspace) -> None:
        """Bayesian sampling draws the maximum number of trials, each within its space."""
        space = {"play": ["choice", [["0.1", "0.2"]]], "lr": ["uniform", [0.25, 0.5]]}
        points = _drawn(workspace, space, "Bayesian", count=3)
        expect(3, len(points), f"the number of trials of {workspace.name()}")
        _all(points, "lr", "a number from 0.25 to 0.5", lambda value: 0.25 <= value <= 0.5)


def _drawn(
    workspace: Workspace, space: Json, algorithm: str | Mapping[str, Any], *, count: int = _COUNT, suffix: str = ""
) -> list[Json]:
    """The parameters of the trials of a finished sweep, in their order."""
    name = workspace.name(suffix)
    limits = {"maxTotalTrials": count, "maxConcurrentTrials": count}
    workspace.made(name, sweep(workspace.surroundings, space, algorithm=algorithm, limits=limits))
    document = workspace.until_status(name, "Completed").json
    tags, start = document["properties"]["tags"], f"_aml_system_{name}_"
    texts = {int(key.removeprefix(start)): value for key, value in tags.items() if key.startswith(start)}
    return [json.loads(texts[place]) for place in sorted(texts)]


def _sorted(points: list[Json]) -> list[str]:
    return sorted(json.dumps(point, sort_keys=True) for point in points)


def _all(points: list[Json], key: str, what: str, fits: Callable[[Any], bool]) -> None:
    for place, point in enumerate(points):
        expect({key: Like(what, fits)}, point, f"the parameters of trial {place}")
    if not points:
        raise Unexpected([Difference("$", "trials", [])])
