"""Pipelines in virtual time: hours pass in no time, and nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import VirtualClock
from emulator.executors.base import Attempt
from emulator.place import Place
from emulator.settings import Settings
from emulator.simulation.curve import Curve
from emulator.simulation.job_runner import SimulatedJobRunner
from emulator.simulation.time_control import TimeControl
from emulator.simulation.trial_rule import TrialRule
from emulator.storage import Database, jobs
from emulator.storage.asset_kinds import KINDS, register_version
from emulator.storage.jobs import Job, NewJob

WORKSPACE = WorkspaceId("sub", "group", "space")
SPEC = {
    "command": "train --x ${{inputs.x}}",
    "environment": "azureml:env:1",
    "inputs": {"x": {"type": "number"}, "i": {"type": "uri_folder", "optional": "True"}},
    "outputs": {"o": {"type": "uri_folder"}},
}
SWEEP = {
    "type": "sweep",
    "search_space": {"x": {"type": "choice", "values": [1, 2, 3]}},
    "sampling_algorithm": "grid",
    "objective": {"goal": "maximize", "primary_metric": "m"},
    "limits": {"max_total_trials": 3, "max_concurrent_trials": 1},
}


class Simulation:
    """A simulated emulator without its API."""

    def __init__(self, tmp_path: Any, curve_for: Callable[[Attempt], Curve]) -> None:
        self.store = Database.in_memory()
        self.clock = VirtualClock(1000.0)
        self.time = TimeControl(self.clock, frozen=True)
        self.runner = SimulatedJobRunner(
            settings=Settings(), time=self.time, store=self.store, place=Place(tmp_path), curve_for=curve_for
        )
        document = KINDS["components"].document({"componentSpec": SPEC})
        self.store.write(
            lambda conn: register_version(conn, WORKSPACE, KINDS["components"], "c", "1", document, 0.0)
        ).result()
        self.component = WORKSPACE.child("components", "c", "1")
        self.runner.start()

    def put(self, name: str, steps: Mapping[str, Any]) -> None:
        body = {"jobType": "Pipeline", "jobs": dict(steps), "settings": {}}
        new = NewJob(
            WORKSPACE, name, "Pipeline", "e", body, self.clock.now(), "me",
            statuses=(JobStatus.NOT_STARTED, JobStatus.PREPARING),
        )  # fmt: skip
        self.runner.submit(self.store.write(lambda conn: jobs.create(conn, new)).result())
        self.time.advance(0.0)

    def get(self, name: str) -> Job:
        found = jobs.find(self.store.reader(), WORKSPACE, name)
        assert found is not None
        return found

    def steps(self, name: str) -> dict[str, Job]:
        return {str(one.display_name): one for one in jobs.children(self.store.reader(), self.get(name).id)}


def bound(step: str) -> dict[str, Any]:
    return {"i": {"value": f"${{{{parent.jobs.{step}.outputs.o}}}}", "job_input_type": "literal"}}


def test_a_night_of_training_takes_no_time(tmp_path: Any) -> None:
    seen: list[tuple[str, Mapping[str, Any]]] = []

    def curve_for(attempt: Attempt) -> Curve:
        seen.append((attempt.name, attempt.parameters))
        points = ((1.0, 0, float(attempt.parameters["x"])),) if attempt.parameters else ()
        return Curve(duration=3600.0, points=points)

    simulation = Simulation(tmp_path, curve_for)
    command = {"type": "command", "componentId": simulation.component, "inputs": {"x": {"value": "1"}}}
    sweep = {**SWEEP, "trial": {"componentId": simulation.component}, "inputs": bound("first")}
    simulation.put(
        "p", {"first": command, "sweep": sweep, "last": {**command, "inputs": {**command["inputs"], **bound("sweep")}}}
    )
    simulation.time.advance(5 * 3600.0)
    job = simulation.get("p")
    assert (job.status, job.ended) == (JobStatus.COMPLETED, 1000.0 + 5 * 3600.0)
    steps = simulation.steps("p")
    assert list(steps) == ["first", "sweep", "last"]
    assert f"azureml/{steps['sweep'].name}_2/o/" in steps["last"].body["inputs"]["i"]["uri"]
    assert len(seen) == 5


def test_a_simulated_step_is_reused_like_any_other(tmp_path: Any) -> None:
    simulation = Simulation(tmp_path, lambda attempt: Curve(duration=60.0, points=()))
    step = {"type": "command", "componentId": simulation.component, "inputs": {"x": {"value": "1"}}}
    simulation.put("a", {"s": step})
    simulation.time.advance(60.0)
    simulation.put("b", {"s": step})
    assert simulation.get("b").status is JobStatus.COMPLETED


def test_a_step_fails_where_a_rule_names_it(tmp_path: Any) -> None:
    rule = TrialRule.model_validate({"match": {"job": "p/second"}, "exit_code": 3})

    def curve_for(attempt: Attempt) -> Curve:
        return rule.curve(attempt) if rule.match.matches(attempt) else Curve(duration=60.0, points=())

    simulation = Simulation(tmp_path, curve_for)
    step = {"type": "command", "componentId": simulation.component, "inputs": {"x": {"value": "1"}}}
    simulation.put("p", {"first": step, "second": {**step, "inputs": {**step["inputs"], **bound("first")}}})
    simulation.time.advance(3600.0)
    assert {name: one.status for name, one in simulation.steps("p").items()} == {
        "first": JobStatus.COMPLETED,
        "second": JobStatus.FAILED,
    }
