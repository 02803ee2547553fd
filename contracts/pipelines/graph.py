"""The graph of a pipeline: which step needs which, in and an order in which they can run. Linear."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.pipelines.bindings import Binding, StepOutput, bindings_within, parse_binding

#: The name of the input by which a step needs another one that it reads nothing from.
ORDER = ""


@dataclass(frozen=True, slots=True)
class Need:
    """An input of a step that is the output of another one.

    Parameters:
        input: name of the input.
        step: the producer.
        output: name of its output; None for its only one.
    """

    input: str
    step: str
    output: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the graph knows it.

    Parameters:
        name: its key in `jobs`.
        needs: the outputs of other steps that it reads, in the order of its inputs.
    """

    name: str
    needs: tuple[Need, ...] = ()

    @property
    def producers(self) -> frozenset[str]:
        """The steps that it reads from."""
        return frozenset(need.step for need in self.needs)


def input_binding(value: Any) -> Binding | None:
    """The binding of one input of a step as it stands in `jobs.<step>.inputs`; None for literals and data."""
    return parse_binding(value.get("value") if isinstance(value, Mapping) else value)


def input_bindings(value: Any) -> list[Binding]:
    """The bindings of one input of a step: of its value, or of the path of its data; several within a longer text."""
    if isinstance(value, Mapping):
        value = value.get("value", value.get("uri"))
    return bindings_within(value)


def output_binding(value: Any) -> Binding | None:
    """The binding of one output of a step as it stands in `jobs.<step>.outputs`; None where it has none."""
    return parse_binding(value.get("value") if isinstance(value, Mapping) else value)


def steps_of(jobs: Mapping[str, Any]) -> list[Step]:
    """The steps of a pipeline, in the order of its body.

    Parameters:
        jobs: `properties.jobs`; members that are not objects are steps without needs.
    """
    return [Step(name, tuple(_needs(node))) for name, node in jobs.items()]


def _needs(node: Any) -> Iterator[Need]:
    inputs = node.get("inputs") if isinstance(node, Mapping) else None
    for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
        for binding in input_bindings(value):
            if isinstance(binding, StepOutput):
                yield Need(name, binding.step, binding.output)


def in_order(steps: Sequence[Step], first: str | None, last: str | None) -> list[Step]:
    """The steps with what `on_init` and `on_finalize` add: all others need the first one, the last one needs them all.

    Parameters:
        first, last: names of steps; None, or a name that does not exist, adds nothing.
    """
    known = {step.name for step in steps}
    ordered = []
    for step in steps:
        needs = step.needs
        if first in known and step.name != first:
            needs += (Need(ORDER, str(first), None),)
        if step.name == last:
            needs += tuple(Need(ORDER, other.name, None) for other in steps if other.name not in (first, last))
        ordered.append(Step(step.name, needs))
    return ordered


def run_order(steps: Sequence[Step]) -> list[str]:
    """The names of steps, each after those it needs; what is on a cycle or behind one is left out.

    Steps that are ready at the same time keep the order of the body. Producers that do not exist count as ended.
    """
    known = {step.name for step in steps}
    waiting = {step.name: len(step.producers & known) for step in steps}
    consumers: dict[str, list[str]] = {}
    for step in steps:
        for producer in step.producers & known:
            consumers.setdefault(producer, []).append(step.name)
    ready, order = deque(name for name, count in waiting.items() if count == 0), []
    while ready:
        name = ready.popleft()
        order.append(name)
        for consumer in consumers.get(name, ()):
            waiting[consumer] -= 1
            if waiting[consumer] == 0:
                ready.append(consumer)
    return order


def find_cycle(steps: Sequence[Step]) -> list[str]:
    """The steps of one cycle, each needed by the one before it, the first again at the end; empty without one."""
    stuck = {step.name: step for step in steps}
    for name in run_order(steps):
        del stuck[name]
    if not stuck:
        return []
    # Every stuck step has a stuck producer, so that a walk from one to the next must meet itself.
    place: dict[str, int] = {}
    walk: list[str] = []
    name = next(iter(stuck))
    while name not in place:
        place[name] = len(walk)
        walk.append(name)
        name = next(need.step for need in stuck[name].needs if need.step in stuck)
    return [*walk[place[name] :], name]


def consumers_of(steps: Iterable[Step]) -> dict[str, list[str]]:
    """For each producer the steps that read from it, in the order of the body."""
    found: dict[str, list[str]] = {}
    for step in steps:
        for producer in dict.fromkeys(need.step for need in step.needs):
            found.setdefault(producer, []).append(step.name)
    return found
