"""Steps for which the run of an equal one stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.runner.reuse import original_of
from emulator.storage import metrics
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance
from tests.emulator.runner.pipelines.conftest import (
    FOLDER,
    command_step,
    consumer,
    executionlog,
    pipeline,
    put_pipeline,
    statuses,
    steps_of,
)


def test_an_equal_step_is_not_run_again(instance: EmulatorInstance, tmp_path: Path) -> None:
    line = f"echo ran >> {tmp_path}/tally; echo made > ${{{{outputs.o}}}}/f"
    steps = {"first": command_step(instance, line, outputs={"o": FOLDER}), "second": consumer(instance, "first")}
    pipeline(instance, steps, "a")
    pipeline(instance, steps, "b")
    again = steps_of(instance, "b")
    assert (tmp_path / "tally").read_text() == "ran\n"
    for name in ("first", "second"):
        own = instance.labels(again[name].name, "property")
        assert own["azureml.isreused"] == "true"
        assert own["azureml.reusedrunid"] == steps_of(instance, "a")[name].name
        assert own["azureml.reusedpipelinerunid"] == "a"
    assert not [line for line in executionlog(instance, "b") if line.startswith("Submitting")]
    pipeline(instance, steps, "c", settings={"force_rerun": True})
    assert (tmp_path / "tally").read_text() == "ran\nran\n"


def test_of_two_equal_steps_one_is_run_and_stands_for_the_other_from_the_start(
    instance: EmulatorInstance, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    line = f"echo ran >> {tmp_path}/tally; until [ -e {go} ]; do sleep 0.01; done; echo made > ${{{{outputs.o}}}}/f"
    steps = {name: command_step(instance, line, outputs={"o": FOLDER}) for name in ("a", "b")}
    put_pipeline(instance, {**steps, "last": consumer(instance, "b")})

    def reused() -> list[str]:
        found = steps_of(instance)
        return [name for name in found if "azureml.isreused" in instance.labels(found[name].name, "property")]

    instance.until(lambda: len(reused()) == 1)
    (waits,) = reused()
    assert steps_of(instance)[waits].started is None
    go.touch()
    assert instance.ended("p").status is JobStatus.COMPLETED
    assert (tmp_path / "tally").read_text() == "ran\n"
    assert "made" in instance.log(steps_of(instance)["last"].name)


def test_a_step_runs_itself_when_the_run_that_stands_for_it_fails(instance: EmulatorInstance, tmp_path: Path) -> None:
    line = f"echo ran >> {tmp_path}/tally; [ $(wc -l < {tmp_path}/tally) = 2 ]"
    job = pipeline(instance, {name: command_step(instance, line) for name in ("a", "b")})
    assert job.status is JobStatus.FAILED
    assert sorted(statuses(instance).values()) == ["Completed", "Failed"]
    assert not any("azureml.isreused" in instance.labels(step.name, "property") for step in steps_of(instance).values())


def test_a_step_that_waits_for_an_equal_one_is_canceled(instance: EmulatorInstance) -> None:
    put_pipeline(instance, {name: command_step(instance, "sleep 1000") for name in ("a", "b")})
    instance.until(lambda: JobStatus.RUNNING in [step.status for step in steps_of(instance).values()])
    (waits,) = [step.name for step in steps_of(instance).values() if step.started is None]
    instance.cancel(waits)
    instance.until(lambda: "Canceled" in statuses(instance).values())
    instance.cancel("p")
    assert instance.ended("p").status is JobStatus.CANCELED
    assert list(statuses(instance).values()) == ["Canceled", "Canceled"]


def test_a_step_that_waits_for_an_equal_one_goes_on_after_a_restart(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    instance = make_instance()
    go = tmp_path / "go"
    line = f"[ -e {go} ] || sleep 1000; echo ran >> {tmp_path}/tally"
    put_pipeline(instance, {name: command_step(instance, line) for name in ("a", "b")})
    instance.until(lambda: JobStatus.RUNNING in [step.status for step in steps_of(instance).values()])
    instance.close()
    go.touch()
    again = make_instance()
    assert again.ended("p").status is JobStatus.COMPLETED
    assert (tmp_path / "tally").read_text() == "ran\n"
    assert ["azureml.isreused" in again.labels(one.name, "property") for one in steps_of(again).values()].count(
        True
    ) == 1


@pytest.mark.parametrize("change", ["is_deterministic", "value", "environment_variables"])
def test_a_step_that_differs_or_must_is_run(instance: EmulatorInstance, change: str) -> None:
    def step(value: str) -> dict[str, Any]:
        parts: dict[str, Any] = {"environment_variables": {"V": value}} if change == "environment_variables" else {}
        if change == "value":
            parts = {"inputs": {"n": value}, "ports": {"n": {"type": "string"}}}
        return command_step(instance, "true", is_deterministic=str(change != "is_deterministic"), **parts)

    pipeline(instance, {"s": step("1")}, "a")
    pipeline(instance, {"s": step("2")}, "b")
    assert "azureml.isreused" not in instance.labels(steps_of(instance, "b")["s"].name, "property")


def test_the_files_and_metrics_of_a_reused_step_are_those_of_the_run_that_stands_for_it(
    instance: EmulatorInstance, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    steps = {"s": command_step(instance, f"until [ -e {go} ]; do sleep 0.01; done")}
    put_pipeline(instance, steps, "a")
    instance.until(lambda: bool(steps_of(instance, "a")) and steps_of(instance, "a")["s"].status is JobStatus.RUNNING)
    original = steps_of(instance, "a")["s"]
    instance.metric(original.name, "score", 0.5)
    go.touch()
    instance.ended("a")
    pipeline(instance, steps, "b")
    reused = steps_of(instance, "b")["s"]
    conn = instance.store.reader()
    assert original_of(conn, WORKSPACE, reused.name) == original.name
    assert [(one.key, one.last.value) for one in metrics.of(conn, reused.id)] == [("score", 0.5)]
