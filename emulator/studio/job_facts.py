"""What a job was asked to do, in the words of its body."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from contracts.bindings import Binding, substitute
from contracts.sampling_algorithms import sampling_algorithm_of
from emulator.engine.values import argv_text
from emulator.storage.jobs import Job


def facts_of(job: Job) -> list[tuple[str, str]]:
    """(name, value) of what was asked for; of a trial also its command with the values that it had.

    Parameters:
        job: the job.
    """
    body = job.body
    trial = body.get("trial") or body
    facts = [("Compute", name_of(body.get("computeId") or trial.get("computeId") or "serverless"))]
    facts.append(("Environment", name_of(trial.get("environmentId") or "")))
    if job.has_trials:
        limits = body.get("limits") or {}
        sampling = body.get("samplingAlgorithm") or {}
        policy = body.get("earlyTermination") or {}
        kind = sampling.get("samplingAlgorithmType")
        seed = job.seed if sampling_algorithm_of(body).by_chance else None
        facts += [
            ("Sampling", _with(kind, sampling, "samplingAlgorithmType", seed)),
            ("Early termination", _with(policy.get("policyType") or "none", policy, "policyType")),
            ("Limits", _listed(limits, "jobLimitsType")),
        ]
    command = str(trial.get("command") or "")
    facts.append(("Command", command))
    if not job.has_trials and (with_values := command_with_values(command, body, job.parameters or {})) != command:
        facts.append(("With its values", with_values))
    return [(name, value) for name, value in facts if value]


def command_with_values(command: str, body: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """A command with the values of its parameters and literal inputs, quoted where a shell needs it.

    Data inputs and outputs keep their binding: their folder exists only while the job runs.

    Parameters:
        command: as in the body.
        body: of the job.
        parameters: of the trial.
    """
    literals = {name: given.get("value") for name, given in (body.get("inputs") or {}).items() if given}

    def value_of(binding: Binding) -> str:
        values = parameters if binding.kind == "search_space" else literals if binding.kind == "inputs" else {}
        value = values.get(binding.name)
        if value is None:
            return f"${{{{{binding.kind}.{binding.name}}}}}"
        return shlex.quote(argv_text(value))

    return substitute(command, value_of)


def name_of(reference: str) -> str:
    """The end of an ARM id: name, or name and version; `name@latest` where it has a label in place of a version."""
    parts = reference.removeprefix("azureml:").split("/")
    if len(parts) > 2 and parts[-2] in ("versions", "labels"):
        return ("@" if parts[-2] == "labels" else ":").join((parts[-3], parts[-1]))
    return parts[-1]


def _with(name: object, given: Mapping[str, Any], kind: str, seed: int | None = None) -> str:
    more = dict(given) if given.get("seed") is not None or seed is None else {**given, "seed": seed}
    details = _listed(more, kind)
    return f"{name}: {details}" if details else str(name)


def _listed(given: Mapping[str, Any], kind: str) -> str:
    return ", ".join(f"{key} {value}" for key, value in given.items() if key != kind and value is not None)
