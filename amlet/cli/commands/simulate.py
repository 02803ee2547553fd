"""`amlet simulate`: how a sweep would end, and what early termination would save, without running a trial."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.command import File, Show, command
from amlet.cli.emulator_extra import require_extra
from amlet.cli.exits import EPILOG, Exit, Refusal
from amlet.cli.jobs.files import Changes, load
from amlet.cli.output import say, table

if TYPE_CHECKING:
    from emulator.simulation.comparison import PolicyResult
    from emulator.simulation.curve import CurveOf


@command(epilog=EPILOG)
def simulate(
    show: Show,
    file: File,
    objective: Annotated[
        str | None,
        typer.Option(
            metavar="MODULE:FUNCTION",
            help="A function of the parameters by name that returns the metric's value, or one per interval.",
        ),
    ] = None,
    curves: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Recorded trials: CSV with trial, step, value [, time, metric]; or JSON, a list of values per trial.",
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="POLICIES", help="Any of bandit,median,truncation,none side by side; else the file's."),
    ] = None,
    compare_sampling: Annotated[
        str | None,
        typer.Option(
            metavar="ALGORITHMS",
            help="Any of random,sobol,bayesian,grid side by side, under the file's policy; else the file's.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling, instead of the file's.")] = None,
    changes: Changes = None,
) -> None:
    """Run a sweep in virtual time. Shows what its early termination policy, or each of several, saves.

    With `--compare-sampling`: which value each of several sampling algorithms finds.
    """
    from emulator.simulation.comparison import POLICIES, SAMPLINGS, CurveFailed, compare_policies, compare_samplings

    say("Target: none, the sweep is simulated on this machine")
    require_extra()
    body = _body(file, changes or [])
    metric = body["objective"]["primaryMetric"]
    if compare and compare_sampling:
        raise Refusal("give either --compare or --compare-sampling: a comparison changes one thing", Exit.USAGE)
    policies = _names(compare, "--compare", "policy", POLICIES)
    samplings = _names(compare_sampling, "--compare-sampling", "sampling algorithm", SAMPLINGS)
    curve_of, source = _curves(objective, curves, metric, file)
    try:
        if samplings is None:
            results = compare_policies(body, curve_of, policies, seed=seed)
        else:
            results = compare_samplings(body, curve_of, samplings, seed=seed)
    except CurveFailed as failed:
        raise Refusal(f"{source}: {failed}") from failed
    except ValueError as error:
        raise Refusal(f"--compare-sampling: {error}") from error
    show([asdict(result) for result in results], people=lambda: _people(results, metric))


def _names(given: str | None, option: str, what: str, known: Iterable[str]) -> list[str] | None:
    """The names in an option's value, each once; None when it is not given."""
    if given is None:
        return None
    names = list(dict.fromkeys(name.strip().lower() for name in given.split(",")))
    if unknown := [name for name in names if name not in known]:
        raise Refusal(f"{option}: no {what} {unknown[0]!r}; there are {', '.join(known)}", Exit.USAGE)
    return names


def _body(file: Path, changes: list[str]) -> dict[str, Any]:
    """The properties of the sweep's ARM body, which has no errors."""
    from gateway.job_types import of_entity
    from gateway.serialization.arm import to_arm
    from gateway.serialization.validation import errors

    job = load(file, changes)
    registration = of_entity(job)
    if registration is None or not registration.has_trials:
        raise Refusal(f"{file} is a {job.type} job; only sweeps can be simulated", Exit.USAGE)
    if wrong := errors(job.validate()):
        raise Refusal("\n".join(map(str, wrong)))
    body: dict[str, Any] = to_arm(job)["properties"]
    return body


def _curves(objective: str | None, curves: Path | None, metric: str, file: Path) -> tuple[CurveOf, str]:
    """What stands for the trials, and what to call it in messages."""
    from emulator.simulation.curve import from_objective, from_table
    from emulator.simulation.curve_file import read_curves

    if objective and not curves:
        return from_objective(_function(objective, [Path.cwd(), file.parent.absolute()])), f"--objective {objective}"
    if not curves or objective:
        raise Refusal("give either --objective MODULE:FUNCTION or --curves FILE", Exit.USAGE)
    if not curves.is_file():
        raise Refusal(f"--curves {curves}: there is no such file", Exit.USAGE)
    try:
        return from_table(read_curves(curves, metric)), f"--curves {curves}"
    except ValueError as error:
        raise Refusal(f"--curves {error}") from None


def _function(objective: str, folders: Sequence[Path]) -> Any:
    """The function that `--objective` names; modules are looked for as Python would from these folders."""
    module, colon, name = objective.partition(":")
    if not colon or not module or not name:
        raise Refusal(f"--objective {objective!r}: expected MODULE:FUNCTION, such as train:objective", Exit.USAGE)
    sys.path[:0] = [str(folder) for folder in folders]
    try:
        function = getattr(importlib.import_module(module), name, None)
    except Exception as error:
        places = " or ".join(map(str, dict.fromkeys(folders)))
        raise Refusal(
            f"--objective {objective}: cannot import {module} from {places}: {type(error).__name__}: {error}"
        ) from error
    if not callable(function):
        raise Refusal(f"--objective {objective}: module {module} has no function {name!r}")
    return function


def _people(results: Sequence[PolicyResult], metric: str) -> str:
    return table([_row(result, metric) for result in results])


def _row(result: PolicyResult, metric: str) -> dict[str, str]:
    whole = result.trial_hours + result.saved_hours
    return {
        "policy": result.policy,
        "sampling": result.sampling,
        "status": str(result.status),
        "trials": str(result.trials),
        "stopped": str(result.stopped),
        "failed": str(result.failed),
        f"best {metric}": "never logged" if result.best is None else f"{result.best:.6g} (trial {result.best_trial})",
        "trial-hours": f"{result.trial_hours:.4g}",
        "saved": f"{result.saved_hours:.4g} ({result.saved_hours / whole:.0%})" if whole else "0",
        "hours": f"{result.hours:.4g}",
    }
