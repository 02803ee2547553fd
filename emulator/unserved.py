"""What of a job's body does nothing here: said by `amlet job validate` and once in the job's log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Paths below `properties`, `*` for any name, and what is not done. docs/fidelity.md has every member of a job.
UNSERVED: Mapping[tuple[str, ...], str] = {
    ("services",): "services are not started",
    ("notificationSetting",): "nobody is notified",
    ("autologgerSettings",): "nothing is logged that the code does not log",
    ("parentJobName",): "the job is one of its own",
    ("secretsConfiguration",): "secrets of key vaults are not fetched",
    ("queueSettings", "jobTier"): "jobs of all tiers are run alike",
    ("queueSettings", "priority"): "jobs start in the order of their submission",
    ("resources", "dockerArgs"): "arguments for Docker are not used",
    ("resources", "dockerArgsList"): "arguments for Docker are not used",
    ("resources", "maxInstanceCount"): "jobs do not grow",
    ("resources", "locations"): "all runs on this machine",
    ("trial", "resources", "dockerArgs"): "arguments for Docker are not used",
    ("trial", "resources", "dockerArgsList"): "arguments for Docker are not used",
    ("trial", "resources", "maxInstanceCount"): "jobs do not grow",
    ("trial", "resources", "locations"): "all runs on this machine",
    ("inputs", "*", "pathOnCompute"): "the input is where its binding says",
    ("outputs", "*", "pathOnCompute"): "the output is where its binding says",
}
#: What says nothing: the service shows it where nothing was given.
_NOTHING: tuple[Any, ...] = (None, "", "Null", {}, [])


def unserved(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Each field of a job that does nothing here, with what is not done, for people.

    Parameters:
        body: `properties` of the ARM body.
    """
    return tuple(f"{name} does nothing here: {why}" for name, why in unserved_fields(body))


def unserved_fields(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The place of each field of a job that does nothing here (`inputs.d.pathOnCompute`), and what is not done.

    Parameters:
        body: `properties` of the ARM body.
    """
    for path, why in UNSERVED.items():
        if path[0] in body:
            yield from ((name, why) for name in _given(body, path, ()))


def _given(node: Any, path: tuple[str, ...], before: tuple[str, ...]) -> Iterator[str]:
    """The places that a path stands for where something was given."""
    if not path:
        if node not in _NOTHING:
            yield ".".join(before)
        return
    if not isinstance(node, Mapping):
        return
    key, *rest = path
    for name in list(node) if key == "*" else [key]:
        yield from _given(node.get(name), tuple(rest), (*before, name))
