"""`amlet job explain`: why the trials of a sweep or the steps of a pipeline ended as they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import Format, put, say, table
from amlet.cli.progress.summary import summarise
from amlet.cli.progress.views import parameters_text
from amlet.cli.target import Target
from contracts.job_types import PIPELINE, type_of
from gateway.client.connection import Connection


@command()
def explain(target: Target, show: Show, name: Name = None, option: NameOption = None) -> None:
    """Explain how a sweep or pipeline ended: why trials were canceled or failed, which steps failed or were reused."""
    from gateway.operations import local_jobs

    connection, chosen = target.connect(), one_name(name, option)
    if target.is_emulator:
        record = connection.run(local_jobs.explanation(connection.workspace, chosen))
        if show.format is Format.TABLE and show.query is None:
            put(table([_plain(row) for row in record.get("steps") or record.get("trials") or ()]) + "\n")
        else:
            show(record, people=lambda: "\n".join(record["lines"]))
        return
    say(
        "A workspace keeps no record of why its policy canceled a trial; only an emulator does. "
        "Shown is how trials or steps ended, and what trials logged."
    )
    _tell_results(connection, chosen, show)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a table shows of a step or trial."""
    return {key: value for key, value in row.items() if not isinstance(value, Mapping | list)}


def _tell_steps(connection: Connection, document: dict[str, Any], show: Show) -> None:
    """Statuses of the steps of a pipeline in a workspace; those that never ran have no run there."""
    from gateway.operations.trials import runs_below

    runs = connection.run(runs_below(connection.workspace, document["name"]))
    rows = [
        {
            "step": run.get("displayName"),
            "status": run.get("status"),
            "run": run.get("runId"),
            "reused": (run.get("properties") or {}).get("azureml.reusedrunid"),
        }
        for run in runs
    ]
    status = (document.get("properties") or {}).get("status")
    show({"name": document["name"], "status": status, "steps": rows}, people=lambda: table(rows))
    connection.run(summarise(connection.workspace, document, say))


def _tell_results(connection: Connection, name: str, show: Show) -> None:
    """Statuses and metrics of the trials of a sweep in a workspace."""
    from gateway.job_types import is_sweep
    from gateway.operations import jobs
    from gateway.operations.trials import sweep_results

    document = connection.run(jobs.get(connection.workspace, name))
    if type_of(document.get("properties")) is PIPELINE:
        _tell_steps(connection, document, show)
        return
    if not is_sweep(document.get("properties")):
        raise Refusal(f"{name} is not a sweep or a pipeline; `amlet job show -n {name}` shows other jobs", Exit.USAGE)
    state = connection.run(sweep_results(connection.workspace, name))
    rows: list[dict[str, Any]] = [
        {"name": trial.name, "status": trial.status, state.metric: trial.metrics.get(state.metric)}
        | {"parameters": parameters_text(trial.parameters)}
        for trial in state.trials
    ]
    show({"name": name, "status": state.status, "trials": rows}, people=lambda: table(rows))
    connection.run(summarise(connection.workspace, document, say))
