"""What is said of a job that has ended: the best trial, why trials failed, which metric was never logged."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from amlet.cli.output import SIMULATED_LINE, is_simulated
from amlet.cli.progress.views import parameters_text
from contracts.diagnostics.shortening import counted, listed
from contracts.diagnostics.suggestions import by_likeness
from contracts.job_types import PIPELINE, type_of
from gateway.job_types import is_sweep
from gateway.operations import jobs
from gateway.operations.stream import log_tail
from gateway.operations.trials import SweepState, TrialRow, runs_below, sweep_results
from gateway.operations.workspace import Workspace
from gateway.transport.steps import Steps

#: How many failed trials are shown with their logs; they mostly fail alike.
_SHOWN = 2


def summarise(workspace: Workspace, document: dict[str, Any], write: Callable[[str], None]) -> Steps[None]:
    """Say how a job ended.

    Parameters:
        workspace: where it ran.
        document: its ARM document.
        write: writes a line for people.
    """
    properties = document.get("properties") or {}
    if type_of(properties) is PIPELINE:
        yield from _pipeline(workspace, document, write)
        return
    if not is_sweep(properties):
        if properties.get("status") == "Failed":
            yield from _failure(workspace, document["name"], write)
        return
    state = yield from sweep_results(workspace, document["name"])
    failed = [trial for trial in state.trials if trial.status == "Failed"]
    for trial in failed[:_SHOWN]:
        yield from _failure(workspace, trial.name, write)
    if len(failed) > _SHOWN:
        more = [trial.name for trial in failed[_SHOWN:]]
        write(f"{counted(len(more), 'more trial')} failed: {listed(more)}")
    if state.status == "Failed" and not failed:
        yield from _failure(workspace, state.name, write)
    for line in _best(state):
        write(line)
    if is_simulated(document):
        write(SIMULATED_LINE)


def _pipeline(workspace: Workspace, document: dict[str, Any], write: Callable[[str], None]) -> Steps[None]:
    """Which steps of a pipeline failed, the first of them first, and for which an earlier run stands."""
    runs = yield from runs_below(workspace, document["name"])
    failed = sorted((run for run in runs if run.get("status") == "Failed"), key=lambda run: str(run.get("endTimeUtc")))
    for run in failed[:_SHOWN]:
        yield from _failure(workspace, run["runId"], write, f"step {run.get('displayName')} ({run['runId']})")
    if len(failed) > _SHOWN:
        write(f"{counted(len(failed) - _SHOWN, 'more step')} failed: {_names(failed[_SHOWN:])}")
    if (document.get("properties") or {}).get("status") == "Failed" and not failed:
        yield from _failure(workspace, document["name"], write)
    if reused := [run for run in runs if "azureml.reusedrunid" in (run.get("properties") or {})]:
        write(f"Not run again, as an earlier run stands for them: {_names(reused)}")
    if is_simulated(document):
        write(SIMULATED_LINE)


def _names(runs: list[dict[str, Any]]) -> str:
    return listed([str(run.get("displayName")) for run in runs])


def next_steps(document: Mapping[str, Any], flags: str) -> list[str]:
    """The commands with which people go on after a job was followed to its end.

    Parameters:
        document: its ARM document.
        flags: the options that choose its target.
    """
    name, has_trials = document["name"], is_sweep(document.get("properties"))
    notes = (document.get("properties") or {}).get("properties") or {}
    has_best = has_trials and bool(notes.get("best_child_run_id"))
    commands = {f"amlet job show {name}{flags} --web": "its page"}
    if type_of(document.get("properties")) is PIPELINE:
        commands[f"amlet job list -p {name}{flags}"] = "its steps"
        commands[f"amlet job explain {name}{flags}"] = "which steps failed, were not run, or were reused"
    if has_trials:
        commands[f"amlet job list -p {name}{flags}"] = "its trials"
        best = ", and why the best is the best" if has_best else " or failed"
        commands[f"amlet job explain {name}{flags}"] = f"why trials were stopped{best}"
    if has_best or not has_trials:
        files = "logs and outputs of the best trial" if has_trials else "its logs and outputs"
        commands[f"amlet job download {name}{flags}"] = files
    width = max(map(len, commands))
    return ["Next:", *(f"  {command:{width}}  {what}" for command, what in commands.items())]


def _best(state: SweepState) -> list[str]:
    if state.best is not None:
        value, last = state.best_value, state.best.metrics.get(state.metric)
        other = last is not None and value is not None and not math.isclose(last, value, rel_tol=1e-6)
        return [
            f"Best trial: {state.best.name}",
            f"  {state.metric} = {value} ({state.goal}{f'; its last value is {last}' if other else ''})",
            f"  {parameters_text(state.best.parameters)}",
        ]
    completed = [trial for trial in state.trials if trial.status == "Completed"]
    if not completed:
        return ["No trial completed, so there is no best one."]
    return [_never_logged(state.metric, completed)]


def _never_logged(metric: str, trials: list[TrialRow]) -> str:
    logged = sorted({name for trial in trials for name in trial.metrics})
    if not logged:
        return (
            f"No trial logged any metric; log the primary metric {metric!r} with mlflow or gateway.tracking.log_metric."
        )
    nearest = by_likeness(metric, logged)
    return (
        f"No trial logged the primary metric {metric!r}; logged were {listed(nearest)}. "
        f"Log {metric!r}, or set objective.primary_metric to {nearest[0]!r}."
    )


def _failure(workspace: Workspace, run: str, write: Callable[[str], None], called: str | None = None) -> Steps[None]:
    """Why a run failed, and the end of its log."""
    details = yield from jobs.details(workspace, run)
    error = (details.get("error") or {}).get("error") or {}
    write(f"{called or run} failed: {error.get('message') or 'the run has no error document'}")
    tail = yield from log_tail(workspace, run)
    if tail:
        write(f"  the end of user_logs/std_log.txt ({counted(len(tail), 'line')}):")
        for line in tail:
            write(f"  | {line}")
