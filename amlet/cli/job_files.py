"""Job files on the command line: loading with changes, checking, exporting; and the shape in which jobs are printed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from amlet.cli.exits import Exit, Refusal, stop
from amlet.cli.target import Target, Wanted
from amlet.cli.verbs import File, NameOption, Show, said_target, say, verb

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.job import Job
    from gateway.entities.sweep_job import SweepJob

Changes = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Replace a field of the file; may be repeated.")
]


class Language(StrEnum):
    """What a job can be exported to."""

    ARM = "arm"
    YAML = "yaml"
    PYTHON = "python"
    CURL = "curl"
    MLRUNS = "mlruns"
    OPTUNA = "optuna"


def load(file: Path, changes: list[str], name: str | None = None) -> SweepJob | Command:
    """The job of a YAML file.

    Parameters:
        file: the file.
        changes: `path=value` texts; values that are YAML lists or mappings are read as such.
        name: a name instead of the file's.
    """
    from gateway.serialization.yaml import load_job

    job = load_job(file, params_override=changes_of(changes))
    if name:
        job.name = name
    return job


def changes_of(texts: list[str]) -> list[dict[str, Any]]:
    """What `load_job` takes as `params_override`, from `PATH=VALUE` texts."""
    return [_change(text) for text in texts]


def changed_fields(texts: list[str]) -> dict[str, Any]:
    """The fields of a submitted job that `FIELD=VALUE` texts give, as its body has them.

    Raises:
        Refusal: one of them cannot change.
    """
    plain = {"display_name": "displayName", "description": "description"}
    found: dict[str, Any] = {}
    for text in texts:
        field, sign, value = text.partition("=")
        group, dot, key = field.partition(".")
        if sign and field in plain:
            found[plain[field]] = value
        elif sign and dot and key and group in ("tags", "properties"):
            found.setdefault(group, {})[key] = value
        else:
            raise Refusal(
                f"--set {text!r}: of a submitted job display_name, description, tags.KEY and properties.KEY can change",
                Exit.USAGE,
            )
    return found


def _change(text: str) -> dict[str, Any]:
    import yaml

    path, sign, value = text.partition("=")
    if not sign or not path:
        raise Refusal(f"--set {text!r}: expected PATH=VALUE, such as limits.max_total_trials=4", Exit.USAGE)
    try:
        content = yaml.safe_load(value)
    except yaml.YAMLError:
        return {path: value}
    # Text that means a number or a date stays text, as in `az`: only the field knows, and a tag wants the text.
    return {path: content if content is None or isinstance(content, bool | dict | list) else value}


@verb
def validate(show: Show, file: File, changes: Changes = None) -> None:
    """Check a job file on this machine. It says what the service would refuse or misread."""
    from gateway.serialization.validation import errors

    say("Target: none, the file is checked on this machine")
    job = load(file, changes or [])
    findings = job.validate()
    rows = [{**asdict(found.finding), "file": found.file, "line": found.line} for found in findings]
    wrong = bool(errors(findings))
    result = {"result": "Failed" if wrong else "Succeeded", "findings": rows}
    show(result, people=lambda: "\n".join([*map(str, findings), f"{file}: {result['result']}"]))
    if wrong:
        raise stop(Exit.REFUSED)


def az_shape(document: Mapping[str, Any]) -> dict[str, Any]:
    """A job as `az ml` prints it, in snake_case.

    Parameters:
        document: an ARM document, or a run of run history (a trial in a list).
    """
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


@verb
def export(
    wanted: Wanted,
    to: Annotated[Language, typer.Option("--to", help="What to write.")],
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="The job's YAML file.")] = None,
    name: NameOption = None,
    changes: Changes = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help="Of mlruns and optuna: the folder, the file.")
    ] = None,
) -> None:
    """Write a job in another form. As request body, YAML, Python or curl; or its trials for MLflow or Optuna."""
    from gateway import export

    if to in (Language.MLRUNS, Language.OPTUNA):
        if not name or file:
            raise Refusal(f"--to {to} takes the trials of a sweep that has run: give -n NAME", Exit.USAGE)
        from amlet.cli.handover import hand_over

        hand_over(said_target(wanted), name, to.value, output)
        return
    if output:
        raise Refusal(f"--to {to} writes to stdout: amlet job export ... > {output}", Exit.USAGE)
    where: dict[str, Any]
    if file:
        say("Target: none, the file is translated on this machine")
        job: Job = load(file, changes or [], name)
        where = {"workspace": wanted.named_workspace}
    elif name and not changes:
        job, where = _fetched(said_target(wanted), name)
    else:
        raise Refusal("which job? give -f FILE, with --set if wanted, or -n NAME of a submitted one", Exit.USAGE)
    here = Path.cwd()
    if to is Language.ARM:
        sys.stdout.write(export.arm(job, folder=here))
    elif to is Language.YAML:
        sys.stdout.write(export.yaml(job))
    elif to is Language.PYTHON:
        sys.stdout.write(export.python(job, folder=here))
    else:
        sys.stdout.write(export.curl(job, folder=here, **where))


def _fetched(target: Target, name: str) -> tuple[Job, dict[str, Any]]:
    """A job that was submitted, and where to."""
    from amlet.cli.recorded import submitted_job

    connection = target.connect()
    workspace = connection.workspace
    job = submitted_job(connection, name)
    return job, {"workspace": workspace.id, "origin": workspace.endpoints.resource_manager}
