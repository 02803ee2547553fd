"""`amlet job export`: a job in another form, or its trials for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.command import Name, NameOption, command, one_name, said_target
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.files import Changes, load
from amlet.cli.output import say, write_document
from amlet.cli.target import Target, TargetOptions

if TYPE_CHECKING:
    from gateway.entities.job import Job


class Language(StrEnum):
    """What a job can be exported to."""

    ARM = "arm"
    YAML = "yaml"
    PYTHON = "python"
    CURL = "curl"
    MLRUNS = "mlruns"
    MLFLOW = "mlflow"
    OPTUNA = "optuna"


@command()
def export(
    wanted: TargetOptions,
    to: Annotated[Language, typer.Option("--to", help="What to write.")],
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="The job's YAML file.")] = None,
    given: Name = None,
    option: NameOption = None,
    changes: Changes = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="The folder (mlruns) or file (mlflow, optuna) to write."),
    ] = None,
) -> None:
    """Write a job in another form. As request body, YAML, Python or curl; or its trials for MLflow or Optuna."""
    from gateway import export

    name = one_name(given, option) if given or option else None
    if to in (Language.MLRUNS, Language.MLFLOW, Language.OPTUNA):
        if not name or file:
            raise Refusal(f"--to {to} takes the trials of a sweep that has run: give NAME", Exit.USAGE)
        export_trials(said_target(wanted), name, to.value, output)
        return
    if output:
        raise Refusal(f"--to {to} writes to stdout: amlet job export ... > {output}", Exit.USAGE)
    where: dict[str, Any]
    if file:
        say("Target: none, the file is translated on this machine")
        job: Job = load(file, changes or [], name)
        where = {"workspace": wanted.named_workspace}
    elif name and not changes:
        job, where = _submitted(said_target(wanted), name)
    else:
        raise Refusal("which job? give -f FILE, with --set if wanted, or NAME of a submitted one", Exit.USAGE)
    here = Path.cwd()
    if to is Language.ARM:
        write_document(export.arm(job, folder=here))
    elif to is Language.YAML:
        write_document(export.yaml(job))
    elif to is Language.PYTHON:
        write_document(export.python(job, folder=here))
    else:
        write_document(export.curl(job, folder=here, **where))


def _submitted(target: Target, name: str) -> tuple[Job, dict[str, Any]]:
    """A job that was submitted, and where to."""
    from amlet.cli.jobs.submitted import submitted_job

    connection = target.connect()
    workspace = connection.workspace
    job = submitted_job(connection, name)
    return job, {"workspace": workspace.id, "origin": workspace.endpoints.resource_manager}


def export_trials(target: Target, name: str, to: str, output: Path | None) -> None:
    """Write the trials of a sweep, and say how to look at them.

    Parameters:
        target: where it is.
        name: of the sweep.
        to: `mlruns`, `mlflow` or `optuna`.
        output: folder or file; `mlruns`, `mlflow.db` or `NAME.db` when left out.

    Raises:
        Refusal: it is not a sweep, or the tool is not installed.
    """
    from gateway.export.mlruns import mlruns
    from gateway.export.study import study
    from gateway.operations.sweep_record import sweep_record

    connection = target.connect()
    left_out: list[str] = []
    try:
        record = connection.run(sweep_record(connection.workspace, name, every_metric=to != "optuna"))
        if to == "mlruns":
            place = output or Path("mlruns")
            left_out = mlruns(record, place)
            look = f"MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {place}"
        elif to == "mlflow":
            from gateway.export.mlflow_store import mlflow_store

            place = output or Path("mlflow.db")
            left_out = mlflow_store(record, place)
            look = f"mlflow ui --backend-store-uri sqlite:///{place}"
        else:
            place = output or Path(f"{name}.db")
            study(record, place)
            look = f"optuna-dashboard sqlite:///{place}"
    except (ValueError, ImportError) as error:
        raise Refusal(str(error)) from None
    if left_out:
        say(f"left out, as MLflow does not accept these names: {', '.join(map(repr, left_out))}")
    say(f"{place}: {len(record.state.trials)} trials; look at them with: {look}")
