"""What makes two steps equal, so that the second one is not run: one pure function.

Documented conditions (how-to-debug-pipeline-reuse-issues): the component is deterministic, `force_rerun` is false, and
code, environment, inputs, parameters, output settings and run settings are equal. Names for people, tags and the place
of outputs under the run's own name do not count. Never between the trials of one sweep, which are not steps, and never
between simulated and real runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

#: What a step's body says that has no effect on what the step computes.
_IRRELEVANT = frozenset(
    {"displayName", "description", "tags", "properties", "experimentName", "services", "isArchived"}
)

#: What an absent mode means; the service's answers fill it in (recorded), so that a rerun has it in its body.
_INPUT_MODE, _OUTPUT_MODE = "ReadOnlyMount", "ReadWriteMount"


def reuse_key(
    body: Mapping[str, Any],
    *,
    content_of: Callable[[str], str],
    environment: str,
    simulated: bool,
) -> str:
    """The key under which the run of a step is found again; equal steps have equal keys.

    Parameters:
        body: the `properties` of the job that the step becomes.
        content_of: what identifies the content behind the uri of an input or the id of a code asset: the uri itself
            where it cannot change, a hash of the files where it can (mapped local data).
        environment: what identifies the packages of the step's environment.
        simulated: whether it runs in virtual time.
    """
    relevant = {key: value for key, value in body.items() if key not in _IRRELEVANT}
    inputs = {name: _input(value, content_of) for name, value in (body.get("inputs") or {}).items()}
    outputs = {name: _output(value) for name, value in (body.get("outputs") or {}).items()}
    trial = dict(body.get("trial") or {})
    for part in (relevant, trial):
        if part.get("codeId"):
            part["codeId"] = content_of(part["codeId"])
    identity = {**relevant, "inputs": inputs, "outputs": outputs, "trial": trial}
    identity |= {"environmentId": environment, "simulated": simulated}
    return hashlib.sha256(json.dumps(identity, sort_keys=True, default=str).encode()).hexdigest()


def _input(value: Any, content_of: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("uri"), str):
        return {"mode": _INPUT_MODE, **_given(value), "uri": content_of(value["uri"])}
    return value


def _output(value: Any) -> Any:
    return {"mode": _OUTPUT_MODE, **_given(value)} if isinstance(value, Mapping) else value


def _given(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if part is not None}
