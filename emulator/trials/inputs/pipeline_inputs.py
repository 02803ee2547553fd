"""The data that a pipeline names itself, known before its first step runs; what steps write is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError

from contracts.arm.inputs_outputs import AssetJobInput
from contracts.pipelines.graph import consumers_of, steps_of

#: The steps within a step that is a pipeline; None for any other.
StepsWithin: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]

_Nodes: TypeAlias = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Read:
    """Data that a step reads, or the pipeline itself.

    Parameters:
        place: where it stands.
        step: the one that reads it, by the names of the steps around it and its own; of the pipeline itself none.
        data: the input.
    """

    place: str
    step: tuple[str, ...]
    data: AssetJobInput


@dataclass(frozen=True, slots=True)
class _Written:
    """An output with a path or a name; the same `step` as of what is read."""

    step: tuple[str, ...]
    output: Mapping[str, Any]

    def holds(self, uri: str) -> bool:
        """Whether an address is below its path, or that of an asset of its name."""
        path = str(self.output.get("uri") or "").partition("${{")[0]
        name = self.output.get("assetName") or self.output.get("asset_name") or self.output.get("name")
        return (bool(path) and uri.startswith(path)) or (
            bool(name) and (f"/{name}/" in uri or uri.startswith((f"azureml:{name}:", f"azureml:{name}@")))
        )


def named_data(body: Mapping[str, Any], steps_within: StepsWithin = lambda node: None) -> dict[str, AssetJobInput]:
    """The data inputs of a pipeline and of its steps by where they stand: `inputs.raw`, `jobs.fit.inputs.table`.

    Those of the steps of nested pipelines are among them. Left out is what a step may have written before it is read:
    below the path of an output, or under the name of one.

    Parameters:
        body: `properties` of a pipeline job.
        steps_within: finds the steps of a nested pipeline.
    """
    levels = dict(_levels((), body.get("jobs") or {}, steps_within))
    written = [one for level, nodes in levels.items() for one in _outputs(level, nodes)]
    written += _written((), body.get("outputs"))
    return {
        one.place: one.data
        for one in _reads(body, levels)
        if not any(output.holds(one.data.uri) and not _is_later(output, one, levels) for output in written)
    }


def _levels(
    around: tuple[str, ...], nodes: Mapping[str, Any], steps_within: StepsWithin
) -> Iterator[tuple[tuple[str, ...], _Nodes]]:
    """The steps of the pipeline and of those in it, by the names of the steps around them."""
    objects = {name: node for name, node in nodes.items() if isinstance(node, Mapping)}
    yield around, objects
    for name, node in objects.items():
        if inner := steps_within(node):
            yield from _levels((*around, name), inner, steps_within)


def _reads(body: Mapping[str, Any], levels: Mapping[tuple[str, ...], _Nodes]) -> Iterator[_Read]:
    for name, value in (body.get("inputs") or {}).items():
        if found := _data(value, "jobInputType"):
            yield _Read(f"inputs.{name}", (), found)
    for around, nodes in levels.items():
        for step, node in nodes.items():
            place = "".join(f"jobs.{one}." for one in (*around, step))
            for name, value in (node.get("inputs") or {}).items():
                if found := _data(value, "job_input_type"):
                    yield _Read(f"{place}inputs.{name}", (*around, step), found)


def _data(value: Any, kind: str) -> AssetJobInput | None:
    """An input that is data; a literal, a binding, or one of a type that is told later, is None."""
    if not isinstance(value, Mapping) or not isinstance(value.get("uri"), str):
        return None
    try:
        return AssetJobInput.model_validate(
            {"jobInputType": value.get(kind), "uri": value["uri"], "mode": value.get("mode")}
        )
    except ValidationError:
        return None


def _outputs(around: tuple[str, ...], nodes: _Nodes) -> Iterator[_Written]:
    for step, node in nodes.items():
        yield from _written((*around, step), node.get("outputs"))


def _written(step: tuple[str, ...], outputs: Any) -> Iterator[_Written]:
    yield from (_Written(step, one) for one in (outputs or {}).values() if isinstance(one, Mapping))


def _is_later(output: _Written, read: _Read, levels: Mapping[tuple[str, ...], _Nodes]) -> bool:
    """Whether an output is surely written after that was read: by the same step, or by one that needs it."""
    if output.step == read.step:
        return bool(read.step)
    *around, reader = read.step or ("",)
    depth = len(around)
    if not reader or len(output.step) <= depth or list(output.step[:depth]) != around:
        return False
    return output.step[depth] in _after(reader, levels[tuple(around)])


def _after(step: str, nodes: _Nodes) -> set[str]:
    """The steps that need a step, or one that needs it."""
    consumers = consumers_of(steps_of(nodes))
    found: set[str] = set()
    queue = [step]
    while queue:
        fresh = set(consumers.get(queue.pop(), ())) - found
        found |= fresh
        queue += fresh
    return found
