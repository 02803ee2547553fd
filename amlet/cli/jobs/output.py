"""A job as commands print it: as `az ml` does, or in a few lines for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from amlet.cli.output import is_simulated
from amlet.cli.target import Target

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.sweep_job import SweepJob

Raw = Annotated[bool, typer.Option("--raw", help="Print the service's own document.")]


Web = Annotated[bool, typer.Option("--web", help="Open the job's page in a browser.")]


def az_shape(document: Mapping[str, Any]) -> dict[str, Any]:
    """A job as `az ml` prints it, in snake_case.

    Parameters:
        document: an ARM document, or a run of run history (a trial in a list); of a step of a pipeline, both.
    """
    if "run" in document:  # of a step ARM tells nothing
        return az_shape(document["run"])
    if "runId" in document:
        names = {"name": "runId", "display_name": "displayName", "status": "status", "experiment_name": "experimentId"}
        return {key: document.get(source) for key, source in names.items()} | {
            "type": "base",
            "tags": document.get("tags"),
        }
    from gateway.serialization.arm import from_arm
    from gateway.serialization.yaml.job import job_content

    content = job_content(cast("SweepJob | Command", from_arm(document)))
    services = (document.get("properties") or {}).get("services") or {}
    return {**content, "services": {name: _service(service) for name, service in services.items()}}


def _service(service: Mapping[str, Any]) -> dict[str, Any]:
    return {"endpoint": service.get("endpoint"), "type": service.get("jobServiceType")}


def people_text(document: Mapping[str, Any], link: Callable[[str], str] = str) -> str:
    """A job in a few lines.

    Parameters:
        document: its ARM document.
        link: makes of the address of its page the one that people open.
    """
    page = page_of(document)
    properties = document.get("properties") or {}
    rows = {
        "Name": document.get("name"),
        "Display name": properties.get("displayName"),
        "Type": properties.get("jobType"),
        "Step of": (document.get("run") or {}).get("parentRunId"),
        "Status": properties.get("status"),
        "Experiment": properties.get("experimentName"),
        "Seed": _seed(properties),
        "Simulated": "yes: virtual time, invented metrics, no command ran" if is_simulated(document) else None,
        "Web View": link(page) if page else None,
    }
    return "\n".join(f"{label + ':':<14}{text}" for label, text in rows.items() if text)


def _seed(properties: Mapping[str, Any]) -> str | None:
    """The seed of a sweep's sampling: its author's, or the one that an emulator gave it."""
    seed = (properties.get("samplingAlgorithm") or {}).get("seed")
    return str(seed) if seed is not None else (properties.get("properties") or {}).get("amlet.seed")


def waits_for(document: Mapping[str, Any]) -> str | None:
    """Why no machine of an emulator can run a job as things are; None where one can."""
    return ((document.get("properties") or {}).get("properties") or {}).get("amlet.waitsFor")


def page_of(document: Mapping[str, Any]) -> str | None:
    """The URL of a job's page, where the service says one."""
    services = (document.get("properties") or {}).get("services") or {}
    return (services.get("Studio") or {}).get("endpoint")


def open_page(document: Mapping[str, Any], target: Target) -> None:
    """Open a job's page in a browser."""
    from amlet.cli import browser

    page = page_of(document)
    if page:
        browser.open_page(target, page)
