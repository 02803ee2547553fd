"""Job types, algorithms, policies and distributions are told apart by registrations, never by their names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.arm.distributions import DISTRIBUTIONS
from contracts.job_types import JOB_TYPES, served_types
from contracts.references import load
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.termination_policies import TERMINATION_POLICIES
from emulator.engine import sampling
from emulator.job_types import JobParts, parts_of
from gateway.entities import sweep_settings as entities

ROOT = Path(__file__).parent.parent
NAMES = {
    name
    for kinds in (served_types(), TERMINATION_POLICIES.values(), SAMPLING_ALGORITHMS.values())
    for kind in kinds
    for name in (kind.name, kind.yaml_name)
} | set(DISTRIBUTIONS)
CONSTANTS = {
    *("SWEEP", "COMMAND", "PIPELINE", "JobType"),
    *("BANDIT", "MEDIAN_STOPPING", "TRUNCATION_SELECTION"),
    *("RANDOM", "GRID", "BAYESIAN"),
}


#: A comparison in a statement for the store.
_IN_SQL = re.compile(r"\btype *(?:=|<>|IN) *\(?'(\w+)'")


def compared_names(source: str) -> Iterator[tuple[int, str]]:
    """Where a module compares something with a name, matches it, or keeps a table by several names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            is_membership = all(isinstance(one, ast.In | ast.NotIn) for one in node.ops)
            sides = node.comparators if is_membership else [node.left, *node.comparators]
            yield from ((node.lineno, name) for side in sides for name in _names(side))
        elif isinstance(node, ast.MatchValue | ast.MatchSequence):
            yield from ((node.lineno, name) for name in _names(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, name) for name in _IN_SQL.findall(node.value) if name in NAMES)
        elif isinstance(node, ast.Dict):
            found = [name for key in node.keys if key is not None for name in _names(key)]
            yield from ((node.lineno, name) for name in found if len(set(found)) > 1)


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text in NAMES:
            yield text
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in CONSTANTS:
            yield f"{owner}.{name}"
        case ast.MatchValue(value=value):
            yield from _names(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.MatchSequence(patterns=parts):
            for part in parts:
                yield from _names(part)


@pytest.mark.parametrize(
    "source",
    [
        'kind == "Sweep"',
        'kind in ("sweep", "other")',
        "kind != COMMAND.name",
        "\"SELECT id FROM jobs WHERE type <> 'Command'\"",
        'match kind:\n case "Bandit":\n  pass',
        'match kind:\n case ["choice", values]:\n  pass',
        '{"pipeline": 1, "sweep": 2}',
        'kind == "Grid"',
        'kind.lower() == "bayesian"',
        'match kind:\n case "random":\n  pass',
    ],
)
def test_the_search_finds_every_way_to_compare_a_name(source: str) -> None:
    assert list(compared_names(source))


@pytest.mark.parametrize(
    "source", ['"command" in body', 'body.get("command") is None', 'body["command"]', 'make("Sweep")', "SWEEP.name"]
)
def test_the_search_leaves_out_what_compares_nothing(source: str) -> None:
    assert not list(compared_names(source))


@pytest.mark.parametrize("package", ["amlet", "contracts", "emulator", "gateway"])
def test_no_module_compares_the_name_of_a_job_type_an_algorithm_a_policy_or_a_distribution(package: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in sorted((ROOT / package).rglob("*.py"))
        if not file.is_relative_to(ROOT / "contracts" / "suite")
        for line, name in compared_names(file.read_text())
    ]
    assert not found


@pytest.mark.parametrize("part", ["starter", "expand", "labels", "refuse_compute", "older", "step_body"])
def test_every_function_that_a_registration_of_the_emulator_names_exists(part: str) -> None:
    assert part in JobParts.__dataclass_fields__
    references = [getattr(parts_of(kind.name), part) for kind in served_types()]
    assert all(callable(load(reference)) for reference in references if reference is not None)


def test_every_type_of_job_that_is_not_served_says_what_to_do_instead() -> None:
    assert all(kind.refusal for kind in JOB_TYPES.values() if kind not in served_types())


def test_sweeps_and_job_files_have_every_sampling_algorithm_that_is_registered() -> None:
    algorithms = set(SAMPLING_ALGORITHMS.values())
    assert sampling.registered() == algorithms
    assert {kind.yaml_name for kind in algorithms} == set(entities.SAMPLING_ALGORITHMS)
