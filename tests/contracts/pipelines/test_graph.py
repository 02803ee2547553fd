"""The graph of a pipeline: needs, order and cycles."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.pipelines.graph import Need, Step, find_cycle, in_order, run_order, steps_of


def jobs(**edges: str) -> dict[str, Any]:
    """Steps by name, each with the names of those it reads from, parted by blanks."""
    return {
        name: {
            "inputs": {f"i{n}": {"value": f"${{{{parent.jobs.{p}.outputs.o}}}}"} for n, p in enumerate(needs.split())}
        }
        for name, needs in edges.items()
    }


def test_the_needs_of_a_step_are_its_inputs_from_other_steps() -> None:
    body = {"a": {}, "b": {"inputs": {"x": {"value": "${{parent.jobs.a.outputs.o}}"}, "y": {"value": "3"}}}, "c": 7}
    assert steps_of(body) == [Step("a"), Step("b", (Need("x", "a", "o"),)), Step("c")]


def test_ready_steps_keep_the_order_of_the_body() -> None:
    assert run_order(steps_of(jobs(c="b", b="", a=""))) == ["b", "a", "c"]


def test_a_cycle_is_told_step_by_step() -> None:
    cycle = find_cycle(steps_of(jobs(free="", a="free c", b="a", c="b", behind="c")))
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {"a", "b", "c"}


def test_a_step_that_needs_itself_is_a_cycle() -> None:
    assert find_cycle(steps_of(jobs(a="a"))) == ["a", "a"]


@st.composite
def graphs(draw: st.DrawFn) -> list[Step]:
    size = draw(st.integers(0, 12))
    return [
        Step(f"s{n}", tuple(Need(f"i{k}", f"s{p}", "o") for k, p in enumerate(draw(st.sets(st.integers(0, size - 1))))))
        for n in range(size)
    ]


@given(graphs())
def test_every_step_is_ordered_after_its_producers_or_there_is_a_cycle(steps: list[Step]) -> None:
    order, cycle = run_order(steps), find_cycle(steps)
    place = {name: index for index, name in enumerate(order)}
    needs = {step.name: step.producers for step in steps}
    assert all(place[producer] < place[name] for name in order for producer in needs[name])
    assert (len(order) == len(steps)) == (not cycle)
    assert all(after in needs[before] for before, after in itertools.pairwise(cycle))


def test_a_binding_within_a_text_or_a_path_is_a_need() -> None:
    body = {
        "a": {},
        "b": {"inputs": {"x": {"value": "v-${{parent.jobs.a.outputs.o}}"}}},
        "c": {"inputs": {"y": {"uri": "${{parent.jobs.a.outputs.o}}/part.csv", "job_input_type": "uri_file"}}},
    }
    assert [step.producers for step in steps_of(body)] == [frozenset(), {"a"}, {"a"}]


def test_the_first_step_comes_before_all_others_and_the_last_one_after_them() -> None:
    steps = in_order(steps_of(jobs(last="", work="", more="work", first="")), "first", "last")
    assert run_order(steps) == ["first", "work", "more", "last"]
    assert in_order(steps_of(jobs(a="", b="a")), None, "nobody") == steps_of(jobs(a="", b="a"))
