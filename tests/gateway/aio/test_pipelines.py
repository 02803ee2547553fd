"""Pipelines through the asynchronous client, on an emulator in virtual time."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path

from amlet.testing import InProcessEmulator
from gateway import Input, Output, aio, command, dsl

PREPARE = command(
    name="prepare",
    command="prepare ${{inputs.raw}} > ${{outputs.clean}}",
    environment="azureml:base:1",
    inputs={"raw": 1},
    outputs={"clean": Output(type="uri_folder")},
)
FIT = command(
    name="fit", command="fit ${{inputs.data}}", environment="azureml:base:1", inputs={"data": Input(type="uri_folder")}
)


@dsl.pipeline(default_compute="cpu")
def nightly(raw: int) -> None:
    prepared = PREPARE(raw=raw)
    fitted = FIT(data=prepared.outputs.clean)
    assert fitted is not prepared


def test_a_pipeline_is_submitted_waited_for_and_its_steps_are_listed(tmp_path: Path) -> None:
    async def session(emulator: InProcessEmulator) -> tuple[str | None, list[str | None], str | None]:
        one = emulator.workspace
        async with aio.MLClient(
            emulator.credential,
            one.subscription,
            one.resource_group,
            one.name,
            base_url=emulator.origin,
            transport=emulator.transport,
        ) as client:
            job = await client.jobs.create_or_update(nightly(3))
            ended = await client.jobs.wait(job.name)
            steps = [step.display_name async for step in client.jobs.list(parent_job_name=job.name)]
            await client.jobs.download(job.name, download_path=tmp_path)
            read = await client.jobs.get(job.name)
            return ended.status, steps, read.jobs["fitted"].inputs.data.data

    with InProcessEmulator() as emulator:
        status, steps, binding = asyncio.run(session(emulator))
    assert status == "Completed"
    assert sorted(map(str, steps)) == ["fitted", "prepared"]
    assert binding == "${{parent.jobs.prepared.outputs.clean}}"


def test_an_official_pipeline_is_taken_as_well(sdk: None) -> None:
    from azure.ai.ml import Input as OfficialInput
    from azure.ai.ml import command as official
    from azure.ai.ml import dsl as official_dsl

    step = official(
        name="step", command="true ${{inputs.data}}", environment="azureml:base:1", inputs={"data": OfficialInput()}
    )

    def whole() -> None:
        only = step(data=OfficialInput(type="uri_folder", path="azureml://datastores/workspaceblobstore/paths/x"))
        assert only is not None

    with warnings.catch_warnings(action="ignore"), InProcessEmulator() as emulator:
        job = official_dsl.pipeline(default_compute="cpu")(whole)()
        made = emulator.client().jobs.create_or_update(job)
        assert list(made.jobs) == ["only"]
