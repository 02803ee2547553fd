"""The data that a pipeline names itself, known before its first step runs; what steps write is not there yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from contracts.arm.inputs_outputs import AssetJobInput


def named_data(body: Mapping[str, Any]) -> dict[str, AssetJobInput]:
    """The data inputs of a pipeline and of its steps by where they stand: `inputs.raw`, `jobs.fit.inputs.table`.

    Left out is what a step of the pipeline may write: below the path of an output, or under the name of one.

    Parameters:
        body: `properties` of a pipeline job.
    """
    paths, names = set(_own_paths(body)), set(_own_names(body))
    return {
        place: one
        for place, one in _inputs(body)
        if not one.uri.startswith(tuple(paths)) and not any(_is_named(one.uri, name) for name in names)
    }


def _inputs(body: Mapping[str, Any]) -> Iterator[tuple[str, AssetJobInput]]:
    for name, value in (body.get("inputs") or {}).items():
        if found := _data(value, "jobInputType"):
            yield f"inputs.{name}", found
    for step, node in (body.get("jobs") or {}).items():
        for name, value in (node.get("inputs") or {}).items():
            if found := _data(value, "job_input_type"):
                yield f"jobs.{step}.inputs.{name}", found


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


def _outputs(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for outputs in (body.get("outputs"), *(node.get("outputs") for node in (body.get("jobs") or {}).values())):
        yield from (one for one in (outputs or {}).values() if isinstance(one, Mapping))


def _own_paths(body: Mapping[str, Any]) -> Iterator[str]:
    for output in _outputs(body):
        if uri := output.get("uri"):
            yield str(uri).partition("${{")[0]


def _own_names(body: Mapping[str, Any]) -> Iterator[str]:
    for output in _outputs(body):
        if name := output.get("assetName") or output.get("asset_name") or output.get("name"):
            yield str(name)


def _is_named(uri: str, name: str) -> bool:
    return f"/{name}/" in uri or uri.startswith((f"azureml:{name}:", f"azureml:{name}@"))
