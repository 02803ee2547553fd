"""Pipelines within pipelines within a pipeline."""

from __future__ import annotations

from typing import Any

from gateway import MLClient, Output, command
from gateway.dsl import pipeline

STEP = command(
    command="python t.py ${{inputs.x}} ${{outputs.o}}",
    environment="azureml:e:1",
    inputs={"x": 1.0},
    outputs={"o": Output(type="uri_folder")},
)


@pipeline()
def inner(x: float) -> dict[str, Any]:
    step = STEP(x=x)
    return {"o": step.outputs.o}


@pipeline()
def middle(x: float) -> dict[str, Any]:
    nested = inner(x=x)
    return {"o": nested.outputs.o}


@pipeline()
def outer(x: float) -> dict[str, Any]:
    first = middle(x=x)
    second = middle(x=2.0)  # noqa: F841 - a step is named by its variable
    return {"o": first.outputs.o}


def test_steps_three_pipelines_deep_complete(amlet_client: MLClient) -> None:
    job = outer(x=1.0)
    job.settings.default_compute = "cpu"
    name = amlet_client.jobs.create_or_update(job).name
    amlet_client.jobs.stream(name)

    def below(parent: str) -> dict[str, Any]:
        children = amlet_client.jobs.list(parent_job_name=parent)
        return {f"{child.display_name} {child.status}": below(child.name) for child in children}

    within = {"nested Completed": {"step Completed": {}}}
    assert below(name) == {"first Completed": within, "second Completed": within}
    assert amlet_client.jobs.get(name).status == "Completed"
