"""Names of jobs, experiments, parameters, inputs and outputs, and the size of other texts: titles, tags, properties."""

from __future__ import annotations

import re

from contracts.diagnostics.shortening import shown
from contracts.job_types import type_of
from contracts.rules.finding import Node

_JOB = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}\Z")
_EXPERIMENT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,255}\Z")
_KEY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_LENGTHS = {"displayName": 256, "description": 5000}
_MOST_ENTRIES, _LONGEST_KEY, _LONGEST_VALUE = 50, 100, 1000


def check_job_name(node: Node) -> None:
    """Refuse a job name outside `^[a-zA-Z0-9][a-zA-Z0-9\\-_]{0,254}$`.

    Source: the path parameter of the published REST operation; refused at PUT.
    """
    if not _JOB.match(node.text or ""):
        node.error(
            "InvalidJobName",
            f"{shown(node.value)} is not a job name.",
            "Begin with a letter or digit; use letters, digits, - and _ only; at most 255 characters.",
        )


def check_experiment_name(properties: Node) -> None:
    """Refuse an experiment name outside `^[a-zA-Z0-9][a-zA-Z0-9\\-_]{0,255}$`; of a pipeline job point it out.

    Source of sentence and pattern: the service's answer in pull request 180 of microsoft/dstoolkit-mlops-v2, and for
    letters of other scripts issue 1773 of dotnet/machinelearning-modelbuilder. Microsoft's own tests submit a pipeline
    job to an experiment with spaces in its name. Without a name the official client sends that of the current folder.
    """
    node = properties["experimentName"]
    if not node.text or _EXPERIMENT.match(node.text):
        return
    fit = re.sub(r"[^a-zA-Z0-9_-]+", "-", node.text)[:256].strip("-_")
    message = (
        f"{shown(node.value)}: Experiment name must be 1-256 characters, start with a letter or a number, and can only "
        "contain letters, numbers, underscores, and dashes."
    )
    remedy = f"Write experiment_name: {fit or 'NAME'} (without one it is the name of the current folder)."
    job_type = type_of(properties.value)
    if job_type is not None and job_type.any_experiment:
        node.warning("InvalidExperimentName", message, remedy)
    else:
        node.error("InvalidExperimentName", message, remedy)


def check_keys(node: Node) -> None:
    """Point out keys that no binding can name and no environment variable can carry.

    Source: the official SDK's pattern for inputs and search spaces, `^[a-zA-Z_]+[a-zA-Z0-9_]*$`; its job files
    skip the check.
    """
    for key, entry in node:
        if not _KEY.match(key):
            entry.warning(
                "InvalidKey",
                f"{shown(key)} cannot be part of a binding or of an environment variable's name.",
                "Use letters, digits and underscores, and do not begin with a digit.",
            )


def check_metadata(properties: Node) -> None:
    """Point out what is longer, or more, than the documented limits of a run.

    Source: docs page resource-limits-capacity, which does not say whether more is refused or cut: a warning.
    """
    for key, longest in _LENGTHS.items():
        _check_length(properties, key, key, properties.mapping.get(key), longest)
    for name in ("tags", "properties"):
        bag = properties[name]
        if len(bag.mapping) > _MOST_ENTRIES:
            bag.warning("TooMany", f"There are {len(bag.mapping)} entries.", f"Keep at most {_MOST_ENTRIES}.")
        for key, text in bag.mapping.items():
            _check_length(bag, key, "The key", key, _LONGEST_KEY)
            _check_length(bag, key, "The value", text, _LONGEST_VALUE)


def _check_length(around: Node, key: str, what: str, text: object, longest: int) -> None:
    """Without a node for each text: these are in every job, and almost never too long."""
    if isinstance(text, str) and len(text) > longest:
        around[key].warning("TooLong", f"{what} has {len(text)} characters.", f"Keep it to {longest}.")
