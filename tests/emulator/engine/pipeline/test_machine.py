"""The graph machine: what starts when, what never runs, how a pipeline ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.lifecycle import JobStatus
from contracts.pipelines.graph import Need, Step
from emulator.engine.pipeline.machine import (
    Action,
    Finish,
    NotRun,
    PipelineMachine,
    SkipStep,
    StartSteps,
    StopStep,
)

DONE, FAILED, CANCELED = JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELED


def steps(**edges: str) -> list[Step]:
    return [Step(name, tuple(Need(p, p, "o") for p in needs.split())) for name, needs in edges.items()]


def test_steps_start_as_soon_as_what_they_need_is_there() -> None:
    machine = PipelineMachine(steps(a="", b="a", c="", d="b c"))
    assert machine.start() == [StartSteps(("a", "c"))]
    assert machine.step_ended("c", DONE) == []
    assert machine.step_ended("a", DONE) == [StartSteps(("b",))]
    assert machine.step_ended("b", DONE) == [StartSteps(("d",))]
    assert machine.step_ended("d", DONE) == [Finish(DONE)]


def test_a_pipeline_without_steps_is_completed_at_once() -> None:
    assert PipelineMachine([]).start() == [Finish(DONE)]


def test_after_a_failure_independent_steps_go_on_and_those_behind_it_never_run() -> None:
    machine = PipelineMachine(steps(a="", b="", c="a", d="c", e="b"))
    machine.start()
    lost = NotRun.PRODUCER_FAILED
    assert machine.step_ended("a", FAILED) == [SkipStep("c", lost, "a"), SkipStep("d", lost, "c")]
    assert machine.step_ended("b", DONE) == [StartSteps(("e",))]
    assert machine.step_ended("e", DONE) == [Finish(FAILED, ("a",))]


def test_a_step_runs_without_an_optional_input_of_a_failed_step() -> None:
    machine = PipelineMachine(steps(a="", b="a"), is_optional=lambda step, name: (step, name) == ("b", "a"))
    machine.start()
    assert machine.step_ended("a", FAILED) == [StartSteps(("b",))]
    assert machine.step_ended("b", DONE) == [Finish(FAILED, ("a",))]


def test_without_continue_on_step_failure_the_first_failure_stops_all() -> None:
    machine = PipelineMachine(steps(a="", b="", c="b"), continue_on_step_failure=False)
    machine.start()
    assert machine.step_ended("a", FAILED) == [SkipStep("c", NotRun.PIPELINE_FAILED, "a"), StopStep("b")]
    assert machine.step_ended("b", CANCELED) == [Finish(FAILED, ("a",))]


def test_cancel_stops_what_runs_and_skips_what_waits() -> None:
    machine = PipelineMachine(steps(a="", b="a"))
    machine.start()
    assert machine.cancel() == [SkipStep("b", NotRun.PIPELINE_CANCELED), StopStep("a")]
    assert machine.cancel() == []
    assert machine.step_ended("a", CANCELED) == [Finish(CANCELED)]


def test_a_step_that_somebody_canceled_lets_the_pipeline_fail() -> None:
    machine = PipelineMachine(steps(a="", b="a"))
    machine.start()
    assert machine.step_ended("a", CANCELED) == [SkipStep("b", NotRun.PRODUCER_FAILED, "a"), Finish(FAILED)]


def test_a_need_without_a_producer_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        PipelineMachine(steps(a="nowhere"))


def test_a_step_ends_once() -> None:
    machine = PipelineMachine(steps(a="", b=""))
    machine.start()
    machine.step_ended("a", DONE)
    with pytest.raises(ValueError, match="cannot end"):
        machine.step_ended("a", DONE)


@st.composite
def acyclic(draw: st.DrawFn) -> list[Step]:
    size = draw(st.integers(0, 10))
    return [
        Step(f"s{n}", tuple(Need(f"s{p}", f"s{p}", "o") for p in draw(st.sets(st.integers(0, n - 1))) if n))
        if n
        else Step("s0")
        for n in range(size)
    ]


@given(acyclic(), st.booleans(), st.data())
def test_laws_of_every_history(graph: list[Step], goes_on: bool, data: st.DataObject) -> None:
    """Each step starts at most once and after its producers; the end comes once, when nothing is active."""
    optional: Callable[[str, str], bool] = lambda step, name: int(step[1:]) * int(name[1:]) % 3 == 1  # noqa: E731
    machine = PipelineMachine(graph, is_optional=optional, continue_on_step_failure=goes_on)
    needs = {step.name: step for step in graph}
    ended: dict[str, JobStatus] = {}
    started: list[str] = []
    skipped: list[str] = []
    finishes: list[Finish] = []
    events = 0

    def take(actions: list[Action]) -> None:
        for action in actions:
            assert not finishes
            match action:
                case StartSteps(names):
                    for name in names:
                        assert all(
                            ended.get(need.step) is DONE or optional(name, need.input) for need in needs[name].needs
                        )
                        started.append(name)
                case SkipStep(name):
                    skipped.append(name)
                case StopStep(name):
                    assert name in started
                    assert name not in ended
                case Finish():
                    finishes.append(action)

    take(machine.start())
    while machine.active:
        events += 1
        if data.draw(st.integers(0, 9)) == 0:
            take(machine.cancel())
        name = data.draw(st.sampled_from(sorted(machine.active)))
        ended[name] = data.draw(st.sampled_from([DONE, DONE, DONE, FAILED, CANCELED]))
        take(machine.step_ended(name, ended[name]))
    assert len(finishes) == 1
    assert machine.is_finished
    assert sorted(started + skipped) == sorted(needs)
    assert sorted(started) == sorted(ended)
