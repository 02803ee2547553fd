"""Pipelines put into an emulator without its API, with components registered as a PUT does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from emulator.storage import jobs
from emulator.storage.asset_kinds import KINDS, register_version
from emulator.storage.jobs import Job
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance

FOLDER = {"type": "uri_folder"}


def component(instance: EmulatorInstance, spec: Mapping[str, Any]) -> str:
    """Register a component; its ARM id."""
    version = str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(spec, sort_keys=True)))
    document = KINDS["components"].document({"componentSpec": dict(spec), "isAnonymous": True})
    instance.store.write(
        lambda conn: register_version(conn, WORKSPACE, KINDS["components"], "azureml_anonymous", version, document, 0.0)
    ).result()
    return WORKSPACE.child("components", "azureml_anonymous", version)


def command_step(instance: EmulatorInstance, line: str, **parts: Any) -> dict[str, Any]:
    """A step that runs a line of shell; `inputs` are values and bindings, `ports` and `outputs` types by name."""
    spec = {
        "command": line,
        "environment": "azureml:env:1",
        "type": "command",
        "is_deterministic": parts.pop("is_deterministic", "True"),
        "inputs": parts.pop("ports", {}),
        "outputs": parts.pop("outputs", {}),
    }
    given = {
        name: value if isinstance(value, Mapping) else {"value": str(value), "job_input_type": "literal"}
        for name, value in parts.pop("inputs", {}).items()
    }
    wired = parts.pop("wired", {})
    return {"type": "command", "componentId": component(instance, spec), "inputs": given, "outputs": wired, **parts}


def pipeline(instance: EmulatorInstance, steps: Mapping[str, Any], name: str = "p", **body: Any) -> Job:
    """Put a pipeline and wait for its end."""
    put_pipeline(instance, steps, name, **body)
    return instance.ended(name)


def put_pipeline(instance: EmulatorInstance, steps: Mapping[str, Any], name: str = "p", **body: Any) -> None:
    settings = body.pop("settings", {})
    instance.put(name, "Pipeline", {"jobType": "Pipeline", "jobs": dict(steps), "settings": settings, **body})


def steps_of(instance: EmulatorInstance, name: str = "p") -> dict[str, Job]:
    """The runs of a pipeline's steps, by the name of the step."""
    children = jobs.children(instance.store.reader(), instance.get(name).id)
    return {str(child.display_name): child for child in children}


def executionlog(instance: EmulatorInstance, name: str = "p") -> list[str]:
    """The lines of a pipeline's log, without their times."""
    return [line[23:] for line in instance.artifact(name, "logs/azureml/executionlogs.txt").splitlines()]


def statuses(instance: EmulatorInstance, name: str = "p") -> dict[str, str]:
    """The statuses of a pipeline's steps, by name."""
    return {step: str(run.status) for step, run in steps_of(instance, name).items()}


def producer(instance: EmulatorInstance, **parts: Any) -> dict[str, Any]:
    """A step that writes a folder."""
    return command_step(instance, "echo made > ${{outputs.o}}/f", outputs={"o": FOLDER}, **parts)


def consumer(instance: EmulatorInstance, of: str, line: str = "cat ${{inputs.i}}/f", **port: Any) -> dict[str, Any]:
    """A step that reads the folder of another."""
    bound = {"value": f"${{{{parent.jobs.{of}.outputs.o}}}}", "job_input_type": "literal"}
    return command_step(instance, line, ports={"i": {**FOLDER, **port}}, inputs={"i": bound})
